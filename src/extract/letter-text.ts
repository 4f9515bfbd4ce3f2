/**
 * From a document's bytes to numbered lines. Files are read here; what they hold is parsed in reader processes that have a time
 * limit, a memory limit and no network, so that a hostile letter costs only itself.
 */
import type { Letter, LetterProblem, LetterText } from "../letter.ts";
import { type FileBytes, readFileBytes, UnreadFile } from "./letter-text/document-bytes.ts";
import { type DocumentPath, listDocumentPaths } from "./letter-text/document-paths.ts";
import { DEFAULT_LIMITS, type DocumentLimits } from "./letter-text/limits.ts";
import { withReader } from "./letter-text/reader-pool.ts";
import { problemOf } from "./letter-text/set-aside.ts";

export type { DocumentLimits } from "./letter-text/limits.ts";
export { DEFAULT_LIMITS } from "./letter-text/limits.ts";
export { closeReaders } from "./letter-text/reader-pool.ts";
export type { SetAsideCode } from "./letter-text/set-aside.ts";

/**
 * One document, read or set aside. `texts` has one entry, or for an e-mail its message and then each attachment that could be
 * read. `letters` is what each of them says, where that was asked for. `sha256` and `bytes` are null where the file was not read or
 * its size is not known.
 */
export type DocumentReading =
  | { kind: "read"; texts: LetterText[]; letters?: Letter[]; problems: LetterProblem[] }
  | { kind: "set_aside"; file: string; sha256: string | null; bytes: number | null; problem: LetterProblem };

/**
 * Reads one document: `.txt`, `.md`, `.html`, `.docx`, `.pdf` or `.eml`, told apart by content; `-` is standard input.
 * Whatever is wrong with the document is a `set_aside`; throws only when no reader process can be started.
 * @param letters whether its texts are read as letters too, in the reader process and within its limits.
 */
export async function readDocument(
  path: string,
  limits: Partial<DocumentLimits> = {},
  letters = false,
): Promise<DocumentReading> {
  return withReader(async (ask) => {
    const bounds = { ...DEFAULT_LIMITS, ...limits };
    let file: FileBytes;
    try {
      file = await readFileBytes(path, bounds.bytes);
    } catch (error) {
      const bytes = error instanceof UnreadFile ? error.size : null;
      return { kind: "set_aside", file: path, sha256: null, bytes, problem: problemOf(error) };
    }
    const parsed = await ask({ document: { file: path, bytes: file.bytes }, limits: bounds, letters });
    if (parsed.kind === "read") return parsed;
    return { kind: "set_aside", file: path, sha256: file.sha256, bytes: file.bytes.length, problem: parsed.problem };
  });
}

/** Documents that may be read before their turn comes, and how much text they may hold together, in bytes. */
const READ_AHEAD = 64;
const AHEAD_BYTES = 32_000_000;

/**
 * Reads the documents of files and folders (in depth, by name), `-` for standard input, in that order whatever finishes first.
 * At most `concurrency` documents are held at the same time (64, or fewer large ones).
 */
export async function* readDocuments(
  paths: string[],
  options: { concurrency?: number; limits?: Partial<DocumentLimits>; letters?: boolean } = {},
): AsyncGenerator<DocumentReading> {
  const width = Math.max(1, options.concurrency ?? READ_AHEAD);
  const ahead: Promise<DocumentReading>[] = [];
  let held = 0;
  for await (const document of listDocumentPaths(paths)) {
    const reading = readListed(document, options.limits, options.letters);
    // A failure is thrown when its turn comes; until then it is not unhandled.
    reading.then(
      (read) => {
        held += sizeOf(read);
      },
      () => undefined,
    );
    ahead.push(reading);
    while (ahead.length >= width || (held > AHEAD_BYTES && ahead.length > 0)) {
      const read = await (ahead.shift() as Promise<DocumentReading>);
      held -= sizeOf(read);
      yield read;
    }
  }
  for (const reading of ahead) yield await reading;
}

/** What a document holds in memory once it was read, about: the bytes that it was read from. */
function sizeOf(read: DocumentReading): number {
  return read.kind === "read" ? read.texts.reduce((sum, { bytes }) => sum + bytes, 0) : 0;
}

async function readListed(
  document: DocumentPath,
  limits: Partial<DocumentLimits> = {},
  letters = false,
): Promise<DocumentReading> {
  if (document.unreadable === null) return readDocument(document.path, limits, letters);
  const problem = { code: "unreadable", message: document.unreadable, line: null };
  return { kind: "set_aside", file: document.path, sha256: null, bytes: null, problem };
}
