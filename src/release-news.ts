/**
 * What is new at EES: releases that came, were amended or went away since they were last looked at. A night on which nothing is new
 * takes three small requests: the list, the newest release (its next date, its count of amendments), and of the others the
 * one that was not looked at for the longest; the list tells when each was last amended.
 */
import type { Publication } from "./catalogue/publications.ts";
import { HttpStatusError, SourceNotTrustedError, SourceUnreachableError } from "./errors.ts";
import { type Ees, type FoundPublication, findReleases, findVersion, type ListedRelease } from "./extract/ees.ts";
import { findKnownReleases, type KnownRelease } from "./load/known-releases.ts";
import type { Warehouse } from "./load/warehouse.ts";

export interface ReleaseNews {
  /** The publication as EES lists it. */
  found: FoundPublication;
  /** Releases to ask for: new ones, amended ones, and those whose turn it is. */
  toAsk: string[];
  /** Of those, the ones that were never loaded. */
  isNew: string[];
  /** Releases that are loaded and that EES has no more. */
  withdrawn: string[];
}

/** So many releases going away at once is a fault of the list, not of the releases. */
const MOST_WITHDRAWN_PART = 0.5;

/**
 * Compares EES's list with the ledger.
 * @throws SourceUnreachableError; SourceNotTrustedError when the list has lost half of what is loaded.
 */
export async function findNews(ees: Ees, warehouse: Warehouse, publication: Publication): Promise<ReleaseNews> {
  const found = await findReleases(ees, publication);
  const { slug: eesSlug, releases: listed } = found;
  const newest = listed[0];
  if (newest === undefined) {
    throw new SourceUnreachableError("no-releases", `EES lists no release of ${publication.slug}`);
  }
  const known = await findKnownReleases(warehouse, publication);
  const isNew = listed.filter((release) => isUnseen(release, listed, known)).map((release) => release.slug);
  const amended = listed.filter((release) => isAmended(release, known)).map((release) => release.slug);
  const withdrawn = await confirmWithdrawn(ees, eesSlug, listed, known);
  const toAsk = new Set([newest.slug, ...isNew, ...amended]);
  const longest = known
    .filter((one) => one.status !== "withdrawn" && !toAsk.has(one.release))
    .filter((one) => listed.some((release) => release.slug === one.release))
    .sort((one, other) => (one.lastCheckedAt < other.lastCheckedAt ? -1 : 1))[0];
  if (longest !== undefined) toAsk.add(longest.release);
  return { found, toAsk: [...toAsk], isNew, withdrawn };
}

/** Newer than all that is loaded. Older ones were left out on purpose, or wait for a referral that needs them. */
function isUnseen(release: ListedRelease, listed: readonly ListedRelease[], known: readonly KnownRelease[]): boolean {
  if (known.some((one) => one.release === release.slug)) return false;
  const place = listed.indexOf(release);
  const newestKnown = listed.findIndex((other) => known.some((one) => one.release === other.slug));
  return newestKnown < 0 ? place === 0 : place < newestKnown;
}

/** Amended, seen and never had, back after it was withdrawn, or read by a catalogue that knew less. */
function isAmended(release: ListedRelease, known: readonly KnownRelease[]): boolean {
  const one = known.find((candidate) => candidate.release === release.slug);
  if (one === undefined) return false;
  if (one.status === "withdrawn" || one.status === "seen" || !one.isCurrent) return true;
  return release.updatedAt !== null && release.updatedAt !== one.publishedAt;
}

/** A release that the list does not have is asked for by name, as slugs are renamed. */
async function confirmWithdrawn(
  ees: Ees,
  eesSlug: string,
  listed: readonly ListedRelease[],
  known: readonly KnownRelease[],
): Promise<string[]> {
  const standing = known.filter((one) => one.status === "loaded" || one.status === "incomplete");
  const missing = standing.filter((one) => !listed.some((release) => release.slug === one.release));
  if (missing.length > 1 && missing.length > standing.length * MOST_WITHDRAWN_PART) {
    throw new SourceNotTrustedError(
      "list-shrunk",
      `EES lists ${standing.length - missing.length} of the ${standing.length} releases of ${eesSlug} that are loaded; ` +
        `missing: ${missing.map((one) => one.release).join(", ")}. Nothing was marked as withdrawn`,
    );
  }
  const gone: string[] = [];
  for (const { release } of missing) if (await isGone(ees, eesSlug, release)) gone.push(release);
  return gone;
}

async function isGone(ees: Ees, eesSlug: string, release: string): Promise<boolean> {
  try {
    await findVersion(ees, eesSlug, release);
    return false;
  } catch (error) {
    if (error instanceof HttpStatusError && error.statusCode === 404) return true;
    throw error;
  }
}
