/**
 * From a document's bytes to numbered lines. Files are read here; what they hold is parsed in reader processes that have a time
 * limit, a memory limit and no network, so that a hostile letter costs only itself.
 */
import type { LetterProblem, LetterText } from "../letter.ts";
import { type FileBytes, readFileBytes, UnreadFile } from "./letter-text/document-bytes.ts";
import { type DocumentPath, listDocumentPaths } from "./letter-text/document-paths.ts";
import { DEFAULT_LIMITS, type DocumentLimits } from "./letter-text/limits.ts";
import { parseInReader, READERS } from "./letter-text/reader-pool.ts";
import { problemOf } from "./letter-text/set-aside.ts";

export type { DocumentLimits } from "./letter-text/limits.ts";
export { DEFAULT_LIMITS } from "./letter-text/limits.ts";
export { closeReaders } from "./letter-text/reader-pool.ts";
export type { SetAsideCode } from "./letter-text/set-aside.ts";

/**
 * One document, read or set aside. `texts` has one entry, or for an e-mail its message and then each attachment that could be
 * read. `sha256` and `bytes` are null where the file was not read or its size is not known.
 */
export type DocumentReading =
  | { kind: "read"; texts: LetterText[]; problems: LetterProblem[] }
  | { kind: "set_aside"; file: string; sha256: string | null; bytes: number | null; problem: LetterProblem };

/**
 * Reads one document: `.txt`, `.md`, `.html`, `.docx`, `.pdf` or `.eml`, told apart by content; `-` is standard input.
 * Whatever is wrong with the document is a `set_aside`; throws only when no reader process can be started.
 */
export async function readDocument(path: string, limits: Partial<DocumentLimits> = {}): Promise<DocumentReading> {
  const bounds = { ...DEFAULT_LIMITS, ...limits };
  let file: FileBytes;
  try {
    file = await readFileBytes(path, bounds.bytes);
  } catch (error) {
    const bytes = error instanceof UnreadFile ? error.size : null;
    return { kind: "set_aside", file: path, sha256: null, bytes, problem: problemOf(error) };
  }
  const parsed = await parseInReader({ file: path, bytes: file.bytes }, bounds);
  if (parsed.kind === "read") return parsed;
  return { kind: "set_aside", file: path, sha256: file.sha256, bytes: file.bytes.length, problem: parsed.problem };
}

/**
 * Reads the documents of files and folders (in depth, by name), `-` for standard input, in that order whatever finishes first.
 * `concurrency` documents are held at the same time (twice as many as there are reader processes), and no more.
 */
export async function* readDocuments(
  paths: string[],
  options: { concurrency?: number; limits?: Partial<DocumentLimits> } = {},
): AsyncGenerator<DocumentReading> {
  const width = Math.max(1, options.concurrency ?? 2 * READERS);
  const ahead: Promise<DocumentReading>[] = [];
  for await (const document of listDocumentPaths(paths)) {
    const reading = readListed(document, options.limits);
    // A failure is thrown when its turn comes; until then it is not unhandled.
    reading.catch(() => undefined);
    ahead.push(reading);
    if (ahead.length >= width) yield await (ahead.shift() as Promise<DocumentReading>);
  }
  for (const reading of ahead) yield await reading;
}

async function readListed(document: DocumentPath, limits: Partial<DocumentLimits> = {}): Promise<DocumentReading> {
  if (document.unreadable === null) return readDocument(document.path, limits);
  const problem = { code: "unreadable", message: document.unreadable, line: null };
  return { kind: "set_aside", file: document.path, sha256: null, bytes: null, problem };
}
