/** How long ago the nightly job last went well, and what an operator should do about it. */
import { sql } from "kysely";
import { EXIT, type ExitCode } from "../errors.ts";
import type { Warehouse } from "./warehouse.ts";

export interface Staleness {
  state: "never scheduled" | "fresh" | "late" | "stale";
  last_success: string | null;
  hours: number | null;
  last_problem: string | null;
  /** What an operator needs to know, in a sentence or two. */
  sentence: string;
  exit_code: ExitCode;
}

/** The job whose success counts. */
export const NIGHTLY = "nightly-refresh";
/** In hours: one night was missed; three were. */
const LATE = 36;
const STALE = 72;

/**
 * Looks at the ledger. A warehouse whose nightly job was never run, by anyone, is not late: nobody has scheduled it. One
 * whose runs have all failed is, from the first of them on.
 */
export async function findStaleness({ db }: Warehouse, now: Date): Promise<Staleness> {
  const { rows } = await sql<{ last_success: string | null; first_run: string | null }>`
    select max(ended_at) filter (where status in ('done', 'unchanged', 'partial')) as last_success,
      min(started_at) as first_run
    from run where job = ${NIGHTLY}`.execute(db);
  const last = await db
    .selectFrom("run")
    .select(["problem", "status", "exit_code", "started_at"])
    .where("job", "=", NIGHTLY)
    .orderBy("started_at", "desc")
    .executeTakeFirst();
  const success = rows[0]?.last_success ?? null;
  const since = success ?? rows[0]?.first_run ?? null;
  if (since === null) return neverScheduled();
  const hours = Math.max(0, (now.getTime() - Date.parse(since)) / 3_600_000);
  const state = hours >= STALE ? "stale" : hours >= LATE ? "late" : "fresh";
  const failed = last !== undefined && ["failed", "interrupted"].includes(last.status);
  return {
    state,
    last_success: success,
    hours: Math.round(hours * 10) / 10,
    last_problem: failed ? (last.problem ?? last.status) : null,
    sentence: describe(state, success, hours, failed ? last : undefined),
    exit_code: state === "stale" ? EXIT.sourceUnreachable : state === "late" ? EXIT.partial : EXIT.done,
  };
}

function neverScheduled(): Staleness {
  const sentence =
    "The nightly job was never run here: s21 schedule runs it every night, s21 run nightly-refresh once.";
  return {
    state: "never scheduled",
    last_success: null,
    hours: null,
    last_problem: null,
    sentence,
    exit_code: EXIT.done,
  };
}

function describe(
  state: Staleness["state"],
  success: string | null,
  hours: number,
  failed: { started_at: string; problem: string | null; exit_code: number | null } | undefined,
): string {
  const ago = hours < 48 ? `${Math.floor(hours)} hours ago` : `${Math.floor(hours / 24)} days ago`;
  const last =
    success === null
      ? `The nightly job has never gone well; it was first tried ${ago}`
      : `The nightly job last went well ${ago}, on ${success.slice(0, 16).replace("T", " ")} UTC`;
  if (failed !== undefined) {
    const code = failed.exit_code === null ? "" : ` (exit ${failed.exit_code})`;
    const words = (failed.problem ?? "it was interrupted").split("\n", 1)[0];
    return `${last}. The newest run failed${code}: ${words}`;
  }
  if (state === "fresh") return `${last}.`;
  return `${last}, and nothing has tried since: the scheduler (s21 schedule, a timer or cron) is not running, or cannot reach this warehouse.`;
}
