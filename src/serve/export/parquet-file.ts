/** A table as Parquet files: raw values, typed, one row group in memory at a time. Partitioned as Hive does it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { SchemaElement } from "hyparquet";
import { fileWriter, parquetWriteRows } from "hyparquet-writer";
import { packageVersion } from "../../package-root.ts";
import { type Batches, type ExportColumn, type Row, textOf } from "./tables.ts";

/** Rows of a row group: what is held in memory. */
const GROUP = 20_000;
const FILE = "part-0.parquet";

const TYPES: Readonly<Record<ExportColumn["kind"], Omit<SchemaElement, "name">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  json: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  number: { type: "DOUBLE" },
  integer: { type: "INT64" },
  boolean: { type: "BOOLEAN" },
  date: { type: "INT32", converted_type: "DATE" },
  timestamp: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
};

/** Path of a partition under its table: `publication=children-in-need/release=2022`. */
export function partitionPath(values: readonly [string, string][]): string {
  return values.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("/");
}

/** Writes `part-0.parquet` into `folder`, which is made. @returns how many rows, and the file's name. */
export async function writeParquetFile(
  folder: string,
  columns: readonly ExportColumn[],
  batches: Batches,
): Promise<{ rows: number; file: string }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let rows = 0;
  const each = async function* () {
    for await (const batch of batches) {
      rows += batch.length;
      for (const row of batch) yield parquetRow(columns, row);
    }
  };
  const schema: SchemaElement[] = [
    { name: "root", num_children: columns.length },
    ...columns.map(({ name, kind }) => ({ name, repetition_type: "OPTIONAL" as const, ...TYPES[kind] })),
  ];
  await parquetWriteRows({
    writer: fileWriter(join(folder, FILE)),
    rows: each(),
    columns: columns.map(({ name }) => ({ name })),
    schema,
    rowGroupSize: GROUP,
    createdBy: `s21 version ${packageVersion()}`,
  });
  return { rows, file: FILE };
}

function parquetRow(columns: readonly ExportColumn[], row: Row): Row {
  return Object.fromEntries(columns.map(({ name, kind }) => [name, parquetValue(kind, row[name])]));
}

function parquetValue(kind: ExportColumn["kind"], value: unknown): unknown {
  const text = textOf(value);
  if (text === null) return null;
  if (kind === "number") return Number(text);
  if (kind === "integer") return BigInt(text);
  if (kind === "boolean") return value === true;
  return kind === "date" || kind === "timestamp" ? new Date(text) : text;
}
