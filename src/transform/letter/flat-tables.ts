/** Tables that lost their shape: rows flattened to spaces, and one cell per line. Cut back into rows for `readGrid`. */
import { readLabelRows, readStackedLabels } from "./label-tables.ts";
import type { TextLine } from "./lines.ts";
import { maskAll } from "./period-tokens.ts";
import { findPeriods, type PeriodHint, readWholePeriod } from "./periods.ts";
import { cellOf, type FoundGrid, kindOf, NUMBERED_NAME, splitHeading, takeKind, takeValues } from "./table-words.ts";
import type { Grid, GridCell } from "./tables.ts";
import { readValue } from "./values.ts";

/** The table that begins with the line at `from`; null where none does. */
export function findGrid(lines: readonly TextLine[], from: number, hint: PeriodHint): FoundGrid | null {
  return (
    readDivided(lines, from) ??
    readFlattened(lines, from, hint) ??
    readFlattenedDown(lines, from, hint) ??
    readStacked(lines, from, hint) ??
    readLabelRows(lines, from, hint)
  );
}

/** Rows by pipes or tabs, one after another. A line that only goes on with the last cell is put back into it. */
function readDivided(lines: readonly TextLine[], from: number): FoundGrid | null {
  const grid: Grid = [];
  let place = from;
  for (; place < lines.length; place += 1) {
    const line = lines[place];
    if (line === undefined) break;
    if (line.cells === null) {
      if (!completesRow(grid, line)) break;
      grid.at(-1)?.push(cellOf(line, line.text));
      continue;
    }
    const fragment = line.cells.filter((text) => text !== "");
    if (fragment.length === 1 && fragment[0] !== undefined && completesRow(grid, { ...line, text: fragment[0] })) {
      grid.at(-1)?.push(cellOf(line, fragment[0]));
      continue;
    }
    grid.push(line.cells.map((text) => cellOf(line, text)));
  }
  if (grid.length === 0) return null;
  return { grid: dropEmptyColumns(grid), length: place - from };
}

/** Whether a line is the rest of a row that is shorter than the first: a cell that was broken onto a line of its own. */
function completesRow(grid: Grid, line: TextLine): boolean {
  const [first] = grid;
  const last = grid.at(-1);
  if (first === undefined || last === undefined || last === first || last.length >= first.length) return false;
  return readValue(line.text) !== null && !line.afterBlank;
}

/** Some letters indent every row with an empty first cell. */
function dropEmptyColumns(grid: Grid): Grid {
  const rows = grid.length;
  const emptyFirst = rows > 1 && grid.every((row) => row[0]?.text === "");
  return emptyFirst ? grid.map((row) => row.slice(1)) : grid;
}

/** A line of periods over lines that end in as many values. */
function readFlattened(lines: readonly TextLine[], from: number, hint: PeriodHint): FoundGrid | null {
  const head = lines[from];
  if (head === undefined || head.text.length > 200) return null;
  const quarters = readQuarterHeading(head, hint);
  if (quarters !== null) return readRowsUnder(quarters, lines, from, hint);
  const periods = findPeriods(head.text, hint);
  const beside = maskAll(head.text, periods).replaceAll("\u0001", "").trim();
  if (periods.length < 2 || !/^[A-Za-z £'’()0s/]{0,40}$/.test(beside) || /\b(?:and|to|between)\b/i.test(beside))
    return null;
  const heads = [cellOf(head, beside), ...periods.map(({ start, end }) => cellOf(head, head.text.slice(start, end)))];
  return readRowsUnder(heads, lines, from, hint);
}

/** `2021/22 Q1 Q2 Q3 Q4`: the year of all quarters stands before them. */
function readQuarterHeading(head: TextLine, hint: PeriodHint): GridCell[] | null {
  const match = /^(.{0,40}?)\s*((?:\bQ[1-4]\s+){1,3}Q[1-4])$/i.exec(head.text);
  if (match?.[2] === undefined) return null;
  const year = readWholePeriod(match[1] ?? "", hint) === null ? "" : `${match[1]} `;
  return [cellOf(head, ""), ...match[2].split(/\s+/).map((quarter) => cellOf(head, `${year}${quarter}`))];
}

/** `£000 £000` under headings, or one unit for all of them; null where the line is anything else. */
function readUnits(line: TextLine | undefined, count: number): string[] | null {
  const words = line?.text.split(" ") ?? [];
  const units = words.every((word) => /^\(?(?:£\s?['’]?(?:0{3}['’]?s?|m|k)?|%|no\.?|number)\)?$/i.test(word));
  return units && (words.length === count || words.length === 1) ? words : null;
}

function withUnit(head: GridCell, place: number, units: readonly string[]): GridCell {
  return place === 0 ? head : { ...head, text: `${head.text} ${units[place - 1] ?? units[0]}` };
}

/** Lines under flattened headings, each with a name and as many values. */
function readRowsUnder(
  heads: GridCell[],
  lines: readonly TextLine[],
  from: number,
  hint: PeriodHint,
): FoundGrid | null {
  const rows: Grid = [];
  const units = readUnits(lines[from + 1], heads.length - 1);
  if (units !== null) {
    const under = readRowsUnder(
      heads.map((head, at) => withUnit(head, at, units)),
      lines,
      from + 1,
      hint,
    );
    return under === null ? null : { ...under, length: under.length + 1 };
  }
  let place = from + 1;
  for (; place < lines.length; place += 1) {
    const line = lines[place];
    const row = line === undefined ? null : splitRow(line, heads.length - 1, hint);
    if (row === null) break;
    rows.push(row);
  }
  return rows.length === 0 ? null : { grid: [heads, ...rows], length: place - from };
}

/** A heading of words over lines of a period and two or more values: years down, flattened to spaces. */
function readFlattenedDown(lines: readonly TextLine[], from: number, hint: PeriodHint): FoundGrid | null {
  const head = lines[from];
  if (head === undefined || head.text.length > 200 || head.cells !== null || /[.?:]$/.test(head.text)) return null;
  const under = lines[from + 1];
  const width = (under === undefined ? null : splitPeriodRow(under, hint))?.length ?? 0;
  const heads = width < 3 ? null : splitHeading(head.text, width);
  if (heads === null || heads.some((text) => /^\d[\d,.]*$/.test(text) && readWholePeriod(text, hint) === null))
    return null;
  const rows: Grid = [];
  for (let place = from + 1; place < lines.length; place += 1) {
    const line = lines[place];
    const row = line === undefined ? null : splitPeriodRow(line, hint);
    if (row === null || row.length !== width) break;
    rows.push(row);
  }
  return { grid: [heads.map((text) => cellOf(head, text)), ...rows], length: rows.length + 1 };
}

/** `2018/2019 12 88 141 241`: a period and values. */
function splitPeriodRow(line: TextLine, hint: PeriodHint): GridCell[] | null {
  const all = line.cells === null ? line.text.split(" ") : [];
  const [month, year, ...after] = all;
  // `February 2022 – 11`: the year belongs to its month.
  const dated = /^[A-Z][a-z]{2,8}$/.test(month ?? "") && /^(?:19|20)\d\d$/.test(year ?? "");
  const [first, ...words] = dated ? [`${month} ${year}`, ...after] : all;
  if (first === undefined || /^[-–—:=]$/.test(words[0] ?? "") || words.length > 30) return null;
  if (readWholePeriod(first, hint) === null) return null;
  const values = takeValues(words, words.length);
  if (values.length < 2 || words.length > 0) return null;
  return [first, ...values].map((text) => cellOf(line, text));
}

/** A label and exactly `count` values at the end of a line. */
function splitRow(line: TextLine, count: number, hint: PeriodHint): GridCell[] | null {
  if (line.text.length > 300 || readWholePeriod(line.text, hint) !== null) return null;
  const words = line.text.split(" ");
  const values = takeValues(words, count);
  const figure = /^[£\d,.%]+$/.test(words.at(-1) ?? "") && !NUMBERED_NAME.test(words.slice(0, -1).join(" "));
  if (values.length < count || figure) return null;
  return [cellOf(line, words.join(" ").replace(/[\s:=–-]+$/, "")), ...values.map((value) => cellOf(line, value))];
}

/** The cells of a table, one per line: heading lines of periods, then a label and as many values, again and again. */
function readStacked(lines: readonly TextLine[], from: number, hint: PeriodHint): FoundGrid | null {
  if (!["period", "label", "quarter"].includes(kindOf(lines[from], hint))) return null;
  return readAcross(lines, from, hint) ?? readDown(lines, from, hint) ?? readStackedLabels(lines, from, hint);
}

/** Years (and quarters) across: `P… [Q…] (label V…)…`. */
function readAcross(lines: readonly TextLine[], from: number, hint: PeriodHint): FoundGrid | null {
  const corner = kindOf(lines[from], hint) === "label" ? takeKind(lines, from, "label", hint, 2) : [];
  if (corner.length > 1) return null;
  const years = takeKind(lines, from + corner.length, "period", hint);
  const under = takeKind(lines, from + corner.length + years.length, "quarter", hint);
  // One quarter alone is the name of the first row.
  const quarters = under.length > 1 ? under : [];
  const width = quarters.length > 0 ? quarters.length : years.length;
  if (width < 2 || (quarters.length > 0 && years.length > 0 && quarters.length % years.length !== 0)) return null;
  const heads = quarters.length > 0 ? [headRow(spread(years, width)), headRow(quarters)] : [headRow(years)];
  const start = from + corner.length + years.length + quarters.length;
  const { rows, length } = takeRows(lines, start, width, hint);
  if (rows.length === 0) return null;
  return { grid: [...heads.filter((row) => row.length > 1), ...rows], length: start - from + length };
}

function spread(years: readonly TextLine[], width: number): TextLine[] {
  const each = width / years.length;
  return Array.from({ length: years.length === 0 ? 0 : width }, (_, at) => years[Math.floor(at / each)]).filter(
    (one) => one !== undefined,
  );
}

function headRow(lines: readonly TextLine[]): GridCell[] {
  const [first] = lines;
  return first === undefined ? [] : [cellOf(first, ""), ...lines.map((line) => cellOf(line, line.text))];
}

/** Rows of one label and `width` values; a single row may have no label. */
function takeRows(
  lines: readonly TextLine[],
  from: number,
  width: number,
  hint: PeriodHint,
): { rows: Grid; length: number } {
  const rows: Grid = [];
  let place = from;
  while (place < lines.length) {
    const labelled = ["label", "quarter"].includes(kindOf(lines[place], hint));
    const label = labelled ? lines[place] : undefined;
    const values = lines.slice(place + (labelled ? 1 : 0), place + (labelled ? 1 : 0) + width);
    const complete =
      values.length === width &&
      values.every((line) => ["value", "period"].includes(kindOf(line, hint)) && readValue(line.text) !== null);
    if (!complete || (!labelled && rows.length > 0)) break;
    const [firstValue] = values;
    if (firstValue === undefined) break;
    rows.push([cellOf(label ?? firstValue, label?.text ?? ""), ...values.map((line) => cellOf(line, line.text))]);
    place += width + (labelled ? 1 : 0);
  }
  return { rows, length: place - from };
}

const MOST_COLUMNS = 12;

/** Years down: as many headings as columns, then `P V…` again and again, with two or more values each. */
function readDown(lines: readonly TextLine[], from: number, hint: PeriodHint): FoundGrid | null {
  const heads = takeKind(lines, from, "label", hint, MOST_COLUMNS + 1);
  const width = heads.length;
  if (width < 2 || width > MOST_COLUMNS) return null;
  const rows: Grid = [];
  let place = from + width;
  while (["period", "quarter"].includes(kindOf(lines[place], hint))) {
    const cells = lines.slice(place, place + width);
    if (cells.length < width || !cells.slice(1).every((line) => kindOf(line, hint) === "value")) break;
    rows.push(cells.map((line) => cellOf(line, line.text)));
    place += width;
  }
  return rows.length < 1
    ? null
    : { grid: [heads.map((line) => cellOf(line, line.text)), ...rows], length: place - from };
}
