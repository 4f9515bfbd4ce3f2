/** What the answers still lack: cells that DfE may fill, the releases that are held for them, and those that can't be had. */
import { sql } from "kysely";
import type { Authority } from "../catalogue/authorities.ts";
import type { DataSet, Publication } from "../catalogue/publications.ts";
import type { LocalVersion } from "../extract/release.ts";
import type { HeldRelease, OpenCell } from "../resolve/needed-releases.ts";
import type { RunStamp } from "./observations.ts";
import { isCurrent } from "./release.ts";
import type { SourceFileTable } from "./tables.ts";
import type { Warehouse, WritableWarehouse } from "./warehouse.ts";

/**
 * Kinds of cells that a publication may fill or stand beside, each once.
 * @param areaCodes only letters of these councils; null: of all.
 */
export async function readOpenCells(
  { db }: Pick<Warehouse, "db">,
  publication: string,
  areaCodes: readonly string[] | null,
): Promise<OpenCell[]> {
  const only = areaCodes === null ? sql`` : sql`and c.area_code in (${sql.join(areaCodes)})`;
  const { rows } = await sql<{
    data_set: string;
    cited: string | null;
    period_end: string;
    response_date: string | null;
    blank: boolean;
  }>`
    select distinct q.data_set, r.release as cited, c.period_end, c.response_date,
      c.status not in ('reported', 'rounds_to_zero') as blank
    from letter_cell c
    join question_plan q on q.letter_id = c.letter_id and q.question = c.question and q.part = c.part
    left join referral_plan r on r.letter_id = c.letter_id and r.question = c.question and r.part = c.part
      and r.breakdown = c.breakdown and coalesce(r.period_label, '') = coalesce(c.period_label, '')
      and c.status = 'referred' and r.problem is null
    where q.publication = ${publication} and c.area_code is not null and c.breakdown = '' and c.period_end is not null
      and c.period_kind in ('financial_year', 'as_at') and c.period_start >= q.series_from ${only}
    order by 1, 2, 3, 4, 5`.execute(db);
  return rows.map((row) => ({
    publication,
    dataSet: row.data_set,
    cited: row.cited,
    periodEnd: row.period_end,
    letterDate: row.response_date,
    blank: row.blank,
  }));
}

/** What the letters' answers come to. */
export interface FillCounts {
  cells: number;
  /** Left blank by the council: referred, not held, unanswered … */
  blanks: number;
  filled: number;
  open: number;
  disagreements: number;
}

/** @param areaCodes only letters of these councils; null: of all. */
export async function countAnswers(
  { db }: Pick<Warehouse, "db">,
  areaCodes: readonly string[] | null,
): Promise<FillCounts> {
  const only = areaCodes === null ? sql`` : sql`where area_code in (${sql.join(areaCodes)})`;
  const { rows } = await sql<FillCounts>`
    select count(*) as cells, count(*) filter (where answered_by is distinct from 'council') as blanks,
      count(*) filter (where answered_by = 'dfe') as filled, count(*) filter (where answered_by is null) as open,
      count(*) filter (where answered_by = 'council' and difference <> 0) as disagreements
    from answer ${only}`.execute(db);
  const [counts] = rows;
  if (counts === undefined) throw new Error("a count gave no row");
  return counts;
}

/** Releases that are wholly loaded for these authorities, with the data sets that each has. */
export async function findHeldReleases(
  { db }: Pick<Warehouse, "db">,
  publication: Publication,
  authorities: readonly Authority[],
): Promise<HeldRelease[]> {
  const versions = await db
    .selectFrom("release_version")
    .select(["release", "files"])
    .where("publication", "=", publication.slug)
    .where("status", "in", ["loaded", "incomplete", "withdrawn"])
    .execute();
  const files = await db
    .selectFrom("source_file")
    .selectAll()
    .where("publication", "=", publication.slug)
    .where("source", "=", "dfe")
    .execute();
  const held = new Map<string, string[]>();
  for (const { release, files: wanted } of versions) {
    const present = Object.entries(wanted).filter(([code, sha256]) => {
      const dataSet = publication.dataSets.find((one) => one.code === code);
      const file = files.find((one) => one.sha256 === sha256 && one.release === release && one.data_set === code);
      return dataSet !== undefined && file !== undefined && isCurrent(file, publication, dataSet, authorities);
    });
    if (present.length === Object.keys(wanted).length) {
      held.set(release, [...(held.get(release) ?? []), ...present.map(([code]) => code)]);
    }
  }
  return [...held].map(([slug, dataSets]) => ({ slug, dataSets }));
}

/** Releases that earlier runs asked for in vain. */
export async function readMissingReleases({ db }: Pick<Warehouse, "db">, publication: string): Promise<string[]> {
  const rows = await db
    .selectFrom("missing_release")
    .select("release")
    .where("publication", "=", publication)
    .orderBy("release")
    .execute();
  return rows.map((row) => row.release);
}

/** Notes that a release could not be had. The day it was first missed stays. */
export async function saveMissingRelease(
  warehouse: WritableWarehouse,
  missing: { publication: string; release: string; code: string; reason: string },
  stamp: RunStamp,
): Promise<void> {
  const tried = { tried_at: stamp.loaded_at, run_id: stamp.run_id };
  const { code, reason } = missing;
  await warehouse.transaction(async ({ db }) => {
    await db
      .insertInto("missing_release")
      .values({ ...missing, ...tried, first_tried_at: stamp.loaded_at })
      .onConflict((conflict) => conflict.columns(["publication", "release"]).doUpdateSet({ code, reason, ...tried }))
      .execute();
  });
}

/** Cells that stay open because this release could not be had. */
export async function countOpenFor(
  { db }: Pick<Warehouse, "db">,
  release: string,
  areaCodes: readonly string[] | null,
): Promise<number> {
  const only = areaCodes === null ? sql`` : sql`and area_code in (${sql.join(areaCodes)})`;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from gap
    where reason = 'release_not_had' and because like ${`%${release} (%`} ${only}`.execute(db);
  return rows[0]?.count ?? Number.NaN;
}

/** A release that was loaded from a bundle on disk, as it is archived. */
export interface LocalRelease {
  version: LocalVersion;
  files: SourceFileTable[];
  absent: DataSet[];
}

/** Null where the release was never loaded from a bundle on disk. */
export async function findLocalRelease(
  { db }: Pick<Warehouse, "db">,
  publication: Publication,
  release: string,
): Promise<LocalRelease | null> {
  const files = await db
    .selectFrom("source_file")
    .selectAll()
    .where("publication", "=", publication.slug)
    .where("release", "=", release)
    .where("release_version_id", "=", "local")
    .orderBy("data_set")
    .execute();
  const [first] = files;
  if (first === undefined) return null;
  const version: LocalVersion = {
    slug: release,
    id: "local",
    releaseId: null,
    title: null,
    publishedAt: first.published_at,
    updateCount: null,
    isLatest: false,
    nextRelease: null,
  };
  const absent = publication.dataSets.filter((dataSet) => !files.some((file) => file.data_set === dataSet.code));
  return { version, files, absent };
}
