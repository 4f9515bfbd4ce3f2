/** The letters road: documents, lines, what the letter says, rows. `s21 letters add` is this. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { isDoubt } from "./catalogue/letter-problems.ts";
import type { Config } from "./config.ts";
import { WarehouseError } from "./errors.ts";
import type { Archive } from "./extract/archive.ts";
import { STANDARD_INPUT } from "./extract/letter-text/document-bytes.ts";
import { DEFAULT_LIMITS } from "./extract/letter-text.ts";
import { gatherBatches, identitiesOf, type KeptDocument, keepAhead, type SetAside } from "./kept-documents.ts";
import { type LetterInText, type ReadRequest, readLetters, refuseAbsentPaths } from "./letter-documents.ts";
import { fingerprintReader } from "./letter-reader.ts";
import {
  type AddedLetter,
  type LettersReport,
  type Outcome,
  reportFinding,
  reportLetter,
  summarise,
  UNREAD,
} from "./letters-report.ts";
import type { RunOutcome } from "./load/ledger.ts";
import { identifyLetter, type LetterIdentity } from "./load/letter-identity.ts";
import { saveSetAside } from "./load/letter-issues.ts";
import { describeLetters, findHeldLetters } from "./load/letter-ledger.ts";
import { type LetterFile, type LetterToLoad, loadLetters } from "./load/letters.ts";
import type { RunStamp } from "./load/observations.ts";
import type { WritableWarehouse } from "./load/warehouse.ts";
import { performRun, type RunContext } from "./run.ts";
import {
  describeProblem,
  findDisagreements,
  type LetterFinding,
  observationsOf,
  referredCellsOf,
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
 * Reads letters and loads them, a letter's rows together.
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
    const kept = keepAhead(road, readLetters({ ...request, paths }), spool);
    for await (const batch of gatherBatches(kept)) {
      signal?.throwIfAborted();
      const { letters, problems } = await addBatch(road, batch);
      all.letters.push(...letters);
      all.problems.push(...problems);
      const before = Math.floor(documents / SAY_EVERY);
      documents += batch.length;
      if (Math.floor(documents / SAY_EVERY) > before) note(`${documents} documents read`);
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

/** A letter of a batch on its way, or what became of a document that gave none. */
type Step = { letterId: string; given: string; readable: boolean; prepare: () => LetterToLoad } | Outcome;

async function addBatch(road: Road, batch: readonly KeptDocument[]): Promise<Outcome> {
  const steps: Step[] = [];
  for (const document of batch) steps.push(...(await prepareDocument(road, document)));
  const ready = steps.flatMap((step) => ("prepare" in step ? [step] : []));
  const held = await findHeldLetters(
    road.warehouse,
    ready.map(({ letterId }) => letterId),
  );
  const loading = ready.filter(({ letterId }) => held.get(letterId)?.reader !== road.reader);
  const findings = await loadTogether(
    road,
    loading.map((step) => step.prepare()),
  );
  const described = await describeLetters(
    road.warehouse,
    ready.map(({ letterId }) => letterId),
  );
  const outcomes = steps.map((step): Outcome => {
    if (!("prepare" in step)) return step;
    const found = findings.get(step.letterId);
    const status = found === undefined ? "unchanged" : step.readable ? "loaded" : "set_aside";
    const doubts = (found ?? []).filter(({ code }) => isDoubt(code));
    const letter = described.get(step.letterId);
    if (letter === undefined) throw new Error(`letter ${step.letterId} was not described`);
    return {
      letters: [reportLetter(letter, step.given, status)],
      problems: doubts.map((finding) => reportFinding(step.given, finding)),
    };
  });
  return {
    letters: outcomes.flatMap(({ letters }) => letters),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

/** Loads letters in one transaction; where that fails each in its own, so that one costs only itself and those after it. */
async function loadTogether(
  { warehouse, stamp }: Road,
  letters: readonly LetterToLoad[],
): Promise<Map<string, LetterFinding[]>> {
  const load = async (some: readonly LetterToLoad[]) => {
    const findings = await loadLetters(warehouse, some, stamp);
    return some.map(({ identity }, place): [string, LetterFinding[]] => [identity.letterId, findings[place] ?? []]);
  };
  if (letters.length < 2) return new Map(letters.length === 0 ? [] : await load(letters));
  try {
    return new Map(await load(letters));
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error;
    const found: [string, LetterFinding[]][] = [];
    const files = new Set(letters.map(({ file }) => file.sha256));
    for (const sha256 of files) found.push(...(await load(letters.filter(({ file }) => file.sha256 === sha256))));
    return new Map(found);
  }
}

async function prepareDocument(road: Road, document: KeptDocument): Promise<Step[]> {
  if (document.kind === "set_aside") return [await setAside(road, document, document.given, document.container)];
  const siblings = identitiesOf(document);
  const steps: Step[] = [];
  for (const found of document.letters) {
    const attachment = found.text.file.slice(document.file.length);
    const given = document.given + attachment;
    const file: LetterFile = {
      name: document.container + attachment,
      container: document.container,
      sha256: document.sha256,
      bytes: document.bytes,
      format: found.text.format,
    };
    const identity = identifyLetter(found.text.lines);
    if (identity === null) {
      const problem = { code: "empty", message: "there is no text in it", line: null };
      const empty = { kind: "set_aside" as const, file: given, sha256: file.sha256, problem };
      steps.push(await setAside(road, empty, given, file.name));
      continue;
    }
    const prepare = () => prepareLetter(found, identity, file, road.reader, siblings);
    steps.push({ letterId: identity.letterId, given, readable: found.letter.readable, prepare });
  }
  return steps;
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
