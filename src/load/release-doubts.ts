/**
 * What makes a release too odd to load without a person: rows that are suddenly missing, an authority that is not there any more.
 * A file is compared with the vintage before it: the same data set in the version of this release that it replaces, else in
 * the newest release published before it. DfE prints every year again, so files grow; none of the real ones shrank.
 */
import { sql } from "kysely";
import type { SourceFileKey } from "./observations.ts";
import type { SourceFileTable } from "./tables.ts";
import type { WriteSession } from "./warehouse.ts";

/** A file with fewer rows than this part of the one before is held. */
const LEAST_PART = 0.8;
/** So many names are written out; the rest are counted. */
const NAMES = 8;

/** The file that a new one comes after; undefined where there is none. */
export async function findVintageBefore(
  { db }: WriteSession,
  key: SourceFileKey,
  publishedAt: string | null,
): Promise<SourceFileTable | undefined> {
  const others = db
    .selectFrom("source_file")
    .selectAll()
    .where("publication", "=", key.publication)
    .where("data_set", "=", key.data_set)
    .where("sha256", "<>", key.sha256);
  const replaced = await others
    .where("release", "=", key.release)
    .orderBy("published_at", (order) => order.desc().nullsLast())
    .orderBy("loaded_at", "desc")
    .executeTakeFirst();
  if (replaced !== undefined || publishedAt === null) return replaced;
  return others
    .where("release", "<>", key.release)
    .where("published_at", "<", publishedAt)
    .orderBy("published_at", "desc")
    .orderBy("loaded_at", "desc")
    .executeTakeFirst();
}

/**
 * Why a file should wait for a person, in sentences; empty where nothing is odd.
 * @param areas ONS codes of the authorities that were asked for; null: all.
 */
export async function findDoubts(
  { db }: WriteSession,
  file: SourceFileKey & { fileName: string; rows: number },
  before: SourceFileTable,
  areas: readonly string[] | null,
): Promise<string[]> {
  const doubts: string[] = [];
  const name = `release ${before.release}${before.release === file.release ? " as it was loaded before" : ""}`;
  if (before.rows !== null && file.rows < Number(before.rows) * LEAST_PART) {
    doubts.push(`${file.fileName} has ${file.rows} rows; ${name} has ${before.rows}`);
  }
  // The authorities of each file once: a look for every row of the one before takes minutes of a long file.
  const { rows: gone } = await sql<{ area_name: string; rows: number }>`
    with there as materialized (
      select distinct area_code from observation
      where source = 'dfe' and source_sha256 = ${file.sha256} and publication = ${file.publication}
        and release = ${file.release} and data_set = ${file.data_set}
    )
    select max(b.area_name) as area_name, count(distinct b.source_line) as rows
    from observation b
    where b.source = 'dfe' and b.area_level = 'local_authority' and b.source_sha256 = ${before.sha256}
      and b.publication = ${before.publication} and b.release = ${before.release} and b.data_set = ${before.data_set}
      and (${areas === null} or b.area_code = any(${areas ?? []}::text[]))
      and b.area_code not in (select area_code from there)
    group by b.area_code order by 1`.execute(db);
  if (gone.length > 0) {
    const named = gone.slice(0, NAMES).map((area) => `${area.area_name} (${area.rows} rows)`);
    const more = gone.length > NAMES ? ` and ${gone.length - NAMES} more` : "";
    doubts.push(`${file.fileName} has no row of ${named.join(", ")}${more}, which ${name} has`);
  }
  return doubts;
}
