/** The addresses of the Content API that s21 reads, over what the stand-in holds. */
import {
  dataContentBody,
  dataSetFilesBody,
  type Paging,
  redirectsBody,
  releasesBody,
  versionSummaryBody,
} from "./bodies.ts";
import { streamBundle } from "./bundle.ts";
import { profileCsv } from "./csv-profile.ts";
import { damageBundle } from "./damage.ts";
import { BUNDLE_FAULTS, type FaultList } from "./faults.ts";
import {
  currentVersion,
  type HeldFile,
  type HeldPublication,
  type HeldRelease,
  type HeldVersion,
  isReadable,
  openContent,
} from "./holdings.ts";
import { jsonReply, NO_BODY, problemReply, type Reply } from "./reply.ts";

export interface Site {
  publications: HeldPublication[];
  faults: FaultList;
  /** What the zip route answers for a superseded version; EES is thought to answer 500, its other routes 403. */
  supersededZipStatus: 403 | 500;
  /** Publishes a new version with the same files. */
  supersede(publication: HeldPublication, release: HeldRelease): void;
}

/** One request: its address whole, as faults match it, and taken apart. */
interface Asked {
  address: string;
  query: URLSearchParams;
  headers: NodeJS.Dict<string | string[]>;
}

interface FoundVersion {
  publication: HeldPublication;
  release: HeldRelease;
  version: HeldVersion;
}

type Route = (site: Site, parts: string[], asked: Asked) => Reply | Promise<Reply>;

const GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

const ROUTES: [RegExp, Route][] = [
  [/^\/api\/redirects$/, (site) => jsonReply(redirectsBody(site.publications))],
  [/^\/api\/publications\/([^/]+)\/releases$/, listReleases],
  [/^\/api\/publications\/([^/]+)\/releases\/([^/]+)\/version-summary$/, summarizeVersion],
  [/^\/api\/publications\/([^/]+)\/releases\/([^/]+)\/data-content$/, listDataContent],
  [new RegExp(`^/api/releases/(${GUID})/files$`, "i"), sendBundle],
  [new RegExp(`^/api/releases/(${GUID})/files/(${GUID})$`, "i"), sendFile],
  [/^\/api\/data-set-files$/, listDataSetFiles],
  [new RegExp(`^/api/data-set-files/(${GUID})/download$`, "i"), sendDataSetFile],
];

/** The reply that EES would give; 404 for an address or a thing that it does not have. */
export async function answer(site: Site, address: string, headers: NodeJS.Dict<string | string[]>): Promise<Reply> {
  const { pathname, searchParams } = new URL(address, "http://stand-in");
  for (const [pattern, route] of ROUTES) {
    const parts = pattern.exec(pathname);
    if (parts !== null) return route(site, parts.slice(1), { address, query: searchParams, headers });
  }
  return problemReply(404);
}

function listReleases(site: Site, [slug]: string[], { query }: Asked): Reply {
  const publication = findServed(site, slug);
  if (publication === undefined) return problemReply(404);
  const paging = readPaging(query, 100);
  return paging === undefined ? refusePaging(100) : jsonReply(releasesBody(publication, paging));
}

function summarizeVersion(site: Site, [publicationSlug, slug]: string[]): Reply {
  const publication = findServed(site, publicationSlug);
  const release = publication?.releases.find((held) => held.slug === slug);
  if (publication === undefined || release === undefined) return problemReply(404);
  return jsonReply(versionSummaryBody(publication, release));
}

async function listDataContent(site: Site, [publicationSlug, slug]: string[], { address }: Asked): Promise<Reply> {
  const release = findServed(site, publicationSlug)?.releases.find((held) => held.slug === slug);
  if (release === undefined) return problemReply(404);
  const deltas = site.faults.takeAll("rows-delta", address).map(({ arg }) => readDelta(arg));
  const nulls = site.faults.takeAll("rows-null", address).map(({ arg }) => patternOf(arg));
  const body = await dataContentBody(release, currentVersion(release), (file, rows) => {
    if (rows === null || nulls.some((pattern) => pattern.test(file.name))) return null;
    const applying = deltas.filter(({ pattern }) => pattern.test(file.name));
    return applying.reduce((sum, { delta }) => sum + delta, rows);
  });
  return jsonReply(body);
}

async function sendBundle(site: Site, [id]: string[], { address, query, headers }: Asked): Promise<Reply> {
  const fileIds = query.getAll("fileIds");
  if (fileIds.length > 1) return problemReply(400, { fileIds: ["Providing multiple fileIds is deprecated."] });
  const asked = findVersion(site, id);
  if (asked === undefined) return problemReply(404);
  if (site.faults.take(["supersede-before-download"], address)) site.supersede(asked.publication, asked.release);
  const { publication, release, version } = asked;
  if (currentVersion(release) !== version) {
    return site.supersededZipStatus === 500 ? { status: 500, headers: {}, body: NO_BODY } : problemReply(403);
  }
  const lastModified = httpDate(version.lastUpdated);
  if (isNotModified(headers, version))
    return { status: 304, headers: { "Last-Modified": lastModified }, body: NO_BODY };
  const files = chooseFiles(site, version, fileIds[0], address);
  const damage = site.faults.take(BUNDLE_FAULTS, address);
  const contents = {
    publication: publication.title,
    release: release.title,
    files,
    date: new Date(version.lastUpdated),
  };
  return {
    status: 200,
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename="${publication.slug}_${release.slug}.zip"`,
      "Cache-Control": "public,max-age=300",
      "Last-Modified": lastModified,
    },
    body: () => (damage === undefined ? streamBundle(contents) : damageBundle(contents, damage)),
  };
}

/** A file that cannot be read is left out without a word, as EES does. */
function chooseFiles(site: Site, version: HeldVersion, fileId: string | undefined, address: string): HeldFile[] {
  const gone = site.faults.takeAll("missing-blob", address).map(({ arg }) => patternOf(arg));
  if (fileId === undefined) gone.push(...site.faults.takeAll("missing-file", address).map(({ arg }) => patternOf(arg)));
  return version.files.filter((file) => {
    const wanted = fileId === undefined ? file.inBundle !== false : file.fileId === fileId.toLowerCase();
    return wanted && isReadable(file) && !gone.some((pattern) => pattern.test(file.name));
  });
}

async function sendFile(site: Site, [id, fileId]: string[], { address, headers }: Asked): Promise<Reply> {
  const found = findVersion(site, id);
  if (found === undefined) return problemReply(404);
  if (currentVersion(found.release) !== found.version) return problemReply(403);
  const file = found.version.files.find((held) => held.fileId === fileId?.toLowerCase());
  if (file === undefined || isGone(site, file, address)) return problemReply(404);
  const validators = {
    "Last-Modified": httpDate(found.version.lastUpdated),
    ETag: `W/"${(await profileCsv(file)).md5}"`,
    "Cache-Control": "public,max-age=300",
  };
  const etags = String(headers["if-none-match"] ?? "").split(/\s*,\s*/);
  if (isNotModified(headers, found.version) || etags.includes(validators.ETag)) {
    return { status: 304, headers: validators, body: NO_BODY };
  }
  const empty = site.faults.take(["perFileEmpty"], address) !== undefined;
  return {
    status: 200,
    headers: { ...csvHeaders(file), ...validators },
    body: empty ? NO_BODY : () => openContent(file),
  };
}

function listDataSetFiles(site: Site, _parts: string[], { query }: Asked): Reply | Promise<Reply> {
  const paging = readPaging(query, 40);
  if (paging === undefined) return refusePaging(40);
  const wanted = query.get("releaseId");
  const releases = site.publications.flatMap((publication) =>
    publication.releases
      .filter((release) => wanted === null || release.id === wanted || currentVersion(release).id === wanted)
      .map((release): [HeldPublication, HeldRelease] => [publication, release]),
  );
  return dataSetFilesBody(releases, paging).then(jsonReply);
}

function sendDataSetFile(site: Site, [id]: string[], { address }: Asked): Reply {
  const files = site.publications.flatMap(({ releases }) => releases.flatMap((held) => currentVersion(held).files));
  const file = files.find((held) => held.dataSetFileId === id?.toLowerCase());
  if (file === undefined || isGone(site, file, address)) return problemReply(404);
  return { status: 200, headers: csvHeaders(file), body: () => openContent(file) };
}

function isGone(site: Site, file: HeldFile, address: string): boolean {
  const gone = site.faults.takeAll("missing-blob", address).map(({ arg }) => patternOf(arg));
  return !isReadable(file) || gone.some((pattern) => pattern.test(file.name));
}

function csvHeaders(file: HeldFile): Record<string, string> {
  return { "Content-Type": "text/csv", "Content-Disposition": `attachment; filename="${file.name}"` };
}

/** The Content API knows a publication by its current slug only; former ones are the website's business. */
function findServed(site: Site, slug: string | undefined): HeldPublication | undefined {
  return site.publications.find((publication) => publication.slug === slug && publication.releases.length > 0);
}

function findVersion(site: Site, id: string | undefined): FoundVersion | undefined {
  for (const publication of site.publications) {
    for (const release of publication.releases) {
      const version = release.versions.find((held) => held.id === id?.toLowerCase());
      if (version !== undefined) return { publication, release, version };
    }
  }
  return undefined;
}

function httpDate(time: string): string {
  return new Date(time).toUTCString();
}

/** Compares with the whole time, so that a version published within a second is never "not modified": as EES does. */
function isNotModified(headers: NodeJS.Dict<string | string[]>, version: HeldVersion): boolean {
  const since = headers["if-modified-since"];
  return typeof since === "string" && Date.parse(since) >= Date.parse(version.lastUpdated);
}

function readPaging(query: URLSearchParams, most: number): Paging | undefined {
  const page = Number(query.get("page") ?? 1);
  const pageSize = Number(query.get("pageSize") ?? 10);
  const fits = Number.isInteger(page) && page >= 1 && Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= most;
  return fits ? { page, pageSize } : undefined;
}

function refusePaging(most: number): Reply {
  return problemReply(400, { pageSize: [`'Page Size' must be between 1 and ${most}.`] });
}

function patternOf(arg: unknown): RegExp {
  return new RegExp(typeof arg === "string" ? arg : "", "i");
}

function readDelta(arg: unknown): { delta: number; pattern: RegExp } {
  if (typeof arg === "object" && arg !== null && "delta" in arg) {
    return { delta: Number(arg.delta), pattern: patternOf("file" in arg ? arg.file : undefined) };
  }
  return { delta: arg === undefined ? 1 : Number(arg), pattern: patternOf(undefined) };
}
