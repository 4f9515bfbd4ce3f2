/** What the warehouse knows of letters: for reports, and to tell what is there already. */
import { type Selectable, sql } from "kysely";
import type { Status } from "../observation.ts";
import { LINK_CODES } from "./letter-links.ts";
import type { LetterTable } from "./tables.ts";
import type { Warehouse } from "./warehouse.ts";

/** The letter with this text; undefined where none was read yet. */
export async function findHeldLetter(
  { db }: Pick<Warehouse, "db">,
  letterId: string,
): Promise<Selectable<LetterTable> | undefined> {
  return db.selectFrom("letter").selectAll().where("letter_id", "=", letterId).executeTakeFirst();
}

/** A letter's cells, counted by status. */
export async function countByStatus({ db }: Warehouse, letterId: string): Promise<Partial<Record<Status, number>>> {
  const rows = await db
    .selectFrom("observation")
    .select(({ fn }) => ["status", fn.countAll<number>().as("count")])
    .where("letter_id", "=", letterId)
    .where("source", "=", "council")
    .groupBy("status")
    .orderBy("status")
    .execute();
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.count)]));
}

/** Open issues of a letter. */
export async function countOpenIssues({ db }: Warehouse, letterId: string): Promise<number> {
  const row = await db
    .selectFrom("issue")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("letter_id", "=", letterId)
    .where("resolved_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export interface OpenLinkIssue {
  code: string;
  message: string;
  letterId: string;
  file: string;
  found: string | null;
  expected: string | null;
}

/** Doubts about the order of letters that this run opened. */
export async function findLinkIssues({ db }: Warehouse, runId: string): Promise<OpenLinkIssue[]> {
  const rows = await db
    .selectFrom("issue")
    .select(["code", "message", "letter_id", "source_file", "found", "expected"])
    .where("run_id", "=", runId)
    .where("code", "in", LINK_CODES)
    .where("resolved_at", "is", null)
    .orderBy("letter_id")
    .execute();
  return rows.map(({ code, message, letter_id, source_file, found, expected }) => ({
    code,
    message,
    letterId: String(letter_id),
    file: String(source_file),
    found,
    expected,
  }));
}

/** Letters that another supersedes, by letter_id. */
export async function findSuperseded({ db }: Warehouse): Promise<Map<string, string>> {
  const { rows } = await sql<{ letter_id: string; superseded_by: string }>`
    select letter_id, superseded_by from letter where superseded_by is not null`.execute(db);
  return new Map(rows.map((row) => [row.letter_id, row.superseded_by]));
}
