/**
 * Reads a cited value again, offline: the archived file is hashed, its row or line is read by the same transform, and what
 * comes out is compared with the warehouse's row. Each way to fail has its own code: `no-such-source` and `no-such-cell`
 * for a citation of what was never read, `archive-missing` and `archive-tampered` for the file, `row-missing` and
 * `row-changed` for the warehouse.
 */
import { measureByCode } from "./catalogue/measures.ts";
import { findPublication } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import { S21Error, SourceNotTrustedError, UsageError, WarehouseError } from "./errors.ts";
import { hashFile, openArchive } from "./extract/archive.ts";
import { readBlocks } from "./extract/file-blocks.ts";
import { openTable } from "./extract/table.ts";
import { readLetters } from "./letter-documents.ts";
import {
  type CitedLetterRow,
  findCitedFile,
  isMasked,
  readCitedDfeRows,
  readCitedLetterRows,
} from "./load/cited-rows.ts";
import type { SourceFileTable } from "./load/tables.ts";
import { openWarehouse, type Warehouse } from "./load/warehouse.ts";
import type { Observation } from "./observation.ts";
import {
  type Citation,
  type DfeCitation,
  formatCitation,
  type LetterCitation,
  parseCitation,
} from "./resolve/citation.ts";
import { observationsFrom, startReading } from "./transform/dfe-observations.ts";
import { observationsOf } from "./transform/letter-observations.ts";

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

/** A citation that does not hold: its error says what was found and what was expected. */
export interface Refutation {
  citation: string;
  holds: false;
  error: S21Error;
}

/** Verifies citations in the order given. @throws what is no matter of a citation, such as a warehouse out of reach. */
export async function* verifyCitations(
  config: Config,
  citations: readonly string[],
): AsyncGenerator<Proof | Refutation> {
  const warehouse = await openWarehouse(config);
  const letters: LetterMemory = { path: null, rows: [] };
  try {
    for (const citation of citations) yield await verifyCitation(config, warehouse, letters, citation);
  } finally {
    await warehouse.close();
  }
}

/** The letter that was read last: its citations mostly come together, and reading one starts a process. */
interface LetterMemory {
  path: string | null;
  rows: Observation[];
}

async function verifyCitation(
  config: Config,
  warehouse: Warehouse,
  letters: LetterMemory,
  text: string,
): Promise<Proof | Refutation> {
  try {
    const citation = parseCitation(text);
    const file = await findCitedFile(warehouse, citation);
    const path = await proveArchived(config, citation, file);
    return citation.kind === "dfe"
      ? await verifyDfe(warehouse, citation, file, path)
      : await verifyLetter(warehouse, citation, file, path, letters);
  } catch (error) {
    if (!(error instanceof S21Error)) throw error;
    return { citation: text, holds: false, error };
  }
}

/** The archived file's path, once its bytes have been hashed again. */
async function proveArchived(config: Config, { sha256 }: Citation, file: SourceFileTable): Promise<string> {
  const path = openArchive(config.dataDir).find(sha256);
  if (path === null) {
    throw new SourceNotTrustedError(
      "archive-missing",
      `${file.file_name}: the ledger has it under ${sha256}, and the archive does not`,
    );
  }
  const found = await hashFile(path);
  if (found === sha256) return path;
  throw new SourceNotTrustedError(
    "archive-tampered",
    `${file.file_name}: the archived file ${path} has the sha256 ${found}; expected ${sha256}. It was changed after it was archived`,
  );
}

async function verifyDfe(
  warehouse: Warehouse,
  citation: DfeCitation,
  file: SourceFileTable,
  path: string,
): Promise<Proof> {
  const [archived] = (await readDfeLine(citation, file, path)).filter(
    (one) => one.measure === citation.measure && one.source_column === citation.column,
  );
  if (archived === undefined) throw noSuchCell(citation, `${file.file_name}, line ${citation.line}`);
  const held = await readCitedDfeRows(warehouse, citation);
  const [row] = held;
  compareRows(citation, [archived], held, READ_COLUMNS);
  if (row === undefined) throw new Error("rows were compared, and there are none");
  const masked = await isMasked(warehouse, row);
  const note = masked ? "the figure holds; DfE has since suppressed it, so it is not shown" : null;
  return {
    ...proofOf(citation, row, measureByCode(citation.measure).code, note),
    ...(masked ? { status: "suppressed", value: null, value_text: null } : {}),
  };
}

/** The observations of one line, by the transform that loads files. */
async function readDfeLine(citation: DfeCitation, file: SourceFileTable, path: string): Promise<Observation[]> {
  const publication = findPublication(file.publication);
  const dataSet = publication?.dataSets.find((one) => one.code === file.data_set);
  if (publication === undefined || dataSet === undefined) {
    throw new Error(`the ledger has ${file.publication} ${file.data_set}, which the catalogue has not`);
  }
  const table = await openTable(readBlocks(path), file.file_name);
  const source = {
    publication,
    release: file.release,
    releaseVersionId: file.release_version_id ?? "",
    publishedAt: file.published_at,
    dataSet,
    fileName: file.file_name,
    sha256: file.sha256,
    url: file.url,
  };
  try {
    for await (const observations of observationsFrom(table, source, "all", startReading())) {
      const last = observations.at(-1)?.source_line;
      if (last === undefined || last < citation.line) continue;
      return observations.filter((one) => one.source_line === citation.line);
    }
    return [];
  } finally {
    await table.close();
  }
}

async function verifyLetter(
  warehouse: Warehouse,
  citation: LetterCitation,
  file: SourceFileTable,
  path: string,
  letters: LetterMemory,
): Promise<Proof> {
  // The file was hashed again just now: what was read of these bytes before still stands.
  if (letters.path !== path) letters.rows = await readArchivedLetters(path, citation, file);
  letters.path = path;
  const archived = letters.rows.filter((one) => isCited(one, citation));
  if (archived.length === 0) throw noSuchCell(citation, `${file.file_name}, line ${citation.line}`);
  const held = await readCitedLetterRows(warehouse, citation);
  // What a person corrected stands in the row; what the program had read stands beside it.
  compareRows(citation, archived, held.map(uncorrected), READ_COLUMNS);
  const [row] = held;
  if (row === undefined) throw new Error("rows were compared, and there are none");
  const said = row.correction;
  const note =
    said === null ? null : `printed ${JSON.stringify(said.printed)}, corrected by ${said.who}: ${said.because}`;
  return proofOf(citation, row, citation.question, note);
}

async function readArchivedLetters(path: string, { sha256 }: LetterCitation, file: SourceFileTable) {
  const rows: Observation[] = [];
  for await (const document of readLetters({ paths: [path] })) {
    if (document.kind === "set_aside") {
      throw new SourceNotTrustedError("letter-unreadable", `${file.file_name}: ${document.problem.message}`);
    }
    for (const { letter } of document.letters) {
      rows.push(...observationsOf(letter, { letterId: "", fileName: file.file_name, sha256 }));
    }
  }
  return rows;
}

function isCited(row: Observation, citation: LetterCitation): boolean {
  return (
    row.source_line === citation.line &&
    `${row.question}${row.part}` === citation.question &&
    (row.period_label ?? "") === citation.period &&
    row.breakdown === citation.breakdown
  );
}

function uncorrected(row: CitedLetterRow): CitedLetterRow {
  const { correction } = row;
  if (correction === null) return row;
  const { read_value: value, read_status: status, read_unit: unit, read_exemption: exemption } = correction;
  return { ...row, value, status, unit, exemption };
}

/** Letters may say two things of one cell; then the warehouse has to have both. */
function compareRows(
  citation: Citation,
  archived: readonly ReadColumns[],
  held: readonly ReadColumns[],
  columns: readonly (keyof ReadColumns)[],
) {
  const text = formatCitation(citation);
  if (held.length === 0) {
    throw new WarehouseError("row-missing", `${text}: the archive has it, and the warehouse has no such row`);
  }
  const lineOf = (row: ReadColumns) => JSON.stringify(columns.map((column) => row[column]));
  const wanted = archived.map(lineOf);
  const changed = held.find((row) => !wanted.includes(lineOf(row)));
  if (changed === undefined && held.length === archived.length) return;
  const [expected] = archived;
  const differing = columns.filter((column) => changed !== undefined && changed[column] !== expected?.[column]);
  const told = differing.map(
    (column) => `${column} is ${JSON.stringify(changed?.[column])}, expected ${JSON.stringify(expected?.[column])}`,
  );
  const problem = told.length > 0 ? told.join("; ") : `it has ${held.length} rows, expected ${archived.length}`;
  throw new WarehouseError(
    "row-changed",
    `${text}: the warehouse's row is not what the archived file says: ${problem}`,
  );
}

function noSuchCell(citation: Citation, where: string): UsageError {
  return new UsageError(
    "no-such-cell",
    `${formatCitation(citation)}: ${where}, says no such thing. The citation is made up`,
  );
}

function proofOf(
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
