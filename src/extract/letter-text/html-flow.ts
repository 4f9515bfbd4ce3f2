/**
 * The lines that are being made of a page: text gathers in `current` until a block ends, and a list item's number waits in
 * `marker` for the item's first line.
 */
export interface Flow {
  lines: string[];
  current: string;
  marker: string;
}

export function newFlow(): Flow {
  return { lines: [], current: "", marker: "" };
}

/** Adds a finished line, behind the number of its list item; never two empty lines in a row. */
export function addLine(flow: Flow, text: string): void {
  const line = `${flow.marker}${text}`;
  flow.marker = "";
  if (line !== "" || (flow.lines.length > 0 && flow.lines.at(-1) !== "")) flow.lines.push(line);
}

/** Ends the line that is being gathered. An empty one stays only where the page shows one (`<br><br>`, `&nbsp;`). */
export function endLine(flow: Flow, options: { keepEmpty: boolean } = { keepEmpty: false }): void {
  const shown = flow.current.replace(/[ \t\r\n\f]+/g, " ");
  const text = shown.replaceAll("\u00a0", " ").trim();
  const isSpacer = text === "" && shown.includes("\u00a0");
  flow.current = "";
  if (text !== "" || ((options.keepEmpty || isSpacer) && flow.marker === "")) addLine(flow, text);
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

/** The number that a browser prints before a list item: `1.`, `b.`, `iv.`; a bullet where the list has no numbers. */
export function itemLabel(number: number, type: string): string {
  if (type === "a") return `${lettersOf(number)}.`;
  if (type === "A") return `${lettersOf(number).toUpperCase()}.`;
  if (type === "i") return `${romanOf(number)}.`;
  if (type === "I") return `${romanOf(number).toUpperCase()}.`;
  return `${number}.`;
}

/** 1 is `a`, 26 is `z`, 27 is `aa`, as HTML counts; numbers below 1 stay figures. */
export function lettersOf(number: number): string {
  if (number < 1) return String(number);
  let letters = "";
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(97 + ((rest - 1) % 26)) + letters;
  return letters;
}

const ROMAN = [
  ["m", 1000],
  ["cm", 900],
  ["d", 500],
  ["cd", 400],
  ["c", 100],
  ["xc", 90],
  ["l", 50],
  ["xl", 40],
  ["x", 10],
  ["ix", 9],
  ["v", 5],
  ["iv", 4],
  ["i", 1],
] as const;

/** Small roman numerals for 1 to 3,999; other numbers stay figures. */
export function romanOf(number: number): string {
  if (number < 1 || number > 3999) return String(number);
  let rest = number;
  let numeral = "";
  for (const [sign, worth] of ROMAN) for (; rest >= worth; rest -= worth) numeral += sign;
  return numeral;
}
