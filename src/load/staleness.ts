/** How long ago DfE's releases were last refreshed well, and what an operator should do about it. */
import { type SqlBool, sql } from "kysely";
import { EXIT, type ExitCode } from "../errors.ts";
import type { RunTable } from "./tables.ts";
import type { Warehouse } from "./warehouse.ts";

export interface Staleness {
  state: "never refreshed" | "fresh" | "late" | "stale";
  last_success: string | null;
  hours: number | null;
  last_problem: string | null;
  /** What an operator needs to know, in a sentence or two. */
  sentence: string;
  exit_code: ExitCode;
}

/** The runs that count: nights, and refreshes by hand or from somebody's own cron. */
const REFRESHES = sql<SqlBool>`(job = 'nightly-refresh' or command = 'refresh')`;
/** In hours: one night was missed; three were. */
const LATE = 36;
const STALE = 72;

type Run = Pick<RunTable, "problem" | "status" | "exit_code">;

/** Looks at the ledger. Where every run has failed, the first of them is when it began to be late. */
export async function findStaleness({ db }: Warehouse, now: Date): Promise<Staleness> {
  const { rows } = await sql<{ last_success: string | null; first_run: string | null }>`
    select max(ended_at) filter (where status in ('done', 'unchanged', 'partial')) as last_success,
      min(started_at) as first_run
    from run where ${REFRESHES}`.execute(db);
  const newest = await db
    .selectFrom("run")
    .select(["problem", "status", "exit_code"])
    .where(REFRESHES)
    .orderBy("started_at", "desc")
    .executeTakeFirst();
  const success = rows[0]?.last_success ?? null;
  const since = success ?? rows[0]?.first_run ?? null;
  if (since === null) return NEVER_REFRESHED;
  const hours = Math.max(0, (now.getTime() - Date.parse(since)) / 3_600_000);
  const state = hours >= STALE ? "stale" : hours >= LATE ? "late" : "fresh";
  const failed = newest !== undefined && ["failed", "interrupted"].includes(newest.status) ? newest : null;
  return {
    state,
    last_success: success,
    hours: Math.round(hours * 10) / 10,
    last_problem: failed === null ? null : (failed.problem ?? failed.status),
    sentence: describe(state, success, hours, failed),
    exit_code: state === "stale" ? EXIT.sourceUnreachable : state === "late" ? EXIT.partial : EXIT.done,
  };
}

const NEVER_REFRESHED: Staleness = {
  state: "never refreshed",
  last_success: null,
  hours: null,
  last_problem: null,
  sentence: "Nothing was ever refreshed here: s21 schedule does it every night, s21 refresh once.",
  exit_code: EXIT.done,
};

function describe(state: Staleness["state"], success: string | null, hours: number, failed: Run | null): string {
  const last =
    success === null
      ? `No refresh has ever gone well; the first was tried ${describeAge(hours)}`
      : `The last refresh that went well was ${describeAge(hours)}, on ${success.slice(0, 16).replace("T", " ")} UTC`;
  if (failed !== null) {
    const code = failed.exit_code === null ? "" : ` (exit ${failed.exit_code})`;
    const words = (failed.problem ?? "it was interrupted").split("\n", 1)[0];
    return `${last}. The newest failed${code}: ${words}`;
  }
  if (state === "fresh") return `${last}.`;
  return `${last}, and nothing has tried since: the scheduler (s21 schedule, a timer or cron) is not running, or cannot reach this warehouse.`;
}

/** `1 hour ago`, `35 hours ago`, `2 days ago` */
function describeAge(hours: number): string {
  if (hours < 1) return "less than an hour ago";
  const [count, unit] = hours < 48 ? [Math.floor(hours), "hour"] : [Math.floor(hours / 24), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}
