/** The releases that letters need: those that are held, for councils that have come since; and those that are missing. */
import type { Authority } from "./catalogue/authorities.ts";
import { EXIT, messageOf, SourceUnreachableError } from "./errors.ts";
import { recallRelease } from "./extract/archived-release.ts";
import { type FoundPublication, findReleases } from "./extract/ees.ts";
import {
  countOpenFor,
  findHeldReleases,
  readLedgerVersions,
  readMissingReleases,
  readOpenCells,
  saveMissingRelease,
} from "./load/answers.ts";
import { loadKept, type ReleaseOutcome, type Road, refreshRelease } from "./release-road.ts";
import { findNeededReleases } from "./resolve/needed-releases.ts";

/** What is known of the publication when loading begins. */
export interface LoadingStart {
  /** As EES listed it in this run; null: not asked yet. */
  found: FoundPublication | null;
  /** Outcomes of this run so far: what failed is not tried again. */
  outcomes: readonly ReleaseOutcome[];
  /** True: nothing is fetched. */
  offline: boolean;
}

/** A publication has a few dozen releases; a loop that goes on has lost its way. */
const MOST_ROUNDS = 100;

/**
 * Reads held releases again from the archive where they lack a council that has a letter, or where the catalogue reads
 * them otherwise by now: what is there does not hang on the order in which letters and releases came.
 */
export async function widenHeld(road: Road, authorities: readonly Authority[]): Promise<ReleaseOutcome[]> {
  const { warehouse, archive, publication } = road;
  const outcomes: ReleaseOutcome[] = [];
  for (const held of await readLedgerVersions(warehouse, publication, authorities)) {
    if (held.isCurrent) continue;
    const recalled = await recallRelease(archive, publication, held.version, held.files, held.absent);
    if (recalled === null || recalled.files.length === 0) continue;
    const outcome = await loadKept(road, recalled, true);
    // What the version lacks was told when it came.
    const problems = outcome.problems.filter((problem) => !KNOWN_BEFORE.includes(problem.code));
    outcomes.push({ ...outcome, problems, exitCode: problems.length > 0 ? EXIT.partial : EXIT.done });
  }
  return outcomes;
}

const KNOWN_BEFORE = ["data-set-absent", "rows-not-checked", "unknown-column"];

/** Loads, one after another, the releases that the letters' cells need and the warehouse does not hold. */
export async function loadNeeded(
  road: Road,
  authorities: readonly Authority[],
  areaCodes: readonly string[] | null,
  start: LoadingStart,
): Promise<ReleaseOutcome[]> {
  const { warehouse, publication } = road;
  const outcomes: ReleaseOutcome[] = [];
  const tried = new Set(start.outcomes.filter(isFailed).map((outcome) => outcome.report.release));
  let found = start.found;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const cells = await readOpenCells(warehouse, publication.slug, areaCodes);
    if (cells.length === 0) return outcomes;
    if (found === null && !start.offline) {
      const listing = await listReleases(road);
      if ("report" in listing) return [...outcomes, listing];
      found = listing;
    }
    const held = await findHeldReleases(warehouse, publication, authorities);
    const listed = found?.releases ?? [];
    const [slug] = findNeededReleases(cells, listed, held, [...tried]);
    if (slug === undefined) return outcomes;
    tried.add(slug);
    const outcome = await loadOne(road, found, slug, start.offline);
    if (outcome !== null) outcomes.push(outcome);
  }
  throw new Error(`${publication.slug}: over ${MOST_ROUNDS} releases were needed`);
}

function isFailed(outcome: ReleaseOutcome): boolean {
  return outcome.report.status === "failed";
}

/** The list of releases, or the outcome that stands for not having it. */
async function listReleases(road: Road): Promise<FoundPublication | ReleaseOutcome> {
  try {
    return await findReleases(road.ees, road.publication);
  } catch (error) {
    road.signal?.throwIfAborted();
    if (!(error instanceof SourceUnreachableError)) throw error;
    return {
      report: { publication: road.publication.slug, release: "", version_id: null, status: "failed", files: [] },
      problems: [{ code: error.code, message: `what EES has could not be asked: ${messageOf(error)}` }],
      exitCode: error.exitCode,
    };
  }
}

/** Null where there is nothing to be said: a release that was missed before, and is still not listed. */
async function loadOne(
  road: Road,
  found: FoundPublication | null,
  slug: string,
  offline: boolean,
): Promise<ReleaseOutcome | null> {
  const { warehouse, publication, stamp } = road;
  const isListed = found?.releases.some((release) => release.slug === slug) === true;
  if (!isListed) {
    const missing = await readMissingReleases(warehouse, publication.slug);
    if (offline || found === null || missing.includes(slug)) return null;
  }
  const outcome = await refreshRelease(road, found?.slug ?? publication.slug, slug);
  const [problem] = outcome.problems;
  if (isFailed(outcome) && problem !== undefined) {
    const { code, message: reason } = problem;
    await saveMissingRelease(warehouse, { publication: publication.slug, release: slug, code, reason }, stamp);
  }
  return outcome;
}

/**
 * A release that EES does not have leaves nothing undone where another one holds the figures; where cells stay open
 * because of it, something is left for a person.
 */
export async function judgeMissing(
  outcomes: readonly ReleaseOutcome[],
  road: Road,
  areaCodes: readonly string[] | null,
): Promise<ReleaseOutcome[]> {
  const judged: ReleaseOutcome[] = [];
  for (const outcome of outcomes) {
    const { release } = outcome.report;
    if (!isFailed(outcome) || release === "" || outcome.problems[0]?.code !== "http-404") judged.push(outcome);
    else {
      const open = await countOpenFor(road.warehouse, release, areaCodes);
      const left = open === 0 ? "other releases hold what it is cited for" : `${open} answers stay open`;
      const message = `EES does not have release ${release}; ${left}`;
      const problems = [{ code: "release-not-had", message }, ...outcome.problems];
      judged.push({ ...outcome, problems, exitCode: open === 0 ? EXIT.done : EXIT.partial });
    }
  }
  return judged;
}
