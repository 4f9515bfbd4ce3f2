/**
 * Reads a cited value again, offline: the archived file is hashed, its row or line is read by the same transform, and what
 * comes out is compared with the warehouse's row. Each way to fail has its own code: `no-such-source` and `no-such-cell`
 * for a citation of what was never read, `archive-missing` and `archive-tampered` for the file, `row-missing` and
 * `row-changed` for the warehouse.
 */
import type { Proof, Refutation } from "./citation-proof.ts";
import type { Config } from "./config.ts";
import { S21Error, SourceNotTrustedError } from "./errors.ts";
import { hashFile, openArchive } from "./extract/archive.ts";
import { findCitedFile } from "./load/cited-rows.ts";
import type { SourceFileTable } from "./load/tables.ts";
import { openWarehouse, type Warehouse } from "./load/warehouse.ts";
import { type Citation, parseCitation } from "./resolve/citation.ts";
import { verifyDfe } from "./verify-dfe.ts";
import { type LetterMemory, verifyLetter } from "./verify-letter.ts";

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
