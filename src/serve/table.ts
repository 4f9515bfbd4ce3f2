/** Rows of a query as a table for a terminal, as CSV, or as JSON. */
import Table from "cli-table3";
import { stringify } from "csv-stringify/sync";
import { type QueryField, TYPE } from "../load/engine.ts";
import { cleanText } from "./terminal.ts";

/** Longest cell on a terminal; files and JSON have the whole. */
const WIDEST = 100;
const NUMBERS = new Set<number>([TYPE.int8, TYPE.numeric, 21, 23, 700, 701]);

export type Row = Record<string, unknown>;

/** Numbers as JSON numbers, dates as ISO text. A whole number too large for JSON's readers stays text. */
export function rowsForJson(rows: Row[], fields: readonly QueryField[]): Row[] {
  const numeric = fields.filter((field) => NUMBERS.has(field.dataTypeID)).map((field) => field.name);
  return rows.map((row) => {
    const copy = { ...row };
    for (const name of numeric) copy[name] = numberOf(copy[name]);
    return copy;
  });
}

function numberOf(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value); // JSON has no NaN
  if (typeof value !== "string") return value;
  const number = Number(value);
  const exact = !/^-?\d+$/.test(value) || Number.isSafeInteger(number);
  return Number.isFinite(number) && exact ? number : value;
}

/** A table with a header; numbers to the right. Empty results say so. */
export function formatTable(rows: Row[], columns: readonly string[]): string {
  if (rows.length === 0) return "(no rows)";
  const table = new Table({
    head: columns.map((name) => cleanText(name)),
    colAligns: columns.map((name) => (rows.every((row) => isNumberOrNull(row[name])) ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(columns.map((name) => formatCell(row[name])));
  return table.toString();
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || typeof value === "number";
}

function formatCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = cleanText(typeof value === "object" ? JSON.stringify(value) : String(value));
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

/** CSV with a header. Text that a spreadsheet would take for a formula is neutralised; real numbers are not. */
export function formatCsv(rows: Row[], columns: readonly string[]): string {
  return stringify(
    rows.map((row) => columns.map((name) => csvCell(row[name]))),
    { header: true, columns: [...columns], record_delimiter: "\n" },
  ).replace(/\n$/, "");
}

function csvCell(value: unknown): unknown {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return neutraliseFormula(text);
}

/** Text that a spreadsheet would run gets an apostrophe before it; a real negative number is left as it is. */
export function neutraliseFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^-\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
}
