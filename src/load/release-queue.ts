/**
 * The backlog that several machines share: one job per release, in Postgres, by graphile-worker. A job may be run more than
 * once (its worker died), so loading a release is such that a second time changes nothing.
 * graphile-worker keeps a dead worker's job locked for hours. Here every pool of workers holds a session lock while its process
 * lives; jobs of pools whose lock is free are given back within seconds.
 */
import { createHash } from "node:crypto";
import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerEvents, WorkerUtils } from "graphile-worker";
import pg from "pg";
import { messageOf, WarehouseError } from "../errors.ts";
import { isLockHeld, LOCK } from "./lock-keys.ts";
import { NOTICE_LOSS } from "./postgres-engine.ts";

/** What a worker is to do: bring one release into the warehouse. */
export interface ReleaseJob {
  publication: string;
  /** The publication's slug at EES, which may have renamed it. */
  eesSlug: string;
  release: string;
  /** Authorities (DfE codes); `all`. */
  areas: "all" | string[];
  recheck: boolean;
}

export interface QueuedJob {
  key: string;
  /** Whether it was tried so often that nobody tries it again. */
  isGivenUp: boolean;
  lastError: string | null;
}

export interface ReleaseQueue {
  /** Puts jobs on the queue; one that waits there already is not added again. */
  add(jobs: readonly ReleaseJob[]): Promise<void>;
  /** Those of these jobs that are not done. */
  find(keys: readonly string[]): Promise<QueuedJob[]>;
  /** Takes back jobs that were given up, so that the next asking begins afresh. */
  forget(keys: readonly string[]): Promise<void>;
  /** How many jobs wait or run. */
  count(): Promise<number>;
  /** Works on jobs, so many at a time, until it is stopped. `load` throws for what may go well later. */
  work(concurrency: number, load: (job: ReleaseJob) => Promise<void>): Promise<QueueWorker>;
  close(): Promise<void>;
}

export interface QueueWorker {
  /** Rejects with a WarehouseError when the queue was lost: this worker's jobs are given to others. Never fulfilled. */
  readonly lost: Promise<never>;
  /** Takes no more jobs, and waits for those that it has. */
  stop(): Promise<void>;
}

const TASK = "load-release";
const MOST_ATTEMPTS = 25;
/** How soon another process' waiting job is noticed when the notification is lost, in milliseconds. */
const POLL = 2_000;
/** How often jobs of dead workers are looked for. */
const LOOK_FOR_DEAD = 1_000;
/** With a queue that is lost nothing can be ended properly; longer than this is not tried. In milliseconds. */
const LONGEST_STOP = 5_000;
/** A pool that is this young may not have its lock yet. In seconds. */
const GRACE = 3;

/** The same for the same job, whoever asks for it. */
export function keyOf({ publication, release, areas, recheck }: ReleaseJob): string {
  const asked = JSON.stringify([areas === "all" ? areas : [...areas].sort(), recheck]);
  return `${publication}/${release}/${createHash("sha256").update(asked).digest("hex").slice(0, 12)}`;
}

/** With a logger that says nothing. Loaded where it is needed: `refresh` would start 60 ms later, and few have workers. */
async function loadLibrary() {
  const { Logger, makeWorkerUtils, run } = await import("graphile-worker");
  return { makeWorkerUtils, run, logger: new Logger(() => () => undefined) };
}

/** Opens the queue, and makes its schema where it is not there yet. @throws WarehouseError */
export async function openReleaseQueue(databaseUrl: string): Promise<ReleaseQueue> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 6, application_name: "s21 queue" });
  pool.on("error", ignoreLoss);
  pool.on("connect", (client) => client.on("error", ignoreLoss));
  try {
    const { makeWorkerUtils, logger } = await loadLibrary();
    const utils = await makeWorkerUtils({ pgPool: pool, logger });
    await utils.migrate();
    return queueOf(databaseUrl, pool, utils);
  } catch (error) {
    await pool.end();
    throw lostQueue(error);
  }
}

function lostQueue(cause: unknown): WarehouseError {
  return new WarehouseError("queue-unreachable", `the queue in the warehouse is out of reach: ${messageOf(cause)}`, {
    cause,
  });
}

function ignoreLoss() {
  // Deliberate: the next query fails with the same cause, where it can be told.
}

function queueOf(databaseUrl: string, pool: pg.Pool, utils: WorkerUtils): ReleaseQueue {
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw lostQueue(error);
    }
  };
  const query = (text: string, values: unknown[]) => attempt(() => pool.query(text, values));
  return {
    async add(jobs) {
      const options = { maxAttempts: MOST_ATTEMPTS };
      const specs = jobs.map((job) => ({ identifier: TASK, payload: job, jobKey: keyOf(job), ...options }));
      await attempt(() => utils.addJobs(specs));
    },
    async find(keys) {
      const { rows } = await query(
        `select key, attempts >= max_attempts and locked_at is null as given_up, last_error
        from graphile_worker.jobs where task_identifier = $1 and key = any($2)`,
        [TASK, keys],
      );
      return rows.map((row) => ({ key: row.key, isGivenUp: row.given_up, lastError: row.last_error }));
    },
    async forget(keys) {
      for (const key of keys) await query("select graphile_worker.remove_job($1)", [key]);
    },
    async count() {
      const { rows } = await query(
        "select count(*)::int as n from graphile_worker.jobs where task_identifier = $1 and attempts < max_attempts",
        [TASK],
      );
      return rows[0]?.n;
    },
    work: (concurrency, load) => attempt(() => startWorker(databaseUrl, pool, utils, concurrency, load)),
    async close() {
      await utils.release();
      await pool.end();
    },
  };
}

async function startWorker(
  databaseUrl: string,
  pool: pg.Pool,
  utils: WorkerUtils,
  concurrency: number,
  load: (job: ReleaseJob) => Promise<void>,
): Promise<QueueWorker> {
  const alive = await connectAlive(databaseUrl);
  const events: WorkerEvents = new EventEmitter();
  // Under this id the pool's jobs are locked; whoever holds this lock lives.
  events.on("pool:create", ({ workerPool }) => {
    void alive.query("select pg_advisory_lock($1, hashtext($2))", [LOCK.pool, workerPool.id]).catch(ignoreLoss);
  });
  const { run, logger } = await loadLibrary();
  const runner = await run({
    pgPool: pool,
    concurrency,
    pollInterval: POLL,
    noHandleSignals: true,
    logger,
    events,
    taskList: { [TASK]: (payload) => load(payload as ReleaseJob) },
    // Batches of one moment: elsewhere the library leaves a report that does not get through to nobody, and the process ends.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  });
  const timer = setInterval(() => void unlockDead(pool, utils).catch(ignoreLoss), LOOK_FOR_DEAD);
  let isStopping = false;
  const lost = new Promise<never>((_, reject) => {
    const lose = (cause: unknown) => !isStopping && reject(lostQueue(cause));
    alive.on("end", () => lose(new Error("the session that proves this worker's life has ended")));
    runner.promise.catch(lose);
  });
  lost.catch(ignoreLoss); // whoever waits for it hears of it
  return {
    lost,
    async stop() {
      isStopping = true;
      clearInterval(timer);
      const stopped = runner.stop().catch(ignoreLoss); // it may have stopped by itself
      await Promise.race([stopped, lost.catch(() => sleep(LONGEST_STOP, undefined, { ref: false }))]);
      await alive.end().catch(ignoreLoss);
    },
  };
}

async function connectAlive(connectionString: string): Promise<pg.Client> {
  const name = "s21 worker";
  const client = new pg.Client({ connectionString, application_name: name, keepAlive: true, options: NOTICE_LOSS });
  client.on("error", ignoreLoss);
  await client.connect();
  return client;
}

/** Gives jobs back whose worker has ended without a word. */
async function unlockDead(pool: pg.Pool, utils: WorkerUtils) {
  const { rows } = await pool.query(
    `select distinct j.locked_by from graphile_worker.jobs j
    where j.task_identifier = $1 and j.locked_at < now() - make_interval(secs => $2)
      and not ${isLockHeld(LOCK.pool, "j.locked_by")}`,
    [TASK, GRACE],
  );
  if (rows.length > 0) await utils.forceUnlockWorkers(rows.map((row) => String(row.locked_by)));
}
