/** A request for an internal review of referrals that fail the truth test, in words that a requester can send. */

/** A row of the view `referral`, as it is printed. */
export type ReferralRow = Record<string, unknown>;

/** Verdicts that fail: the figure could not be got where the letter points, on its date. */
const FAILING = ["not_in_cited_release", "published_later", "not_published", "covered_but_suppressed"];
/** Longest quotation; a letter's directions for many questions run longer. */
const LONGEST_QUOTE = 1_500;

/** One text per letter that has failing cells; those that pass, or can't be judged, are not asked about. */
export function describeReviews(rows: readonly ReferralRow[]): string[] {
  return groupBy(rows, (row) => String(row.letter_id)).flatMap((letter) => {
    const failing = letter.filter((row) => FAILING.includes(String(row.verdict)));
    return failing.length > 0 ? [describeReview(letter, failing)] : [];
  });
}

function describeReview(letter: readonly ReferralRow[], failing: readonly ReferralRow[]): string {
  const [first = {}] = failing;
  const date = first.response_date === null ? null : sayDate(String(first.response_date));
  const reference = first.request_reference === null ? "my request" : `my request ${first.request_reference}`;
  const reply = date === null ? "your response" : `your response of ${date}`;
  const paragraphs = [
    `To ${first.council_name ?? "the council"}: request for an internal review of ${reference}`,
    `Please review ${reply}, in which you applied section 21 of the Freedom of Information Act 2000 to ${countAnswers(letter.length)}. ` +
      `I ask only about ${failing.length === letter.length ? "these" : `${failing.length} of them`}.`,
    ...groupBy(failing, (row) => String(row.words)).map(describeWords),
    ...groupBy(failing, (row) =>
      JSON.stringify([row.verdict, row.cited_release, row.available_from, row.available_in]),
    ).map((group) => describeFailure(group, date)),
    "Information that I could not get where you pointed, on the day you pointed there, was not reasonably accessible to me by " +
      `other means. Please give me the figures that you held${date === null ? " at the time" : ` on ${date}`} for these answers.`,
  ];
  return [...paragraphs, ...describeOthers(letter, failing)].join("\n\n");
}

/** What can be had where the letter points is said too: the review is about the rest only. */
function describeOthers(letter: readonly ReferralRow[], failing: readonly ReferralRow[]): string[] {
  const others = letter.filter((row) => !failing.includes(row));
  if (others.length === 0) return [];
  const there = groupBy(
    others.filter((row) => row.verdict === "covered"),
    (row) => JSON.stringify([row.cited_release, row.basis]),
  ).map((group) => {
    const [first = {}] = group;
    const holds = first.basis === "pattern" ? "should hold, by the years that it covers," : "holds";
    return `The release that you cite (${first.publication}, ${first.cited_release}) ${holds} what answers ${lowerFirst(listCells(group))}.`;
  });
  return [[...there, `I do not ask about the other ${countAnswers(others.length)} that you referred.`].join(" ")];
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function describeWords(group: readonly ReferralRow[]): string {
  const [first = {}] = group;
  const words = String(first.words).replace(/\s+/g, " ").trim();
  const quote = words.length > LONGEST_QUOTE ? `${words.slice(0, LONGEST_QUOTE).replace(/\s\S*$/, "")} …` : words;
  const link = first.url === null || words.includes(String(first.url)) ? "" : `, with the link ${first.url}`;
  return quote === "" ? `You gave the link ${first.url}.` : `You wrote: “${quote}”${link}.`;
}

function describeFailure(group: readonly ReferralRow[], date: string | null): string {
  const [first = {}] = group;
  const cells = listCells(group);
  const when = date === null ? "when you wrote" : `on ${date}`;
  const cited = `the release that you cite (${first.publication}, ${first.cited_release})`;
  switch (first.verdict) {
    case "published_later":
      return `${cells}: ${cited} does not hold ${these(group)}. The Department for Education first published ${these(group)} ${sayFirstPublished(first)}; ${when} ${these(group)} could not be had there.`;
    case "not_in_cited_release":
      return `${cells}: ${cited} does not hold ${these(group)}, though another release did ${when}.`;
    case "covered_but_suppressed":
      return `${cells}: ${cited} suppresses ${these(group)}, so no figure could be had there.`;
    default:
      return `${cells}: ${cited} does not hold ${these(group)}, and no release of the publication does.`;
  }
}

function these(group: readonly ReferralRow[]): string {
  return group.length === 1 ? "this figure" : "these figures";
}

/** `Questions 3, 4, 5a (2021/22)`: questions by the periods that they share. */
function listCells(group: readonly ReferralRow[]): string {
  const byQuestion = groupBy(group, (row) => `${row.question}${row.part}`).map((cells) => ({
    question: `${cells[0]?.question}${cells[0]?.part}`,
    periods: cells.map((row) => row.period_label ?? "no period").join(", "),
  }));
  const shared = groupBy(byQuestion, (one) => one.periods).map((questions) => {
    const names = questions.map((one) => one.question);
    return `${names.length === 1 ? "Question" : "Questions"} ${names.join(", ")} for ${questions[0]?.periods}`;
  });
  return shared.join("; ");
}

function countAnswers(count: number): string {
  return count === 1 ? "1 answer" : `${count} answers`;
}

/** `27 October 2022` from an ISO date. */
function sayDate(iso: string): string {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

/** A release that was read from a local bundle may have no date. */
function sayFirstPublished({ available_from: from, available_in: release }: ReferralRow): string {
  if (release === null) return from === null ? "later" : `on ${sayDate(String(from))} or about then`;
  return from === null ? `in release ${release}, which is later` : `on ${sayDate(String(from))}, in release ${release}`;
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return [...groups.values()];
}
