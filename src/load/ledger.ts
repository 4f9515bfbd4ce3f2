/** The ledgers: runs, release versions, source files and issues. */
import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { sql } from "kysely";
import { EXIT, type ExitCode, exitCodeOf, InterruptedError, messageOf } from "../errors.ts";
import { packageVersion } from "../package-root.ts";
import type { Finding } from "../transform/finding.ts";
import { isLockHeld, LOCK } from "./lock-keys.ts";
import type { RunStamp, SourceFileKey } from "./observations.ts";
import type { RunStatus, SourceFileTable } from "./tables.ts";
import type { Warehouse, WritableWarehouse, WriteSession } from "./warehouse.ts";

export interface RunOutcome {
  status: Exclude<RunStatus, "running">;
  exitCode: ExitCode;
  counts: Record<string, number>;
  problem: string | null;
  /** What it read and changed: versions, files, changes by kind, reasons. */
  details?: Record<string, unknown>;
}

/** What a run is a run of, besides its command. */
export interface RunOccasion {
  job: string;
  /** The day whose run it is, `2027-03-28`; null where a person asked for it. */
  scheduledFor: string | null;
}

/**
 * Runs `work` with a row in the ledger, whatever becomes of it. Runs that a kill left open are closed first: each run
 * holds a lock of its own while it is going on.
 */
export async function recordRun<T extends { outcome: RunOutcome }>(
  warehouse: WritableWarehouse,
  command: string,
  commandArguments: readonly string[],
  work: (stamp: RunStamp) => Promise<T>,
  occasion?: RunOccasion,
): Promise<T> {
  const stamp = { run_id: randomUUID(), loaded_at: new Date().toISOString() };
  await openRun(warehouse, stamp, command, commandArguments, occasion);
  try {
    const result = await work(stamp);
    await closeRun(warehouse, stamp.run_id, result.outcome);
    return result;
  } catch (error) {
    const status = error instanceof InterruptedError ? "interrupted" : "failed";
    const outcome: RunOutcome = { status, exitCode: exitCodeOf(error), counts: {}, problem: messageOf(error) };
    // The first error is the one to tell; a warehouse that is gone can't be written either.
    await closeRun(warehouse, stamp.run_id, outcome).catch(() => undefined);
    throw error;
  }
}

async function openRun(
  warehouse: WritableWarehouse,
  stamp: RunStamp,
  command: string,
  words: readonly string[],
  occasion: RunOccasion | undefined,
) {
  await warehouse.transaction(async ({ db }) => {
    await db
      .updateTable("run")
      .set({ status: "interrupted", problem: "the process ended without closing its run", ended_at: stamp.loaded_at })
      .where("status", "=", "running")
      .where(sql<boolean>`not ${sql.raw(isLockHeld(LOCK.run, "run.run_id"))}`)
      .execute();
    await sql`select pg_advisory_lock(${sql.lit(LOCK.run)}, hashtext(${stamp.run_id}))`.execute(db);
    await db
      .insertInto("run")
      .values({
        run_id: stamp.run_id,
        command,
        arguments: JSON.stringify(words),
        started_at: stamp.loaded_at,
        ended_at: null,
        status: "running",
        exit_code: null,
        started_by: `${userName()}@${hostname()}`,
        version: packageVersion(),
        problem: null,
        job: occasion?.job ?? null,
        scheduled_for: occasion?.scheduledFor ?? null,
      })
      .execute();
  });
}

/** Whether a day's run of a job was done, or is going on; never so where no day is named. */
export async function findDaysRun({ db }: Warehouse, { job, scheduledFor }: RunOccasion): Promise<boolean> {
  if (scheduledFor === null) return false;
  const run = await db
    .selectFrom("run")
    .select("run_id")
    .where("job", "=", job)
    .where("scheduled_for", "=", scheduledFor)
    .where((where) =>
      where.or([
        where("status", "in", ["done", "unchanged", "partial"]),
        where.and([where("status", "=", "running"), sql<boolean>`${sql.raw(isLockHeld(LOCK.run, "run.run_id"))}`]),
      ]),
    )
    .executeTakeFirst();
  return run !== undefined;
}

/** A container may run under a user id that no file names. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_SYSTEM_ERROR") return `uid ${process.getuid?.()}`;
    throw error;
  }
}

async function closeRun(warehouse: WritableWarehouse, runId: string, outcome: RunOutcome) {
  await warehouse.transaction(async ({ db }) => {
    await db
      .updateTable("run")
      .set({
        status: outcome.status,
        exit_code: outcome.exitCode,
        counts: JSON.stringify(outcome.counts),
        details: JSON.stringify(outcome.details ?? {}),
        problem: outcome.problem,
        ended_at: new Date().toISOString(),
      })
      .where("run_id", "=", runId)
      .execute();
    await sql`select pg_advisory_unlock(${sql.lit(LOCK.run)}, hashtext(${runId}))`.execute(db);
  });
}

/** A run's status by its exit code, where it did not throw. */
export function statusOfExit(exitCode: ExitCode, changed: boolean): RunOutcome["status"] {
  if (exitCode === EXIT.partial) return "partial";
  if (exitCode !== EXIT.done) return "failed";
  return changed ? "done" : "unchanged";
}

export async function saveSourceFile(session: WriteSession, file: SourceFileTable): Promise<void> {
  await saveSourceFiles(session, [file]);
}

/** Files as they are now; none may stand twice. */
export async function saveSourceFiles({ db }: WriteSession, files: readonly SourceFileTable[]): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  const { sha256: _, publication: __, release: ___, data_set: ____, ...rest } = first;
  const columns = Object.keys(rest) as (keyof typeof rest)[];
  await db
    .insertInto("source_file")
    .values([...files])
    .onConflict((conflict) =>
      conflict
        .columns(["sha256", "publication", "release", "data_set"])
        .doUpdateSet(({ ref }) => Object.fromEntries(columns.map((column) => [column, ref(`excluded.${column}`)]))),
    )
    .execute();
}

/** Opens issues for what was found in a source file. */
export async function saveFindings(
  { db }: WriteSession,
  key: SourceFileKey,
  fileName: string,
  findings: readonly Finding[],
  stamp: RunStamp,
): Promise<void> {
  for (let start = 0; start < findings.length; start += 500) {
    const rows = findings.slice(start, start + 500).map((finding) => ({
      code: finding.code,
      message: finding.message,
      publication: key.publication,
      release: key.release,
      data_set: key.data_set,
      letter_id: null,
      question: null,
      part: null,
      source_file: fileName,
      source_sha256: key.sha256,
      source_line: finding.line,
      source_column: finding.column,
      found: finding.found,
      expected: finding.expected,
      opened_at: stamp.loaded_at,
      run_id: stamp.run_id,
      resolved_at: null,
      resolution: null,
    }));
    await db.insertInto("issue").values(rows).execute();
  }
}
