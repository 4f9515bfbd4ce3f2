/**
 * Explore Education Statistics (EES), the Content API: which releases a publication has, which version of one is
 * published, and which data sets it lists. The routes are EES's internal ones, so every answer's shape is checked.
 */
import * as v from "valibot";
import type { Publication } from "../catalogue/publications.ts";
import { redactUrl } from "../config.ts";
import { HttpStatusError, SourceUnreachableError } from "../errors.ts";
import { type Fetching, fetchJson } from "./http.ts";

/** One release as the publication's list gives it. */
export interface ListedRelease {
  slug: string;
  title: string;
  /** When the release first came out, as ISO, UTC; null where the list does not say. */
  publishedAt: string | null;
  /** When the version that is published now came out; null where the list does not say. */
  updatedAt: string | null;
}

/** The version of a release that is published now. */
export interface ReleaseVersion {
  /** EES release slug: `2022`. */
  slug: string;
  /** New with every amendment; the old one then stops working. */
  id: string;
  releaseId: string | null;
  title: string | null;
  /** When this very version was published: EES `lastUpdated`, not the inherited display date. ISO, UTC. */
  publishedAt: string;
  updateCount: number | null;
  isLatest: boolean;
  /** As far as DfE has said: `2026-10`. */
  nextRelease: string | null;
}

/** One data set that the manifest lists. */
export interface ListedDataSet {
  title: string;
  /** The title's leading code, `C1`; null where it has none. */
  code: string | null;
  fileId: string;
  dataSetFileId: string | null;
  /** Records without the header; null when EES does not publish it. */
  rows: number | null;
}

export interface Ees {
  /** The base address, without a trailing slash. */
  api: string;
  fetching: Fetching;
}

const Redirects = v.object({
  publicationRedirects: v.array(v.object({ fromSlug: v.string(), toSlug: v.string() })),
  releaseRedirectsByPublicationSlug: v.optional(
    v.record(v.string(), v.array(v.object({ fromSlug: v.string(), toSlug: v.string() }))),
    {},
  ),
});

const ReleaseList = v.object({
  // Entries without a slug are links to releases from before EES, kept elsewhere.
  results: v.array(
    v.object({
      slug: v.optional(v.string()),
      title: v.optional(v.string(), ""),
      published: v.nullish(v.string()),
      lastUpdated: v.nullish(v.string()),
    }),
  ),
  paging: v.object({ page: v.number(), totalPages: v.number() }),
});

const PartialDate = v.object({
  year: v.union([v.string(), v.number()]),
  month: v.nullish(v.union([v.string(), v.number()])),
  day: v.nullish(v.union([v.string(), v.number()])),
});

const VersionSummary = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  releaseId: v.nullish(v.string()),
  slug: v.string(),
  title: v.nullish(v.string()),
  published: v.nullish(v.string()),
  lastUpdated: v.nullish(v.string()),
  updateCount: v.nullish(v.number()),
  isLatestRelease: v.nullish(v.boolean()),
  nextReleaseDate: v.nullish(PartialDate),
});

const FileId = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));
const DataContent = v.object({
  dataSets: v.array(
    v.object({
      dataSetFileId: v.nullish(FileId),
      fileId: FileId,
      title: v.string(),
      meta: v.nullish(v.object({ numDataFileRows: v.nullish(v.number()) })),
    }),
  ),
});

/** A publication as EES knows it at the moment. */
export interface FoundPublication {
  slug: string;
  /** Newest first, as EES orders them. */
  releases: ListedRelease[];
}

/**
 * Finds the publication under its current slug, through EES's redirects when the catalogue's has been renamed again.
 * @throws SourceUnreachableError
 */
export async function findReleases(ees: Ees, publication: Publication): Promise<FoundPublication> {
  try {
    return { slug: publication.slug, releases: await listReleases(ees, publication.slug) };
  } catch (error) {
    if (!isGone(error)) throw error;
    const slug = await redirectedSlug(ees, publication);
    if (slug === null) throw error;
    return { slug, releases: await listReleases(ees, slug) };
  }
}

/** Far beyond what any publication has; more is no list that ends. */
const MOST_PAGES = 100;

/** All pages or nothing. */
async function listReleases(ees: Ees, slug: string): Promise<ListedRelease[]> {
  const releases: ListedRelease[] = [];
  for (let page = 1; ; page += 1) {
    const url = `${ees.api}/publications/${encodeURIComponent(slug)}/releases?page=${page}&pageSize=20`;
    const list = await fetchShape(ees, url, ReleaseList);
    for (const { slug: release, title, published, lastUpdated } of list.results) {
      if (release === undefined) continue;
      releases.push({ slug: release, title, publishedAt: isoOf(published), updatedAt: isoOf(lastUpdated) });
    }
    if (list.paging.totalPages <= page) return releases;
    if (page >= MOST_PAGES) throw unexpected(url, `${list.paging.totalPages} pages of releases`);
  }
}

/** EES's times are UTC; one without a zone must not become the time of wherever this runs. Null where there is none. */
function isoOf(date: string | null | undefined): string | null {
  const instant = Date.parse(date != null && /T[\d:.]+$/.test(date) ? `${date}Z` : String(date));
  return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}

async function redirectedSlug(ees: Ees, publication: Publication): Promise<string | null> {
  const { publicationRedirects } = await fetchShape(ees, `${ees.api}/redirects`, Redirects);
  const known = [publication.slug, ...publication.formerSlugs];
  // The catalogue's own former slugs lead to its slug, which is the one that is gone.
  const useful = publicationRedirects.filter(({ toSlug }) => toSlug !== publication.slug);
  return useful.find(({ fromSlug }) => known.includes(fromSlug))?.toSlug ?? null;
}

/**
 * The version of a release that is published now. A release slug that was renamed is followed once.
 * @throws HttpStatusError 404 when the release is not, or no longer, there.
 */
export async function findVersion(ees: Ees, publicationSlug: string, releaseSlug: string): Promise<ReleaseVersion> {
  try {
    return await readVersion(ees, publicationSlug, releaseSlug);
  } catch (error) {
    if (!isGone(error)) throw error;
    const { releaseRedirectsByPublicationSlug } = await fetchShape(ees, `${ees.api}/redirects`, Redirects);
    const renamed = releaseRedirectsByPublicationSlug[publicationSlug]?.find((one) => one.fromSlug === releaseSlug);
    if (renamed === undefined) throw error;
    return readVersion(ees, publicationSlug, renamed.toSlug);
  }
}

async function readVersion(ees: Ees, publicationSlug: string, releaseSlug: string): Promise<ReleaseVersion> {
  const url = `${releaseUrl(ees, publicationSlug, releaseSlug)}/version-summary`;
  const summary = await fetchShape(ees, url, VersionSummary);
  const said = summary.lastUpdated ?? summary.published;
  const publishedAt = isoOf(said);
  if (publishedAt === null) throw unexpected(url, `no date of publication (${JSON.stringify(said)})`);
  return {
    slug: summary.slug,
    id: summary.id,
    releaseId: summary.releaseId ?? null,
    title: summary.title ?? null,
    publishedAt,
    updateCount: summary.updateCount ?? null,
    isLatest: summary.isLatestRelease === true,
    nextRelease: describePartialDate(summary.nextReleaseDate),
  };
}

function describePartialDate(date: v.InferOutput<typeof PartialDate> | null | undefined): string | null {
  if (date == null) return null;
  const parts = [date.year, date.month, date.day].map((part) => String(part ?? "").trim());
  const end = parts.indexOf("");
  return (end < 0 ? parts : parts.slice(0, end)).map((part) => part.padStart(2, "0")).join("-");
}

/** The manifest: what the release's bundle must hold. */
export async function readManifest(ees: Ees, publicationSlug: string, releaseSlug: string): Promise<ListedDataSet[]> {
  const url = `${releaseUrl(ees, publicationSlug, releaseSlug)}/data-content`;
  const { dataSets } = await fetchShape(ees, url, DataContent);
  return dataSets.map((dataSet) => ({
    title: dataSet.title,
    code: /^\s*([A-Za-z]\d{1,2})\b/.exec(dataSet.title)?.[1]?.toUpperCase() ?? null,
    fileId: dataSet.fileId,
    dataSetFileId: dataSet.dataSetFileId ?? null,
    rows: countOf(dataSet.meta?.numDataFileRows),
  }));
}

/** A data set without rows can't be imported, so 0 means that nobody counted. */
function countOf(rows: number | null | undefined): number | null {
  return rows != null && Number.isInteger(rows) && rows > 0 ? rows : null;
}

function releaseUrl(ees: Ees, publicationSlug: string, releaseSlug: string): string {
  return `${ees.api}/publications/${encodeURIComponent(publicationSlug)}/releases/${encodeURIComponent(releaseSlug)}`;
}

/** The "all files" zip. */
export function bundleUrl(ees: Ees, versionId: string): string {
  return `${ees.api}/releases/${encodeURIComponent(versionId)}/files`;
}

/** A zip with one file; asked for singly it is not EES's hourly cached archive. */
export function singleFileUrl(ees: Ees, versionId: string, fileId: string): string {
  return `${bundleUrl(ees, versionId)}?fileIds=${encodeURIComponent(fileId)}`;
}

/** One data set's CSV, of the newest version of its release. */
export function dataSetFileUrl(ees: Ees, dataSetFileId: string): string {
  return `${ees.api}/data-set-files/${encodeURIComponent(dataSetFileId)}/download`;
}

/** Whether an answer may mean that a version was superseded, or a slug renamed. EES answers 403, 404 and 500 alike. */
export function mayBeSuperseded(error: unknown): boolean {
  return error instanceof HttpStatusError && [403, 404, 500].includes(error.statusCode);
}

function isGone(error: unknown): boolean {
  return error instanceof HttpStatusError && error.statusCode === 404;
}

async function fetchShape<S extends v.GenericSchema>(ees: Ees, url: string, schema: S): Promise<v.InferOutput<S>> {
  const answer = v.safeParse(schema, await fetchJson(url, ees.fetching));
  if (answer.success) return answer.output;
  const issue = answer.issues[0];
  throw unexpected(url, `${v.getDotPath(issue) ?? "the document"}: ${issue.message}`);
}

function unexpected(url: string, problem: string): SourceUnreachableError {
  return new SourceUnreachableError("unexpected-answer", `${redactUrl(url)} is not what EES answers: ${problem}`);
}
