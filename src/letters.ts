/** The letters road: documents, lines, what the letter says, rows. `s21 letters add` is this. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { isDoubt } from "./catalogue/letter-problems.ts";
import type { Config } from "./config.ts";
import type { Archive } from "./extract/archive.ts";
import { readFileBytes, STANDARD_INPUT } from "./extract/letter-text/document-bytes.ts";
import { DEFAULT_LIMITS } from "./extract/letter-text.ts";
import {
  type LetterDocument,
  type LetterInText,
  type ReadRequest,
  readLetters,
  refuseAbsentPaths,
} from "./letter-documents.ts";
import { fingerprintReader } from "./letter-reader.ts";
import {
  type AddedLetter,
  describeHeld,
  type LettersReport,
  type Outcome,
  reportFinding,
  summarise,
  UNREAD,
} from "./letters-report.ts";
import type { RunOutcome } from "./load/ledger.ts";
import { identifyLetter, type LetterIdentity } from "./load/letter-identity.ts";
import { saveSetAside } from "./load/letter-issues.ts";
import { findHeldLetter } from "./load/letter-ledger.ts";
import { type LetterFile, type LetterToLoad, loadLetter } from "./load/letters.ts";
import type { RunStamp } from "./load/observations.ts";
import type { WritableWarehouse } from "./load/warehouse.ts";
import { performRun, type RunContext } from "./run.ts";
import {
  describeProblem,
  findDisagreements,
  observationsOf,
  referredCellsOf,
  UNKNOWN_LICENCE,
} from "./transform/letter-observations.ts";
import { readCorrectionClaim } from "./transform/letter-succession.ts";

export interface AddRequest extends ReadRequest {
  /** Fingerprint of the reading program; by default its own. */
  reader?: string;
}

interface Road {
  warehouse: WritableWarehouse;
  archive: Archive;
  stamp: RunStamp;
  reader: string;
}

/**
 * Reads letters and loads them, each in a transaction of its own.
 * @throws UsageError for a path that is not there; LockedError; WarehouseError; LimitError for a full disk. What is wrong with
 * one letter is told in the report, and the others go on.
 */
export async function addLetters(
  config: Config,
  request: AddRequest,
  words: readonly string[],
  note: (message: string) => void,
  signal?: AbortSignal,
): Promise<LettersReport> {
  await refuseAbsentPaths(request.paths);
  const watcher = { note, progress: () => undefined };
  const { report } = await performRun(config, { command: "letters add", words, watcher, signal }, (context) =>
    addLettersInto(context, request),
  );
  return report;
}

/** The same inside a run that has the warehouse open: the job `read-letters` is this. */
export async function addLettersInto(
  { warehouse, archive, stamp, watcher, signal }: RunContext,
  request: AddRequest,
): Promise<{ outcome: RunOutcome; report: LettersReport }> {
  const road: Road = { warehouse, archive, stamp, reader: request.reader ?? fingerprintReader() };
  return summarise(warehouse, stamp, await addAll(road, request, watcher.note, signal));
}

/** How often a long run says how far it is, in documents. */
const SAY_EVERY = 500;

async function addAll(
  road: Road,
  request: AddRequest,
  note: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const all: Outcome = { letters: [], problems: [] };
  const spool = request.paths.includes(STANDARD_INPUT) ? await spoolStandardInput(road.archive) : null;
  const paths = request.paths.map((path) => (path === STANDARD_INPUT && spool !== null ? spool : path));
  let documents = 0;
  try {
    for await (const { document, kept } of keepAhead(road, readLetters({ ...request, paths }), spool)) {
      signal?.throwIfAborted();
      const { letters, problems } = await addDocument(road, document, kept, spool);
      all.letters.push(...letters);
      all.problems.push(...problems);
      documents += 1;
      if (documents % SAY_EVERY === 0) note(`${documents} documents read`);
    }
    return all;
  } finally {
    if (spool !== null) await rm(spool, { force: true });
  }
}

/** Standard input comes once; the archive and the reader both want it. One byte over the limit is enough to refuse it. */
async function spoolStandardInput(archive: Archive): Promise<string> {
  const path = archive.temporaryPath("");
  const limited = async function* () {
    let left = DEFAULT_LIMITS.bytes + 1;
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      yield chunk.subarray(0, left);
      left -= chunk.length;
      if (left <= 0) return;
    }
  };
  await pipeline(limited, createWriteStream(path, { mode: 0o600 }));
  return path;
}

/** Documents whose files are brought to the archive's disk while the one before them is loaded. */
const KEPT_AHEAD = 4;

/** Keeps each document's file, some ahead of its turn: waiting for a disk is most of that. */
async function* keepAhead(road: Road, documents: AsyncIterable<LetterDocument>, spool: string | null) {
  const ahead: { document: LetterDocument; kept: Promise<KeptDocument> }[] = [];
  for await (const document of documents) {
    const kept = keepFile(road, document, containerOf(document, spool));
    kept.catch(() => undefined); // told when its turn comes
    ahead.push({ document, kept });
    const next = ahead.length > KEPT_AHEAD ? ahead.shift() : undefined;
    if (next !== undefined) yield { document: next.document, kept: await next.kept };
  }
  for (const { document, kept } of ahead) yield { document, kept: await kept };
}

function containerOf(document: LetterDocument, spool: string | null): string {
  return document.file === spool ? "standard input" : basename(document.file);
}

async function addDocument(
  road: Road,
  document: LetterDocument,
  kept: KeptDocument,
  spool: string | null,
): Promise<Outcome> {
  const given = document.file === spool ? STANDARD_INPUT : document.file;
  const container = containerOf(document, spool);
  if (kept.kind === "set_aside") return setAside(road, kept, given, container);
  const siblings = kept.letters.flatMap(({ text }) => identifyLetter(text.lines)?.letterId ?? []);
  const outcome: Outcome = { letters: [], problems: [] };
  for (const found of kept.letters) {
    const attachment = found.text.file.slice(document.file.length);
    const file: LetterFile = {
      name: container + attachment,
      container,
      sha256: kept.sha256,
      bytes: kept.bytes,
      format: found.text.format,
    };
    const added = await addLetter(road, found, file, given + attachment, siblings);
    outcome.letters.push(...added.letters);
    outcome.problems.push(...added.problems);
  }
  return outcome;
}

type SetAside = LetterDocument & { kind: "set_aside" };
type KeptDocument = (LetterDocument & { kind: "letters" } & { bytes: number }) | SetAside;

/** Keeps in the archive exactly the bytes that were read, those of documents that are set aside too. */
async function keepFile({ archive, stamp }: Road, document: LetterDocument, fileName: string): Promise<KeptDocument> {
  if (document.kind === "set_aside" && document.sha256 === null) return document;
  const file = await readFileBytes(document.file, DEFAULT_LIMITS.bytes).catch(() => null);
  if (file === null || file.sha256 !== document.sha256) return changedWhileRead(document);
  const chunks = async function* () {
    yield Buffer.from(file.bytes);
  };
  await archive.keep(chunks(), {
    source: "council",
    fileName,
    url: null,
    fetchedAt: stamp.loaded_at,
    licence: (document.kind === "letters" && document.letters[0]?.letter.licence) || UNKNOWN_LICENCE,
  });
  return document.kind === "set_aside" ? document : { ...document, bytes: file.bytes.length };
}

function changedWhileRead({ file }: LetterDocument): SetAside {
  const problem = { code: "changed-while-read", message: "the file changed while it was read", line: null };
  return { kind: "set_aside", file, sha256: null, problem };
}

/** A document that gave no letter: told once, and again only when something else is wrong with it. */
async function setAside(road: Road, document: SetAside, file: string, fileName: string): Promise<Outcome> {
  const { warehouse, stamp } = road;
  const finding = describeProblem(document.problem, null, []);
  const { sha256 } = document;
  const isNews = await warehouse.transaction((session) => saveSetAside(session, fileName, sha256, finding, stamp));
  const letter: AddedLetter = { ...UNREAD, file, status: isNews || sha256 === null ? "set_aside" : "unchanged" };
  return { letters: [letter], problems: letter.status === "unchanged" ? [] : [reportFinding(file, finding)] };
}

async function addLetter(
  road: Road,
  found: LetterInText,
  file: LetterFile,
  given: string,
  siblings: string[],
): Promise<Outcome> {
  const { text, letter } = found;
  const identity = identifyLetter(text.lines);
  if (identity === null) {
    const problem = { code: "empty", message: "there is no text in it", line: null };
    return setAside(road, { kind: "set_aside", file: given, sha256: file.sha256, problem }, given, file.name);
  }
  const { letterId } = identity;
  const held = await findHeldLetter(road.warehouse, letterId);
  if (held !== undefined && held.reader === road.reader) {
    return { letters: [await describeHeld(road.warehouse, letterId, given, "unchanged")], problems: [] };
  }
  const loading = prepareLetter(found, identity, file, road.reader, siblings);
  const findings = await loadLetter(road.warehouse, loading, road.stamp);
  const status = letter.readable ? "loaded" : "set_aside";
  return {
    letters: [await describeHeld(road.warehouse, letterId, given, status)],
    problems: findings.filter(({ code }) => isDoubt(code)).map((finding) => reportFinding(given, finding)),
  };
}

function prepareLetter(
  { text, letter }: LetterInText,
  identity: LetterIdentity,
  file: LetterFile,
  reader: string,
  siblings: string[],
): LetterToLoad {
  const source = { letterId: identity.letterId, fileName: file.name, sha256: file.sha256 };
  return {
    identity,
    letter,
    observations: observationsOf(letter, source),
    referredCells: referredCellsOf(letter, source),
    findings: [
      ...letter.problems.map((problem) => describeProblem(problem, letter, text.lines)),
      ...findDisagreements(letter),
    ],
    claim: readCorrectionClaim(text.lines),
    file,
    reader,
    siblings,
  };
}
