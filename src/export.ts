/** `s21 export`: what analysts may see, as files to take away, from one look at the warehouse. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { type Snapshot, withSnapshot } from "./load/snapshot.ts";
import { writeCsvFile } from "./serve/export/csv-file.ts";
import { replaceFolder } from "./serve/export/folder.ts";
import {
  type Citation,
  describeCsvw,
  describeDataPackage,
  type ExportFormat,
  noteLines,
  type WrittenTable,
} from "./serve/export/metadata.ts";
import { partitionPath, writeParquetFile } from "./serve/export/parquet-file.ts";
import { type Batches, columnsOf, EXPORT_TABLES, type ExportColumn, type ExportTable } from "./serve/export/tables.ts";
import { writeXlsxFile } from "./serve/export/xlsx-file.ts";

export interface ExportReport {
  folder: string;
  format: ExportFormat;
  tables: { name: string; rows: number; files: readonly string[] }[];
}

/** A table that is about to be written. */
interface Planned {
  table: ExportTable;
  description: string;
  columns: ExportColumn[];
}

/** @throws UsageError where the folder may not be replaced; LimitError where the disk is full: the old export stands. */
export async function exportWarehouse(
  config: Config,
  folder: string,
  format: ExportFormat,
  force: boolean,
): Promise<ExportReport> {
  let written: WrittenTable[] = [];
  await replaceFolder(folder, force, async (temporary) => {
    await withSnapshot(config, async (snapshot) => {
      const planned = await planTables(snapshot);
      const citations = await readCitations(snapshot);
      written = await WRITERS[format](temporary, planned, citations, snapshot);
      writeText(temporary, "datapackage.json", describeDataPackage(format, written, citations));
      if (format === "csv") writeText(temporary, "csv-metadata.json", describeCsvw(written, citations));
      writeText(temporary, "README.txt", `${noteLines(written, citations).join("\n")}\n`);
    });
  });
  return { folder, format, tables: written.map(({ name, rows, files }) => ({ name, rows, files })) };
}

function writeText(folder: string, name: string, text: string) {
  writeFileSync(join(folder, name), text, { flag: "wx" });
}

async function planTables(snapshot: Snapshot): Promise<Planned[]> {
  const relations = await snapshot.describe(EXPORT_TABLES.map(({ name }) => name));
  return EXPORT_TABLES.flatMap((table, index) => {
    const relation = relations[index];
    return relation === undefined
      ? []
      : [{ table, description: relation.comment ?? "", columns: columnsOf(table, relation) }];
  });
}

type Writer = (
  folder: string,
  planned: Planned[],
  citations: Citation[],
  snapshot: Snapshot,
) => Promise<WrittenTable[]>;

const WRITERS: Readonly<Record<ExportFormat, Writer>> = { csv: writeCsv, parquet: writeParquet, xlsx: writeXlsx };

async function writeCsv(
  folder: string,
  planned: Planned[],
  _: Citation[],
  snapshot: Snapshot,
): Promise<WrittenTable[]> {
  const written: WrittenTable[] = [];
  for (const one of planned) {
    const file = `${one.table.name}.csv`;
    const rows = await writeCsvFile(join(folder, file), one.columns, readTable(snapshot, one));
    written.push({ ...describe(one), files: [file], rows });
  }
  return written;
}

async function writeParquet(
  folder: string,
  planned: Planned[],
  _: Citation[],
  snapshot: Snapshot,
): Promise<WrittenTable[]> {
  const written: WrittenTable[] = [];
  for (const one of planned) {
    const { name, partitions } = one.table;
    const columns = one.columns.filter((column) => !partitions.includes(column.name));
    const files: string[] = [];
    let rows = 0;
    for (const partition of await readPartitions(snapshot, one.table)) {
      const path = [name, ...(partition.length > 0 ? [partitionPath(partition)] : [])].join("/");
      const file = await writeParquetFile(
        join(folder, path),
        columns,
        readTable(snapshot, { ...one, columns }, partition),
      );
      files.push(`${path}/${file.file}`);
      rows += file.rows;
    }
    if (files.length === 0) mkdirSync(join(folder, name));
    written.push({ ...describe(one), columns, partitions, files, rows });
  }
  return written;
}

async function writeXlsx(
  folder: string,
  planned: Planned[],
  citations: Citation[],
  snapshot: Snapshot,
): Promise<WrittenTable[]> {
  const file = "s21.xlsx";
  const shown = planned.filter(({ table }) => table.inWorkbook);
  const lines = noteLines(shown.map(describe), citations);
  const notes = {
    name: "notes",
    columns: [{ name: "notes", kind: "text" as const, description: "" }],
    batches: linesOf(lines),
  };
  const sheets = shown.map((one) => ({
    name: one.table.name,
    columns: one.columns,
    batches: readTable(snapshot, one),
  }));
  const counts = await writeXlsxFile(join(folder, file), [notes, ...sheets]);
  return shown.map((one) => ({ ...describe(one), files: [file], rows: counts.get(one.table.name) ?? Number.NaN }));
}

async function* linesOf(lines: readonly string[]) {
  yield lines.map((notes) => ({ notes }));
}

function describe({ table, description, columns }: Planned) {
  return { name: table.name, description, columns, partitions: [] };
}

function readTable(snapshot: Snapshot, { table, columns }: Planned, partition: [string, string][] = []): Batches {
  const where = partition.map(([name, value]) => `${name} = ${quoteText(value)}`).join(" and ");
  const list = columns.map(({ name }) => name).join(", ");
  return snapshot.read(
    `select ${list} from ${table.name} ${where === "" ? "" : `where ${where}`} order by ${table.order}`,
  );
}

/** Of a table that is not partitioned, one partition without a name. */
async function readPartitions(snapshot: Snapshot, { name, partitions }: ExportTable): Promise<[string, string][][]> {
  if (partitions.length === 0) return [[]];
  const found: [string, string][][] = [];
  const list = partitions.join(", ");
  for await (const rows of snapshot.read(`select ${list} from ${name} group by ${list} order by ${list}`)) {
    for (const row of rows) found.push(partitions.map((column) => [column, String(row[column])]));
  }
  return found;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** One per version of a release, with its page's address; and the letters. */
async function readCitations(snapshot: Snapshot): Promise<Citation[]> {
  const found: Citation[] = [];
  const sql = `
    select distinct coalesce(r.title, v.publication || ' ' || v.release) as title, v.publication, v.release, v.release_version_id,
      to_char(v.said_from at time zone 'Europe/London', 'YYYY-MM-DD') as published
    from vintage v left join release_version r using (publication, release, release_version_id)
    order by v.publication, v.release, published nulls first, v.release_version_id`;
  for await (const rows of snapshot.read(sql)) {
    for (const row of rows) {
      found.push({
        title: `Department for Education, ${row.publication}, release ${row.release} (${row.title}), published ${row.published ?? "on an unknown day"}`,
        path: `https://explore-education-statistics.service.gov.uk/find-statistics/${row.publication}/${row.release}`,
      });
    }
  }
  return [
    ...found,
    { title: "Councils' replies to requests for information; each row names its letter and line", path: null },
  ];
}
