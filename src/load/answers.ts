/** What the answers still lack: cells that DfE may fill, the releases that are held for them, and those that can't be had. */
import { type Selectable, sql } from "kysely";
import type { Authority } from "../catalogue/authorities.ts";
import type { DataSet, Publication } from "../catalogue/publications.ts";
import type { ReleaseVersion } from "../extract/ees.ts";
import type { LocalVersion } from "../extract/release.ts";
import type { HeldRelease, OpenCell } from "../resolve/needed-releases.ts";
import { isCurrent } from "./held-release.ts";
import type { RunStamp } from "./observations.ts";
import type { ReleaseVersionTable, SourceFileTable } from "./tables.ts";
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

/** A version of a release as the ledger and the archive have it. */
export interface LedgerVersion {
  version: ReleaseVersion | LocalVersion;
  /** Of each data set, the file that this version has. */
  files: SourceFileTable[];
  absent: DataSet[];
  /** Whether every file's rows are there for the authorities asked for, and read as the catalogue reads now. */
  isCurrent: boolean;
}

/** Every version that was loaded, withdrawn ones too, oldest first. */
export async function readLedgerVersions(
  { db }: Pick<Warehouse, "db">,
  publication: Publication,
  authorities: readonly Authority[],
): Promise<LedgerVersion[]> {
  const versions = await db
    .selectFrom("release_version")
    .selectAll()
    .where("publication", "=", publication.slug)
    .where("status", "in", ["loaded", "incomplete", "withdrawn"])
    .orderBy("published_at")
    .orderBy("release")
    .execute();
  const files = await db
    .selectFrom("source_file")
    .selectAll()
    .where("publication", "=", publication.slug)
    .where("source", "=", "dfe")
    .execute();
  return versions.map((row) => {
    const wanted = Object.entries(row.files);
    const present = wanted.flatMap(([code, sha256]) =>
      files.filter((file) => file.sha256 === sha256 && file.release === row.release && file.data_set === code),
    );
    const areCurrent = present.every((file) => isFileCurrent(file, publication, authorities));
    return {
      version: versionOf(row),
      files: present,
      absent: publication.dataSets.filter(
        ({ code, isOptional }) => isOptional !== true && row.files[code] === undefined,
      ),
      isCurrent: areCurrent && present.length === wanted.length,
    };
  });
}

function isFileCurrent(file: SourceFileTable, publication: Publication, authorities: readonly Authority[]): boolean {
  const dataSet = publication.dataSets.find((one) => one.code === file.data_set);
  return dataSet !== undefined && isCurrent(file, publication, dataSet, authorities);
}

function versionOf(row: Selectable<ReleaseVersionTable>): ReleaseVersion | LocalVersion {
  const { release: slug, published_at: publishedAt } = row;
  if (row.release_version_id === "local" || publishedAt === null) {
    const unknown = { releaseId: null, title: null, updateCount: null, isLatest: false, nextRelease: null } as const;
    return { slug, id: "local", publishedAt, ...unknown };
  }
  return {
    slug,
    id: row.release_version_id,
    releaseId: row.release_id,
    title: row.title,
    publishedAt,
    updateCount: row.update_count,
    isLatest: row.is_latest,
    nextRelease: row.next_release,
  };
}

/** Releases that are wholly loaded for these authorities, with the data sets that their versions have. */
export async function findHeldReleases(
  warehouse: Pick<Warehouse, "db">,
  publication: Publication,
  authorities: readonly Authority[],
): Promise<HeldRelease[]> {
  const held = new Map<string, string[]>();
  for (const { version, files, isCurrent: isThere } of await readLedgerVersions(warehouse, publication, authorities)) {
    if (!isThere) continue;
    held.set(version.slug, [...(held.get(version.slug) ?? []), ...files.map((file) => file.data_set)]);
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
