/** What the warehouse knows of letters: for reports, and to tell what is there already. */
import { type Selectable, sql } from "kysely";
import type { Status } from "../observation.ts";
import { LINK_CODES } from "./letter-links.ts";
import type { LetterTable } from "./tables.ts";
import type { Warehouse } from "./warehouse.ts";

/** The letters with these texts, by letter_id; those that were not read yet are missing. */
export async function findHeldLetters(
  { db }: Pick<Warehouse, "db">,
  letterIds: readonly string[],
): Promise<Map<string, Selectable<LetterTable>>> {
  if (letterIds.length === 0) return new Map();
  const rows = await db.selectFrom("letter").selectAll().where("letter_id", "in", letterIds).execute();
  return new Map(rows.map((row) => [row.letter_id, row]));
}

/** A letter as reports tell of it. */
export interface DescribedLetter {
  letter_id: string;
  council_name: string | null;
  area_code: string | null;
  request_reference: string | null;
  response_date: string | null;
  questions: number;
  cells: Partial<Record<Status, number>>;
  /** Open issues. */
  in_doubt: number;
}

/** Letters with their cells counted by status, by letter_id. @throws a fault of ours when one is not there. */
export async function describeLetters(
  { db }: Pick<Warehouse, "db">,
  letterIds: readonly string[],
): Promise<Map<string, DescribedLetter>> {
  if (letterIds.length === 0) return new Map();
  const { rows } = await sql<DescribedLetter>`
    select l.letter_id, l.council_name, l.area_code, l.request_reference, l.response_date, l.questions,
      (select coalesce(jsonb_object_agg(s.status, s.cells order by s.status), '{}') from (
        select status, count(*) as cells from observation where letter_id = l.letter_id group by status
      ) s) as cells,
      (select count(*)::integer from issue i where i.letter_id = l.letter_id and i.resolved_at is null) as in_doubt
    from letter l where l.letter_id in (${sql.join(letterIds)})`.execute(db);
  const described = new Map(rows.map((row) => [row.letter_id, row]));
  const missing = letterIds.find((letterId) => !described.has(letterId));
  if (missing !== undefined) throw new Error(`letter ${missing} is not in the warehouse`);
  return described;
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
