/** One run of a command or job: the warehouse open for it alone, the archive swept, a row in the ledger. */
import type { Config } from "./config.ts";
import { type Archive, openArchive } from "./extract/archive.ts";
import type { Ees } from "./extract/ees.ts";
import { findDaysRun, type RunOccasion, type RunOutcome, recordRun } from "./load/ledger.ts";
import type { RunStamp } from "./load/observations.ts";
import { updatePlannerStatistics } from "./load/planner-statistics.ts";
import { openForWriting, type WritableWarehouse } from "./load/warehouse.ts";

/** What a person watches while a run goes on. */
export interface RunWatcher {
  /** For people and logs; never holds a letter's text. */
  note(message: string): void;
  /** Rows of `total`, or bytes where no total is known. */
  progress(name: string, done: number, total: number | null): void;
}

/** All that a run has to work with. */
export interface RunContext {
  config: Config;
  warehouse: WritableWarehouse;
  archive: Archive;
  ees: Ees;
  stamp: RunStamp;
  watcher: RunWatcher;
  signal: AbortSignal | undefined;
  /** How many files that killed runs had left half written were removed before this run began. */
  swept: number;
}

export interface RunRequest {
  /** As the ledger names it: `refresh`, `letters add`. */
  command: string;
  /** The words that were typed. */
  words: readonly string[];
  watcher: RunWatcher;
  signal: AbortSignal | undefined;
  /** Whether other workers may write at the same time, each a release of its own; only on Postgres. */
  shared?: boolean;
  /** Whether runs on another warehouse may be using the archive; by default only where others write at the same time. */
  sharesArchive?: boolean;
  occasion?: RunOccasion | undefined;
}

/** No download takes as long: whatever temporary file is older was left by a run that was killed. In milliseconds. */
const ABANDONED = 24 * 60 * 60_000;

/** A day's run is run once, and it was run before. */
export class RunDoneBefore extends Error {}

/**
 * Opens the warehouse, does the work in a run of its own, and closes the warehouse whatever happens.
 * @throws LockedError, WarehouseError; RunDoneBefore where the occasion's day had its run; and what the work throws.
 */
export async function performRun<T extends { outcome: RunOutcome }>(
  config: Config,
  { command, words, watcher, signal, shared = false, sharesArchive = shared, occasion }: RunRequest,
  work: (context: RunContext) => Promise<T>,
): Promise<T> {
  const warehouse = await openForWriting(config, { shared });
  try {
    if (occasion !== undefined && (await findDaysRun(warehouse, occasion))) throw new RunDoneBefore();
    const archive = openArchive(config.dataDir);
    // Whoever is alone may remove all that others left; else they may be downloading.
    const swept = await archive.sweep(sharesArchive ? ABANDONED : 0);
    const ees: Ees = { api: config.eesApi, fetching: { limits: config.download, signal, onRetry: watcher.note } };
    const done = async (stamp: RunStamp) => {
      const result = await work({ config, warehouse, archive, ees, stamp, watcher, signal, swept });
      // On Postgres autovacuum does it within a minute, and nobody waits for it here.
      if (warehouse.kind === "embedded") await updatePlannerStatistics(warehouse);
      return result;
    };
    return await recordRun(warehouse, command, words, done, occasion);
  } finally {
    await warehouse.close();
  }
}
