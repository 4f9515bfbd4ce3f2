/** The pieces that tables without a shape are put together from: cells, values off the end of a line, kinds of lines. */
import type { TextLine } from "./lines.ts";
import { type PeriodHint, readWholePeriod } from "./periods.ts";
import type { Grid, GridCell } from "./tables.ts";
import { readValue } from "./values.ts";

/** A table found among lines: its rows, and how many lines it takes. */
export interface FoundGrid {
  grid: Grid;
  length: number;
}

/** A cell as it stands on a line. */
export function cellOf(line: TextLine, text: string): GridCell {
  return { text, line: line.number, page: line.page };
}

/** Takes at most `most` values off the end of a row's words: `402`, and as one `not available`, `fewer than 5`. */
export function takeValues(words: string[], most: number): string[] {
  const values: string[] = [];
  while (values.length < most && words.length > 0) {
    const length = [4, 3, 2].find((count) => isWordyValue(words.slice(-count), count)) ?? 1;
    const text = words.slice(-length).join(" ");
    if (readValue(text) === null) break;
    words.splice(-length);
    values.unshift(text);
  }
  return values;
}

/** What is named by a number: `Section 20`, `Band 3`, `Quarter 1`. */
export const NUMBERED_NAME =
  /\b(?:section|level|band|grade|tier|stage|phase|area|zone|group|unit|team|ward|type|category|quarter|qtr)$/i;

function isWordyValue(words: readonly string[], count: number): boolean {
  if (words.length < count) return false;
  const value = readValue(words.join(" "));
  return value !== null && value.status !== "reported" && value.remark === "";
}

/** Cuts a flattened heading into as many columns as there are, before its capitals or between its words. */
export function splitHeading(text: string, width: number): string[] | null {
  const byCapital = text.split(/\s+(?=[A-Z£%])/);
  if (byCapital.length === width) return byCapital;
  if (byCapital.length === width - 1) return ["", ...byCapital];
  const words = text.split(" ");
  if (words.length === width) return words;
  return words.length === width - 1 ? ["", ...words] : null;
}

const PART_OF_YEAR =
  /^(?:(?:q|quarter|qtr)\.?\s?[1-4]|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?$/i;

/** What a line can be in a table of one cell per line; `quarter` is a month without its year, too. */
export type Kind = "period" | "quarter" | "value" | "label" | "other";

/** The kind of a line; `other` ends a table. */
export function kindOf(line: TextLine | undefined, hint: PeriodHint): Kind {
  if (line === undefined || line.cells !== null || line.text.length > 90) return "other";
  if (PART_OF_YEAR.test(line.text)) return "quarter";
  if (readWholePeriod(line.text, hint) !== null) return "period";
  if (readValue(line.text) !== null) return "value";
  return /[.?:;]$/.test(line.text) ? "other" : "label";
}

/** Takes lines of one kind from a place on. */
export function takeKind(
  lines: readonly TextLine[],
  from: number,
  kind: Kind,
  hint: PeriodHint,
  most = 60,
): TextLine[] {
  const taken: TextLine[] = [];
  for (let place = from; kindOf(lines[place], hint) === kind && taken.length < most; place += 1) {
    const line = lines[place];
    if (line !== undefined) taken.push(line);
  }
  return taken;
}
