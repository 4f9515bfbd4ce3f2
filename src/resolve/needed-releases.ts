/** Which releases have to be loaded so that every cell can be filled that DfE has published. */
import { firstReleaseOf } from "../catalogue/release-coverage.ts";

/** A cell that DfE may fill. */
export interface OpenCell {
  publication: string;
  /** Data set that holds the cell's column. */
  dataSet: string;
  /** The release that the letter points to; null where it points to none in particular, or not at all. */
  cited: string | null;
  /** Last day of the cell's period. */
  periodEnd: string;
  /** ISO date; null where the letter has none. */
  letterDate: string | null;
  /** False: the council gave a figure, and DfE's newest is only set beside it. */
  blank: boolean;
}

/** A release as EES lists it. */
export interface ListedRelease {
  slug: string;
  /** When it came out; null where EES does not say. */
  publishedAt: string | null;
}

/** What the warehouse holds of a release. */
export interface HeldRelease {
  slug: string;
  dataSets: readonly string[];
}

/**
 * The newest; for each blank cell the cited one, whether EES lists it or not, the newest on its letter's date and, where
 * these end before the cell's period, the first that holds it. While a cell's data set is in none of these,
 * one older release after another.
 * @param listed newest first.
 * @param held what is loaded already, and was asked for in vain: `failed`.
 * @returns slugs that are neither held nor failed, in the order of `listed`, unlisted ones first.
 */
export function findNeededReleases(
  cells: readonly OpenCell[],
  listed: readonly ListedRelease[],
  held: readonly HeldRelease[],
  failed: readonly string[],
): string[] {
  if (cells.length === 0) return [];
  const needed = new Set(listed.slice(0, 1).map((release) => release.slug));
  for (const cell of cells.filter((one) => one.blank)) {
    for (const slug of releasesFor(cell, listed)) needed.add(slug);
  }
  const done = new Set([...held.map((release) => release.slug), ...failed]);
  const missing = [...needed].filter((slug) => !done.has(slug));
  if (missing.length === 0) missing.push(...findOlder(cells, listed, held, done));
  const place = (slug: string) => listed.findIndex((release) => release.slug === slug);
  return missing.sort((one, other) => place(one) - place(other));
}

function releasesFor(cell: OpenCell, listed: readonly ListedRelease[]): string[] {
  const atLetter = listed.find(
    ({ publishedAt }) =>
      publishedAt !== null && cell.letterDate !== null && publishedAt.slice(0, 10) <= cell.letterDate,
  );
  const pointedTo = [cell.cited, atLetter?.slug].filter((slug) => typeof slug === "string");
  const first = firstReleaseOf(cell.publication, cell.periodEnd);
  const isListed = listed.some((release) => release.slug === first);
  const isLater = first !== null && pointedTo.length > 0 && pointedTo.every((slug) => slug < first);
  return isLater && isListed ? [...pointedTo, first] : pointedTo;
}

/** The newest release not tried yet, where a cell's data set is in none that is held. */
function findOlder(
  cells: readonly OpenCell[],
  listed: readonly ListedRelease[],
  held: readonly HeldRelease[],
  done: ReadonlySet<string>,
): string[] {
  const open = cells.filter((cell) => {
    const first = firstReleaseOf(cell.publication, cell.periodEnd);
    const holders = held.filter((release) => release.dataSets.includes(cell.dataSet));
    return first !== null && !holders.some((release) => release.slug >= first);
  });
  const starts = open.map((cell) => firstReleaseOf(cell.publication, cell.periodEnd) as string);
  const next = listed.find(({ slug }) => !done.has(slug) && starts.some((start) => slug >= start));
  return next === undefined ? [] : [next.slug];
}
