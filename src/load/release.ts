/** Loads a kept release: in one transaction every data set whose content, areas or reading changed; or nothing. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
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
import {
  checkCount,
  copyObservations,
  countObservations,
  type RunStamp,
  removeObservations,
  type SourceFileKey,
  settleDuplicates,
} from "./observations.ts";
import { recordVersion, refreshKeptViews } from "./release-version.ts";
import type { SourceFileTable } from "./tables.ts";
import type { Warehouse, WritableWarehouse, WriteSession } from "./warehouse.ts";

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

/** Whether the file's rows in the warehouse are what reading it now would give. */
export function isCurrent(
  file: SourceFileTable,
  publication: Publication,
  dataSet: DataSet,
  selection: AreaSelection,
): boolean {
  return file.reader === fingerprintReader(publication, dataSet) && covers(file.areas, selection);
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
  const { publication, release, stamp } = request;
  return warehouse.transaction(async (session) => {
    const result: LoadedRelease = { files: [], findings: [], extraColumns: [] };
    for (const file of release.files) {
      result.files.push(await loadFile(session, { ...request, result }, file));
    }
    for (const dataSet of release.absent)
      result.files.push(describeAbsent(dataSet, release.version, release.version.id !== "local"));
    result.files.sort((one, other) => (one.code < other.code ? -1 : 1));
    if (request.isRecalled !== true) await recordVersion(session, publication, release, stamp);
    await refreshKeptViews(session);
    return result;
  });
}

export interface LoadRequest {
  publication: Publication;
  release: KeptRelease;
  selection: AreaSelection;
  stamp: RunStamp;
  /** Only read again from the archive: what the ledger says of the version stands. */
  isRecalled?: boolean;
  /** Told now and then how many records of a file have been read. */
  onRows?: ((code: string, rows: number, total: number) => void) | undefined;
  /** Ends the load, and rolls it back. */
  signal?: AbortSignal | undefined;
}

interface Loading extends LoadRequest {
  result: LoadedRelease;
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
  const key = {
    sha256: file.sha256,
    publication: publication.slug,
    release: release.version.slug,
    data_set: file.dataSet.code,
  };
  const siblings = await findFilesOf(session, key);
  // Asking for fewer areas than before does not lose those that are there, in this version of the file or another.
  const selection = widenSelection(loading.selection, siblings);
  const held = siblings.find((sibling) => sibling.sha256 === file.sha256);
  const known = held !== undefined && !saysMore(release.version, held) ? held : undefined;
  if (known !== undefined && isCurrent(known, publication, file.dataSet, selection)) {
    if (known.rows !== null) checkRows(known.rows, file, release.version.slug);
    return describeFile(file, known.rows, known.observations, "unchanged");
  }
  const reading = startReading();
  const source = sourceOf(publication, release, file, known);
  const { header, records } = await openTable(createReadStream(file.path, { highWaterMark: 1_048_576 }), file.fileName);
  const table = { header, records: watchRecords(records, file, loading) };
  if (held !== undefined) await removeObservations(session, key);
  const copied = await copyObservations(session, observationsFrom(table, source, selection, reading), loading.stamp);
  checkRows(reading.rows, file, release.version.slug);
  checkCount(copied, await countObservations(session, key), file.fileName);
  const findings = [...reading.findings, ...(await settleDuplicates(session, key))];
  const observations = await countObservations(session, key);
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
    areas: selection === "all" ? null : selection.map((authority) => authority.dfeCode).sort(),
    reader: fingerprintReader(publication, file.dataSet),
    extra_columns: reading.extraColumns,
    published_at: source.publishedAt,
    fetched_at: known?.fetched_at ?? loading.stamp.loaded_at,
    licence: publication.licence,
    ...loading.stamp,
  });
  loading.result.findings.push(...findings);
  if (reading.extraColumns.length > 0) {
    loading.result.extraColumns.push({ file: file.fileName, columns: reading.extraColumns });
  }
  return describeFile(file, reading.rows, observations, "loaded");
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
