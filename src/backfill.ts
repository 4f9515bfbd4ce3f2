/**
 * The road from blanks to answers: plan every letter, find the releases that its blanks need, load those that are missing by
 * the same road as `refresh`, and see what is filled. `refresh` ends with it.
 */
import { type Authority, areaCodeOf } from "./catalogue/authorities.ts";
import { PUBLICATIONS } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import type { ExitCode } from "./errors.ts";
import { openArchive } from "./extract/archive.ts";
import { judgeMissing, type LoadingStart, loadNeeded, widenHeld } from "./letter-releases.ts";
import { countAnswers, type FillCounts } from "./load/answers.ts";
import { type RunOutcome, recordRun } from "./load/ledger.ts";
import { planLetters } from "./load/plans.ts";
import { findCouncilsWithLetters } from "./load/release.ts";
import { openForWriting } from "./load/warehouse.ts";
import { readAuthorities } from "./named-authorities.ts";
import {
  type Problem,
  type ReleaseOutcome,
  type ReleaseReport,
  type Road,
  type RoadWatcher,
  summarise,
} from "./release-road.ts";

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
