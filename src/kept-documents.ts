/** Documents on their way into the warehouse: each kept in the archive first, and several gathered to be loaded together. */
import { basename } from "node:path";
import type { Archive } from "./extract/archive.ts";
import { readFileBytes, STANDARD_INPUT } from "./extract/letter-text/document-bytes.ts";
import { DEFAULT_LIMITS } from "./extract/letter-text.ts";
import type { LetterDocument } from "./letter-documents.ts";
import { identifyLetter } from "./load/letter-identity.ts";
import type { RunStamp } from "./load/observations.ts";
import { UNKNOWN_LICENCE } from "./transform/letter-observations.ts";

/** Where documents are kept, and when it is said that they were. */
interface Keeping {
  archive: Archive;
  stamp: RunStamp;
}

export type SetAside = LetterDocument & { kind: "set_aside" };
/** What a document is called: by the person who gave it, and in the warehouse. */
interface DocumentNames {
  given: string;
  container: string;
}
export type KeptLetters = LetterDocument & { kind: "letters" } & DocumentNames & { bytes: number };
export type KeptDocument = KeptLetters | (SetAside & DocumentNames);

/** Keeps in the archive exactly the bytes that were read, those of documents that are set aside too. */
async function keepFile(
  { archive, stamp }: Keeping,
  document: LetterDocument,
  spooled: boolean,
): Promise<KeptDocument> {
  const names = spooled
    ? { given: STANDARD_INPUT, container: "standard input" }
    : { given: document.file, container: basename(document.file) };
  if (document.kind === "set_aside" && document.sha256 === null) return { ...document, ...names };
  const file = await readFileBytes(document.file, DEFAULT_LIMITS.bytes).catch(() => null);
  if (file === null || file.sha256 !== document.sha256) return { ...changedWhileRead(document), ...names };
  const chunks = async function* () {
    yield Buffer.from(file.bytes);
  };
  await archive.keep(chunks(), {
    source: "council",
    fileName: names.container,
    url: null,
    fetchedAt: stamp.loaded_at,
    licence: (document.kind === "letters" && document.letters[0]?.letter.licence) || UNKNOWN_LICENCE,
  });
  return document.kind === "set_aside"
    ? { ...document, ...names }
    : { ...document, ...names, bytes: file.bytes.length };
}

function changedWhileRead({ file }: LetterDocument): SetAside {
  const problem = { code: "changed-while-read", message: "the file changed while it was read", line: null };
  return { kind: "set_aside", file, sha256: null, problem };
}

/** Documents whose files are brought to the archive's disk while those before them are loaded. */
const KEPT_AHEAD = 16;

/** Keeps each document's file, some ahead of its turn: waiting for a disk is most of that. */
export async function* keepAhead(
  keeping: Keeping,
  documents: AsyncIterable<LetterDocument>,
  spool: string | null,
): AsyncGenerator<KeptDocument> {
  const ahead: Promise<KeptDocument>[] = [];
  for await (const document of documents) {
    const kept = keepFile(keeping, document, document.file === spool);
    kept.catch(() => undefined); // told when its turn comes
    ahead.push(kept);
    const next = ahead.length > KEPT_AHEAD ? ahead.shift() : undefined;
    if (next !== undefined) yield await next;
  }
  for (const kept of ahead) yield await kept;
}

/** Documents that are loaded in one transaction, and the text that they may have together, in bytes. */
const BATCH_DOCUMENTS = 32;
const BATCH_BYTES = 4_000_000;

/** Documents in their order, several at a time; none that was read to the same text as one before it in its batch. */
export async function* gatherBatches(documents: AsyncIterable<KeptDocument>): AsyncGenerator<KeptDocument[]> {
  let batch: KeptDocument[] = [];
  let bytes = 0;
  const known = new Set<string>();
  for await (const document of documents) {
    const names = document.kind === "letters" ? [document.sha256, ...identitiesOf(document)] : [];
    if (batch.length >= BATCH_DOCUMENTS || bytes > BATCH_BYTES || names.some((name) => known.has(name))) {
      yield batch;
      batch = [];
      bytes = 0;
      known.clear();
    }
    batch.push(document);
    bytes += document.kind === "letters" ? document.bytes : 0;
    for (const name of names) known.add(name);
  }
  if (batch.length > 0) yield batch;
}

/** The letter_ids of what a document gave; a text without words has none. */
export function identitiesOf({ letters }: KeptLetters): string[] {
  return letters.flatMap(({ text }) => identifyLetter(text.lines)?.letterId ?? []);
}
