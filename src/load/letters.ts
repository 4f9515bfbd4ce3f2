/** Loads letters: each letter's rows are replaced together, in one transaction; other letters' rows are never touched. */
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
import { saveSourceFile } from "./ledger.ts";
import { reapplyCorrections } from "./letter-corrections.ts";
import { fingerprintQuestions, type LetterIdentity } from "./letter-identity.ts";
import { openIssues, removeSetAside, storable } from "./letter-issues.ts";
import { findHeldLetter } from "./letter-ledger.ts";
import { settleLinks } from "./letter-links.ts";
import { checkCount, copyObservations, type RunStamp } from "./observations.ts";
import type { LetterTable } from "./tables.ts";
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
 * Replaces a letter's rows, puts the corrections of earlier days to them, and settles which letter supersedes which.
 * @returns what a person should look at: what was given, and corrections that could not be put to it.
 */
export async function loadLetter(
  warehouse: WritableWarehouse,
  letter: LetterToLoad,
  stamp: RunStamp,
): Promise<LetterFinding[]> {
  return warehouse.transaction(async (session) => {
    const { letterId } = letter.identity;
    const before = await findHeldLetter(session, letterId);
    const outdated = await findOutdated(session, letter);
    if (outdated.length > 0) await moveCorrections(session, letter, outdated);
    for (const old of outdated) await removeLetter(session, old.letter_id);
    if (before !== undefined) await removeLetter(session, letterId);
    await removeSetAside(session, letter.file.sha256);
    const copied = await copyObservations(session, inOneBatch(letter.observations), stamp);
    checkCount(copied, await countCells(session, letterId), letter.file.name);
    await insertReferredCells(session, letter.referredCells);
    const findings = [...letter.findings, ...(await reapplyCorrections(session, letterId, stamp))];
    const row = rowOf(letter, findings, stamp);
    await session.db.insertInto("letter").values(row).execute();
    const subject = { letterId, fileName: letter.file.name, sha256: letter.file.sha256 };
    await openIssues(session, subject, findings, stamp);
    await saveFile(session, letter, stamp);
    if (before !== undefined && before.sha256 !== letter.file.sha256) await removeFileIfEmpty(session, before.sha256);
    await settleLinks(session, [...outdated, ...(before === undefined ? [] : [before]), row], stamp);
    return findings;
  });
}

/** What the same file gave before, when its document was read to other lines: those letters are this file's no more. */
async function findOutdated({ db }: WriteSession, { file, siblings }: LetterToLoad) {
  return db
    .selectFrom("letter")
    .selectAll()
    .where("sha256", "=", file.sha256)
    .where("letter_id", "not in", siblings)
    .execute();
}

/** A person's corrections follow the document that they were made in, though its text is known by another name now. */
async function moveCorrections(
  { db }: WriteSession,
  { identity, file }: LetterToLoad,
  outdated: readonly Selectable<LetterTable>[],
) {
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
async function removeLetter({ db }: WriteSession, letterId: string) {
  await db.deleteFrom("observation").where("letter_id", "=", letterId).where("source", "=", "council").execute();
  await db.deleteFrom("referred_cell").where("letter_id", "=", letterId).execute();
  await db.deleteFrom("issue").where("letter_id", "=", letterId).where("resolved_at", "is", null).execute();
  await db.deleteFrom("letter").where("letter_id", "=", letterId).execute();
}

async function countCells({ db }: WriteSession, letterId: string): Promise<number> {
  const row = await db
    .selectFrom("observation")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("letter_id", "=", letterId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
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
async function saveFile(session: WriteSession, loading: LetterToLoad, stamp: RunStamp) {
  const { letter, file, reader, siblings, observations } = loading;
  await saveSourceFile(session, {
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

async function countRowsOfFile({ db }: WriteSession, sha256: string): Promise<number> {
  const row = await db
    .selectFrom("observation")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("source_sha256", "=", sha256)
    .where("source", "=", "council")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** The file that the letter was read from before: its bytes stay in the archive, its rows are another file's now. */
async function removeFileIfEmpty(session: WriteSession, sha256: string) {
  const held = await session.db.selectFrom("letter").select("letter_id").where("sha256", "=", sha256).execute();
  if (held.length > 0) return;
  await session.db.deleteFrom("source_file").where("sha256", "=", sha256).where("source", "=", "council").execute();
}
