/**
 * Tables in answers: rows by pipes or tabs, rows flattened to spaces, and one cell per line. Years across or down, quarters under
 * years, £000s in a heading. Out comes one cell per figure, with its row and column.
 */
import type { Period } from "../../observation.ts";
import { calendarQuarter, dayOf, dayWithin, financialQuarter } from "./dates.ts";
import { maskAll } from "./period-tokens.ts";
import { findPeriods, mergeHints, NO_HINT, type PeriodHint, readHint, readWholePeriod } from "./periods.ts";
import { readValue } from "./values.ts";

/** One cell as printed, with the line that it stands on. */
export interface GridCell {
  text: string;
  line: number;
  page: number | null;
}

/** A table cut into rows; the first cell of a row may name it. */
export type Grid = GridCell[][];

export interface TableFigure extends GridCell {
  period: Period | null;
  /** Name of the row, where that is no period; '' otherwise. */
  row: string;
  /** Heading of the column, where that is no period; '' otherwise. */
  column: string;
  /** What the heading says that figures are in: 1000 for £000s; 1 otherwise. */
  scale: number;
  pounds: boolean;
}

interface Column {
  period: Period | null;
  heading: string;
  scale: number;
  pounds: boolean;
}

/** The figures of a table. `asked` gives the year of quarters that name none. */
export function readGrid(printed: Grid, outer: PeriodHint, asked: readonly Period[]): TableFigure[] {
  const hint = mergeHints(cornerHint(printed), outer);
  const grid = addCorner(addLabelColumn(printed, hint));
  const width = Math.max(...grid.map((row) => row.length));
  const headCount = countHeadingRows(grid, hint);
  const heads = spreadYears(grid.slice(0, headCount), width, hint);
  const corner = heads.map((row) => row[0] ?? "").join(" ");
  const columns = Array.from({ length: width }, (_, place) => readColumn(heads, place, corner, hint, asked));
  const divided = dividesYears([...heads.flat(), ...grid.map((row) => row[0]?.text ?? "")]);
  return grid.slice(headCount).flatMap((row) => readRow(row, columns, hint, divided));
}

/** What the corner says of the years under or beside it: `Year ending 31 March`, `As at 31 March`, `Academic year`. */
function cornerHint(grid: Grid): PeriodHint {
  const corner = grid[0]?.[0]?.text ?? "";
  return readWholePeriod(corner) === null ? readHint(corner.replace(/^(?=\d)/, "at ")) : NO_HINT;
}

/** Rows without names, under headings that are all periods: the first column holds figures, not labels. */
function addLabelColumn(grid: Grid, hint: PeriodHint): Grid {
  const [head, ...rows] = grid;
  const first = head?.[0];
  if (first === undefined || rows.length === 0 || !isHeadingPeriod(first.text, hint)) return grid;
  const unnamed = rows.every((row) => row.length === head?.length && isFigure(row[0]?.text ?? "", hint));
  return unnamed ? grid.map((row) => [{ ...first, text: "" }, ...row]) : grid;
}

/** Headings over the figures alone, each row one cell longer: the corner was left out. */
function addCorner(grid: Grid): Grid {
  const [head, ...rows] = grid;
  const [first] = head ?? [];
  if (head === undefined || first === undefined || rows.length === 0) return grid;
  return rows.every((row) => row.length === head.length + 1) ? [[{ ...first, text: "" }, ...head], ...rows] : grid;
}

/** Rows at the top without a figure of their own: their cells are words and periods. */
function countHeadingRows(grid: Grid, hint: PeriodHint): number {
  let count = 0;
  for (const row of grid.slice(0, 4)) {
    const cells = row.slice(1).filter((cell) => cell.text !== "");
    const figures = cells.filter((cell) => isFigure(cell.text, hint) && !isHeadingPeriod(cell.text, hint));
    const namesPeriod = readWholePeriod(row[0]?.text ?? "", hint) !== null && cells.length > 0;
    if (figures.length > 0 || (namesPeriod && !cells.every((cell) => isHeadingPeriod(cell.text, hint)))) break;
    count += 1;
  }
  return count === grid.length ? 0 : count;
}

function isFigure(text: string, hint: PeriodHint): boolean {
  return readValue(text) !== null && readWholePeriod(text, hint) === null;
}

const QUARTER = /^(?:q|quarter|qtr)\.?\s?([1-4])$/i;

function isHeadingPeriod(text: string, hint: PeriodHint): boolean {
  return readWholePeriod(text, hint) !== null || QUARTER.test(text);
}

/** A heading that spans columns stands over the first of them: it holds for those after it too. */
function spreadYears(heads: Grid, width: number, hint: PeriodHint): string[][] {
  return heads.map((row, place) => {
    const texts = Array.from({ length: width }, (_, at) => row[at]?.text ?? "");
    if (place === heads.length - 1 || heads.length < 2) return texts;
    const below = heads[place + 1] ?? [];
    const years = texts.filter((text) => readWholePeriod(text, hint) !== null);
    if (years.length > 0 && texts.filter((text) => text !== "").length === years.length)
      return spreadEvenly(years, texts, below);
    let last = "";
    return texts.map((text, at) => {
      if (at === 0) return text;
      last = text === "" ? last : text;
      return last;
    });
  });
}

/** Years over quarters: each holds for as many columns as there are quarters under it. */
function spreadEvenly(years: string[], texts: string[], below: readonly GridCell[]): string[] {
  const under = below.map((cell, at) => (QUARTER.test(cell.text) ? at : -1)).filter((at) => at >= 0);
  if (under.length === 0 || under.length % years.length !== 0) {
    let last = "";
    return texts.map((text) => {
      last = text === "" ? last : text;
      return last;
    });
  }
  const each = under.length / years.length;
  const spread = texts.map(() => "");
  under.forEach((at, place) => {
    spread[at] = years[Math.floor(place / each)] ?? "";
  });
  return spread;
}

function readColumn(
  heads: string[][],
  place: number,
  corner: string,
  hint: PeriodHint,
  asked: readonly Period[],
): Column {
  const texts = heads.map((row) => row[place] ?? "").filter((text, at, all) => text !== "" && all.indexOf(text) === at);
  const heading = texts.join(" ");
  const period = readHeadingPeriod(texts, hint, asked);
  return {
    period,
    heading: period === null ? heading : headingBeside(heading, hint),
    ...readScale(`${heading} ${place > 0 ? corner : ""}`),
  };
}

/** What a heading says besides its period: nothing for `2019/20`, `Boys` for `2019/20 Boys`. */
function headingBeside(heading: string, hint: PeriodHint): string {
  const left = maskAll(heading, findPeriods(heading, hint)).replaceAll("\u0001", " ");
  const words = left.replace(
    /\b(?:as at|as of|as on|at|on|year|ending|ended|to|financial|calendar|academic|fy|q[1-4]|quarter [1-4]|in|for)\b|£\s?['’]?000['’]?s?|£[km]?\b|\(\s*£?\s*\)|[\s:,()–-]+/gi,
    " ",
  );
  return words.trim();
}

function readHeadingPeriod(texts: string[], hint: PeriodHint, asked: readonly Period[]): Period | null {
  const joined = texts.join(" ");
  const found = findPeriods(joined, hint);
  if (found.length === 1) return found[0]?.period ?? null;
  const quarter = texts.map((text) => QUARTER.exec(text)?.[1]).find((digit) => digit !== undefined);
  if (quarter === undefined || found.length > 1) return null;
  const [year, ...more] = asked;
  if (year === undefined || more.length > 0) return null;
  if (year.kind === "financial_year") return financialQuarter(dayOf(year.start).year, Number(quarter));
  return year.kind === "calendar_year" ? calendarQuarter(dayOf(year.start).year, Number(quarter)) : null;
}

/** `£000s`, `£'000`, `£k`, `£m`, `(thousands)` in a heading or caption. */
export function readScale(text: string): { scale: number; pounds: boolean } {
  if (/£\s?\(?['’]?0{3}['’]?s?\b|£0{3}|\b['’]?0{3}['’]?s\b|£k\b|£ ?thousands?|in thousands/i.test(text))
    return { scale: 1000, pounds: /£/.test(text) };
  if (/£\s?m(?:illions?)?\b|£ ?millions?|in millions/i.test(text)) return { scale: 1e6, pounds: /£/.test(text) };
  return { scale: 1, pounds: /£(?!\d)/.test(text) };
}

/** Whether rows or columns are quarters or months; `Q1` and `Q2` alone, or with a `Q5`, are questions. */
function dividesYears(names: readonly string[]): boolean {
  return (
    names.some((name) =>
      /^(?:q\.?\s?[34]\b|quarter|qtr|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|ober)?\.?$)/i.test(
        name,
      ),
    ) && !names.some((name) => /^q\.?\s?[5-9]/i.test(name))
  );
}

function readRow(
  row: readonly GridCell[],
  columns: readonly Column[],
  hint: PeriodHint,
  divided: boolean,
): TableFigure[] {
  const [first] = row;
  if (first === undefined) return [];
  const rowPeriod = readWholePeriod(first.text, hint);
  const named = rowPeriod !== null || !isFigure(first.text, hint) || row.length === columns.length;
  const rowDay = rowPeriod === null ? readHint(first.text.replace(/^(?=\d)/, "at ")).asAtDay : null;
  const own = readScale(rowPeriod === null ? first.text : "");
  return row.flatMap((cell, place) => {
    const column = columns[place];
    if ((place === 0 && named) || (cell.text === "" && !isHole(row, columns, place)) || column === undefined) return [];
    const { period, heading } = column;
    const scaled = own.scale > 1 ? own : column;
    const inRow = divided ? within(period, first.text) : null;
    const inColumn = divided ? within(rowPeriod, heading) : null;
    return [
      {
        ...cell,
        period: inRow ?? inColumn ?? onDay(period, rowDay) ?? rowPeriod,
        row: rowPeriod === null && named && inRow === null ? first.text : "",
        column: inColumn === null ? heading : "",
        scale: scaled.scale,
        pounds: scaled.pounds || own.pounds,
      },
    ];
  });
}

/** Nothing under a period that its row has figures for beside it: it was left blank. Under other headings nothing is no answer. */
function isHole(row: readonly GridCell[], columns: readonly Column[], place: number): boolean {
  const answered = row.filter((cell, at) => at > 0 && cell.text !== "" && columns[at]?.period != null);
  return columns[place]?.period != null && answered.length > 0 && (row[0]?.text ?? "") !== "";
}

/** `Quarter 1`, `April` beside a year: its own quarter or month; null where the words name none. */
function within(year: Period | null, name: string): Period | null {
  const isYear = year !== null && (year.kind === "financial_year" || year.kind === "calendar_year");
  return isYear && !/\d{4}/.test(name) ? readWholePeriod(name, { ...NO_HINT, within: year }) : null;
}

/** A row such as `At 31 March` counts on that day of each year over the columns. */
function onDay(period: Period | null, day: { month: number; day: number } | null): Period | null {
  const counts =
    period !== null && day !== null && (period.kind === "financial_year" || period.kind === "calendar_year");
  return counts ? (dayWithin(period, day.month, day.day) ?? period) : period;
}

/**
 * What tells the figures of a table apart. Rows or columns that do not vary split nothing; where both vary, both are named.
 */
export function breakdownsOf(figures: readonly TableFigure[]): string[] {
  const rows = new Set(figures.map((figure) => figure.row));
  const columns = new Set(figures.map((figure) => figure.column));
  return figures.map((figure) => {
    const parts = [rows.size > 1 ? figure.row : "", columns.size > 1 ? figure.column : ""];
    return parts.filter((part) => part !== "").join(", ");
  });
}
