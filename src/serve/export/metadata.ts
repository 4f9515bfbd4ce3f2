/**
 * What goes with an export: `datapackage.json` (Data Package 2.0), CSVW metadata for the CSV files, and the notes for people.
 * Nothing here tells the time of the export: the same warehouse gives the same bytes.
 */
import { packageVersion } from "../../package-root.ts";
import type { ColumnKind, ExportColumn } from "./tables.ts";

/** A table as it was written. */
export interface WrittenTable {
  name: string;
  description: string;
  columns: readonly ExportColumn[];
  /** Paths from the export's folder, with `/`. */
  files: readonly string[];
  rows: number;
  /** Columns that stand in the folders' names and not in the files. */
  partitions: readonly string[];
}

/** A source that the figures come from: one per release version, and the letters together. */
export interface Citation {
  title: string;
  path: string | null;
}

export type ExportFormat = "csv" | "parquet" | "xlsx";

const OGL = {
  name: "OGL-UK-3.0",
  title: "Open Government Licence v3.0",
  path: "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
};
export const ATTRIBUTION =
  "Contains public sector information licensed under the Open Government Licence v3.0: Department for Education, Children in need " +
  "(Explore Education Statistics); Office for National Statistics, mid-year population estimates. Councils' replies to Freedom of " +
  "Information requests under the terms that each letter states (column licence).";
const NO_NUMBER = "No number: the column status says why, or the column does not apply to the row.";

/** Why a cell has no number: the meaning of each status. */
export const STATUS_LABELS: Readonly<Record<string, string>> = {
  reported: "a number",
  suppressed: "suppressed: DfE's c, a letter's <5 or *",
  not_applicable: "not applicable (z)",
  not_available: "not available (x, :, ..)",
  low_reliability: "of low reliability, not given (u)",
  rounds_to_zero: "rounds to 0 and is not 0 (low, k, ~)",
  not_held: "the council does not hold it",
  referred: "the council refers elsewhere (section 21)",
  cost_limit: "over the cost limit (section 12)",
  withheld: "withheld under an exemption",
  refused: "refused",
  unanswered: "left without an answer",
};

const FIELD_TYPES: Readonly<Record<ColumnKind, string>> = {
  text: "string",
  json: "string",
  number: "number",
  integer: "integer",
  boolean: "boolean",
  date: "date",
  timestamp: "datetime",
};

/** The descriptor of the whole export (https://datapackage.org, version 2.0). */
export function describeDataPackage(
  format: ExportFormat,
  tables: readonly WrittenTable[],
  citations: readonly Citation[],
): string {
  return formatJson({
    $schema: "https://datapackage.org/profiles/2.0/datapackage.json",
    name: "s21-export",
    title: "Councils' answers and the Department for Education's statistics on children in need",
    description: ATTRIBUTION,
    licenses: [OGL],
    sources: citations.map(({ title, path }) => (path === null ? { title } : { title, path })),
    contributors: [{ title: `s21 ${packageVersion()}`, roles: ["wrangler"] }],
    resources: tables.map((table) => resourceOf(format, table)),
  });
}

const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv",
  parquet: "application/vnd.apache.parquet",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

function resourceOf(format: ExportFormat, { name, description, columns, files, rows, partitions }: WrittenTable) {
  return {
    name,
    type: "table",
    path: files.length === 1 ? files[0] : files,
    format,
    mediatype: MEDIA_TYPES[format],
    ...(format === "csv" ? { encoding: "utf-8", dialect: { delimiter: ",", lineTerminator: "\n" } } : {}),
    ...(format === "xlsx" ? { dialect: { sheetName: name } } : {}),
    description,
    rows,
    ...(partitions.length > 0 ? { partitionedBy: partitions } : {}),
    schema: { fields: columns.map(fieldOf), missingValues: [{ value: "", label: NO_NUMBER }] },
  };
}

function fieldOf({ name, kind, description }: ExportColumn) {
  const field = { name, type: FIELD_TYPES[kind], description };
  if (name !== "status" && !name.endsWith("_status")) return field;
  return { ...field, categories: Object.entries(STATUS_LABELS).map(([value, label]) => ({ value, label })) };
}

const CSVW_TYPES: Readonly<Record<ColumnKind, string>> = {
  text: "string",
  json: "json",
  number: "decimal",
  integer: "integer",
  boolean: "boolean",
  date: "date",
  timestamp: "dateTime",
};

/** Metadata of all the CSV files (W3C, CSV on the Web: Metadata Vocabulary for Tabular Data). */
export function describeCsvw(tables: readonly WrittenTable[], citations: readonly Citation[]): string {
  return formatJson({
    "@context": "http://www.w3.org/ns/csvw",
    "dc:title": "Councils' answers and the Department for Education's statistics on children in need",
    "dc:license": { "@id": OGL.path },
    "dc:rights": ATTRIBUTION,
    "dc:source": citations.map(({ title, path }) => (path === null ? title : `${title} ${path}`)),
    dialect: { encoding: "utf-8", header: true, delimiter: "," },
    tables: tables.map(({ description, columns, files: [url] }) => ({
      url,
      "dc:description": description,
      tableSchema: {
        columns: columns.map(({ name, kind, description: meaning }) => ({
          name,
          titles: name,
          datatype: CSVW_TYPES[kind],
          null: "",
          "dc:description": meaning,
        })),
      },
    })),
  });
}

/** The notes, line by line: what this is, under which licence, from where, and what to mind. */
export function noteLines(
  tables: readonly Pick<WrittenTable, "name" | "description">[],
  citations: readonly Citation[],
): string[] {
  return [
    "Councils' answers and the Department for Education's statistics on children in need",
    ATTRIBUTION,
    `${OGL.title}: ${OGL.path}`,
    `Made by s21 ${packageVersion()}. Every figure has a citation that s21 verify reads again.`,
    "An empty value is no zero: the column status says why there is none.",
    ...Object.entries(STATUS_LABELS).map(([status, label]) => `status ${status}: ${label}`),
    "Figures that DfE has suppressed since they were published are not here.",
    "In CSV files text that a spreadsheet would take for a formula has an apostrophe before it.",
    ...tables.map(({ name, description }) => `${name}: ${description}`),
    ...citations.map(({ title, path }) => `Source: ${title}${path === null ? "" : `, ${path}`}`),
  ];
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
