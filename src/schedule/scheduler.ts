/**
 * The scheduler: twice a minute it asks which jobs are due, and runs them one after the other. What is due follows from the time
 * and from what was done, not from a timer that had to fire: so a slot is not lost to a busy process, a stepped clock, a change
 * of clocks or a process that was down.
 */
import type { Job, JobResult } from "../job.ts";
import type { Clock } from "./clock.ts";
import { createDailySlots, type DailySlots, dayIn, NIGHTLY_BY_DEFAULT, type Slot } from "./slot.ts";

/** How often it asks, in milliseconds. */
export const TICK = 30_000;
const MINUTE = 60_000;
/** After a failure that may pass (a source out of reach, a lock) the day's run is tried again, later each time. */
const FIRST_RETRY = 5 * MINUTE;
const LAST_RETRY = 2 * 60 * MINUTE;
/** Another run was at work: nothing failed, and it will be over soon. */
const LOCKED = 7;
const LOCKED_RETRY = MINUTE;
/** Exit codes after which trying again needs a person first: usage, a source that is not trusted. */
const FINAL = [2, 5];

export interface SchedulerOptions {
  jobs: readonly Job[];
  /** `S21_SCHEDULE`. */
  schedule: string | null;
  timeZone: string;
  clock: Clock;
  /** Runs a job; `day` is the day whose run it is, null for one of several a day. Never throws. */
  run(job: Job, day: string | null): Promise<JobResult>;
  /** Whether a job's extra runs are worth it now: a morning on which DfE may publish. */
  isReleaseMorning(now: Date): boolean;
  pollMinutes: number;
  /** Told when a slot passes while its own job is still running. */
  onSkipped(job: Job, day: string): void;
}

/** What the scheduler knows of a job. */
interface Course {
  job: Job;
  slots: DailySlots | null;
  /** The newest day whose run is over with, or was skipped. */
  doneDay: string | null;
  /** Failures of that day's run so far, and when the next try is due. */
  failures: number;
  retryAt: number;
  retryDay: string | null;
  /** When it last began, for jobs that run every few minutes and for extra runs. */
  begunAt: number | null;
  /** No extra runs on this day any more: what was waited for has come. */
  settledDay: string | null;
}

export interface Scheduler {
  /** Runs what is due, until the signal. */
  run(signal: AbortSignal): Promise<void>;
  /** Runs what is due now. */
  tick(): Promise<void>;
  /** When a job is next due; null for those that run by hand. */
  next(job: Job): Date | null;
  /** When it last asked: a scheduler that has not for minutes is stuck. */
  lastTick(): Date | null;
  /** The job that is running. */
  running(): string | null;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { clock } = options;
  const courses = options.jobs.map((job) => startCourse(job, options));
  let lastTick: Date | null = null;
  let running: string | null = null;

  const start = async (course: Course, slot: Slot | null) => {
    running = course.job.name;
    course.begunAt = clock.now().getTime();
    try {
      note(course, slot, await options.run(course.job, slot?.day ?? null), options);
    } finally {
      running = null;
    }
  };
  const tick = async (signal?: AbortSignal) => {
    for (const course of courses) {
      if (signal?.aborted) return;
      lastTick = clock.now();
      const due = findDue(course, options);
      if (due !== null) await start(course, due.slot);
    }
    lastTick = clock.now();
  };
  return {
    tick,
    async run(signal) {
      while (!signal.aborted) {
        await tick(signal);
        await clock.sleep(TICK, signal);
      }
    },
    next(job) {
      const course = courses.find((one) => one.job === job);
      return course === undefined ? null : nextOf(course, clock.now());
    },
    lastTick: () => lastTick,
    running: () => running,
  };
}

function startCourse(job: Job, { schedule, timeZone }: SchedulerOptions): Course {
  const at = job.when.kind !== "daily" ? null : job.when.at === "S21_SCHEDULE" ? schedule : job.when.at;
  return {
    job,
    slots: job.when.kind === "daily" ? createDailySlots(at ?? NIGHTLY_BY_DEFAULT, timeZone) : null,
    doneDay: null,
    failures: 0,
    retryAt: 0,
    retryDay: null,
    begunAt: null,
    settledDay: null,
  };
}

/** What is due of a job now: a day's run, a run of those that come every few minutes, or nothing. */
function findDue(course: Course, options: SchedulerOptions): { slot: Slot | null } | null {
  const now = options.clock.now();
  const { job, slots } = course;
  if (job.when.kind === "every") {
    return isOver(course, job.when.minutes, now) ? { slot: null } : null;
  }
  const slot = slots?.last(now) ?? null;
  if (slot !== null && isOpen(course, slot, now)) return { slot };
  const mayPoll = job.onReleaseMornings === true && options.isReleaseMorning(now);
  const isSettled = course.settledDay === now.toISOString().slice(0, 10);
  return mayPoll && !isSettled && isOver(course, options.pollMinutes, now) ? { slot: null } : null;
}

/** The newest slot counts, not those before it: after a week of silence there is one run to catch up. */
function isOpen(course: Course, slot: Slot, now: Date): boolean {
  if (course.doneDay !== null && slot.day <= course.doneDay) return false;
  return course.retryDay !== slot.day || now.getTime() >= course.retryAt;
}

/** A clock that was set back must not stop it for as long. */
function isOver(course: Course, minutes: number, now: Date): boolean {
  if (course.begunAt === null) return true;
  const passed = now.getTime() - course.begunAt;
  return passed >= minutes * MINUTE || passed < 0;
}

/** Remembers what became of a run, and which slots passed while it ran. */
function note(course: Course, slot: Slot | null, result: JobResult, options: SchedulerOptions) {
  const now = options.clock.now();
  if (result.is_news) course.settledDay = now.toISOString().slice(0, 10);
  if (slot === null) return;
  if (isDone(result)) {
    Object.assign(course, { doneDay: slot.day, failures: 0, retryDay: null });
  } else {
    course.failures = course.retryDay === slot.day ? course.failures + 1 : 1;
    const wait = waitAfter(result.exit_code, course.failures);
    Object.assign(course, { retryDay: slot.day, retryAt: now.getTime() + wait });
  }
  const begunAt = course.begunAt ?? 0;
  // A night that is caught up on a later day must not cost that day its own.
  if (dayIn(new Date(begunAt), options.timeZone) > slot.day) return;
  const passed = course.slots?.last(now) ?? null;
  // Its own next slot came while it was still at work.
  if (passed !== null && passed.day > slot.day && passed.at.getTime() > begunAt) {
    course.doneDay = passed.day;
    options.onSkipped(course.job, passed.day);
  }
}

function waitAfter(exitCode: number, failures: number): number {
  return exitCode === LOCKED ? LOCKED_RETRY : Math.min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY);
}

/** Over with for the day: done, done before, or nothing that trying again could mend. */
function isDone({ status, exit_code }: JobResult): boolean {
  return ["done", "unchanged", "partial", "already"].includes(status) || FINAL.includes(exit_code);
}

function nextOf(course: Course, now: Date): Date | null {
  const { job, slots } = course;
  if (job.when.kind === "every") return new Date((course.begunAt ?? now.getTime()) + job.when.minutes * MINUTE);
  const last = slots?.last(now) ?? null;
  if (last !== null && isOpen({ ...course, retryAt: 0 }, last, now)) {
    return new Date(course.retryDay === last.day ? course.retryAt : now.getTime());
  }
  return slots?.next(now)?.at ?? null;
}
