/**
 * The Content API's JSON bodies, with the fields of its response classes.
 * Source: dfe-analytical-services/explore-education-statistics, Content.Services/Releases/Dtos.
 */
import { type CsvProfile, profileCsv } from "./csv-profile.ts";
import {
  currentVersion,
  type HeldFile,
  type HeldPublication,
  type HeldRelease,
  type HeldVersion,
  isReadable,
  makeGuid,
  sizeOfContent,
} from "./holdings.ts";

export interface Paging {
  page: number;
  pageSize: number;
}

/** Replaces `numDataFileRows` of a file on its way out: a fault. */
export type RowsChange = (file: HeldFile, rows: number | null) => number | null;

const THEME = { id: makeGuid("theme", "Children's social care"), title: "Children's social care" };

export function redirectsBody(publications: HeldPublication[]) {
  return {
    publicationRedirects: publications.flatMap((publication) =>
      publication.formerSlugs.map((fromSlug) => ({ fromSlug, toSlug: publication.slug })),
    ),
    methodologyRedirects: [],
    releaseRedirectsByPublicationSlug: {},
  };
}

/** Newest first; releases older than EES come last, without an id or a slug. */
export function releasesBody(publication: HeldPublication, paging: Paging) {
  const releases = [...publication.releases].reverse().map((release) => releaseEntry(publication, release));
  return pageOf([...releases, ...publication.legacyReleases], paging);
}

function releaseEntry(publication: HeldPublication, release: HeldRelease) {
  return {
    releaseId: release.id,
    isLatestRelease: isLatest(publication, release),
    label: release.label,
    lastUpdated: currentVersion(release).lastUpdated,
    published: release.published,
    slug: release.slug,
    title: release.title,
    coverageTitle: release.coverageTitle,
    yearTitle: release.yearTitle,
  };
}

export function versionSummaryBody(publication: HeldPublication, release: HeldRelease) {
  const version = currentVersion(release);
  return {
    id: version.id,
    ...releaseEntry(publication, release),
    publishingOrganisations: [],
    type: "AccreditedOfficialStatistics",
    preReleaseAccessList: null,
    updateCount: version.updateCount,
    publication: { id: publication.id, slug: publication.slug, title: publication.title },
  };
}

/** Data sets in the order of the release; file names are not told here. */
export async function dataContentBody(release: HeldRelease, version: HeldVersion, changeRows: RowsChange) {
  const listed = version.files.filter((file) => file.listed !== false);
  const dataSets = await Promise.all(
    listed.map(async (file) => {
      const { numDataFileRows, ...meta } = await metaOf(file);
      return {
        dataSetFileId: file.dataSetFileId,
        fileId: file.fileId,
        subjectId: makeGuid("subject", file.fileId),
        meta: { ...meta, numDataFileRows: changeRows(file, numDataFileRows) },
        title: file.title,
        summary: file.summary,
        publicApiDataSetId: null,
        isApiEnabled: false,
      };
    }),
  );
  return {
    releaseId: release.id,
    releaseVersionId: version.id,
    dataDashboards: null,
    dataGuidance: "<p>Figures of local authorities are not rounded; national and regional ones are rounded to 10.</p>",
    dataSets,
    featuredTables: [],
    supportingFiles: [],
  };
}

/** `/api/data-set-files`: the only listing that tells file names. */
export async function dataSetFilesBody(releases: [HeldPublication, HeldRelease][], paging: Paging) {
  const all = await Promise.all(releases.map(([publication, release]) => listDataSetFiles(publication, release)));
  return pageOf(all.flat(), paging);
}

function listDataSetFiles(publication: HeldPublication, release: HeldRelease) {
  const version = currentVersion(release);
  const listed = version.files.filter((file) => file.listed !== false);
  return Promise.all(
    listed.map(async (file) => {
      const { timePeriodRange, ...meta } = await metaOf(file);
      return {
        id: file.dataSetFileId,
        fileId: file.fileId,
        filename: file.name,
        fileSize: `${Math.max(1, Math.round((await sizeOfContent(file)) / 1024))} Kb`,
        fileExtension: "csv",
        title: file.title,
        content: file.summary,
        theme: THEME,
        publication: { id: publication.id, title: publication.title, slug: publication.slug },
        release: { id: release.id, title: release.title, slug: release.slug },
        latestData: isLatest(publication, release),
        isSuperseded: false,
        published: release.published,
        lastUpdated: version.lastUpdated,
        meta: { ...meta, timePeriodRange: { from: timePeriodRange.start, to: timePeriodRange.end } },
      };
    }),
  );
}

/** ASP.NET's error body. */
export function problemBody(status: number, errors?: Record<string, string[]>) {
  const titles: Record<number, string> = { 400: "Bad Request", 403: "Forbidden", 404: "Not Found" };
  return {
    ...(errors === undefined ? {} : { errors }),
    type: `https://tools.ietf.org/html/rfc9110#section-15.5.${status - 399}`,
    title: errors === undefined ? titles[status] : "One or more validation errors occurred.",
    status,
    traceId: `00-${makeGuid("trace", status).replaceAll("-", "")}-0000000000000000-00`,
  };
}

function isLatest(publication: HeldPublication, release: HeldRelease): boolean {
  return publication.releases.at(-1) === release;
}

async function metaOf(file: HeldFile) {
  const profile = isReadable(file) ? await profileCsv(file) : profileFromTitle(file);
  const { filters, geographicLevels, indicators, timePeriodRange } = profile;
  return {
    filters,
    geographicLevels,
    indicators,
    numDataFileRows: file.rows === undefined ? profile.rows : file.rows,
    timePeriodRange,
  };
}

/** A data set whose file cannot be read was imported once: it has metadata all the same. */
function profileFromTitle(file: HeldFile): CsvProfile {
  const [start = "", end = start] = file.title.match(/\d{4}/g) ?? [];
  return {
    rows: 1802,
    timePeriodRange: { start, end },
    geographicLevels: ["Local authority", "National", "Regional"],
    filters: ["category"],
    indicators: [],
    md5: "",
  };
}

function pageOf<T>(all: T[], { page, pageSize }: Paging) {
  return {
    results: all.slice((page - 1) * pageSize, page * pageSize),
    paging: { page, pageSize, totalResults: all.length, totalPages: Math.ceil(all.length / pageSize) },
  };
}
