/**
 * A release's data sets, proven and kept: from EES, from a local bundle, or from the archive again. What EES lists must
 * be there, whole; what it does not list is named.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { type DataSet, dataSetOfFile, type Publication } from "../catalogue/publications.ts";
import { LimitError, messageOf, S21Error, SourceNotTrustedError } from "../errors.ts";
import type { Archive, KeptFile, Provenance } from "./archive.ts";
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

/** A version whose date nobody knows, or a person has told. */
export function localVersion(slug: string, publishedAt: string | null): LocalVersion {
  return {
    slug,
    id: "local",
    releaseId: null,
    title: null,
    publishedAt,
    updateCount: null,
    isLatest: false,
    nextRelease: null,
  };
}

/** Name under which the archive keeps what EES says of a version. */
export const VERSION_DOCUMENT = "release-version.json";

/** What EES says of a version, for loading it again when EES no longer says it. */
export interface VersionDocument {
  version: ReleaseVersion;
  manifest: ListedDataSet[];
}

/** A version, and what it is a version of. */
interface VersionOf {
  publication: Publication;
  version: ReleaseVersion | LocalVersion;
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
  const keepWhole = (chunks: AsyncIterable<Buffer>, fileName: string, url: string | null) =>
    archive.keep(chunks, describeFile(found, fileName, url));
  const manifest = await readManifest(ees, eesSlug, version.slug);
  const zip = archive.temporaryPath(".zip");
  try {
    const url = bundleUrl(ees, version.id);
    const { path } = await fetchToFile(url, zip, ees.fetching, async (file) => void (await openZipBundle(file, url)));
    const bundle = await openZipBundle(path, url);
    const files: KeptDataSet[] = [];
    const absent: DataSet[] = [];
    const missing: string[] = [];
    for (const dataSet of publication.dataSets) {
      const listed = listedOf(dataSet, manifest, found);
      const file = fileOf(dataSet, publication, bundle);
      if (file !== undefined) files.push(await keepFile(dataSet, file, url, listed, found, archive));
      else if (listed === undefined) {
        if (dataSet.isOptional !== true) absent.push(dataSet);
      } else {
        const single = await keepSingly(ees, dataSet, listed, found, archive);
        if (typeof single === "string") missing.push(single);
        else files.push(single);
      }
    }
    if (missing.length > 0) throw missingFrom(version, missing);
    const document = Buffer.from(JSON.stringify({ version, manifest } satisfies VersionDocument));
    // The document is kept last: without it, a run was killed before all was kept.
    const isComplete = archive.find(sha256Of(document)) !== null && files.every((file) => !file.isNew);
    // The whole bundle too: what DfE amends, it removes. Its bytes differ at every download, so not without cause.
    if (!isComplete) {
      await keepWhole(createReadStream(path) as AsyncIterable<Buffer>, `${publication.slug}_${version.slug}.zip`, url);
    }
    await keepWhole(once(document), VERSION_DOCUMENT, null);
    return { version, manifest, files, absent };
  } finally {
    await rm(zip, { force: true });
  }
}

/** Where a file of a version came from, just now. */
function describeFile({ publication, version }: VersionOf, fileName: string, url: string | null): Provenance {
  return {
    source: "dfe",
    fileName,
    url,
    fetchedAt: new Date().toISOString(),
    licence: publication.licence,
    publication: publication.slug,
    release: version.slug,
    releaseVersionId: version.id,
    publishedAt: version.publishedAt,
  };
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
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
  of: VersionOf,
  archive: Archive,
): Promise<KeptDataSet> {
  const kept = await archive.keep(file.open(), { ...describeFile(of, file.name, url), dataSet: dataSet.code });
  return { ...kept, dataSet, fileName: file.name, url, listedRows: listed?.rows ?? null };
}

/** Names every data set that can't be had: whoever asks DfE for them asks once. */
function missingFrom(version: ReleaseVersion, missing: string[]): SourceNotTrustedError {
  const what = missing.join(". It lists ");
  return new SourceNotTrustedError(MISSING, `release ${version.slug} lists ${what}. The release is not trusted`);
}

/**
 * EES leaves out of the archive, in silence, what it can't read at the moment; asked for singly it may come.
 * @returns what was kept, or why it can't be had.
 */
async function keepSingly(
  ees: Ees,
  dataSet: DataSet,
  listed: ListedDataSet,
  found: FoundRelease,
  archive: Archive,
): Promise<KeptDataSet | string> {
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
  return `${dataSet.code} (${listed.title}), which is not in its bundle and can't be had singly: ${failures.join("; ")}`;
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
