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
