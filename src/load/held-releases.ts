/** Versions that wait for a person. */
import { sql } from "kysely";
import type { RunStamp } from "./observations.ts";
import type { Warehouse, WritableWarehouse } from "./warehouse.ts";

/** The newest version of a release that is held. */
export interface HeldVersion {
  publication: string;
  release: string;
  versionId: string;
  releaseId: string | null;
  title: string | null;
  publishedAt: string | null;
  updateCount: number | null;
  nextRelease: string | null;
  because: string;
  /** sha256 of each file, by the data set's leading code. */
  files: Record<string, string>;
}

/** Null where nothing of it is held. */
export async function findHeldForReview(
  { db }: Warehouse,
  publication: string,
  release: string,
): Promise<HeldVersion | null> {
  const row = await db
    .selectFrom("release_version")
    .selectAll()
    .where("publication", "=", publication)
    .where("release", "=", release)
    .where("status", "=", "refused")
    .where("held_because", "is not", null)
    .orderBy("published_at", (order) => order.desc().nullsLast())
    .orderBy("last_checked_at", "desc")
    .executeTakeFirst();
  if (row === undefined || row.held_because === null) return null;
  return {
    publication,
    release,
    versionId: row.release_version_id,
    releaseId: row.release_id,
    title: row.title,
    publishedAt: row.published_at,
    updateCount: row.update_count,
    nextRelease: row.next_release,
    because: row.held_because,
    files: row.files,
  };
}

/** Notes who let a version in: from now on exactly these files are loaded like any others. */
export async function acceptHeld(
  warehouse: WritableWarehouse,
  { publication, release, versionId }: HeldVersion,
  who: string,
  stamp: RunStamp,
): Promise<void> {
  await warehouse.transaction(({ db }) =>
    db
      .updateTable("release_version")
      .set({ accepted_at: stamp.loaded_at, accepted_by: who })
      .where("publication", "=", publication)
      .where("release", "=", release)
      .where("release_version_id", "=", versionId)
      .where(sql<boolean>`held_because is not null`)
      .execute(),
  );
}
