/** Replies without numbers, under a heading, to questions that all came before: as many as those, or each telling its question again. */
import { closesAt, readParagraph } from "./closing.ts";
import type { TextLine } from "./lines.ts";
import type { Opening } from "./outline.ts";
import { isReplyHeading } from "./wording.ts";

/** As many bullets, or paragraphs, under a heading over answers as questions before it: each answers its own. */
export function addRepliesInOrder(lines: readonly TextLine[], openings: Map<number, Opening>): Map<number, Opening> {
  const last = Math.max(...openings.keys());
  const heading = lines.findIndex((line, index) => index > last && isReplyHeading(line.text));
  if (heading < 0 || openings.size < 2) return openings;
  const closing = lines.findIndex((_, index) => index > heading && closesAt(lines, index));
  const under = [...lines.keys()].slice(heading + 1, closing < 0 ? undefined : closing);
  const bullets = under.filter((index) => lines[index]?.bullet === true);
  const paragraphs = under.filter((index) => index === heading + 1 || lines[index]?.afterBlank === true);
  const equal = [bullets, paragraphs].find((places) => places.length === openings.size);
  const starts = findRetelling(lines, openings, paragraphs) ?? equal;
  if (starts === undefined) return openings;
  const asked = [...openings].map(([index, opening]): [number, Opening] => [index, { ...opening, role: "asked" }]);
  const replies = starts.map((index, place): [number, Opening] => {
    const line = lines[index] as TextLine;
    const candidate = {
      index,
      number: place + 1,
      part: 0,
      style: "",
      bold: line.bold,
      quoted: line.quoted,
      rest: line.text,
    };
    return [index, { candidate, ref: String(place + 1), role: "reply" }];
  });
  return new Map([...asked, ...replies]);
}

/** So many words of a question in a row tell it again. */
const IN_A_ROW = 5;
/** More questions than any letter without numbers asks. */
const MOST_QUESTIONS = 30;
const MOST_PARAGRAPHS = 200;

/**
 * Where the replies begin, question by question: each but the first at the one paragraph that says its words again, in order; what
 * comes before them replies to the first. Null where any question is not told again, or two are by one paragraph.
 */
function findRetelling(
  lines: readonly TextLine[],
  openings: ReadonlyMap<number, Opening>,
  paragraphs: readonly number[],
): number[] | null {
  if (openings.size > MOST_QUESTIONS || paragraphs.length > MOST_PARAGRAPHS) return null;
  const questions = [...openings.keys()].map((index) => rowsOfWords(readParagraph(lines, index)));
  const told = paragraphs.map((index) => rowsOfWords(readParagraph(lines, index)));
  const own = questions.map((rows, place) =>
    [...rows].filter((row) => questions.every((other, at) => at === place || !other.has(row))),
  );
  const starts: number[] = [];
  for (const [place, rows] of own.entries()) {
    const at = told.findIndex((words) => rows.some((row) => words.has(row)));
    const start = paragraphs[at];
    const before = starts.at(-1) ?? -1;
    if (place === 0) starts.push(paragraphs[0] ?? 0);
    else if (start === undefined || start <= before) return null;
    else starts.push(start);
  }
  return starts;
}

/** Every stretch of five words. */
function rowsOfWords(text: string): Set<string> {
  const words =
    text
      .toLowerCase()
      .slice(0, 2000)
      .match(/[a-z0-9]+/g) ?? [];
  return new Set(
    words.flatMap((_, at) => (at + IN_A_ROW > words.length ? [] : words.slice(at, at + IN_A_ROW).join(" "))),
  );
}
