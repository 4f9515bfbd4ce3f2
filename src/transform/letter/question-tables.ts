/** A table after the questions whose rows or columns are the questions: `Year | Q1 | Q2`. */
import type { Assembled } from "./assembly.ts";
import type { Draft, DraftMaker } from "./drafts.ts";
import { type Entry, entriesIn } from "./entries.ts";
import type { TextLine } from "./lines.ts";
import { isBlank } from "./named-parts.ts";
import { entryAbout } from "./row-subjects.ts";
import type { Piece } from "./speech.ts";
import { takeTables } from "./table-cells.ts";

/** Far more figures than one table gives to all questions; the rows of a longer one are not matched to questions. */
const MOST_FIGURES = 500;
const QUESTION = /^(?:q(?:uestion)?\s?)?(\d{1,2})\s?\(?([a-h])?\)?(?:[.):]|$)/i;

/** The cells that such tables give to each question, and the lines that are in none. */
export function readQuestionTable(
  lines: readonly TextLine[],
  entries: readonly Entry[],
  maker: DraftMaker,
): { drafts: Map<Entry, Draft[]>; rest: TextLine[] } {
  const none = { drafts: new Map<Entry, Draft[]>(), rest: [...lines] };
  const pieces = lines.map((line): Piece => ({ kind: "answer", text: line.text, item: 0, line }));
  const { left, drafts } = takeTables(pieces, maker);
  const names = new Map<string, Entry | null>();
  for (const { breakdown } of drafts.slice(0, MOST_FIGURES))
    if (!names.has(breakdown)) names.set(breakdown, ownerOf(breakdown, entries) ?? entryAbout(breakdown, entries));
  const owners = drafts.map(({ breakdown }) => names.get(breakdown) ?? null);
  if (drafts.length === 0 || owners.some((owner) => owner === null)) return none;
  const given = new Map<Entry, Draft[]>();
  drafts.forEach((draft, place) => {
    const owner = owners[place];
    if (owner != null) given.set(owner, [...(given.get(owner) ?? []), { ...draft, breakdown: "" }]);
  });
  return { drafts: given, rest: left.map((piece) => piece.line) };
}

function ownerOf(label: string, entries: readonly Entry[]): Entry | null {
  const match = QUESTION.exec(label);
  if (match?.[1] === undefined) return null;
  const name = { number: String(Number(match[1])), part: (match[2] ?? "").toLowerCase() };
  const [owner, ...more] = entriesIn([{ kind: "list", names: [name] }], entries);
  return owner === undefined || more.length > 0 ? null : owner;
}

/** Under the last question a table whose rows or columns are the questions: each gives its figures to the question it names. */
export function moveToNumbered(answers: readonly Assembled[]): void {
  const entries = answers.map((one) => one.entry);
  for (const assembled of answers) {
    const rows = new Set(assembled.drafts.map((draft) => draft.breakdown));
    if (rows.size < 2 || /\bquarter/i.test(assembled.entry.question)) continue;
    const owners = assembled.drafts.map((draft) => ownerOf(draft.breakdown, entries));
    const blank = (owner: Entry | null) =>
      owner === assembled.entry || answers.some((one) => one.entry === owner && isBlank(one));
    if (!owners.every((owner) => owner !== null && blank(owner))) continue;
    const given = assembled.drafts;
    for (const one of answers.filter(({ entry }) => entry === assembled.entry || owners.includes(entry))) {
      const own = given.filter((_, place) => owners[place] === one.entry);
      one.drafts = own.map((draft) => ({ ...draft, breakdown: "" }));
    }
    return;
  }
}
