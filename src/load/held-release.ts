/** What the warehouse holds of a release version, and whether reading its files now would give the same. */
import { createHash } from "node:crypto";
import type { Selectable } from "kysely";
import { AUTHORITIES } from "../catalogue/authorities.ts";
import { measuresOf } from "../catalogue/measures.ts";
import type { DataSet, Publication } from "../catalogue/publications.ts";
import { SYMBOLS } from "../catalogue/symbols.ts";
import type { ListedDataSet } from "../extract/ees.ts";
import type { AreaSelection } from "../transform/dfe-area.ts";
import type { ReleaseVersionTable, SourceFileTable } from "./tables.ts";
import type { Warehouse } from "./warehouse.ts";

/** Raised when the meaning of a cell changes in code, not in the catalogue: files are then read again. */
const READER = 1;

/** What the warehouse holds of a release version. */
export interface HeldRelease {
  /** Of each data set, the file that this version has. */
  files: SourceFileTable[];
  updateCount: number | null;
  publishedAt: string | null;
  /** Data sets that it lists and the warehouse lacks: the catalogue has learnt of them since. */
  unread: DataSet[];
}

/** What is held of exactly this version; null when it is not, or not wholly, loaded. */
export async function findHeldRelease(
  { db }: Warehouse,
  publication: Publication,
  release: string,
  versionId: string,
): Promise<HeldRelease | null> {
  const version = await db
    .selectFrom("release_version")
    .selectAll()
    .where("publication", "=", publication.slug)
    .where("release", "=", release)
    .where("release_version_id", "=", versionId)
    .where("status", "in", ["loaded", "incomplete"])
    .executeTakeFirst();
  if (version === undefined) return null;
  const wanted = Object.values(version.files);
  const files = await db
    .selectFrom("source_file")
    .selectAll()
    .where("publication", "=", publication.slug)
    .where("release", "=", release)
    .where("sha256", "in", wanted.length > 0 ? wanted : [""])
    .orderBy("data_set")
    .execute();
  if (files.length !== wanted.length) return null;
  const { update_count: updateCount, published_at: publishedAt } = version;
  return { files, updateCount, publishedAt, unread: findUnread(publication, version) };
}

/** Of a version in the ledger: data sets of the catalogue that EES lists for it, and of which no file was read. */
export function findUnread(
  publication: Publication,
  { files, data_content }: Pick<Selectable<ReleaseVersionTable>, "files" | "data_content">,
): DataSet[] {
  const listed = (data_content as ListedDataSet[] | null) ?? [];
  return publication.dataSets.filter(
    ({ code }) => files[code] === undefined && listed.some((one) => one.code === code),
  );
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
export function fingerprintReader(publication: Publication, dataSet: DataSet): string {
  const read = [READER, dataSet, measuresOf(publication.slug, dataSet.code), [...SYMBOLS], AUTHORITIES];
  return createHash("sha256").update(JSON.stringify(read)).digest("hex").slice(0, 16);
}

function covers(areas: string[] | null, selection: AreaSelection): boolean {
  if (areas === null) return true;
  return selection !== "all" && selection.every((authority) => areas.includes(authority.dfeCode));
}
