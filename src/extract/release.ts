/**
 * A release's data sets, proven and kept: from EES, from a local bundle, or from the archive again. What EES lists must
 * be there, whole; what it does not list is named.
 */
import { createReadStream } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { type DataSet, dataSetOfFile, type Publication } from "../catalogue/publications.ts";
import { LimitError, messageOf, S21Error, SourceNotTrustedError } from "../errors.ts";
import type { Archive, KeptFile } from "./archive.ts";
import { type Bundle, type BundleFile, openZipBundle } from "./bundle.ts";
import {
  bundleUrl,
  dataSetFileUrl,
  type Ees,
  findVersion,
  type ListedDataSet,
  mayBeSuperseded,
  type ReleaseVersion,
  readManifest,
  singleFileUrl,
} from "./ees.ts";
import { fetchToFile, startOf } from "./http.ts";

/** One data set's file, kept in the archive. */
export interface KeptDataSet extends KeptFile {
  dataSet: DataSet;
  fileName: string;
  url: string | null;
  /** Records that the manifest says it has; null when nothing says. */
  listedRows: number | null;
}

export interface KeptRelease {
  version: ReleaseVersion | LocalVersion;
  manifest: ListedDataSet[] | null;
  files: KeptDataSet[];
  /** Data sets of the catalogue that this release does not have. */
  absent: DataSet[];
}

/** A bundle from a folder or file, of which nothing says when it was published or what it should hold. */
export interface LocalVersion {
  slug: string;
  id: "local";
  releaseId: null;
  title: null;
  publishedAt: string | null;
  updateCount: null;
  isLatest: false;
  nextRelease: null;
}

/** How a release that was found became known: the publication's slug at EES is not always the catalogue's. */
export interface FoundRelease {
  publication: Publication;
  eesSlug: string;
  version: ReleaseVersion;
}

/**
 * Downloads and proves the release. A version that stopped working meanwhile is looked up again, once.
 * @throws SourceNotTrustedError when a listed data set can't be had whole; SourceUnreachableError
 */
export async function keepRelease(ees: Ees, found: FoundRelease, archive: Archive): Promise<KeptRelease> {
  try {
    return await keepVersion(ees, found, archive);
  } catch (error) {
    // A data set that can't be had may be one that the newer version has replaced.
    if (!mayBeSuperseded(error) && !isMissing(error)) throw error;
    const version = await findVersion(ees, found.eesSlug, found.version.slug);
    if (version.id === found.version.id) throw error;
    return keepVersion(ees, { ...found, version }, archive);
  }
}

const MISSING = "data-set-missing";

function isMissing(error: unknown): boolean {
  return error instanceof SourceNotTrustedError && error.code === MISSING;
}

async function keepVersion(ees: Ees, found: FoundRelease, archive: Archive): Promise<KeptRelease> {
  const { publication, eesSlug, version } = found;
  const manifest = await readManifest(ees, eesSlug, version.slug);
  const zip = archive.temporaryPath(".zip");
  try {
    const url = bundleUrl(ees, version.id);
    const { path } = await fetchToFile(url, zip, ees.fetching, async (file) => void (await openZipBundle(file, url)));
    const bundle = await openZipBundle(path, url);
    const files: KeptDataSet[] = [];
    const absent: DataSet[] = [];
    for (const dataSet of publication.dataSets) {
      const listed = listedOf(dataSet, manifest, found);
      const file = fileOf(dataSet, publication, bundle);
      if (file !== undefined) files.push(await keepFile(dataSet, file, url, listed, found, archive));
      else if (listed !== undefined) files.push(await keepSingly(ees, dataSet, listed, found, archive));
      else if (dataSet.isOptional !== true) absent.push(dataSet);
    }
    // The whole bundle too: what DfE amends, it removes. Its bytes differ at every download, so not without cause.
    if (files.some((file) => file.isNew)) await keepBundle(path, url, found, archive);
    return { version, manifest, files, absent };
  } finally {
    await rm(zip, { force: true });
  }
}

async function keepBundle(path: string, url: string, { publication, version }: FoundRelease, archive: Archive) {
  await archive.keep(createReadStream(path) as AsyncIterable<Buffer>, {
    source: "dfe",
    fileName: `${publication.slug}_${version.slug}.zip`,
    url,
    fetchedAt: new Date().toISOString(),
    licence: publication.licence,
    publication: publication.slug,
    release: version.slug,
    releaseVersionId: version.id,
    publishedAt: version.publishedAt,
  });
}

/** The manifest's entry for a data set. Two of them are a fault that nobody but DfE can settle. */
function listedOf(dataSet: DataSet, manifest: ListedDataSet[], { version }: FoundRelease): ListedDataSet | undefined {
  const listed = manifest.filter((one) => one.code === dataSet.code);
  if (listed.length <= 1) return listed[0];
  throw new SourceNotTrustedError(
    "ambiguous-data-set",
    `release ${version.slug} lists ${dataSet.code} ${listed.length} times: ${listed.map((one) => one.title).join("; ")}`,
  );
}

/** The bundle's one file for a data set. @throws SourceNotTrustedError when there are several. */
export function fileOf(dataSet: DataSet, publication: Publication, bundle: Bundle): BundleFile | undefined {
  const files = bundle.files.filter((file) => dataSetOfFile(publication, file.name) === dataSet);
  if (files.length <= 1) return files[0];
  throw new SourceNotTrustedError(
    "ambiguous-file",
    `${bundle.location} holds ${files.length} files for ${dataSet.code}: ${files.map((file) => file.name).join(", ")}`,
  );
}

/** Keeps one file of a bundle, with where it came from. */
export async function keepFile(
  dataSet: DataSet,
  file: BundleFile,
  url: string | null,
  listed: ListedDataSet | undefined,
  { publication, version }: Pick<FoundRelease, "publication"> & { version: ReleaseVersion | LocalVersion },
  archive: Archive,
): Promise<KeptDataSet> {
  const kept = await archive.keep(file.open(), {
    source: "dfe",
    fileName: file.name,
    url,
    fetchedAt: new Date().toISOString(),
    licence: publication.licence,
    publication: publication.slug,
    release: version.slug,
    releaseVersionId: version.id,
    dataSet: dataSet.code,
    publishedAt: version.publishedAt,
  });
  return { ...kept, dataSet, fileName: file.name, url, listedRows: listed?.rows ?? null };
}

/** EES leaves out of the archive, in silence, what it can't read at the moment; asked for singly it may come. */
async function keepSingly(
  ees: Ees,
  dataSet: DataSet,
  listed: ListedDataSet,
  found: FoundRelease,
  archive: Archive,
): Promise<KeptDataSet> {
  const failures: string[] = [];
  for (const fetchFile of [fetchFromSingleZip, fetchFromDataCatalogue]) {
    const path = archive.temporaryPath(".single");
    try {
      const single = await fetchFile(ees, dataSet, listed, found, path);
      return await keepFile(dataSet, single.file, single.url, listed, found, archive);
    } catch (error) {
      if (!(error instanceof S21Error) || error instanceof LimitError) throw error;
      failures.push(messageOf(error));
    } finally {
      await rm(path, { force: true });
    }
  }
  throw new SourceNotTrustedError(
    MISSING,
    `release ${found.version.slug} lists ${dataSet.code} (${listed.title}), which is not in its bundle and can't be had singly: ` +
      `${failures.join("; ")}. The release is not trusted`,
  );
}

interface SingleFile {
  file: BundleFile;
  url: string;
}

async function fetchFromSingleZip(
  ees: Ees,
  dataSet: DataSet,
  listed: ListedDataSet,
  { publication, version }: FoundRelease,
  path: string,
): Promise<SingleFile> {
  const url = singleFileUrl(ees, version.id, listed.fileId);
  await fetchToFile(url, path, ees.fetching, async (zip) => void (await openZipBundle(zip, url)));
  const file = fileOf(dataSet, publication, await openZipBundle(path, url));
  if (file === undefined) throw new SourceNotTrustedError("not-in-zip", `${url} holds no file for ${dataSet.code}`);
  return { file, url };
}

async function fetchFromDataCatalogue(
  ees: Ees,
  dataSet: DataSet,
  listed: ListedDataSet,
  found: FoundRelease,
  path: string,
): Promise<SingleFile> {
  if (listed.dataSetFileId === null) {
    throw new SourceNotTrustedError("no-data-set-file", `${dataSet.code} has no address in the data catalogue`);
  }
  const url = dataSetFileUrl(ees, listed.dataSetFileId);
  await fetchToFile(url, path, ees.fetching, async (csv) => refuseEmptyOrPage(csv, url));
  // The catalogue serves the newest version, whichever was asked for: two must not be mixed.
  const newest = await findVersion(ees, found.eesSlug, found.version.slug);
  if (newest.id !== found.version.id) {
    throw new SourceNotTrustedError("superseded", `${url} is of version ${newest.id}; expected ${found.version.id}`);
  }
  const { size } = await stat(path);
  const name = `${dataSet.filePrefix}${listed.dataSetFileId}.csv`;
  return { url, file: { name, bytes: size, open: () => createReadStream(path) as AsyncIterable<Buffer> } };
}

async function refuseEmptyOrPage(path: string, url: string) {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    const start = buffer.subarray(0, bytesRead).toString("utf8");
    if (start.trim() !== "" && !/^\s*</.test(start)) return;
    throw new SourceNotTrustedError("not-a-csv", `${url} answered ${startOf(start)}; expected a CSV`);
  } finally {
    await handle.close();
  }
}

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
  }[],
  absent: DataSet[],
): Promise<KeptRelease | null> {
  const files: KeptDataSet[] = [];
  for (const file of known) {
    const dataSet = publication.dataSets.find((one) => one.code === file.data_set);
    const path = archive.find(file.sha256);
    if (dataSet === undefined || path === null) return null;
    const { sha256, bytes, url, rows } = file;
    files.push({ sha256, bytes, path, isNew: false, dataSet, fileName: file.file_name, url, listedRows: rows });
  }
  return { version, manifest: null, files, absent };
}
