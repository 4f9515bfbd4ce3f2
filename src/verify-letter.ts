/** Verifies a citation of a letter: the archived document is read again by the grammar. */
import { compareRows, noSuchCell, type Proof, proofOf } from "./citation-proof.ts";
import { SourceNotTrustedError } from "./errors.ts";
import { readLetters } from "./letter-documents.ts";
import { type CitedLetterRow, readCitedLetterRows } from "./load/cited-rows.ts";
import type { SourceFileTable } from "./load/tables.ts";
import type { Warehouse } from "./load/warehouse.ts";
import type { Observation } from "./observation.ts";
import type { LetterCitation } from "./resolve/citation.ts";
import { observationsOf } from "./transform/letter-observations.ts";

/** The letter that was read last: its citations mostly come together, and reading one starts a process. */
export interface LetterMemory {
  path: string | null;
  rows: Observation[];
}

/** @param path the archived file, its bytes already proven. @throws UsageError `no-such-cell`; WarehouseError where the row is not it. */
export async function verifyLetter(
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
  compareRows(citation, archived, held.map(uncorrected));
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
