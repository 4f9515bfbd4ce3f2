/** What a job is, and how one is run: with the warehouse open, in the ledger, told about when something is wrong. */
import type { Config } from "./config.ts";
import { EXIT, type ExitCode, exitCodeOf, messageOf, S21Error, UsageError } from "./errors.ts";
import { type Archive, openArchive } from "./extract/archive.ts";
import type { Ees } from "./extract/ees.ts";
import { findDaysRun, type RunOutcome, recordRun } from "./load/ledger.ts";
import type { RunStamp } from "./load/observations.ts";
import { openForWriting, type WritableWarehouse } from "./load/warehouse.ts";
import type { Problem } from "./release-road.ts";

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

/** What every job is given: the warehouse that it alone writes to, and the road's first pieces. */
export interface JobContext {
  config: Config;
  warehouse: WritableWarehouse;
  archive: Archive;
  ees: Ees;
  stamp: RunStamp;
  /** For people and logs; never holds a letter's text. */
  note(message: string): void;
  now(): Date;
  signal: AbortSignal | undefined;
}

export interface JobReport {
  exitCode: ExitCode;
  /** For the ledger: what was counted. */
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
  const started = { job: job.name, scheduled_for: request.scheduledFor, started_at: request.now().toISOString() };
  let runId: string | null = null;
  try {
    const report = await openAndRun(config, job, request, (id) => (runId = id));
    return {
      ...started,
      run_id: runId,
      status: report?.outcome.status ?? "already",
      exit_code: report?.exitCode ?? EXIT.done,
      ended_at: request.now().toISOString(),
      counts: report?.outcome.counts ?? {},
      problems: report?.problems ?? [],
      is_news: report?.isNews === true,
      trace: null,
    };
  } catch (thrown) {
    const { signal } = request;
    const error = signal?.aborted && !(thrown instanceof S21Error) ? signal.reason : thrown;
    const exitCode = exitCodeOf(error);
    return {
      ...started,
      run_id: runId,
      status: exitCode === EXIT.interrupted || exitCode === EXIT.terminated ? "interrupted" : "failed",
      exit_code: exitCode,
      ended_at: request.now().toISOString(),
      counts: {},
      problems: [{ code: error instanceof S21Error ? error.code : "fault", message: messageOf(error) }],
      is_news: false,
      trace: error instanceof S21Error ? null : traceOf(error),
    };
  }
}

function traceOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join("\n");
}

/** Null where this day's run was done before. */
async function openAndRun(
  config: Config,
  job: Job,
  { words, scheduledFor, note, now, signal }: JobRequest,
  onRun: (runId: string) => void,
): Promise<JobReport | null> {
  const warehouse = await openForWriting(config, { shared: config.workers !== null });
  try {
    if (scheduledFor !== null && (await findDaysRun(warehouse, job.name, scheduledFor))) return null;
    const archive = openArchive(config.dataDir);
    const work = async (stamp: RunStamp) => {
      onRun(stamp.run_id);
      const ees: Ees = { api: config.eesApi, fetching: { limits: config.download, signal, onRetry: note } };
      return job.run({ config, warehouse, archive, ees, stamp, note, now, signal });
    };
    return await recordRun(warehouse, "run", words, work, { job: job.name, scheduledFor });
  } finally {
    await warehouse.close();
  }
}
