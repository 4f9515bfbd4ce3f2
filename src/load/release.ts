/** Loads a kept release: in one transaction every data set whose content, areas or reading changed; or nothing. */
import { sql } from "kysely";
import { type Authority, areaCodeOf, authorityByDfeCode } from "../catalogue/authorities.ts";
import type { DataSet, Publication } from "../catalogue/publications.ts";
import { HeldForReviewError, SourceNotTrustedError } from "../errors.ts";
import { readBlocks } from "../extract/file-blocks.ts";
import type { KeptDataSet, KeptRelease } from "../extract/release.ts";
import { openTable } from "../extract/table.ts";
import type { AreaSelection } from "../transform/dfe-area.ts";
import { type DfeFile, type DfeReading, observationsFrom, startReading } from "../transform/dfe-observations.ts";
import type { Finding } from "../transform/finding.ts";
import { fingerprintReader, isCurrent } from "./held-release.ts";
import { saveFindings, saveSourceFile } from "./ledger.ts";
import { LOCK } from "./lock-keys.ts";
import { copyObservations, type RunStamp, removeObservations, type SourceFileKey, settleRows } from "./observations.ts";
import { countChanges, type ReleaseChange } from "./release-changes.ts";
import { findDoubts, findVintageBefore } from "./release-doubts.ts";
import { isAccepted } from "./release-review.ts";
import { recordVersion, refreshKeptViews } from "./release-version.ts";
import type { SourceFileTable } from "./tables.ts";
import { retryConflicts, type WritableWarehouse, type WriteSession } from "./warehouse.ts";

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
  if (doubts.length > 0 && request.isTrusted !== true && !(await isAccepted(session, publication, release))) {
    throw new HeldForReviewError(release.version.slug, doubts);
  }
  for (const dataSet of release.absent)
    result.files.push(describeAbsent(dataSet, release.version, release.version.id !== "local"));
  result.files.sort((one, other) => (one.code < other.code ? -1 : 1));
  if (request.isRecalled !== true) await recordVersion(session, publication, release, stamp);
  await refreshKeptViews(session);
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

/** Passes batches on; between them it tells how far it is, and stops when it is told to. */
async function* watchBatches<T>(
  batches: AsyncIterable<T>,
  reading: DfeReading,
  file: KeptDataSet,
  { onRows, signal }: LoadRequest,
): AsyncGenerator<T> {
  for await (const batch of batches) {
    signal?.throwIfAborted();
    if (file.listedRows !== null) onRows?.(file.dataSet.code, reading.rows, file.listedRows);
    yield batch;
  }
}

/** Passes bytes on, and stops when it is told to: none of a file's records may be wanted. */
async function* watchBytes(bytes: AsyncIterable<Buffer>, { signal }: LoadRequest): AsyncGenerator<Buffer> {
  for await (const block of bytes) {
    signal?.throwIfAborted();
    yield block;
  }
}

async function loadFile(session: WriteSession, loading: Loading, file: KeptDataSet): Promise<LoadedFile> {
  const { publication, release } = loading;
  const key = {
    sha256: file.sha256,
    publication: publication.slug,
    release: release.version.slug,
    data_set: file.dataSet.code,
  };
  const siblings = await findFilesOf(session, key);
  // Asking for fewer areas than before does not lose those that are there, in this version of the file or another.
  const asked = typeof loading.selection === "function" ? loading.selection(file) : loading.selection;
  const selection = widenSelection(asked, siblings);
  const held = siblings.find((sibling) => sibling.sha256 === file.sha256);
  const known = held !== undefined && !saysMore(release.version, held) ? held : undefined;
  if (known !== undefined && isCurrent(known, publication, file.dataSet, selection)) {
    if (known.rows !== null) checkRows(known.rows, file, release.version.slug);
    return describeFile(file, known.rows, known.observations, "unchanged");
  }
  const reading = startReading();
  const source = sourceOf(publication, release, file, known);
  // Also where the ledger does not know it: a restored or lost ledger must not double the rows.
  await removeObservations(session, key);
  const copied = await copyFile(session, loading, file, source, selection, reading);
  checkRows(reading.rows, file, release.version.slug);
  const settled = await settleRows(session, key, copied, file.fileName);
  const findings = [...reading.findings, ...settled.findings];
  const { observations } = settled;
  const areas = selection === "all" ? null : selection.map((authority) => authority.dfeCode).sort();
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
    await compareWithBefore(session, loading, { ...key, fileName: file.fileName, rows: reading.rows }, selection);
  if (reading.extraColumns.length > 0) {
    loading.result.extraColumns.push({ file: file.fileName, columns: reading.extraColumns });
  }
  return describeFile(file, reading.rows, observations, "loaded");
}

async function copyFile(
  session: WriteSession,
  loading: Loading,
  file: KeptDataSet,
  source: DfeFile,
  selection: AreaSelection,
  reading: DfeReading,
): Promise<number> {
  const table = await openTable(watchBytes(readBlocks(file.path), loading), file.fileName);
  try {
    const batches = watchBatches(observationsFrom(table, source, selection, reading), reading, file, loading);
    return await copyObservations(session, batches, loading.stamp);
  } finally {
    await table.close();
  }
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

/** A file that was first read from a local bundle is read again when EES tells its version, or someone its date. */
function saysMore(version: KeptRelease["version"], held: SourceFileTable): boolean {
  const local = held.release_version_id === "local" && version.id !== "local";
  return local || (held.published_at === null && version.publishedAt !== null);
}

/** Every file that a version of this release has had for the data set. */
async function findFilesOf({ db }: WriteSession, key: SourceFileKey): Promise<SourceFileTable[]> {
  return db
    .selectFrom("source_file")
    .selectAll()
    .where("publication", "=", key.publication)
    .where("release", "=", key.release)
    .where("data_set", "=", key.data_set)
    .execute();
}

function widenSelection(selection: AreaSelection, held: readonly SourceFileTable[]): AreaSelection {
  if (selection === "all" || held.some((file) => file.areas === null)) return "all";
  const before = held.flatMap((file) => file.areas ?? []).map(authorityByDfeCode);
  return [...new Set([...before.filter((one): one is Authority => one !== undefined), ...selection])];
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
