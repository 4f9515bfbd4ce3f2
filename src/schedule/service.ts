/** `s21 schedule`: stands by until it has the scheduler's lock, then runs jobs until a signal, and tells how it is. */
import { setMaxListeners } from "node:events";
import { PUBLICATIONS } from "../catalogue/publications.ts";
import type { Config } from "../config.ts";
import { EXIT, messageOf, WarehouseError } from "../errors.ts";
import { type Job, type JobResult, runJob } from "../job.ts";
import { type OperationalState, readOperationalState } from "../load/operational-state.ts";
import { type SchedulerLock, takeSchedulerLock } from "../load/scheduler-lock.ts";
import { openWarehouse } from "../load/warehouse.ts";
import type { Logger } from "../serve/log.ts";
import { createMetrics, type Metrics } from "../serve/metrics.ts";
import {
  type Notification,
  notificationOf,
  rememberNotifications,
  schedulerNotification,
  sendNotification,
  type ToldNotifications,
} from "../serve/notification.ts";
import { type Clock, REAL_CLOCK } from "./clock.ts";
import { jsonPage, type Pages, servePages } from "./pages.ts";
import { isReleaseMorning, POLL_MINUTES } from "./release-mornings.ts";
import { createScheduler, type Scheduler } from "./scheduler.ts";

/** The name under which the scheduler tells of itself. */
const SCHEDULER = "schedule";
/** How often one that stands by tries for the lock, and one that works looks whether it still has it. */
const LOOK = 5_000;
/** A scheduler that has not asked what is due for so long, and runs nothing, is stuck. */
const STUCK = 5 * 60_000;
/** What /metrics says of the warehouse is at most so old on Postgres. */
const STATE_AGE = 30_000;
/** A warehouse that is out of reach for longer is told of: a database that starts again takes less. */
const PATIENCE = 5 * 60_000;

interface Service {
  config: Config;
  jobs: readonly Job[];
  log: Logger;
  clock: Clock;
  metrics: Metrics;
  role: "starting" | "stands by" | "works";
  scheduler: Scheduler | null;
  state: { read: OperationalState; at: number } | null;
  /** Why the warehouse was out of reach when it was last needed; null: it was not. */
  trouble: { message: string; since: number } | null;
  told: ToldNotifications;
}

/** Serves until the signal. @throws UsageError when its port is taken. */
export async function serveSchedule(
  config: Config,
  jobs: readonly Job[],
  log: Logger,
  signal: AbortSignal,
  clock: Clock = REAL_CLOCK,
): Promise<void> {
  const wanted = jobs.filter((job) => job.isWanted?.(config) !== false);
  const service: Service = {
    config,
    jobs: wanted,
    log,
    clock,
    metrics: createMetrics(),
    role: "starting",
    scheduler: null,
    state: null,
    trouble: null,
    told: rememberNotifications(),
  };
  service.metrics.setActive(false);
  const pages = config.listen === null ? null : await servePages(config.listen, pagesOf(service));
  if (pages !== null) log.info({ event: "listening", address: pages.address }, `listening on ${pages.address}`);
  try {
    while (!signal.aborted) {
      const lock = await takeLock(service);
      if (lock === null) await clock.sleep(LOOK, signal);
      else await workWhileHeld(service, lock, signal);
    }
  } finally {
    await pages?.close();
    log.info({ event: "stopped" }, "stopped");
  }
}

async function takeLock(service: Service): Promise<SchedulerLock | null> {
  const { config, log } = service;
  try {
    const lock = await takeSchedulerLock(config);
    endTrouble(service);
    if (lock === null && service.role !== "stands by") {
      log.info({ event: "stands-by" }, "another scheduler works; standing by");
      service.role = "stands by";
    }
    return lock;
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error;
    await noteTrouble(service, error);
    return null;
  }
}

/** The warehouse is out of reach: said once in the log, and told when it lasts. */
async function noteTrouble(service: Service, { message }: WarehouseError) {
  const now = service.clock.now();
  if (service.trouble === null) service.log.error({ event: "warehouse-unreachable" }, message);
  service.trouble = { message, since: service.trouble?.since ?? now.getTime() };
  if (now.getTime() - service.trouble.since < PATIENCE) return;
  const matter = { job: SCHEDULER, scheduledFor: null, exitCode: EXIT.warehouse, now };
  await tell(service, schedulerNotification("warehouse-unreachable", matter, message));
}

function endTrouble(service: Service) {
  if (service.trouble !== null) service.log.info({ event: "warehouse-reached" }, "the warehouse answers again");
  service.trouble = null;
  service.told.forget(SCHEDULER);
}

async function workWhileHeld(service: Service, lock: SchedulerLock, signal: AbortSignal) {
  const { config, jobs, log, clock, metrics } = service;
  const lost = new AbortController();
  const working = AbortSignal.any([signal, lost.signal]);
  setMaxListeners(0, working);
  const watch = setInterval(() => {
    void lock.isHeld().then((isHeld) => {
      if (!isHeld) lost.abort(new WarehouseError("lock-lost", "the session that held the scheduler's lock was lost"));
    });
  }, LOOK);
  service.role = "works";
  metrics.setActive(true);
  log.info({ event: "works", jobs: jobs.map((job) => job.name) }, "has the lock; works");
  try {
    await readState(service);
    service.scheduler = createScheduler({
      jobs,
      schedule: config.schedule,
      timeZone: config.timeZone,
      clock,
      run: (job, day) => runAndTell(service, job, day, working),
      isReleaseMorning: (now) => isAnyReleaseMorning(service, now),
      pollMinutes: POLL_MINUTES,
      onSkipped: (job, day) => void tellSkipped(service, job, day),
    });
    await service.scheduler.run(working);
    if (lost.signal.aborted) log.error({ event: "lock-lost" }, messageOf(lost.signal.reason));
  } finally {
    clearInterval(watch);
    service.scheduler = null;
    service.role = "starting";
    metrics.setActive(false);
    await lock.release();
  }
}

async function runAndTell(service: Service, job: Job, day: string | null, signal: AbortSignal): Promise<JobResult> {
  const { config, log, clock, metrics } = service;
  const named = log.child({ job: job.name });
  const result = await runJob(config, job, {
    words: ["run", job.name],
    scheduledFor: day,
    note: (message) => named.info(message),
    now: () => clock.now(),
    signal,
  });
  if (result.status === "already") {
    named.info({ event: "run-done-before", scheduled_for: day }, `the run of ${day} was done before`);
    return result;
  }
  logResult(named, result);
  await readState(service);
  metrics.observe(result);
  const notification = notificationOf(result);
  if (notification !== null) await tell(service, notification);
  else if (result.exit_code === EXIT.done) service.told.forget(job.name);
  return result;
}

/** What a run came to, in one line, and a line for each problem. */
export function logResult(log: Logger, { problems, job: _, trace, ...result }: JobResult) {
  const level = result.exit_code === 0 ? "info" : result.exit_code === 3 ? "warn" : "error";
  log[level](
    { event: "run-ended", ...result, problems: problems.length },
    `${result.status}, exit ${result.exit_code}`,
  );
  for (const { code, message } of problems) log.warn({ event: "problem", run_id: result.run_id, code }, message);
  if (trace !== null) log.error({ event: "fault", run_id: result.run_id, trace }, "a fault of ours");
}

async function tell({ config, log, clock, told }: Service, notification: Notification) {
  const now = clock.now();
  if (!told.isNews(notification, now)) return;
  const failure = await sendNotification(config, notification, now);
  if (failure !== null) log.error({ event: "not-notified" }, failure);
}

async function tellSkipped(service: Service, job: Job, day: string) {
  const matter = { job: job.name, scheduledFor: day, exitCode: EXIT.done, now: service.clock.now() };
  const message = `the run of ${day} was skipped, as the one before it was still at work`;
  const notification = schedulerNotification("slot-skipped", matter, message);
  service.metrics.observeSkipped(job.name);
  service.log.warn({ event: "slot-skipped", job: job.name, scheduled_for: day }, notification.summary);
  await tell(service, notification);
}

function isAnyReleaseMorning({ state }: Service, now: Date): boolean {
  return PUBLICATIONS.some((publication) => {
    const next = state?.read.nextReleases.find((one) => one.publication === publication.slug)?.next ?? null;
    return isReleaseMorning(now, next, publication.season);
  });
}

/** What is known of the warehouse. One that is empty, locked or out of reach leaves what was known before. */
async function readState(service: Service) {
  const { config, log, metrics, clock } = service;
  try {
    const warehouse = await openWarehouse(config);
    try {
      const read = await readOperationalState(warehouse);
      service.state = { read, at: clock.now().getTime() };
      metrics.setState(read);
      endTrouble(service);
    } finally {
      await warehouse.close();
    }
  } catch (error) {
    if (error instanceof WarehouseError) await noteTrouble(service, error);
    log.debug({ event: "state-unread" }, messageOf(error));
  }
}

function pagesOf(service: Service): Pages {
  return {
    "/health": () => {
      const { scheduler, clock, role } = service;
      const asked = scheduler?.lastTick() ?? null;
      const running = scheduler?.running() ?? null;
      const isStuck = running === null && asked !== null && clock.now().getTime() - asked.getTime() > STUCK;
      return jsonPage(isStuck ? 503 : 200, { status: isStuck ? "stuck" : "alive", role, running, last_asked: asked });
    },
    "/ready": () => {
      const { role, trouble } = service;
      const isReady = role !== "starting" && trouble === null;
      return jsonPage(isReady ? 200 : 503, { status: isReady ? "ready" : "not ready", role });
    },
    "/metrics": async () => {
      const { config, clock, metrics, jobs, scheduler, state } = service;
      // The embedded warehouse can't be opened while a run has it; what was read after the last run stands.
      const isOld = state === null || clock.now().getTime() - state.at > STATE_AGE;
      if (config.databaseUrl !== null && isOld) await readState(service);
      for (const job of jobs) metrics.setNext(job.name, scheduler?.next(job) ?? null);
      return { status: 200, contentType: metrics.contentType, body: await metrics.print() };
    },
  };
}
