/** Finds the questions of a letter that numbers nothing. */
import { closesAt } from "./closing.ts";
import { findFigures } from "./figures.ts";
import { splitInline } from "./inline-answers.ts";
import type { TextLine } from "./lines.ts";
import type { Opening } from "./outline.ts";
import { findPeriods } from "./periods.ts";
import { readRefusal } from "./refusals.ts";
import { readValue } from "./values.ts";
import {
  asksForNumber,
  isReplyHeading,
  isRequestHeading,
  looksAsked,
  opensQuestion,
  readsAsRequest,
  retellsRequest,
} from "./wording.ts";

/** Questions of a letter that numbers nothing: paragraphs that ask, each opening where the last was not asking. */
export function findUnnumbered(lines: readonly TextLine[]): Map<number, Opening> {
  const openings = new Map<number, Opening>();
  let asking = false;
  const start = lines.findIndex((line) => /^dear\b/i.test(line.text) || isRequestHeading(line.text)) + 1;
  for (const [index, line] of lines.entries()) {
    if (index < start || closesAt(lines, index)) continue;
    const named =
      /^(?:(?:your )?questions?|request|q|(?:you |was )?asked)\s?[:–-]\s*/i.exec(line.text)?.[0].length ?? 0;
    // `You asked:` alone stands over questions that ask for themselves.
    const label = named === line.text.length && opensQuestion(lines[index + 1]?.text ?? "") ? 0 : named;
    const text = line.text.slice(label);
    const answers = readValue(text) !== null;
    const before = lines[index - 1];
    const another = before?.text.endsWith(".") === true && beginsAlike(before.text, text);
    // `14 months` under a question mark is no part of the question.
    const over = before?.text.endsWith("?") === true && !looksAsked(text);
    const continued: boolean =
      asking && !answers && !line.afterBlank && label === 0 && !line.bullet && !another && !over;
    const stands = /:$/.test(text) && lines[index + 1]?.bullet === true && readsAsRequest(lines[index + 1]?.text ?? "");
    const asks =
      line.cells === null &&
      !stands &&
      (label > 0 ||
        ((opensQuestion(questionOf(text)) || (line.bullet && readsAsRequest(text))) &&
          !/^(?:thank|further to|i (?:am|write)|we )/i.test(text)));
    if (asks && !continued) {
      const number = openings.size + 1;
      const candidate = { index, number, part: 0, style: "", bold: line.bold, quoted: line.quoted, rest: text };
      openings.set(index, { candidate, ref: String(number), role: "either" });
    }
    asking = (asks || continued) && splitInline(text).answer === "";
  }
  if (openings.size === 0) {
    const titled = findTitled(lines, start);
    return titled.size > 1 ? titled : findRetold(lines);
  }
  return addRepliesInOrder(lines, openings);
}

/** `Please provide the number of …` twice: a sentence of its own each, and so a question each. */
function beginsAlike(one: string, other: string): boolean {
  const opening = (text: string) => text.toLowerCase().split(" ").slice(0, 4).join(" ");
  return asksForNumber(one) && opensQuestion(other) && opening(one) === opening(other);
}

/** As many bullets, or paragraphs, under a heading over answers as questions before it: each answers its own. */
function addRepliesInOrder(lines: readonly TextLine[], openings: Map<number, Opening>): Map<number, Opening> {
  const last = Math.max(...openings.keys());
  const heading = lines.findIndex((line, index) => index > last && isReplyHeading(line.text));
  if (heading < 0 || openings.size < 2) return openings;
  const closing = lines.findIndex((_, index) => index > heading && closesAt(lines, index));
  const under = [...lines.keys()].slice(heading + 1, closing < 0 ? undefined : closing);
  const bullets = under.filter((index) => lines[index]?.bullet === true);
  const paragraphs = under.filter((index) => index === heading + 1 || lines[index]?.afterBlank === true);
  const starts = [bullets, paragraphs].find((places) => places.length === openings.size);
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

/** A title of a few words that ends without a stop. */
const TITLE = /^[A-Z][^.?!:;]{5,90}$/;

/** Where nothing asks, titles with a paragraph right under each that answers: a figure, a refusal. */
function findTitled(lines: readonly TextLine[], start: number): Map<number, Opening> {
  const openings = new Map<number, Opening>();
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1];
    if (index < start || next === undefined || line.cells !== null || !line.afterBlank) continue;
    if (!TITLE.test(line.text) || readValue(line.text) !== null || closesAt(lines, index)) continue;
    const under = next.afterBlank && !line.bold ? "" : next.text;
    const answers = readRefusal(under) !== null || findFigures(under, findPeriods(under)).length > 0;
    if (!answers || !asksForNumber(line.text)) continue;
    const candidate = {
      index,
      number: openings.size + 1,
      part: 0,
      style: "",
      bold: line.bold,
      quoted: line.quoted,
      rest: line.text,
    };
    openings.set(index, { candidate, ref: String(openings.size + 1), role: "either" });
  }
  return openings;
}

/** Where nothing asks, the sentence in which the council says what was asked is the one question. */
function findRetold(lines: readonly TextLine[]): Map<number, Opening> {
  const index = lines.findIndex((line) => retellsRequest(line.text));
  const line = lines[index];
  if (line === undefined) return new Map();
  const candidate = { index, number: 1, part: 0, style: "", bold: line.bold, quoted: line.quoted, rest: line.text };
  return new Map([[index, { candidate, ref: "1", role: "either" }]]);
}

/** The words up to the question mark where a short answer follows on the same line. */
function questionOf(text: string): string {
  const mark = text.indexOf("?");
  return mark > 10 && text.length - mark < 60 ? text.slice(0, mark + 1) : text;
}
