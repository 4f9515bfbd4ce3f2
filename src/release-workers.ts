/** Several releases at once: in this process, or shared by all workers when `S21_WORKERS` says so. */
import { setMaxListeners } from "node:events";
import pLimit from "p-limit";
import { authorityByDfeCode } from "./catalogue/authorities.ts";
import { findPublication } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import { EXIT, UsageError } from "./errors.ts";
import { keyOf, openReleaseQueue, type ReleaseJob, type ReleaseQueue } from "./load/release-queue.ts";
import type { WritableWarehouse } from "./load/warehouse.ts";
import { type ReleaseOutcome, type Road, refreshRelease } from "./release-road.ts";
import { summarise } from "./release-summary.ts";
import { performRun, type RunWatcher } from "./run.ts";
import { REAL_CLOCK } from "./schedule/clock.ts";
import type { AreaSelection } from "./transform/dfe-area.ts";

/** Releases that one process fetches at the same time. */
const RELEASES_AT_ONCE = 2;
/** How often a run looks whether its releases are done, in milliseconds. */
const LOOK = 250;

/**
 * Brings these releases into the warehouse, and answers what became of each. Where the configuration has workers, the releases
 * go on the shared queue, on which this process works too.
 */
export async function refreshReleases(
  road: Road,
  eesSlug: string,
  slugs: readonly string[],
): Promise<ReleaseOutcome[]> {
  return road.config.workers === null ? refreshTogether(road, eesSlug, slugs) : refreshByQueue(road, eesSlug, slugs);
}

/** A fault that is no matter of one release ends the others too, and is thrown when they have ended. */
async function refreshTogether(road: Road, slug: string, wanted: readonly string[]): Promise<ReleaseOutcome[]> {
  const stopped = new AbortController();
  const signal = AbortSignal.any([stopped.signal, ...(road.signal === undefined ? [] : [road.signal])]);
  setMaxListeners(0, signal); // every request listens
  const { ees } = road;
  const together: Road = { ...road, signal, ees: { ...ees, fetching: { ...ees.fetching, signal } } };
  const limit = pLimit(RELEASES_AT_ONCE);
  const work = wanted.map((release) => limit(() => refreshRelease(together, slug, release)));
  for (const one of work) one.catch((error: unknown) => stopped.abort(error));
  const outcomes = await Promise.allSettled(work);
  stopped.signal.throwIfAborted();
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

async function refreshByQueue(road: Road, eesSlug: string, slugs: readonly string[]): Promise<ReleaseOutcome[]> {
  const { config, publication, selection, recheck, watcher, signal } = road;
  const areas = selection === "all" ? selection : selection.map((authority) => authority.dfeCode);
  const jobs = slugs.map(
    (release): ReleaseJob => ({ publication: publication.slug, eesSlug, release, areas, recheck }),
  );
  const keys = jobs.map(keyOf);
  const before = await findWorkRuns(road.warehouse, keys);
  const work = await startWorking(config, watcher, signal);
  try {
    await work.queue.forget((await work.queue.find(keys)).filter((job) => job.isGivenUp).map((job) => job.key));
    await work.queue.add(jobs);
    for (;;) {
      work.signal.throwIfAborted();
      const open = await work.queue.find(keys);
      if (open.every((job) => job.isGivenUp)) break;
      await REAL_CLOCK.sleep(LOOK, work.signal);
    }
    const givenUp = new Map((await work.queue.find(keys)).map((job) => [job.key, job.lastError ?? "it never ended"]));
    return await Promise.all(jobs.map((job) => findOutcome(road.warehouse, job, before, givenUp.get(keyOf(job)))));
  } finally {
    await work.stop();
  }
}

/** Ids of the runs that workers have had of these jobs. Clocks of machines differ: by id, not by time. */
async function findWorkRuns({ db }: WritableWarehouse, keys: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom("run")
    .select("run_id")
    .where("command", "=", "work")
    .where("arguments", "in", keys.length > 0 ? keys.map((key) => JSON.stringify([key])) : [""])
    .execute();
  return rows.map((row) => row.run_id);
}

/** What the worker that loaded it wrote into the ledger. */
async function findOutcome(
  { db }: WritableWarehouse,
  job: ReleaseJob,
  before: readonly string[],
  lastError: string | undefined,
): Promise<ReleaseOutcome> {
  const run = await db
    .selectFrom("run")
    .select(["details", "problem"])
    .where("command", "=", "work")
    .where("arguments", "=", JSON.stringify([keyOf(job)]))
    .where("run_id", "not in", before.length > 0 ? before : [""])
    .orderBy("ended_at", "desc")
    .executeTakeFirst();
  const outcome = (run?.details as { outcome?: ReleaseOutcome } | undefined)?.outcome;
  if (outcome !== undefined && lastError === undefined) return outcome;
  const message = `release ${job.release} was tried by workers and given up: ${lastError ?? run?.problem ?? "no worker told why"}`;
  return {
    report: { publication: job.publication, release: job.release, version_id: null, status: "failed", files: [] },
    problems: [{ code: "given-up", message }],
    exitCode: EXIT.fault,
  };
}

export interface Working {
  queue: ReleaseQueue;
  /** Aborted by the run's own signal, or with a WarehouseError when the queue was lost. */
  signal: AbortSignal;
  /** Takes no more releases, ends those in hand by the signal or in their own time, and closes the queue. */
  stop(): Promise<void>;
}

/** Works on the shared queue until it is stopped. @throws UsageError without Postgres. */
export async function startWorking(
  config: Config,
  watcher: RunWatcher,
  signal: AbortSignal | undefined,
): Promise<Working> {
  if (config.databaseUrl === null) {
    throw new UsageError("no-queue", "the queue that workers share is in Postgres: set DATABASE_URL");
  }
  const queue = await openReleaseQueue(config.databaseUrl);
  // Jobs of a worker that has lost the queue are given to others: it must not go on with them.
  const lost = new AbortController();
  const working = AbortSignal.any([lost.signal, ...(signal === undefined ? [] : [signal])]);
  setMaxListeners(0, working);
  const worker = await queue.work(config.workers ?? 1, (job) => workOn(config, job, watcher, working));
  worker.lost.catch((error: unknown) => lost.abort(error));
  return {
    queue,
    signal: working,
    async stop() {
      await worker.stop();
      await queue.close();
    },
  };
}

/** One release, in a run of its own. What is wrong with the release is its outcome; all else is thrown, and tried again. */
async function workOn(config: Config, job: ReleaseJob, watcher: RunWatcher, signal: AbortSignal | undefined) {
  signal?.throwIfAborted();
  const publication = findPublication(job.publication);
  if (publication === undefined) throw new UsageError("unknown-publication", `no publication ${job.publication}`);
  const request = { command: "work", words: [keyOf(job)], watcher, signal, shared: true };
  await performRun(config, request, async (context) => {
    const road: Road = { ...context, publication, selection: selectionOf(job), recheck: job.recheck };
    const outcome = await refreshRelease(road, job.eesSlug, job.release);
    const summary = summarise([outcome], 0).outcome;
    return { outcome: { ...summary, details: { ...summary.details, outcome } } };
  });
  watcher.note(`${job.publication} ${job.release}: done`);
}

function selectionOf({ areas }: ReleaseJob): AreaSelection {
  if (areas === "all") return "all";
  return areas.flatMap((code) => authorityByDfeCode(code) ?? []);
}
