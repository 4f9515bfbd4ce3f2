/** Tables that lost their shape and have names down instead of years: `Care order 288`, or one cell per line. */
import type { TextLine } from "./lines.ts";
import { findPeriodTokens } from "./period-tokens.ts";
import { type PeriodHint, readWholePeriod } from "./periods.ts";
import { cellOf, type FoundGrid, NUMBERED_NAME, splitHeading, takeKind, takeValues } from "./table-words.ts";
import type { Grid } from "./tables.ts";

/** Rows that have to follow each other before names and figures are taken for a table. */
const FEWEST_ROWS = 2;
const MOST_ROWS = 200;
const MOST_LABEL_WORDS = 9;
/** Words of a sentence, or of a thing that has a number for a name. */
const SAYS =
  /\b(?:there|it|we|you|they|were|was|are|is|had|have|has|been|of|about|than|by|to|for|in|at|on|with|approximately|around|until|questions?|pages?|tables?|appendix|annex|paragraphs?|no|ref|tel|telephone|from|under|between|aged|x)$/i;
const SENTENCE = /\b(?:there|it|we|you|they|were|was|are|is|had|have|has|been|please)\b/i;

/** The table of names and figures that begins with the line at `from`, with its heading or without; null where none does. */
export function readLabelRows(lines: readonly TextLine[], from: number, hint: PeriodHint): FoundGrid | null {
  const head = lines[from];
  const first = head === undefined ? null : splitLabelRow(head, hint, undefined);
  if (first !== null) {
    const headless = first.length === 2 ? takeRows(lines, from, hint) : [];
    return headless.length >= FEWEST_ROWS ? { grid: headless, length: headless.length } : null;
  }
  const rows = takeRows(lines, from + 1, hint);
  const width = rows[0]?.length ?? 0;
  if (head === undefined || head.cells !== null || rows.length < FEWEST_ROWS) return null;
  if (head.text.length > 120 || /[.?:;]$/.test(head.text) || /\d/.test(head.text)) return null;
  const heads = splitHeading(head.text, width);
  return heads === null ? null : { grid: [heads.map((text) => cellOf(head, text)), ...rows], length: rows.length + 1 };
}

/** Lines of a name and as many values as the first of them has. */
function takeRows(lines: readonly TextLine[], from: number, hint: PeriodHint): Grid {
  const rows: Grid = [];
  for (let place = from; place < Math.min(lines.length, from + MOST_ROWS); place += 1) {
    const line = lines[place];
    const row = line === undefined ? null : splitLabelRow(line, hint, rows[0]?.length);
    if (row === null || (rows[0] !== undefined && row.length !== rows[0].length)) break;
    rows.push(row);
  }
  return rows;
}

/** `width`: cells of the rows before; undefined for the first. */
function splitLabelRow(line: TextLine, hint: PeriodHint, width: number | undefined): Grid[number] | null {
  if (line.cells !== null || line.text.length > 150 || !/^[A-Z“"‘'(]/.test(line.text)) return null;
  const words = line.text.split(" ");
  const values = takeValues(words, width === undefined ? words.length - 1 : width - 1);
  while (values.length > 1 && NUMBERED_NAME.test(words.join(" "))) words.push(values.shift() ?? "");
  if (values.some((value) => /^[-–—]\d/.test(value))) return null;
  const label = words.join(" ");
  if (values.length === 0 || words.length > MOST_LABEL_WORDS || !/[A-Za-z]{2}/.test(label)) return null;
  if (/[:=–—,;?.-]$/.test(label) || SAYS.test(label) || SENTENCE.test(label)) return null;
  if (readWholePeriod(label, hint) !== null || findPeriodTokens(line.text).length > 0) return null;
  return [label, ...values].map((text) => cellOf(line, text));
}

/** One cell per line: headings, then a name and its values, again and again. */
export function readStackedLabels(lines: readonly TextLine[], from: number, hint: PeriodHint): FoundGrid | null {
  const words = takeKind(lines, from, "label", hint, 13);
  const values = takeKind(lines, from + words.length, "value", hint, 12).length;
  const heads = words.slice(0, -1);
  if (
    words.length === 0 ||
    values === 0 ||
    (heads.length === 0 && values > 1) ||
    (heads.length > 0 && heads.length !== values && heads.length !== values + 1)
  )
    return null;
  const rows: Grid = [];
  let place = from + heads.length;
  while (rows.length < MOST_ROWS) {
    const [label] = takeKind(lines, place, "label", hint, 1);
    const own = takeKind(lines, place + 1, "value", hint, values + 1);
    if (label === undefined || own.length !== values) break;
    rows.push([label, ...own].map((line) => cellOf(line, line.text)));
    place += 1 + values;
  }
  if (rows.length < FEWEST_ROWS) return null;
  const [first] = heads;
  const corner = heads.length === values && first !== undefined ? [cellOf(first, "")] : [];
  const head = [...corner, ...heads.map((line) => cellOf(line, line.text))];
  return { grid: head.length === 0 ? rows : [head, ...rows], length: place - from };
}
