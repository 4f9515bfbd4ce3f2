/** A cell as it was read: its lines, and how many columns and rows it covers. */
export interface Cell {
  lines: string[];
  columns: number;
  rows: number;
}

/** A table while its rows are read. */
export interface Table {
  /** The row that is being read; null between rows. */
  row: Cell[] | null;
  /** For each column, how many further rows a cell from above still covers. */
  covered: number[];
}

export function newTable(): Table {
  return { row: null, covered: [] };
}

/**
 * The lines of each column of the row that was read: a cell that covers several columns or rows stands in the first and leaves
 * the others empty, so that what stands under a heading stays in its column.
 */
export function takeRow(table: Table): string[][] {
  const columns: string[][] = [];
  const skipCovered = (): void => {
    for (let rest = table.covered[columns.length]; rest; rest = table.covered[columns.length]) {
      table.covered[columns.length] = rest - 1;
      columns.push([]);
    }
  };
  for (const cell of table.row ?? []) {
    skipCovered();
    for (let column = 0; column < cell.columns; column++) {
      table.covered[columns.length] = cell.rows - 1;
      columns.push(column === 0 ? cell.lines : []);
    }
  }
  skipCovered();
  table.row = null;
  return columns;
}

/** Longest text of a cell that has several lines and still is one cell of a row rather than a passage. */
const LONGEST_CELL = 120;

/**
 * The lines of a table row, given the lines of each cell. One line with a tab between cells; where cells stack figures
 * (`2017/18`, `2018/19` beside `12`, `13`) one line each; where a cell holds a passage (tables used for layout, question
 * beside answer) the cells follow each other as they are.
 */
export function rowLines(cells: string[][]): string[] {
  const filled = cells.map((cell) => cell.filter((line) => line !== ""));
  if (cells.length === 1) return cells[0] ?? [];
  if (filled.some((cell) => cell.length > 1 && cell.join(" ").length > LONGEST_CELL)) return cells.flat();
  const height = Math.max(...filled.map((cell) => cell.length));
  const stacked = height > 1 && filled.every((cell) => cell.length === height && cell.every((line) => /\d/.test(line)));
  if (stacked) return Array.from({ length: height }, (_, row) => filled.map((cell) => cell[row]).join("\t"));
  const line = filled.map((cell) => cell.join(" ").replaceAll("\t", " ")).join("\t");
  return line.trim() === "" ? [] : [line];
}
