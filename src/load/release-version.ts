/** The ledger of release versions: every one that was ever seen, and what became of it. */
import { type Insertable, sql } from "kysely";
import type { Publication } from "../catalogue/publications.ts";
import type { ReleaseVersion } from "../extract/ees.ts";
import type { KeptRelease, LocalVersion } from "../extract/release.ts";
import { LOCK } from "./lock-keys.ts";
import type { RunStamp } from "./observations.ts";
import type { ReleaseStatus, ReleaseVersionTable } from "./tables.ts";
import type { WritableWarehouse, WriteSession } from "./warehouse.ts";

/** What names a version in the ledger. */
export const VERSION_KEY = ["publication", "release", "release_version_id"] as const;

/** Notes a version whose files are loaded, in the transaction that loads them. */
export async function recordVersion(
  session: WriteSession,
  publication: Publication,
  release: KeptRelease,
  stamp: RunStamp,
): Promise<void> {
  const { version, manifest, files, absent } = release;
  const codes = absent.map((dataSet) => dataSet.code);
  const row = {
    ...describeVersion(publication, version, stamp),
    data_content: manifest === null ? null : JSON.stringify(manifest),
    files: JSON.stringify(hashesByDataSet(files)),
    status: codes.length > 0 ? "incomplete" : "loaded",
    problem: codes.length > 0 ? `not in this release: ${codes.join(", ")}` : null,
  } as const;
  await setLatest(session, row);
  await endReview(session, publication, version.slug);
  const { publication: _, release: __, release_version_id: ___, first_seen_at: ____, ...changed } = row;
  // A version that is read again from the archive comes without its manifest.
  const data_content = sql<string | null>`coalesce(excluded.data_content, release_version.data_content)`;
  await session.db
    .insertInto("release_version")
    .values(row)
    .onConflict((conflict) => conflict.columns(VERSION_KEY).doUpdateSet({ ...changed, data_content }))
    .execute();
}

/** sha256 of each file, by the data set's leading code. */
export function hashesByDataSet(files: KeptRelease["files"]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file.dataSet.code, file.sha256]));
}

/** A version of the release is loaded: none waits for a person any more, neither this one nor those before it. */
async function endReview({ db }: WriteSession, publication: Publication, release: string) {
  await db
    .updateTable("release_version")
    .set({ held_version: null })
    .where("publication", "=", publication.slug)
    .where("release", "=", release)
    .where("held_version", "is not", null)
    .execute();
}

/** Makes the views that the database keeps anew, after files or versions have changed, in the same transaction. Readers go on. */
export async function refreshKeptViews({ db, kind }: WriteSession): Promise<void> {
  // Nobody else reads the embedded warehouse meanwhile, and there it takes a tenth of the time.
  const concurrently = kind === "postgres" ? sql`concurrently` : sql``;
  // Waiting for it in the statement itself would make the views from what was there before the wait.
  await sql`select pg_advisory_xact_lock(${sql.lit(LOCK.vintages)})`.execute(db);
  await sql`refresh materialized view ${concurrently} vintage`.execute(db);
  await sql`refresh materialized view ${concurrently} suppressed_cell`.execute(db);
}

/** Notes a version that was seen and is not loaded: refused, or out of reach. What was loaded of it before stands. */
export async function recordUnloaded(
  warehouse: WritableWarehouse,
  publication: Publication,
  version: ReleaseVersion,
  because: { status: Extract<ReleaseStatus, "seen" | "refused">; problem: string },
  stamp: RunStamp,
): Promise<void> {
  await warehouse.transaction(async (session) => {
    const row = { ...describeVersion(publication, version, stamp), ...because };
    await setLatest(session, row);
    await session.db
      .insertInto("release_version")
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(VERSION_KEY)
          .doUpdateSet({ ...because, last_checked_at: stamp.loaded_at })
          .where("release_version.status", "in", ["seen", "refused"]),
      )
      .execute();
  });
}

/** Notes that EES no longer has a release. Its rows stand. @returns whether it was ever loaded. */
export async function recordWithdrawn(
  warehouse: WritableWarehouse,
  publication: string,
  release: string,
  stamp: RunStamp,
): Promise<boolean> {
  return warehouse.transaction(async ({ db }) => {
    const { numUpdatedRows } = await db
      .updateTable("release_version")
      .set({ status: "withdrawn", problem: `EES no longer has it; first missed ${stamp.loaded_at}` })
      .where("publication", "=", publication)
      .where("release", "=", release)
      .where("release_version_id", "!=", "local")
      .where("status", "in", ["loaded", "incomplete"])
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  });
}

/** Notes that a version was looked at and nothing had changed. */
export async function recordChecked(
  warehouse: WritableWarehouse,
  publication: string,
  release: string,
  versionId: string,
  stamp: RunStamp,
): Promise<void> {
  await warehouse.transaction(async ({ db }) => {
    await db
      .updateTable("release_version")
      .set({ last_checked_at: stamp.loaded_at })
      .where("publication", "=", publication)
      .where("release", "=", release)
      .where("release_version_id", "=", versionId)
      .execute();
  });
}

/** The columns that say which version it is. */
export function describeVersion(publication: Publication, version: ReleaseVersion | LocalVersion, stamp: RunStamp) {
  return {
    publication: publication.slug,
    release: version.slug,
    release_version_id: version.id,
    publication_id: publication.id,
    release_id: version.releaseId,
    title: version.title,
    published_at: version.publishedAt,
    update_count: version.updateCount,
    next_release: version.nextRelease,
    is_latest: version.isLatest,
    first_seen_at: stamp.loaded_at,
    last_checked_at: stamp.loaded_at,
  };
}

/** One version of a publication at most is the latest. */
async function setLatest(
  { db }: WriteSession,
  version: Pick<Insertable<ReleaseVersionTable>, "publication" | "is_latest">,
) {
  if (!version.is_latest) return;
  await db
    .updateTable("release_version")
    .set({ is_latest: false })
    .where("publication", "=", version.publication)
    .execute();
}
