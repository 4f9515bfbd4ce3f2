/** The folder that letters are put into: which of them are not read yet, and reading them. */
import { stat } from "node:fs/promises";
import { EXIT, UsageError } from "./errors.ts";
import { hashFile } from "./extract/archive.ts";
import { listDocumentPaths } from "./extract/letter-text/document-paths.ts";
import type { JobContext, JobReport } from "./job.ts";
import { fingerprintReader } from "./letter-reader.ts";
import { addLettersInto } from "./letters.ts";
import { findReadDocuments } from "./load/letters-read.ts";
import { outcomeOf } from "./run-outcome.ts";

/** A file that changed a moment ago may still be being copied. In milliseconds. */
const SETTLED = 30_000;

/** Files of the folder whose bytes were not read yet by this version of the program. @throws UsageError without a folder. */
export async function findUnreadLetters({ config, warehouse, now }: JobContext): Promise<string[]> {
  if (config.lettersDir === null) {
    throw new UsageError(
      "no-letters-folder",
      "no folder is watched: set S21_LETTERS_DIR to the one that letters are put into",
    );
  }
  const read = await findReadDocuments(warehouse, fingerprintReader());
  const unread: string[] = [];
  for await (const { path } of listDocumentPaths([config.lettersDir])) {
    const found = await stat(path).catch(() => null);
    // Gone again, or still growing: the next run sees it.
    if (found === null || now().getTime() - found.mtimeMs < SETTLED) continue;
    // A file that can't be read is not hashed either; adding it tells why.
    const sha256 = await hashFile(path).catch(() => null);
    if (sha256 === null || !read.has(sha256)) unread.push(path);
  }
  return unread;
}

/** Reads and loads them. What the run tells names files, lines and kinds of doubt; a letter's words stay in the warehouse. */
export async function readLettersIn(context: JobContext, paths: readonly string[]): Promise<JobReport> {
  if (paths.length === 0) return { outcome: outcomeOf(EXIT.done, false, {}, []), problems: [] };
  const { outcome, report } = await addLettersInto(context, { paths });
  const problems = report.problems.map(({ code, file, line }) => ({
    code,
    message: `${file}${line === null ? "" : `, line ${line}`}: ${code}`,
  }));
  return { outcome, problems };
}
