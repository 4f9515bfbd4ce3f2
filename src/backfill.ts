/**
 * The road from blanks to answers: plan every letter, find the releases that its blanks need, load those that are missing by
 * the same road as `refresh`, and see what is filled. `refresh` ends with it.
 */
import { type Authority, areaCodeOf } from "./catalogue/authorities.ts";
import { PUBLICATIONS } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import { EXIT, type ExitCode, messageOf, SourceUnreachableError } from "./errors.ts";
import { openArchive } from "./extract/archive.ts";
import { type FoundPublication, findReleases } from "./extract/ees.ts";
import { recallRelease } from "./extract/release.ts";
import {
  countAnswers,
  countOpenFor,
  type FillCounts,
  findHeldReleases,
  findLocalRelease,
  readMissingReleases,
  readOpenCells,
  saveMissingRelease,
} from "./load/answers.ts";
import { type RunOutcome, recordRun } from "./load/ledger.ts";
import { planLetters } from "./load/plans.ts";
import { findCouncilsWithLetters } from "./load/release.ts";
import { openForWriting } from "./load/warehouse.ts";
import { readAuthorities } from "./named-authorities.ts";
import {
  loadKept,
  type Problem,
  type ReleaseOutcome,
  type ReleaseReport,
  type Road,
  type RoadWatcher,
  refreshRelease,
  summarise,
} from "./release-road.ts";
import { findNeededReleases } from "./resolve/needed-releases.ts";

export interface BackfillReport {
  run_id: string;
  status: RunOutcome["status"];
  /** Releases that were asked for; empty where all that is needed was there. */
  releases: ReleaseReport[];
  problems: Problem[];
  /** Of the letters of the councils asked for. */
  answers: FillCounts;
  exitCode: ExitCode;
}

/** What filling did besides loading releases. */
export interface Filling {
  outcomes: ReleaseOutcome[];
  /** Plans that changed. */
  planned: number;
  answers: FillCounts;
}

/** What is known of the publication when filling begins. */
export interface FillingStart {
  /** As EES listed it in this run; null: not asked yet. */
  found: FoundPublication | null;
  /** Outcomes of this run so far: what failed is not tried again. */
  outcomes: readonly ReleaseOutcome[];
  /** Only letters of these councils; null: of all. */
  councils: readonly Authority[] | null;
  /** True: nothing is fetched. */
  offline: boolean;
}

/** A publication has a few dozen releases; a loop that goes on has lost its way. */
const MOST_ROUNDS = 100;

/**
 * Resolves the letters of one council or of all.
 * @throws UsageError, LockedError, WarehouseError. What goes wrong with one release is told in the report.
 */
export async function backfill(
  config: Config,
  councils: readonly string[],
  words: readonly string[],
  watcher: RoadWatcher,
  signal?: AbortSignal,
): Promise<BackfillReport> {
  const named = councils.length > 0 ? readAuthorities([...councils], watcher) : null;
  const warehouse = await openForWriting(config);
  try {
    const archive = openArchive(config.dataDir);
    await archive.sweep();
    const { report } = await recordRun(warehouse, "backfill", words, async (stamp) => {
      const ees = { api: config.eesApi, fetching: { limits: config.download, signal, onRetry: watcher.note } };
      const fillings: Filling[] = [];
      for (const publication of PUBLICATIONS) {
        const road: Road = {
          warehouse,
          archive,
          ees,
          publication,
          selection: [],
          stamp,
          recheck: false,
          watcher,
          signal,
        };
        fillings.push(await fillBlanks(road, { found: null, outcomes: [], councils: named, offline: false }));
      }
      return summariseFillings(fillings, stamp.run_id);
    });
    return report;
  } finally {
    await warehouse.close();
  }
}

function summariseFillings(fillings: Filling[], runId: string): { outcome: RunOutcome; report: BackfillReport } {
  const planned = fillings.reduce((sum, filling) => sum + filling.planned, 0);
  const outcomes = fillings.flatMap((filling) => filling.outcomes);
  const { outcome, releases, problems, exitCode } = summarise(outcomes, planned);
  const answers = fillings.at(-1)?.answers;
  if (answers === undefined) throw new Error("the catalogue has no publication");
  return {
    outcome: { ...outcome, counts: { ...outcome.counts, ...answers } },
    report: { run_id: runId, status: outcome.status, releases, problems, answers, exitCode },
  };
}

/** Plans the letters, and loads what their blanks need of the road's publication. `road.selection` is not heeded. */
export async function fillBlanks(road: Road, start: FillingStart): Promise<Filling> {
  const { warehouse } = road;
  const areaCodes = start.councils?.map(areaCodeOf) ?? null;
  let planned = await planLetters(warehouse);
  const selection = start.councils ?? (await findCouncilsWithLetters(warehouse));
  const outcomes = await loadNeeded({ ...road, selection }, selection, areaCodes, start);
  // New figures may tell another column.
  if (outcomes.some((outcome) => outcome.report.status === "loaded")) planned += await planLetters(warehouse);
  return {
    outcomes: await judge(outcomes, road, areaCodes),
    planned,
    answers: await countAnswers(warehouse, areaCodes),
  };
}

/** One line for people. */
export function describeAnswers({ cells, blanks, filled, open, disagreements }: FillCounts): string {
  return (
    `letters: ${cells} answers; of ${blanks} left blank by councils DfE fills ${filled}, and ${open} stay open; ` +
    `councils and DfE disagree on ${disagreements}`
  );
}

async function loadNeeded(
  road: Road,
  authorities: readonly Authority[],
  areaCodes: string[] | null,
  start: FillingStart,
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
    const recalled = await recallLocal(road, slug);
    if (recalled !== null) return recalled;
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

/** A release that was loaded from a bundle for other councils: its files are in the archive. */
async function recallLocal(road: Road, slug: string): Promise<ReleaseOutcome | null> {
  const { warehouse, archive, publication } = road;
  const local = await findLocalRelease(warehouse, publication, slug);
  if (local === null) return null;
  const recalled = await recallRelease(archive, publication, local.version, local.files, local.absent);
  return recalled === null ? null : loadKept(road, recalled);
}

/**
 * A release that EES does not have leaves nothing undone where another one holds the figures; where cells stay open
 * because of it, something is left for a person.
 */
async function judge(outcomes: ReleaseOutcome[], road: Road, areaCodes: string[] | null): Promise<ReleaseOutcome[]> {
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
