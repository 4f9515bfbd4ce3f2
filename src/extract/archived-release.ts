/** Releases as the archive holds them: read again without EES. */
import { readFile } from "node:fs/promises";
import { type DataSet, findPublication, type Publication } from "../catalogue/publications.ts";
import { type Archive, type ArchivedFile, sizeOf } from "./archive.ts";
import type { ListedDataSet, ReleaseVersion } from "./ees.ts";
import {
  type KeptDataSet,
  type KeptRelease,
  type LocalVersion,
  localVersion,
  VERSION_DOCUMENT,
  type VersionDocument,
} from "./release.ts";

/** The archive's own copy of a version that was loaded before; null when a file of it is not there. */
export async function recallRelease(
  archive: Archive,
  publication: Publication,
  version: ReleaseVersion | LocalVersion,
  known: {
    sha256: string;
    data_set: string;
    file_name: string;
    url: string | null;
    bytes: number;
    rows: number | null;
    fetched_at: string;
  }[],
  absent: DataSet[],
): Promise<KeptRelease | null> {
  const files: KeptDataSet[] = [];
  for (const file of known) {
    const dataSet = publication.dataSets.find((one) => one.code === file.data_set);
    const path = archive.find(file.sha256);
    if (dataSet === undefined || path === null) return null;
    const { sha256, bytes, url, rows: listedRows, file_name: fileName, fetched_at: fetchedAt } = file;
    files.push({ sha256, bytes, path, isNew: false, fetchedAt, dataSet, fileName, url, listedRows });
  }
  return { version, manifest: null, files, absent };
}

/** A version as the ledger has it, or the archive. */
export interface RecalledVersion {
  release: string;
  versionId: string;
  releaseId: string | null;
  title: string | null;
  publishedAt: string | null;
  updateCount: number | null;
  nextRelease: string | null;
  /** sha256 of each file, by the data set's leading code. */
  files: Record<string, string>;
}

/** A version's files from the archive; null where one of them is not there. */
export async function recallVersion(
  archive: Archive,
  publication: Publication,
  recalled: RecalledVersion,
): Promise<KeptRelease | null> {
  const all = (await archive.list()).filter((file) => isOf(file, publication, recalled));
  const document = await readDocument(all, recalled.versionId);
  const files: KeptDataSet[] = [];
  for (const [code, sha256] of Object.entries(recalled.files)) {
    const found = all.find((file) => file.sha256 === sha256 && file.provenance.dataSet === code);
    const kept = found === undefined ? null : await keptOf(found, publication, document);
    if (kept === null) return null;
    files.push(kept);
  }
  return releaseOf(publication, versionOf(recalled, document), files, document);
}

/** A version that was loaded from the archive's files, in the order in which versions came. */
export interface ArchivedRelease {
  publication: Publication;
  kept: KeptRelease;
  /** Authorities (DfE codes) whose rows were loaded of each file; null: all. By sha256. */
  areas: ReadonlyMap<string, string[] | null>;
}

/**
 * Every version that was loaded once, oldest first; not those that were only read, and held or refused.
 * A version that a bundle from a folder gave twice with other bytes comes twice.
 */
export async function listArchivedReleases(files: readonly ArchivedFile[]): Promise<ArchivedRelease[]> {
  const releases: ArchivedRelease[] = [];
  const byRelease = groupBy(
    files.filter(isDataSet),
    ({ provenance }) => `${provenance.publication}/${provenance.release}`,
  );
  for (const ofRelease of byRelease.values()) {
    const areas = areasOf(ofRelease);
    for (const ofVersion of groupBy(ofRelease, ({ provenance }) => provenance.releaseVersionId ?? "").values()) {
      for (const edition of splitEditions(ofVersion)) {
        const release = await archivedReleaseOf(edition, files, areas);
        if (release !== null) releases.push({ ...release });
      }
    }
  }
  const cameAt = ({ kept }: ArchivedRelease) =>
    kept.files
      .map((file) => file.fetchedAt ?? "")
      .sort()
      .at(-1) ?? "";
  return releases.sort((one, other) => (cameAt(one) < cameAt(other) ? -1 : 1));
}

function isDataSet({ provenance }: ArchivedFile): boolean {
  return provenance.source === "dfe" && provenance.dataSet !== undefined;
}

function isOf(
  { provenance }: ArchivedFile,
  publication: Publication,
  { release, versionId }: RecalledVersion,
): boolean {
  const { publication: slug, release: of, releaseVersionId } = provenance;
  return slug === publication.slug && of === release && releaseVersionId === versionId;
}

/** The widest selection that each file of a release was ever loaded with. Files that were never loaded are not in it. */
function areasOf(files: readonly ArchivedFile[]): Map<string, string[] | null> {
  const areas = new Map<string, string[] | null>();
  for (const { sha256, provenance } of files) {
    const { loadedAreas } = provenance;
    if (loadedAreas === undefined) continue;
    const before = areas.get(sha256);
    const all = loadedAreas === null || before === null ? null : [...new Set([...(before ?? []), ...loadedAreas])];
    areas.set(sha256, all);
  }
  return areas;
}

/** A version has one file for each data set; a second one for the same is another edition of it. */
function splitEditions(files: readonly ArchivedFile[]): ArchivedFile[][] {
  const editions: Map<string, ArchivedFile>[] = [];
  for (const file of files) {
    const code = file.provenance.dataSet ?? "";
    const open = editions.at(-1);
    if (open !== undefined && !open.has(code)) open.set(code, file);
    // What the new edition does not replace, it keeps.
    else editions.push(new Map([...(open ?? []), [code, file]]));
  }
  return editions.map((edition) => [...edition.values()]);
}

async function archivedReleaseOf(
  files: readonly ArchivedFile[],
  all: readonly ArchivedFile[],
  areas: ReadonlyMap<string, string[] | null>,
): Promise<ArchivedRelease | null> {
  const { publication: slug = "", release = "", releaseVersionId = "", publishedAt } = files[0]?.provenance ?? {};
  const publication = findPublication(slug);
  // Read, and not loaded: held or refused.
  if (publication === undefined || files.some((file) => !areas.has(file.sha256))) return null;
  const ofVersion = all.filter(
    ({ provenance }) => provenance.release === release && provenance.releaseVersionId === releaseVersionId,
  );
  const document = releaseVersionId === "local" ? null : await readDocument(ofVersion, releaseVersionId);
  const kept = await Promise.all(files.map((file) => keptOf(file, publication, document)));
  const known = kept.filter((file): file is KeptDataSet => file !== null);
  const recalled: RecalledVersion = {
    release,
    versionId: releaseVersionId,
    releaseId: null,
    title: null,
    publishedAt: publishedAt ?? null,
    updateCount: null,
    nextRelease: null,
    files: {},
  };
  return { publication, kept: releaseOf(publication, versionOf(recalled, document), known, document), areas };
}

/** What EES said of the version when it was last fetched; null in archives of before that was kept. */
async function readDocument(files: readonly ArchivedFile[], versionId: string): Promise<VersionDocument | null> {
  const found = files
    .filter(({ provenance }) => provenance.fileName === VERSION_DOCUMENT && provenance.releaseVersionId === versionId)
    .at(-1);
  return found === undefined ? null : (JSON.parse(await readFile(found.path, "utf8")) as VersionDocument);
}

async function keptOf(
  { sha256, path, provenance }: ArchivedFile,
  publication: Publication,
  document: VersionDocument | null,
): Promise<KeptDataSet | null> {
  const dataSet = publication.dataSets.find((one) => one.code === provenance.dataSet);
  if (dataSet === undefined) return null;
  const listed = document?.manifest.filter((one) => one.code === dataSet.code) ?? [];
  return {
    sha256,
    path,
    bytes: await sizeOf(path),
    isNew: false,
    dataSet,
    fileName: provenance.fileName,
    url: provenance.url,
    listedRows: listed.length === 1 ? (listed[0]?.rows ?? null) : null,
    fetchedAt: provenance.fetchedAt,
  };
}

function versionOf(recalled: RecalledVersion, document: VersionDocument | null): ReleaseVersion | LocalVersion {
  if (document !== null) return document.version;
  const { release: slug, versionId: id, releaseId, title, publishedAt, updateCount, nextRelease } = recalled;
  if (id === "local" || publishedAt === null) return localVersion(slug, publishedAt);
  return { slug, id, releaseId, title, publishedAt, updateCount, isLatest: false, nextRelease };
}

function releaseOf(
  publication: Publication,
  version: ReleaseVersion | LocalVersion,
  files: KeptDataSet[],
  document: VersionDocument | null,
): KeptRelease {
  const manifest: ListedDataSet[] | null = document?.manifest ?? null;
  const absent = publication.dataSets.filter(
    (dataSet) => dataSet.isOptional !== true && !files.some((file) => file.dataSet === dataSet),
  );
  return { version, manifest, files, absent };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
