/** A table as a CSV file: UTF-8, commas, line feeds, a header. Formulas are neutralised; numbers are as Postgres prints them. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import { neutraliseFormula } from "../table.ts";
import { type Batches, type ExportColumn, textOf } from "./tables.ts";

/** @returns how many rows were written. */
export async function writeCsvFile(path: string, columns: readonly ExportColumn[], batches: Batches): Promise<number> {
  let count = 0;
  const records = async function* () {
    yield columns.map(({ name }) => name);
    for await (const rows of batches) {
      count += rows.length;
      for (const row of rows) yield columns.map((column) => cellOf(column, row[column.name]));
    }
  };
  await pipeline(
    Readable.from(records()),
    stringify({ record_delimiter: "\n" }),
    createWriteStream(path, { flags: "wx", mode: 0o600 }),
  );
  return count;
}

function cellOf({ kind }: ExportColumn, value: unknown): string {
  const text = textOf(value) ?? "";
  // Readers of the first Data Package version know no fractions of a second, and sources give none.
  if (kind === "timestamp") return text.replace(/\.000Z$/, "Z");
  return kind === "text" || kind === "json" ? neutraliseFormula(text) : text;
}
