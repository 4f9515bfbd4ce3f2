/**
 * Which years a release holds, by the pattern that its publication keeps to: for judging a release that can no longer be
 * had, and for telling which release was the first to hold a year. Data, no I/O.
 * Source: the files of *Children in need* 2022 to 2025: each holds every reporting year from 2013 to its own. A release
 * slug that is not one year follows no pattern that is known here.
 */
export interface ReleaseCoverage {
  publication: string;
  /** First reporting year of the series: 2013 is the year to 31 March 2013. */
  firstYear: number;
  /** Months from a period's end to the release that first holds it: late October for the year to 31 March. */
  monthsToRelease: number;
}

export const RELEASE_COVERAGE: readonly ReleaseCoverage[] = [
  { publication: "children-in-need", firstYear: 2013, monthsToRelease: 7 },
];

/** The coverage of a publication's releases; undefined where no pattern is known. */
export function releaseCoverageOf(publication: string): ReleaseCoverage | undefined {
  return RELEASE_COVERAGE.find((one) => one.publication === publication);
}

/** First day of a series whose first reporting year this is. */
export function seriesStartOf({ firstYear }: ReleaseCoverage): string {
  return `${firstYear - 1}-04-01`;
}

/** First and last day that a release's series covers; null where its slug or publication follows no known pattern. */
export function coverageOf(publication: string, release: string): { from: string; until: string } | null {
  const coverage = releaseCoverageOf(publication);
  if (coverage === undefined || !/^(19|20)\d\d$/.test(release)) return null;
  return { from: seriesStartOf(coverage), until: `${release}-03-31` };
}

/** The slug of the release that first held a period that ends on this day; null where the series has no such period. */
export function firstReleaseOf(publication: string, periodEnd: string): string | null {
  const coverage = releaseCoverageOf(publication);
  const match = /^(\d{4})-03-31$/.exec(periodEnd);
  if (coverage === undefined || match === null) return null;
  return Number(match[1]) >= coverage.firstYear ? (match[1] as string) : null;
}
