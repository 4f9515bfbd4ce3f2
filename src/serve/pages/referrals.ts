/** `/referrals`: the truth test. Was the figure where the letter points, on its date? With the request for a review. */
import { sql } from "kysely";
import { describeReviews } from "../../resolve/review.ts";
import type { Row } from "../table.ts";
import { cleanText } from "../terminal.ts";
import { csvOf } from "./council.ts";
import { nameCouncil } from "./councils-rows.ts";
import { renderDownload, renderTable } from "./data-table.ts";
import { countOf, type Html, html, link, spoken } from "./html.ts";
import type { Page } from "./layout.ts";
import type { Places } from "./places.ts";
import type { Reading } from "./reading.ts";
import { FAILING_VERDICTS, nameMeasure, namePublication, sayDate, shorten, VERDICT_WORDS } from "./words.ts";

export interface ReferralRow {
  letter_id: string;
  question: string;
  part: string;
  breakdown: string;
  council_name: string | null;
  area_code: string | null;
  period_label: string | null;
  verdict: string;
  available_from: string | null;
  available_in: string | null;
  basis: "files" | "pattern" | null;
  because: string;
  directions_fault: string | null;
  url: string | null;
  publication: string | null;
  cited_release: string | null;
  data_set: string | null;
  la_filter: string | null;
  dfe_measure: string | null;
  words: string;
  source_line: number;
  request_reference: string | null;
  response_date: string | null;
}

export function readReferrals(reading: Reading): Promise<ReferralRow[]> {
  return reading.remembered("referrals", () =>
    reading.rows(sql<ReferralRow>`
      select * from referral
      order by council_name nulls last, letter_id, length(question), question, part, breakdown, period_end nulls last`),
  );
}

export function groupByLetter<R extends { letter_id: string }>(rows: readonly R[]): [string, R[]][] {
  const letters = new Map<string, R[]>();
  for (const row of rows) letters.set(row.letter_id, [...(letters.get(row.letter_id) ?? []), row]);
  return [...letters];
}

/** The request for an internal review of one letter's referrals, as plain text; null where none fails. */
export function reviewOf(rows: readonly ReferralRow[]): string | null {
  const [review] = describeReviews(rows.map((row) => ({ ...row }) as Row));
  return review === undefined ? null : cleanText(review, true);
}

export function renderReferrals(rows: readonly ReferralRow[], places: Places): Page {
  const letters = groupByLetter(rows);
  const fails = ([, group]: [string, ReferralRow[]]) => group.some((row) => FAILING_VERDICTS.includes(row.verdict));
  const ordered = [...letters.filter(fails), ...letters.filter((letter) => !fails(letter))];
  return {
    title: "Referrals",
    section: "/referrals",
    content: html`<p class="govuk-body-l">${countOf(rows.length, "answer")} in ${countOf(letters.length, "letter")} that only point elsewhere, under section 21 or without it. Was the figure there, on the letter’s date?</p>
${renderTally(rows)}
${ordered.length === 0 ? "" : html`<nav class="contents" aria-label="Letters"><h2 class="govuk-heading-s">Letters</h2><ul class="govuk-list">${ordered.map(([id, group]) => html`<li><a class="govuk-link" href="#referral-${id}">${nameOf(group[0])}</a> ${sayOutcome(group)}</li>`)}</ul></nav>`}
${renderDownload(places, "/referrals.csv", csvOf(rows), "every referred answer")}
${ordered.map(([id, group]) => renderLetterReferrals(id, group, places))}`,
  };
}

function renderTally(rows: readonly ReferralRow[]): Html {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.verdict, (counts.get(row.verdict) ?? 0) + 1);
  return html`<ul class="govuk-list tally">${[...counts].map(([verdict, count]) => html`<li><strong>${count}</strong> ${VERDICT_WORDS[verdict] ?? verdict}</li>`)}</ul>`;
}

function nameOf(row: ReferralRow | undefined): string {
  if (row === undefined) return "";
  const council = row.area_code === null ? (row.council_name ?? nameCouncil(null)) : nameCouncil(row.area_code);
  const date = row.response_date === null ? "without a date" : `of ${sayDate(row.response_date)}`;
  return `${council}, letter ${date}`;
}

function sayOutcome(rows: readonly ReferralRow[]): string {
  const failing = rows.filter((row) => FAILING_VERDICTS.includes(row.verdict)).length;
  const open = rows.filter((row) => row.verdict === "unresolved").length;
  if (rows.length === 1)
    return `– its one answer ${failing > 0 ? "fails" : open > 0 ? "can’t be judged" : "was there"}`;
  const told = [
    ...(failing > 0 ? [`${failing} of ${rows.length} fail`] : []),
    ...(open > 0 ? [`${open} of ${rows.length} can’t be judged`] : []),
  ];
  return told.length > 0 ? `– ${told.join(", ")}` : `– all ${rows.length} were there`;
}

/** Cells of one question with one outcome stand in one row. */
interface Outcome {
  first: ReferralRow;
  periods: string[];
}

export function renderLetterReferrals(id: string, rows: readonly ReferralRow[], places: Places): Html {
  const [first] = rows;
  if (first === undefined) return html``;
  const review = reviewOf(rows);
  return html`<section class="letter" aria-labelledby="referral-${id}"><h2 class="govuk-heading-l" id="referral-${id}">${nameOf(first)}</h2>
<p class="govuk-body">${link(places.letter(id, first.source_line), html`See where the letter points${spoken(`: ${nameOf(first)}`)}`)} · ${link(places.council(first.area_code), html`All answers of the council${spoken(`: ${nameOf(first)}`)}`)}</p>
${renderDirections(rows)}
${renderOutcomes(id, rows)}
${review === null ? "" : renderReview(id, review, rows, places)}</section>`;
}

function renderDirections(rows: readonly ReferralRow[]): Html {
  const urls = [...new Set(rows.flatMap((row) => row.url ?? []))];
  const faults = [...new Set(rows.flatMap((row) => row.directions_fault ?? []))];
  // What a letter links to is told, not linked: it may lead anywhere.
  return html`${urls.length === 0 ? html`<p class="govuk-body">It gives no link.</p>` : html`<p class="govuk-body">It points to: ${urls.map((url, index) => html`${index === 0 ? "" : "; "}<span class="break">${shorten(url, 300)}</span>`)}</p>`}
${faults.map((fault) => html`<p class="govuk-body"><strong>The directions go wrong:</strong> ${fault}.</p>`)}`;
}

function renderOutcomes(id: string, rows: readonly ReferralRow[]): Html {
  const outcomes = new Map<string, Outcome>();
  for (const row of rows) {
    const key = JSON.stringify([row.question, row.part, row.breakdown, row.verdict, row.because]);
    const outcome = outcomes.get(key) ?? { first: row, periods: [] };
    outcome.periods.push(row.period_label ?? "no period");
    outcomes.set(key, outcome);
  }
  return renderTable({
    id: `referrals-${id}`,
    caption: html`The truth test${spoken(`: ${nameOf(rows[0])}`)}`,
    columns: [
      {
        head: "Question",
        isHead: true,
        cell: ({ first }) =>
          html`<span class="question__number">${first.question}${first.part}</span>${first.breakdown === "" ? "" : ` ${shorten(first.breakdown, 60)}`}<span class="question__measure">${first.dfe_measure === null ? "" : nameMeasure(first.dfe_measure)}</span>`,
      },
      { head: "Periods", cell: ({ periods }) => periods.join(", ") },
      { head: "Points to", words: true, cell: ({ first }) => describePlace(first) },
      { head: "Verdict", cell: ({ first }) => renderVerdict(first) },
      { head: "Why", words: true, cell: ({ first }) => describeWhy(first) },
    ],
    rows: [...outcomes.values()],
  });
}

function describePlace({ publication, cited_release, data_set }: ReferralRow): string {
  if (publication === null) return "elsewhere";
  const file = data_set === null ? "" : `, file ${data_set}`;
  return `${namePublication(publication)}${cited_release === null ? "" : `, release ${cited_release}`}${file}`;
}

/** A tag of GOV.UK Frontend; its word says the same as its colour. */
function renderVerdict({ verdict }: ReferralRow): Html {
  const color = verdict === "covered" ? "green" : verdict === "unresolved" ? "grey" : "red";
  return html`<strong class="govuk-tag govuk-tag--${color}">${VERDICT_WORDS[verdict] ?? verdict}</strong>`;
}

function describeWhy({ because, basis, available_from }: ReferralRow): string {
  const from = available_from === null ? "" : `; there from ${sayDate(available_from)}`;
  return `${because}${because.includes("first published") ? "" : from}${basis === "pattern" ? " (judged by the years that such releases hold)" : ""}`;
}

function renderReview(id: string, review: string, rows: readonly ReferralRow[], places: Places): Html {
  const path = `/referrals/${id}/review.txt`;
  const href = places.csv(path, { columns: ["review"], rows: [] });
  const pattern = rows.some((row) => row.basis === "pattern" && FAILING_VERDICTS.includes(row.verdict));
  return html`<h3 class="govuk-heading-m">Request for an internal review, to copy</h3>
${pattern ? html`<p class="govuk-body-s">The release cited could not be read here; what it holds is judged by the years that such releases hold. Look at it before you send this.</p>` : ""}
<pre class="copy" tabindex="0" role="region" aria-label="Request for an internal review, ${nameOf(rows[0])}">${review}</pre>
${href === null || !href.startsWith("/") ? "" : html`<p class="govuk-body"><a class="govuk-link" href="${path}" download="review-${id}.txt">Download it as text${spoken(`: ${nameOf(rows[0])}`)}</a></p>`}`;
}
