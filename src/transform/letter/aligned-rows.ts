/**
 * Tables that are set out with spaces and have holes: a figure that is missing leaves a gap, and only the place of the others
 * tells to which column they belong. Their cells are divided by tabs, so that none slips into its neighbour's column.
 */
import type { Line } from "../../letter.ts";
import { readWholePeriod } from "./periods.ts";
import { readValue } from "./values.ts";

interface Segment {
  text: string;
  start: number;
  end: number;
}

/** Longer lines are prose. */
const LONGEST = 300;
const FEWEST_COLUMNS = 3;

/** The lines of a document, those of tables with holes divided by tabs; every other line as it is. */
export function divideAlignedRows(lines: readonly Line[]): Line[] {
  const divided: Line[] = [];
  for (let from = 0; from < lines.length; ) {
    const rows: Segment[][] = [];
    for (let row = segmentsOf(lines[from]); row !== null; row = segmentsOf(lines[from + rows.length])) rows.push(row);
    const taken = Math.max(1, rows.length);
    const columns = rows.length > 1 ? findColumns(rows) : null;
    for (const [place, line] of lines.slice(from, from + taken).entries()) {
      const cells = columns === null ? null : placeIn(columns, rows[place] ?? []);
      divided.push(cells === null ? line : { ...line, text: cells.join("\t") });
    }
    from += taken;
  }
  return divided;
}

/** What two spaces or more divide, with its place in the line; null where nothing is divided. */
function segmentsOf(line: Line | undefined): Segment[] | null {
  if (line === undefined || line.text.length > LONGEST || /[\t|]/.test(line.text)) return null;
  const segments = [...line.text.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  return segments.length > 1 ? segments : null;
}

/** The columns of rows some of which have holes; null where they have none, are no table, or stand under no columns. */
function findColumns(rows: readonly Segment[][]): Segment[] | null {
  const columns = rows.reduce((widest, row) => (row.length > widest.length ? row : widest));
  if (columns.length < FEWEST_COLUMNS) return null;
  const cells = rows.map((row) => placeIn(columns, row));
  if (cells.includes(null)) return null;
  const holes = cells.slice(1).some((row) => row?.slice(1).includes(""));
  const figures = rows.flatMap((row) => row.filter(({ start }) => start > (columns[0]?.end ?? 0)));
  const read = figures.filter(({ text }) => readValue(text) !== null || readWholePeriod(text) !== null);
  return holes && read.length > figures.length / 2 ? columns : null;
}

/** The segments each in its column, '' where a column has none; null where one stands under none, or two under one. */
function placeIn(columns: readonly Segment[], row: readonly Segment[]): string[] | null {
  const cells = columns.map(() => "");
  for (const segment of row) {
    const under = columns.flatMap(({ start, end }, place) =>
      segment.start < end && start < segment.end ? [place] : [],
    );
    const [only, ...more] = under;
    if (only === undefined || more.length > 0 || cells[only] !== "") return null;
    cells[only] = segment.text;
  }
  return cells;
}
