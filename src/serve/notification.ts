/** Telling someone: a signed message to `S21_NOTIFY_URL` when a run fails or something waits for a person. */
import { createHmac } from "node:crypto";
import { hostname } from "node:os";
import { got, RequestError } from "got";
import type { Config } from "../config.ts";
import { EXIT, type ExitCode } from "../errors.ts";
import type { JobResult } from "../job.ts";
import { packageVersion } from "../package-root.ts";
import { createHider } from "./log.ts";

/** In milliseconds. */
const TIMEOUT = 10_000;
const RETRIES = 2;
const MOST_PROBLEMS = 20;

/** What a receiver gets. Problems name files, releases and kinds of doubt, never the words of a letter. */
export interface Notification {
  event: "run-failed" | "needs-a-person" | "slot-skipped" | "warehouse-unreachable";
  job: string;
  run_id: string | null;
  scheduled_for: string | null;
  status: string;
  exit_code: number;
  started_at: string;
  ended_at: string;
  summary: string;
  problems: { code: string; message: string }[];
  host: string;
  version: string;
}

/** Null where there is nothing to tell: the run went well, a signal ended it, or another run was at work. */
export function notificationOf(result: JobResult): Notification | null {
  const { exit_code, problems, job, status } = result;
  if (exit_code === EXIT.done || exit_code === EXIT.locked || status === "interrupted") return null;
  const needsPerson = exit_code === EXIT.partial || exit_code === EXIT.sourceNotTrusted;
  const { run_id, scheduled_for, started_at, ended_at } = result;
  return {
    event: needsPerson ? "needs-a-person" : "run-failed",
    job,
    run_id,
    scheduled_for,
    status,
    exit_code,
    started_at,
    ended_at,
    summary: `${job}: ${status}, exit ${exit_code}${problems[0] === undefined ? "" : `: ${problems[0].message}`}`,
    problems: problems.slice(0, MOST_PROBLEMS),
    host: hostname(),
    version: packageVersion(),
  };
}

/** What a message of the scheduler's own is about. */
export interface SchedulerMatter {
  job: string;
  scheduledFor: string | null;
  exitCode: ExitCode;
  now: Date;
}

/** A message of no run: a slot that passed while its job was at work, a warehouse out of reach. */
export function schedulerNotification(
  event: "slot-skipped" | "warehouse-unreachable",
  { job, scheduledFor, exitCode, now }: SchedulerMatter,
  message: string,
): Notification {
  const at = now.toISOString();
  return {
    event,
    job,
    run_id: null,
    scheduled_for: scheduledFor,
    status: event === "slot-skipped" ? "skipped" : "failed",
    exit_code: exitCode,
    started_at: at,
    ended_at: at,
    summary: `${job}: ${message}`,
    problems: [],
    host: hostname(),
    version: packageVersion(),
  };
}

/** The same, said again within a day, tells nobody anything. In milliseconds. */
const REPEAT = 24 * 60 * 60_000;

/** Remembers what was told of each job, and when. */
export interface ToldNotifications {
  /** Whether this is worth telling: it is not what was told of the job last, within a day. */
  isNews(notification: Notification, now: Date): boolean;
  /** The job went well: whatever comes next is news. */
  forget(job: string): void;
}

export function rememberNotifications(): ToldNotifications {
  const told = new Map<string, { said: string; at: number }>();
  return {
    isNews({ job, event, exit_code, summary, problems }, now) {
      const said = JSON.stringify([event, exit_code, summary, problems]);
      const before = told.get(job);
      const isSame = before?.said === said && Math.abs(now.getTime() - before.at) < REPEAT;
      if (!isSame) told.set(job, { said, at: now.getTime() });
      return !isSame;
    },
    forget: (job) => void told.delete(job),
  };
}

/**
 * Sends it. The header `S21-Signature: t=SECONDS,v1=HEX` holds HMAC-SHA256 of `SECONDS.BODY` under `S21_NOTIFY_SECRET`; a receiver
 * checks it, and that the time is recent.
 * @returns null when it was received, else what went wrong, fit to be logged. Never throws: a run is not undone by this.
 */
export async function sendNotification(
  config: Pick<Config, "notify" | "databaseUrl">,
  notification: Notification,
  now: Date,
): Promise<string | null> {
  if (config.notify === null) return null;
  const hide = createHider(config);
  const body = hide(JSON.stringify(notification));
  const seconds = Math.floor(now.getTime() / 1_000);
  try {
    const { statusCode } = await got.post(config.notify.url, {
      body,
      headers: {
        "content-type": "application/json",
        "s21-signature": signatureOf(config.notify.secret, seconds, body),
      },
      followRedirect: false,
      retry: { limit: RETRIES, methods: ["POST"], backoffLimit: 2_000 },
      timeout: { request: TIMEOUT },
    });
    // A redirect is not followed: the message is for whom the address names.
    return statusCode < 300 ? null : `the webhook answered ${statusCode}`;
  } catch (error) {
    const status = error instanceof RequestError ? error.response?.statusCode : undefined;
    const words = error instanceof Error ? hide(error.message) : "unknown";
    return status === undefined ? `the webhook could not be reached: ${words}` : `the webhook answered ${status}`;
  }
}

/** The value of the header. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}
