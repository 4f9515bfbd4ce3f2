/** What a job is, and how one is run: with the warehouse open, in the ledger, told about when something is wrong. */
import type { Config } from "./config.ts";
import { EXIT, type ExitCode, exitCodeOf, InterruptedError, S21Error, UsageError } from "./errors.ts";
import type { RunOutcome } from "./load/ledger.ts";
import { performRun, type RunContext, RunDoneBefore, type RunRequest } from "./run.ts";
import type { Problem } from "./run-outcome.ts";

/** When the scheduler runs a job. */
export type When =
  /** Once a day: at `S21_SCHEDULE`, or at a time of its own, a cron expression with one time a day. */
  | { kind: "daily"; at: string | "S21_SCHEDULE" }
  | { kind: "every"; minutes: number }
  /** Only by hand, or inside another job. */
  | { kind: "by-hand" };

export interface Job {
  /** As typed after `s21 run`. */
  name: string;
  /** For people, in one line. */
  does: string;
  when: When;
  /** Whether it also runs every few minutes on mornings when DfE may publish. */
  onReleaseMornings?: boolean;
  /** Whether the scheduler runs it with this configuration; by default it does. */
  isWanted?(config: Config): boolean;
  run(context: JobContext): Promise<JobReport>;
}

/** What every job is given: the run's context, and the time. */
export interface JobContext extends RunContext {
  now(): Date;
}

export interface JobReport {
  /** For the ledger: how it ended, and what was counted. */
  outcome: RunOutcome;
  problems: Problem[];
  /** Whether a release came that was not there before. */
  isNews?: boolean;
}

/** What became of a run of a job, also of one that threw. */
export interface JobResult {
  job: string;
  run_id: string | null;
  scheduled_for: string | null;
  /** `already`: this day's run was done before, by whomever. */
  status: RunOutcome["status"] | "already";
  exit_code: ExitCode;
  started_at: string;
  ended_at: string;
  counts: Record<string, number>;
  problems: Problem[];
  is_news: boolean;
  /** Of a fault of ours, where in the code it happened; without its message, which may quote a letter. */
  trace: string | null;
}

export interface JobRequest {
  words: readonly string[];
  /** The day whose run it is; null: a person asked. */
  scheduledFor: string | null;
  note(message: string): void;
  now(): Date;
  signal: AbortSignal | undefined;
}

/** @throws UsageError naming the jobs that there are. */
export function findJob(jobs: readonly Job[], name: string): Job {
  const job = jobs.find((one) => one.name === name);
  if (job !== undefined) return job;
  throw new UsageError(
    "unknown-job",
    `no job ${JSON.stringify(name)}; there are ${jobs.map((one) => one.name).join(", ")}`,
  );
}

/** Runs a job. Never throws for what goes wrong in it: the result tells, and so does its exit code. */
export async function runJob(config: Config, job: Job, request: JobRequest): Promise<JobResult> {
  const { scheduledFor, now } = request;
  const startedAt = now().toISOString();
  let runId: string | null = null;
  const end = await runToEnd(config, job, request, (id) => {
    runId = id;
  });
  const times = { started_at: startedAt, ended_at: now().toISOString() };
  return { job: job.name, run_id: runId, scheduled_for: scheduledFor, ...times, ...end };
}

type End = Pick<JobResult, "status" | "exit_code" | "counts" | "problems" | "is_news" | "trace">;

const NOTHING = { counts: {}, problems: [], is_news: false, trace: null };

async function runToEnd(
  config: Config,
  job: Job,
  { words, scheduledFor, note, now, signal }: JobRequest,
  onStart: (runId: string) => void,
): Promise<End> {
  const request: RunRequest = {
    command: "run",
    words,
    watcher: { note, progress: () => undefined },
    signal,
    shared: config.workers !== null,
    occasion: { job: job.name, scheduledFor },
  };
  try {
    const { outcome, problems, isNews } = await performRun(config, request, (context) => {
      onStart(context.stamp.run_id);
      return job.run({ ...context, now });
    });
    const { status, exitCode, counts } = outcome;
    return { ...NOTHING, status, exit_code: exitCode, counts, problems, is_news: isNews === true };
  } catch (error) {
    if (error instanceof RunDoneBefore) return { ...NOTHING, status: "already", exit_code: EXIT.done };
    return endOf(signal?.aborted && !(error instanceof S21Error) ? signal.reason : error);
  }
}

/** Of a run that threw. */
function endOf(error: unknown): End {
  const exitCode = exitCodeOf(error);
  const isInterrupted = error instanceof InterruptedError;
  const code = error instanceof S21Error ? error.code : "fault";
  // What a fault says may quote a letter: that stays in the ledger.
  const message = error instanceof S21Error ? error.message : "a fault of ours; s21 runs has its words";
  return {
    ...NOTHING,
    status: isInterrupted ? "interrupted" : "failed",
    exit_code: exitCode,
    problems: [{ code, message }],
    trace: error instanceof S21Error ? null : traceOf(error),
  };
}

function traceOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join("\n");
}
