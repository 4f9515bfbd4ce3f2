/** Loads letters: a letter's rows are replaced together, in one transaction; other letters' rows are never touched. */
import type { Selectable } from "kysely";
import type { DocumentFormat, Letter } from "../letter.ts";
import type { Observation } from "../observation.ts";
import {
  councilOf,
  type LetterFinding,
  publishedAtOf,
  type ReferredCell,
  UNKNOWN_LICENCE,
} from "../transform/letter-observations.ts";
import { type CorrectionClaim, referenceKey } from "../transform/letter-succession.ts";
import { saveSourceFiles } from "./ledger.ts";
import { reapplyCorrections } from "./letter-corrections.ts";
import { fingerprintQuestions, type LetterIdentity } from "./letter-identity.ts";
import { openIssues, removeSetAside, storable } from "./letter-issues.ts";
import { findHeldLetters } from "./letter-ledger.ts";
import { settleLinks } from "./letter-links.ts";
import { checkCount, copyObservations, type RunStamp } from "./observations.ts";
import type { LetterTable, SourceFileTable } from "./tables.ts";
import type { WritableWarehouse, WriteSession } from "./warehouse.ts";

export interface LetterFile {
  /** Without folders; an attachment is `letter.eml#attachment.docx`. */
  name: string;
  /** The file that was given: the e-mail of an attachment. */
  container: string;
  /** Of the container, which is what the archive keeps. */
  sha256: string;
  bytes: number;
  format: DocumentFormat;
}

/** A letter ready to be loaded. */
export interface LetterToLoad {
  identity: LetterIdentity;
  letter: Letter;
  observations: Observation[];
  referredCells: ReferredCell[];
  findings: LetterFinding[];
  claim: CorrectionClaim;
  file: LetterFile;
  /** Fingerprint of the program that read it. */
  reader: string;
  /** Every letter that the same file gave, itself among them. */
  siblings: string[];
}

/**
 * Replaces the rows of letters, puts the corrections of earlier days to them, and settles which letter supersedes which: all of
 * them or none, in one transaction. No letter may stand twice, and what one file gave may not be split.
 * @returns for each what a person should look at: what was given, and corrections that could not be put to it.
 */
export async function loadLetters(
  warehouse: WritableWarehouse,
  letters: readonly LetterToLoad[],
  stamp: RunStamp,
): Promise<LetterFinding[][]> {
  return warehouse.transaction(async (session) => {
    const ids = letters.map(({ identity }) => identity.letterId);
    const before = await findHeldLetters(session, ids);
    const outdated = await findOutdated(session, letters);
    for (const letter of letters) await moveCorrections(session, letter, outdated);
    await removeLetters(session, [...outdated.map((old) => old.letter_id), ...before.keys()]);
    await removeSetAside(session, filesOf(letters));
    await copyCells(session, letters, stamp);
    const findings = await correctAgain(session, letters, stamp);
    const rows = letters.map((letter, place) => rowOf(letter, findings[place] ?? [], stamp));
    await session.db.insertInto("letter").values(rows).execute();
    const subjects = letters.map(({ identity, file }, place) => ({
      subject: { letterId: identity.letterId, fileName: file.name, sha256: file.sha256 },
      findings: findings[place] ?? [],
    }));
    await openIssues(session, subjects, stamp);
    await saveFiles(session, letters, stamp);
    await removeEmptyFiles(session, letters, before);
    await settleLinks(session, [...outdated, ...before.values(), ...rows], stamp);
    return findings;
  });
}

function filesOf(letters: readonly LetterToLoad[]): string[] {
  return [...new Set(letters.map(({ file }) => file.sha256))];
}

/** What the same files gave before, when their documents were read to other lines: those letters are these files' no more. */
async function findOutdated({ db }: WriteSession, letters: readonly LetterToLoad[]) {
  return db
    .selectFrom("letter")
    .selectAll()
    .where("sha256", "in", filesOf(letters))
    .where("letter_id", "not in", [...new Set(letters.flatMap(({ siblings }) => siblings))])
    .execute();
}

/** @throws WarehouseError when the warehouse holds another number of a letter's rows than was copied. */
async function copyCells(session: WriteSession, letters: readonly LetterToLoad[], stamp: RunStamp) {
  const all = letters.flatMap(({ observations }) => observations);
  await copyObservations(session, inOneBatch(all), stamp);
  const held = await countCells(
    session,
    letters.map(({ identity }) => identity.letterId),
  );
  for (const { identity, observations, file } of letters)
    checkCount(observations.length, held.get(identity.letterId) ?? NONE, file.name);
  await insertReferredCells(
    session,
    letters.flatMap(({ referredCells }) => referredCells),
  );
}

/** Of a letter without rows no count comes back. */
const NONE = 0;

/** The findings of each letter, and those of its corrections that could not be put to it again. */
async function correctAgain(
  session: WriteSession,
  letters: readonly LetterToLoad[],
  stamp: RunStamp,
): Promise<LetterFinding[][]> {
  const ids = letters.map(({ identity }) => identity.letterId);
  const rows = await session.db
    .selectFrom("correction")
    .select("letter_id")
    .distinct()
    .where("letter_id", "in", ids)
    .execute();
  const corrected = new Set(rows.map((row) => row.letter_id));
  const findings: LetterFinding[][] = [];
  for (const { identity, findings: own } of letters) {
    const { letterId } = identity;
    const unapplied = corrected.has(letterId) ? await reapplyCorrections(session, letterId, stamp) : [];
    findings.push([...own, ...unapplied]);
  }
  return findings;
}

/** A person's corrections follow the document that they were made in, though its text is known by another name now. */
async function moveCorrections(
  { db }: WriteSession,
  { identity, file }: LetterToLoad,
  allOutdated: readonly Selectable<LetterTable>[],
) {
  const outdated = allOutdated.filter((letter) => letter.sha256 === file.sha256);
  if (outdated.length === 0) return;
  const held = await db
    .selectFrom("source_file")
    .select("file_name")
    .where("sha256", "=", file.sha256)
    .where("source", "=", "council")
    .executeTakeFirst();
  const attachment = file.name.slice(file.container.length);
  const old = outdated.find((letter) => held !== undefined && letter.file_name === held.file_name + attachment);
  if (old === undefined) return;
  await db
    .updateTable("correction")
    .set({ letter_id: identity.letterId })
    .where("letter_id", "=", old.letter_id)
    .execute();
}

async function* inOneBatch(observations: Observation[]): AsyncGenerator<Observation[]> {
  yield observations;
}

/** Corrections stay: they are a person's, and are put to the letter again. So do issues that a person resolved. */
async function removeLetters({ db }: WriteSession, ids: readonly string[]) {
  if (ids.length === 0) return;
  await db.deleteFrom("observation").where("letter_id", "in", ids).where("source", "=", "council").execute();
  await db.deleteFrom("referred_cell").where("letter_id", "in", ids).execute();
  await db.deleteFrom("issue").where("letter_id", "in", ids).where("resolved_at", "is", null).execute();
  await db.deleteFrom("letter").where("letter_id", "in", ids).execute();
}

async function countCells({ db }: WriteSession, ids: readonly string[]): Promise<Map<string | null, number>> {
  const rows = await db
    .selectFrom("observation")
    .select(({ fn }) => ["letter_id", fn.countAll<number>().as("count")])
    .where("letter_id", "in", ids)
    .groupBy("letter_id")
    .execute();
  return new Map(rows.map((row) => [row.letter_id, Number(row.count)]));
}

/** Postgres takes 65,535 parameters in a statement; a cell has 15. */
const CELLS_AT_ONCE = 1_000;

async function insertReferredCells({ db }: WriteSession, cells: readonly ReferredCell[]) {
  for (let start = 0; start < cells.length; start += CELLS_AT_ONCE) {
    await db
      .insertInto("referred_cell")
      .values(cells.slice(start, start + CELLS_AT_ONCE))
      .execute();
  }
}

function rowOf(loading: LetterToLoad, findings: readonly LetterFinding[], stamp: RunStamp) {
  const { identity, letter, file, claim } = loading;
  const council = councilOf(letter);
  return {
    letter_id: identity.letterId,
    text_sha256: identity.textSha256,
    sha256: file.sha256,
    file_name: file.name,
    format: file.format,
    readable: letter.readable,
    council_name: council.name,
    area_code: council.code,
    request_reference: letter.request_reference,
    reference_key: referenceKey(letter.request_reference),
    response_date: letter.response_date,
    licence: letter.licence,
    notes: letter.notes,
    problems: problemsJson(findings),
    questions: countQuestions(letter),
    cells: loading.observations.length,
    questions_key: fingerprintQuestions(letter),
    corrects: claim.corrects,
    corrects_reference_key: claim.referenceKey,
    reader: loading.reader,
    read_at: stamp.loaded_at,
    run_id: stamp.run_id,
    superseded_by: null,
    supersedes: null,
  };
}

function problemsJson(findings: readonly LetterFinding[]): string {
  return JSON.stringify(
    findings.map(({ code, message, line, found, expected }) => ({
      code,
      message: storable(message),
      line,
      found: found === null ? null : storable(found),
      expected,
    })),
  );
}

/** A question whose table counts several things is one question. */
export function countQuestions({ questions }: Letter): number {
  return new Set(questions.map(({ ref, part }) => JSON.stringify([ref, part]))).size;
}

/** One row per file; an e-mail's attachments share their e-mail's. */
async function saveFiles(session: WriteSession, letters: readonly LetterToLoad[], stamp: RunStamp) {
  const files = new Map<string, SourceFileTable>();
  for (const { letter, file, reader, siblings, observations } of letters) {
    files.set(file.sha256, {
      sha256: file.sha256,
      publication: "",
      release: "",
      data_set: "",
      source: "council",
      release_version_id: null,
      file_name: file.container,
      url: null,
      bytes: file.bytes,
      rows: null,
      rows_kept: null,
      observations: siblings.length === 1 ? observations.length : await countRowsOfFile(session, file.sha256),
      areas: null,
      reader,
      extra_columns: [],
      published_at: publishedAtOf(letter),
      fetched_at: stamp.loaded_at,
      licence: letter.licence ?? UNKNOWN_LICENCE,
      loaded_at: stamp.loaded_at,
      run_id: stamp.run_id,
    });
  }
  await saveSourceFiles(session, [...files.values()]);
}

async function countRowsOfFile({ db }: WriteSession, sha256: string): Promise<number> {
  const row = await db
    .selectFrom("observation")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("source_sha256", "=", sha256)
    .where("source", "=", "council")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Files that the letters were read from before: their bytes stay in the archive, their rows are other files' now. */
async function removeEmptyFiles(
  { db }: WriteSession,
  letters: readonly LetterToLoad[],
  before: ReadonlyMap<string, Selectable<LetterTable>>,
) {
  for (const { identity, file } of letters) {
    const old = before.get(identity.letterId)?.sha256;
    if (old === undefined || old === file.sha256) continue;
    const held = await db.selectFrom("letter").select("letter_id").where("sha256", "=", old).execute();
    if (held.length > 0) continue;
    await db.deleteFrom("source_file").where("sha256", "=", old).where("source", "=", "council").execute();
  }
}
