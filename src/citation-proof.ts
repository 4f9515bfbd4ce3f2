/** What is known of a citation once its file was read again: that it holds, with the row, or how it does not. */
import { type S21Error, UsageError, WarehouseError } from "./errors.ts";
import type { Observation } from "./observation.ts";
import { type Citation, formatCitation } from "./resolve/citation.ts";

/** A citation that holds, with what it names. */
export interface Proof {
  citation: string;
  holds: true;
  source: Observation["source"];
  area_name: string | null;
  /** Measure of a DfE cell; question and part of a letter's. */
  what: string;
  period_label: string | null;
  status: Observation["status"];
  /** Null where there is none, and where DfE has since suppressed it. */
  value: string | null;
  value_text: string | null;
  unit: Observation["unit"];
  release: string | null;
  published_at: string | null;
  file: string;
  line: number;
  column: string | null;
  sha256: string;
  /** What a person should know besides; null where there is nothing. */
  note: string | null;
}

/** A citation that does not hold: its error says what was found and what was expected. */
export interface Refutation {
  citation: string;
  holds: false;
  error: S21Error;
}

/** What a file says, and nothing that a run or a ledger adds. */
const READ_COLUMNS = [
  "area_code",
  "area_name",
  "area_level",
  "measure",
  "breakdown",
  "period_kind",
  "period_label",
  "period_start",
  "period_end",
  "value",
  "value_text",
  "unit",
  "status",
  "exemption",
] as const satisfies readonly (keyof Observation)[];
type ReadColumns = Pick<Observation, (typeof READ_COLUMNS)[number]>;

/**
 * Compares what the archived file says with the warehouse's rows. Letters may say two things of one cell; then the warehouse has
 * to have both.
 * @throws WarehouseError `row-missing` or `row-changed`.
 */
export function compareRows(citation: Citation, archived: readonly ReadColumns[], held: readonly ReadColumns[]) {
  const text = formatCitation(citation);
  if (held.length === 0) {
    throw new WarehouseError("row-missing", `${text}: the archive has it, and the warehouse has no such row`);
  }
  const lineOf = (row: ReadColumns) => JSON.stringify(READ_COLUMNS.map((column) => row[column]));
  const wanted = archived.map(lineOf);
  const changed = held.find((row) => !wanted.includes(lineOf(row)));
  if (changed === undefined && held.length === archived.length) return;
  const [expected] = archived;
  const differing = READ_COLUMNS.filter((column) => changed !== undefined && changed[column] !== expected?.[column]);
  const told = differing.map(
    (column) => `${column} is ${JSON.stringify(changed?.[column])}, expected ${JSON.stringify(expected?.[column])}`,
  );
  const problem = told.length > 0 ? told.join("; ") : `it has ${held.length} rows, expected ${archived.length}`;
  throw new WarehouseError(
    "row-changed",
    `${text}: the warehouse's row is not what the archived file says: ${problem}`,
  );
}

/** For a citation of what the file does not say. */
export function noSuchCell(citation: Citation, where: string): UsageError {
  return new UsageError(
    "no-such-cell",
    `${formatCitation(citation)}: ${where}, says no such thing. The citation is made up`,
  );
}

/** The proof that a row of the warehouse is what was cited. */
export function proofOf(
  citation: Citation,
  row: ReadColumns &
    Pick<Observation, "source" | "release" | "published_at" | "source_file" | "source_line" | "source_column">,
  what: string,
  note: string | null,
): Proof {
  return {
    citation: formatCitation(citation),
    holds: true,
    source: row.source,
    area_name: row.area_name,
    what,
    period_label: row.period_label,
    status: row.status,
    value: row.value,
    value_text: row.value_text,
    unit: row.unit,
    release: row.release,
    published_at: row.published_at,
    file: row.source_file,
    line: row.source_line,
    column: row.source_column,
    sha256: citation.sha256,
    note,
  };
}
