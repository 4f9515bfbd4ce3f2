/** What an export holds: which views, in which order, under which key; and how their columns are typed in each format. */
import type { DescribedColumn, DescribedRelation } from "../../load/snapshot.ts";

/** A table of an export. */
export interface ExportTable {
  name: string;
  /** Columns that are left out: they tell of the run that loaded, not of the data. */
  without: readonly string[];
  /** Sorts the rows so that the same warehouse gives the same bytes; of each row only one. */
  order: string;
  /** In Parquet one folder per value of these columns. */
  partitions: readonly string[];
  /** Whether a workbook has it: one holds a million rows a sheet. */
  inWorkbook: boolean;
}

const CELL = "letter_id, question, part, period_start, period_end, period_label, breakdown";
const RUN = ["loaded_at", "run_id"];

function table(name: string, order: string, more: Partial<ExportTable> = {}): ExportTable {
  return { name, order, without: [], partitions: [], inWorkbook: true, ...more };
}

/** Only what analysts may see: views, in which numbers that DfE has suppressed are masked, and the catalogue's tables. */
export const EXPORT_TABLES: readonly ExportTable[] = [
  table("answer", CELL),
  table("referral", CELL),
  table("disagreement", CELL),
  table("gap", CELL),
  table(
    "current_observation",
    "source, area_code, letter_id, measure, period_start, period_end, period_kind, breakdown, source_sha256, source_line",
    { without: RUN },
  ),
  table(
    "dfe_observation",
    "publication, release, data_set, said_by, said_from, source_sha256, source_line, source_column, measure",
    {
      without: RUN,
      partitions: ["publication", "release"],
      inWorkbook: false,
    },
  ),
  table("council_observation", `${CELL}, source_line`, { without: RUN, inWorkbook: false }),
  table("area", "area_code"),
  table("area_history", "from_code, to_code"),
  table("measure", "measure"),
];

/** How a column's values are written. `json`: arrays and documents. */
export type ColumnKind = "text" | "number" | "integer" | "boolean" | "date" | "timestamp" | "json";

const KINDS: Readonly<Record<string, ColumnKind>> = {
  text: "text",
  numeric: "number",
  "double precision": "number",
  integer: "integer",
  bigint: "integer",
  boolean: "boolean",
  date: "date",
  "timestamp with time zone": "timestamp",
  "text[]": "json",
  jsonb: "json",
};

export interface ExportColumn {
  name: string;
  kind: ColumnKind;
  description: string;
}

/** The columns of a table of the export. @throws a fault of ours for a type that no format is told how to write. */
export function columnsOf(table: ExportTable, relation: DescribedRelation): ExportColumn[] {
  return relation.columns.filter(({ name }) => !table.without.includes(name)).map(columnOf);
}

function columnOf({ name, type, comment }: DescribedColumn): ExportColumn {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`column ${name} is ${type}, which no export writes`);
  return { name, kind, description: comment ?? "" };
}

export type Row = Record<string, unknown>;
/** A table's rows as they are read. */
export type Batches = AsyncIterable<Row[]>;

/** A value as text, as Postgres printed it; null stays null. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
