/**
 * The road from blanks to answers: plan every letter, find the releases that its blanks need, load those that are missing by
 * the same road as `refresh`, and see what is filled. `refresh` ends with it.
 */
import { type Authority, areaCodeOf } from "./catalogue/authorities.ts";
import { PUBLICATIONS, type Publication } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import type { ExitCode } from "./errors.ts";
import { judgeMissing, type LoadingStart, loadNeeded, widenHeld } from "./letter-releases.ts";
import { countAnswers, type FillCounts } from "./load/answers.ts";
import { findCouncilsWithLetters, hasLetters } from "./load/kept-areas.ts";
import type { RunOutcome } from "./load/ledger.ts";
import { LOCK } from "./load/lock-keys.ts";
import { updatePlannerStatistics } from "./load/planner-statistics.ts";
import { planLetters } from "./load/plans.ts";
import { inTurn } from "./load/warehouse.ts";
import { readAuthorities } from "./named-authorities.ts";
import type { ReleaseOutcome, ReleaseReport, Road } from "./release-road.ts";
import { type RoadSummary, summarise } from "./release-summary.ts";
import { performRun, type RunContext, type RunWatcher } from "./run.ts";
import type { Problem } from "./run-outcome.ts";

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

/** What is known when filling begins. */
export interface FillingStart extends LoadingStart {
  /** Only letters of these councils; null: of all. */
  councils: readonly Authority[] | null;
}

/**
 * Resolves the letters of one council or of all.
 * @throws UsageError, LockedError, WarehouseError. What goes wrong with one release is told in the report.
 */
export async function backfill(
  config: Config,
  councils: readonly string[],
  words: readonly string[],
  watcher: RunWatcher,
  signal?: AbortSignal,
): Promise<BackfillReport> {
  const named = councils.length > 0 ? readAuthorities([...councils], watcher) : null;
  const { report } = await performRun(config, { command: "backfill", words, watcher, signal }, async (context) => {
    const fillings = await fillAll(context, () => ({ found: null, outcomes: [], councils: named, offline: false }));
    const { outcome, ...summary } = summariseFillings(fillings);
    const { status, exitCode } = outcome;
    return { outcome, report: { run_id: context.stamp.run_id, status, ...summary, exitCode } };
  });
  return report;
}

/** Fills blanks from every publication of the catalogue, in its order. */
export async function fillAll(
  context: RunContext,
  startOf: (publication: Publication) => FillingStart,
): Promise<Filling[]> {
  const fillings: Filling[] = [];
  for (const publication of PUBLICATIONS) {
    const road: Road = { ...context, publication, selection: [], recheck: false };
    fillings.push(await fillBlanks(road, startOf(publication)));
  }
  return fillings;
}

/** What filling from several publications came to; each counts the answers of all. */
export function summariseFillings(fillings: readonly Filling[]): RoadSummary & { answers: FillCounts } {
  const answers = fillings.at(-1)?.answers;
  if (answers === undefined) throw new Error("the catalogue has no publication");
  const planned = fillings.reduce((sum, filling) => sum + filling.planned, 0);
  const { outcome, releases, problems } = summarise(
    fillings.flatMap((filling) => filling.outcomes),
    planned,
  );
  return { outcome: { ...outcome, counts: { ...outcome.counts, ...answers } }, releases, problems, answers };
}

const NOTHING: Filling = {
  outcomes: [],
  planned: 0,
  answers: { cells: 0, blanks: 0, filled: 0, open: 0, disagreements: 0 },
};

/** Plans the letters, and loads what their blanks need of the road's publication. `road.selection` is not heeded. */
export async function fillBlanks(road: Road, start: FillingStart): Promise<Filling> {
  // Where nobody has a letter, and many only read DfE, none of this is worth its twenty queries.
  if (!(await hasLetters(road.warehouse))) return NOTHING;
  return inTurn(road.warehouse, LOCK.plans, () => planAndLoad(road, start));
}

async function planAndLoad(road: Road, start: FillingStart): Promise<Filling> {
  const { warehouse } = road;
  const areaCodes = start.councils?.map(areaCodeOf) ?? null;
  await updatePlannerStatistics(warehouse);
  let planned = await planLetters(warehouse);
  const withLetters = await findCouncilsWithLetters(warehouse);
  const selection = withLetters.filter((authority) => start.councils?.includes(authority) ?? true);
  const narrowed = { ...road, selection };
  const widened = await widenHeld(narrowed, selection);
  const needed = await loadNeeded(narrowed, selection, areaCodes, start);
  const outcomes = [...widened, ...needed];
  // New figures may tell another column.
  if (outcomes.some((outcome) => outcome.report.status === "loaded")) planned += await planLetters(warehouse);
  return {
    outcomes: await judgeMissing(outcomes, road, areaCodes),
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
