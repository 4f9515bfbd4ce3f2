/** Loads a kept release: in one transaction every data set whose content, areas or reading changed; or nothing. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { sql } from "kysely";
import { AUTHORITIES, type Authority, areaCodeOf, authorityByDfeCode } from "../catalogue/authorities.ts";
import { measuresOf } from "../catalogue/measures.ts";
import type { DataSet, Publication } from "../catalogue/publications.ts";
import { SYMBOLS } from "../catalogue/symbols.ts";
import { SourceNotTrustedError } from "../errors.ts";
import type { KeptDataSet, KeptRelease } from "../extract/release.ts";
import { openTable } from "../extract/table.ts";
import type { AreaSelection } from "../transform/dfe-area.ts";
import { type DfeFile, observationsFrom, startReading } from "../transform/dfe-observations.ts";
import type { Finding } from "../transform/finding.ts";
import { saveFindings, saveSourceFile } from "./ledger.ts";
import { LOCK } from "./lock-keys.ts";
import {
  checkCount,
  copyObservations,
  countObservations,
  type RunStamp,
  removeObservations,
  type SourceFileKey,
  settleDuplicates,
} from "./observations.ts";
import { countChanges, type ReleaseChange } from "./release-changes.ts";
import { findDoubts, findVintageBefore } from "./release-doubts.ts";
import { recordVersion } from "./release-version.ts";
import type { SourceFileTable } from "./tables.ts";
import { retryConflicts, type Warehouse, type WritableWarehouse, type WriteSession } from "./warehouse.ts";

/** Raised when the meaning of a cell changes in code, not in the catalogue: files are then read again. */
const READER = 1;

export interface LoadedFile {
  code: string;
  file: string | null;
  sha256: string | null;
  /** Records in the file, without the header. */
  rows: number | null;
  observations: number | null;
  status: "loaded" | "unchanged" | "absent" | "failed";
  problem: string | null;
}

export interface LoadedRelease {
  files: LoadedFile[];
  findings: Finding[];
  extraColumns: { file: string; columns: string[] }[];
  /** What an amendment changed, where it replaced a version that was loaded. */
  changes: ReleaseChange[];
}

/** A release that is too odd to be loaded unless a person accepts it. What was loaded before stands. */
export class HeldReleaseError extends SourceNotTrustedError {
  readonly doubts: readonly string[];

  constructor(release: string, doubts: readonly string[]) {
    super(
      "held-for-review",
      `release ${release} is held: ${doubts.join("; ")}. If that is right: s21 accept ${release}`,
    );
    this.doubts = doubts;
  }
}

/** What the warehouse holds of a release version. */
export interface HeldRelease {
  /** Of each data set, the file that this version has. */
  files: SourceFileTable[];
  updateCount: number | null;
  publishedAt: string | null;
}

/** What is held of exactly this version; null when it is not, or not wholly, loaded. */
export async function findHeldRelease(
  { db }: Warehouse,
  publication: string,
  release: string,
  versionId: string,
): Promise<HeldRelease | null> {
  const version = await db
    .selectFrom("release_version")
    .selectAll()
    .where("publication", "=", publication)
    .where("release", "=", release)
    .where("release_version_id", "=", versionId)
    .where("status", "in", ["loaded", "incomplete"])
    .executeTakeFirst();
  if (version === undefined) return null;
  const wanted = Object.values(version.files);
  const files = await db
    .selectFrom("source_file")
    .selectAll()
    .where("publication", "=", publication)
    .where("release", "=", release)
    .where("sha256", "in", wanted.length > 0 ? wanted : [""])
    .orderBy("data_set")
    .execute();
  if (files.length !== wanted.length) return null;
  return { files, updateCount: version.update_count, publishedAt: version.published_at };
}

/** Why this very version waits for a person; null where it does not. */
export async function findWaitingRelease(
  { db }: Warehouse,
  publication: string,
  version: { slug: string; id: string; publishedAt: string; updateCount: number | null },
): Promise<string | null> {
  const held = await db
    .selectFrom("release_version")
    .select(["held_because", "update_count", "published_at"])
    .where("publication", "=", publication)
    .where("release", "=", version.slug)
    .where("release_version_id", "=", version.id)
    .where("status", "=", "refused")
    .where("held_because", "is not", null)
    .where("accepted_at", "is", null)
    .executeTakeFirst();
  const isSame = held?.published_at === version.publishedAt && held.update_count === version.updateCount;
  return isSame ? held.held_because : null;
}

/** Whether the file's rows in the warehouse are what reading it now would give. */
export function isCurrent(
  file: SourceFileTable,
  publication: Publication,
  dataSet: DataSet,
  selection: AreaSelection,
): boolean {
  return file.reader === fingerprintReader(publication, dataSet) && covers(file.areas, selection);
}

/** Whether a data set that was read with this fingerprint would be read the same way now. */
export function hasCurrentReader(reader: string | null, publication: Publication, code: string): boolean {
  const dataSet = publication.dataSets.find((one) => one.code === code);
  return dataSet === undefined || reader === fingerprintReader(publication, dataSet);
}

/** Changes whenever the catalogue would read the data set otherwise. */
function fingerprintReader(publication: Publication, dataSet: DataSet): string {
  const read = [READER, dataSet, measuresOf(publication.slug, dataSet.code), [...SYMBOLS], AUTHORITIES];
  return createHash("sha256").update(JSON.stringify(read)).digest("hex").slice(0, 16);
}

function covers(areas: string[] | null, selection: AreaSelection): boolean {
  if (areas === null) return true;
  return selection !== "all" && selection.every((authority) => areas.includes(authority.dfeCode));
}

/**
 * Loads what changed. @throws SourceNotTrustedError when a file is not what the manifest says; nothing is kept of
 * the release then, and what was loaded before stands.
 */
export async function loadRelease(warehouse: WritableWarehouse, request: LoadRequest): Promise<LoadedRelease> {
  return retryConflicts(() => warehouse.transaction((session) => loadFiles(session, request)));
}

async function loadFiles(session: WriteSession, request: LoadRequest): Promise<LoadedRelease> {
  const { publication, release, stamp } = request;
  // Another worker may be given the same release: whoever comes second finds it loaded.
  const locked = `${publication.slug}/${release.version.slug}`;
  await sql`select pg_advisory_xact_lock(${sql.lit(LOCK.release)}, hashtext(${locked}))`.execute(session.db);
  const result: LoadedRelease = { files: [], findings: [], extraColumns: [], changes: [] };
  const doubts: string[] = [];
  const notes: LoadNote[] = [];
  for (const file of release.files) {
    result.files.push(await loadFile(session, { ...request, result, doubts, notes }, file));
  }
  if (doubts.length > 0 && request.isTrusted !== true && !(await isAccepted(session, request))) {
    throw new HeldReleaseError(release.version.slug, doubts);
  }
  for (const dataSet of release.absent)
    result.files.push(describeAbsent(dataSet, release.version, release.version.id !== "local"));
  result.files.sort((one, other) => (one.code < other.code ? -1 : 1));
  if (request.isRecalled !== true) await recordVersion(session, publication, release, stamp);
  await request.onLoaded?.(notes);
  return result;
}

/** Which rows of a file were loaded: what loading it again elsewhere has to know. */
export interface LoadNote {
  sha256: string;
  dataSet: string;
  /** Authorities (DfE codes); null: all. */
  areas: string[] | null;
}

export interface LoadRequest {
  publication: Publication;
  release: KeptRelease;
  /** For all files, or for each. */
  selection: AreaSelection | ((file: KeptDataSet) => AreaSelection);
  stamp: RunStamp;
  /** Only read again from the archive: what the ledger says of the version stands. */
  isRecalled?: boolean;
  /** Told now and then how many records of a file have been read. */
  onRows?: ((code: string, rows: number, total: number) => void) | undefined;
  /** Ends the load, and rolls it back. */
  signal?: AbortSignal | undefined;
  /** Called when all is proven and written, just before it is committed. */
  onLoaded?: ((files: readonly LoadNote[]) => Promise<void>) | undefined;
  /** Whether odd files are loaded without a person: they were loaded before. */
  isTrusted?: boolean | undefined;
}

interface Loading extends LoadRequest {
  result: LoadedRelease;
  /** Why a person should look before this is loaded. */
  doubts: string[];
  notes: LoadNote[];
}

/** Passes records on; between some of them it tells how far it is, and stops when it is told to. */
async function* watchRecords<T>(
  records: AsyncIterable<T>,
  file: KeptDataSet,
  { onRows, signal }: LoadRequest,
): AsyncGenerator<T> {
  let rows = 0;
  for await (const record of records) {
    rows += 1;
    if (rows % 100 === 0) {
      signal?.throwIfAborted();
      if (file.listedRows !== null) onRows?.(file.dataSet.code, rows, file.listedRows);
    }
    yield record;
  }
}

async function loadFile(session: WriteSession, loading: Loading, file: KeptDataSet): Promise<LoadedFile> {
  const { publication, release } = loading;
  const selection = typeof loading.selection === "function" ? loading.selection(file) : loading.selection;
  const key = {
    sha256: file.sha256,
    publication: publication.slug,
    release: release.version.slug,
    data_set: file.dataSet.code,
  };
  const held = await findHeldFile(session, key);
  const known = held !== undefined && !saysMore(release.version, held) ? held : undefined;
  if (known !== undefined && isCurrent(known, publication, file.dataSet, selection)) {
    if (known.rows !== null) checkRows(known.rows, file, release.version.slug);
    return describeFile(file, known.rows, known.observations, "unchanged");
  }
  // Asking for fewer areas than before does not lose those that are there.
  const widened = widenSelection(selection, held);
  const reading = startReading();
  const source = sourceOf(publication, release, file, known);
  const { header, records } = await openTable(createReadStream(file.path, { highWaterMark: 1_048_576 }), file.fileName);
  const table = { header, records: watchRecords(records, file, loading) };
  // Also where the ledger does not know it: a restored or lost ledger must not double the rows.
  await removeObservations(session, key);
  const copied = await copyObservations(session, observationsFrom(table, source, widened, reading), loading.stamp);
  checkRows(reading.rows, file, release.version.slug);
  checkCount(copied, await countObservations(session, key), file.fileName);
  const findings = [...reading.findings, ...(await settleDuplicates(session, key))];
  const observations = await countObservations(session, key);
  const areas = widened === "all" ? null : widened.map((authority) => authority.dfeCode).sort();
  await saveFindings(session, key, file.fileName, findings, loading.stamp);
  await saveSourceFile(session, {
    ...key,
    source: "dfe",
    release_version_id: source.releaseVersionId,
    file_name: file.fileName,
    url: source.url,
    bytes: file.bytes,
    rows: reading.rows,
    rows_kept: reading.kept,
    observations,
    areas,
    reader: fingerprintReader(publication, file.dataSet),
    extra_columns: reading.extraColumns,
    published_at: source.publishedAt,
    fetched_at: known?.fetched_at ?? file.fetchedAt,
    licence: publication.licence,
    ...loading.stamp,
  });
  loading.result.findings.push(...findings);
  loading.notes.push({ sha256: file.sha256, dataSet: file.dataSet.code, areas });
  if (held === undefined)
    await compareWithBefore(session, loading, { ...key, fileName: file.fileName, rows: reading.rows }, widened);
  if (reading.extraColumns.length > 0) {
    loading.result.extraColumns.push({ file: file.fileName, columns: reading.extraColumns });
  }
  return describeFile(file, reading.rows, observations, "loaded");
}

/** Whether a new file is odd beside the one before it, and what it changed where it replaces one. */
async function compareWithBefore(
  session: WriteSession,
  { release, result, doubts }: Loading,
  file: SourceFileKey & { fileName: string; rows: number },
  selection: AreaSelection,
) {
  const before = await findVintageBefore(session, file, release.version.publishedAt);
  if (before === undefined) return;
  doubts.push(...(await findDoubts(session, file, before, selection === "all" ? null : selection.map(areaCodeOf))));
  if (before.release === file.release) result.changes.push(...(await countChanges(session, file, before.sha256)));
}

/** Whether a person has accepted exactly these files. */
async function isAccepted({ db }: WriteSession, { publication, release }: LoadRequest): Promise<boolean> {
  const version = await db
    .selectFrom("release_version")
    .select("files")
    .where("publication", "=", publication.slug)
    .where("release", "=", release.version.slug)
    .where("release_version_id", "=", release.version.id)
    .where("accepted_at", "is not", null)
    .executeTakeFirst();
  return version !== undefined && release.files.every((file) => version.files[file.dataSet.code] === file.sha256);
}

/** A file that was first read from a local bundle is read again when EES tells its version, or someone its date. */
function saysMore(version: KeptRelease["version"], held: SourceFileTable): boolean {
  const local = held.release_version_id === "local" && version.id !== "local";
  return local || (held.published_at === null && version.publishedAt !== null);
}

async function findHeldFile({ db }: WriteSession, key: SourceFileKey): Promise<SourceFileTable | undefined> {
  return db
    .selectFrom("source_file")
    .selectAll()
    .where("sha256", "=", key.sha256)
    .where("publication", "=", key.publication)
    .where("release", "=", key.release)
    .where("data_set", "=", key.data_set)
    .executeTakeFirst();
}

function widenSelection(selection: AreaSelection, held: SourceFileTable | undefined): AreaSelection {
  if (selection === "all" || held === undefined) return selection;
  if (held.areas === null) return "all";
  const before = held.areas.map(authorityByDfeCode).filter((one): one is Authority => one !== undefined);
  return [...new Set([...before, ...selection])];
}

/** Rows that are read again keep the version and address under which their file first came. */
function sourceOf(
  publication: Publication,
  { version }: KeptRelease,
  file: KeptDataSet,
  held: SourceFileTable | undefined,
): DfeFile {
  return {
    publication,
    release: version.slug,
    releaseVersionId: held?.release_version_id ?? version.id,
    publishedAt: held === undefined ? version.publishedAt : held.published_at,
    dataSet: file.dataSet,
    fileName: held?.file_name ?? file.fileName,
    sha256: file.sha256,
    url: held === undefined ? file.url : held.url,
  };
}

function checkRows(rows: number, file: KeptDataSet, release: string) {
  if (file.listedRows === null || file.listedRows === rows) return;
  throw new SourceNotTrustedError(
    "wrong-row-count",
    `${file.fileName} of release ${release} has ${rows} rows; EES lists ${file.listedRows}. The release is not trusted`,
  );
}

function describeFile(
  file: KeptDataSet,
  rows: number | null,
  observations: number,
  status: "loaded" | "unchanged",
): LoadedFile {
  return {
    code: file.dataSet.code,
    file: file.fileName,
    sha256: file.sha256,
    rows,
    observations,
    status,
    problem: null,
  };
}

/** A data set that a release does not have. `listed`: EES's own list says so, not only what a bundle holds. */
export function describeAbsent(dataSet: DataSet, { slug }: { slug: string }, listed: boolean): LoadedFile {
  const where = listed ? "among the data sets that EES lists" : "in the bundle";
  const problem = `${dataSet.code} (${dataSet.title}) is not ${where} for release ${slug}`;
  return { code: dataSet.code, file: null, sha256: null, rows: null, observations: null, status: "absent", problem };
}

/** Area codes of councils that have a letter, as authorities. */
export async function findCouncilsWithLetters({ db }: Warehouse): Promise<Authority[]> {
  const rows = await db
    .selectFrom("observation")
    .select("area_code")
    .distinct()
    .where("source", "=", "council")
    .where("area_code", "is not", null)
    .execute();
  const codes = new Set(rows.map((row) => row.area_code));
  return AUTHORITIES.filter((authority) => codes.has(areaCodeOf(authority)));
}

/** Every authority that an earlier run was asked to keep; `all` when one was asked for all; empty when none was. */
export async function findKeptAreas({ db }: Warehouse): Promise<AreaSelection> {
  const rows = await db.selectFrom("source_file").select("areas").where("source", "=", "dfe").execute();
  if (rows.some((row) => row.areas === null)) return "all";
  const codes = new Set(rows.flatMap((row) => row.areas ?? []));
  return AUTHORITIES.filter((authority) => codes.has(authority.dfeCode));
}
