/**
 * What the stand-in EES holds: publications, their releases, each release's versions and files.
 * Ids are hashes of names, so that two servers over the same folder answer alike.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Readable } from "node:stream";

/** A data file as a test describes it. Without `bytes` and `path` EES knows it but cannot read it. */
export interface StandInFile {
  name: string;
  bytes?: Buffer | string;
  path?: string;
  /** As `data-content` prints it: `C1 Referrals and re-referrals, England 2013 to 2022`. Default: from the name. */
  title?: string;
  summary?: string;
  /** `numDataFileRows`; default: counted. */
  rows?: number | null;
  /** False: in the bundle but not in `data-content`. */
  listed?: boolean;
  /** False: in `data-content`, and to be had singly, but left out of the "all files" bundle. */
  inBundle?: boolean;
}

/** A release as a test describes it. `published` is the display date, `lastUpdated` when this version appeared. */
export interface StandInRelease {
  /** The publication's slug, current or former. */
  publication: string;
  slug: string;
  title?: string;
  published?: string;
  lastUpdated?: string;
  updateCount?: number;
  files: StandInFile[];
}

export interface StandInPublication {
  slug: string;
  formerSlugs?: string[];
  id?: string;
  title?: string;
  /** Releases older than EES: the list of releases holds only their title and address. */
  legacyReleases?: { title: string; url: string }[];
}

export interface HeldFile extends StandInFile {
  title: string;
  summary: string;
  /** Changes when the file is replaced. */
  fileId: string;
  /** Survives replacement. */
  dataSetFileId: string;
}

export interface HeldVersion {
  id: string;
  lastUpdated: string;
  updateCount: number;
  files: HeldFile[];
}

export interface HeldRelease {
  id: string;
  slug: string;
  title: string;
  coverageTitle: string;
  yearTitle: string;
  label: string | null;
  published: string;
  /** Oldest first; only the last one may be read. */
  versions: HeldVersion[];
}

export interface HeldPublication {
  slug: string;
  formerSlugs: string[];
  id: string;
  title: string;
  legacyReleases: { title: string; url: string }[];
  releases: HeldRelease[];
}

/** A GUID that is the same for the same words. */
export function makeGuid(...words: (string | number)[]): string {
  const hex = createHash("sha256").update(words.join("/")).digest("hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function holdPublication(publication: StandInPublication): HeldPublication {
  const { slug } = publication;
  return {
    slug,
    formerSlugs: publication.formerSlugs ?? [],
    id: publication.id ?? makeGuid("publication", slug),
    title: publication.title ?? sentenceOf(slug),
    legacyReleases: publication.legacyReleases ?? [],
    releases: [],
  };
}

/** Adds a release, newest last; a release of the same slug is refused, as EES has one per year, coverage and label. */
export function holdRelease(publication: HeldPublication, release: StandInRelease): HeldRelease {
  if (publication.releases.some((held) => held.slug === release.slug)) {
    throw new Error(`the stand-in already holds ${publication.slug}/${release.slug}: use amend`);
  }
  const published = release.published ?? defaultPublished(release.slug);
  const held: HeldRelease = {
    id: makeGuid("release", publication.slug, release.slug),
    slug: release.slug,
    ...namesOfRelease(release.slug),
    ...(release.title === undefined ? {} : { title: release.title }),
    published,
    versions: [],
  };
  held.versions.push({
    id: makeGuid("version", publication.slug, release.slug, 1),
    lastUpdated: release.lastUpdated ?? published,
    updateCount: release.updateCount ?? 0,
    files: release.files.map((file) => holdFile(publication, held, file, 1)),
  });
  publication.releases.push(held);
  publication.releases.sort((a, b) => Date.parse(a.published) - Date.parse(b.published));
  return held;
}

export function holdFile(
  publication: HeldPublication,
  release: HeldRelease,
  file: StandInFile,
  versionNumber: number,
): HeldFile {
  const title = file.title ?? titleOfFile(file.name);
  return {
    ...file,
    title,
    summary: file.summary ?? `${title.replace(/^[A-Z]\d\s/, "")}.`,
    fileId: makeGuid("file", publication.slug, release.slug, file.name.toLowerCase(), versionNumber),
    dataSetFileId: makeGuid("data-set-file", publication.slug, release.slug, file.name.toLowerCase()),
  };
}

/** The version that may be read: the latest published one. */
export function currentVersion(release: HeldRelease): HeldVersion {
  const version = release.versions.at(-1);
  if (version === undefined) throw new Error(`release ${release.slug} has no version`);
  return version;
}

/** Whether EES can read the file at all. */
export function isReadable(file: StandInFile): boolean {
  return file.bytes !== undefined || file.path !== undefined;
}

export function openContent(file: StandInFile): Readable {
  if (file.path !== undefined) return createReadStream(file.path);
  if (file.bytes !== undefined) return Readable.from([Buffer.from(file.bytes)]);
  throw new Error(`${file.name} has no content`);
}

export async function readContent(file: StandInFile): Promise<Buffer> {
  if (file.path !== undefined) return readFile(file.path);
  if (file.bytes !== undefined) return Buffer.from(file.bytes);
  throw new Error(`${file.name} has no content`);
}

export async function sizeOfContent(file: StandInFile): Promise<number> {
  if (file.path !== undefined) return (await stat(file.path)).size;
  return file.bytes === undefined ? 0 : Buffer.byteLength(file.bytes);
}

/** `2021` → Reporting year 2021; `2021-22` → Financial year 2021-22; anything after it is a label (`2021-revised`). */
function namesOfRelease(slug: string): Pick<HeldRelease, "title" | "coverageTitle" | "yearTitle" | "label"> {
  const match = /^(\d{4}(?:-\d{2}(?!\d))?)(?:-(.+))?$/.exec(slug);
  const yearTitle = match?.[1] ?? slug;
  const label = match?.[2] ?? null;
  const coverageTitle = yearTitle.includes("-") ? "Financial year" : "Reporting year";
  const title = [coverageTitle, yearTitle, label].filter((word) => word !== null).join(" ");
  return { title, coverageTitle, yearTitle, label };
}

/** The publication days of Children in need, 2021 to 2023 as published; later ones are invented, in late October. */
function defaultPublished(slug: string): string {
  const known: Record<string, string> = {
    2021: "2021-10-28T08:30:02Z",
    2022: "2022-10-27T08:30:00Z",
    2023: "2023-10-26T08:30:00Z",
    2024: "2024-10-31T09:30:00Z",
    2025: "2025-10-30T09:30:00Z",
  };
  const year = /\d{4}/.exec(slug)?.[0] ?? "2020";
  return known[year] ?? `${year}-10-28T09:30:00Z`;
}

/** DfE's titles of the data sets that a reader is likely to look up; others are made from the file's name. */
const TITLES: Record<string, string> = {
  b1: "B1 Children in need",
  c1: "C1 Referrals and re-referrals to children's social care services",
  c4: "C4 Section 47 enquiries and initial child protection conferences",
  d1: "D1 Child protection plans",
};

function titleOfFile(name: string): string {
  const stem = name.toLowerCase().replace(/\.csv$/, "");
  const years = /_(\d{4})(?:_to_(\d{4}))?$/.exec(stem);
  const [, code, rest] = /^(?:([a-z]\d)_)?(.*)$/.exec(stem.slice(0, years?.index ?? stem.length)) ?? [];
  const subject = (code && TITLES[code]) || [code?.toUpperCase(), sentenceOf(rest ?? stem)].filter(Boolean).join(" ");
  if (years === null) return subject;
  return `${subject}, England ${years[1]}${years[2] === undefined ? "" : ` to ${years[2]}`}`;
}

function sentenceOf(slug: string): string {
  const words = slug.replaceAll(/[-_]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
