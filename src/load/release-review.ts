/** Versions that are too odd to be loaded unless a person accepts them: held, in the ledger, their files in the archive. */
import { sql } from "kysely";
import type { Publication } from "../catalogue/publications.ts";
import type { RecalledVersion } from "../extract/archived-release.ts";
import type { KeptRelease } from "../extract/release.ts";
import type { RunStamp } from "./observations.ts";
import { describeVersion, VERSION_KEY } from "./release-version.ts";
import type { Warehouse, WritableWarehouse, WriteSession } from "./warehouse.ts";

/** A version that is held, as it was recorded when it came. */
export interface ReleaseForReview extends RecalledVersion {
  publication: string;
  because: string;
}

/** The newest version of a release that is held; null where none is. */
export async function findReleaseForReview(
  { db }: Warehouse,
  publication: string,
  release: string,
): Promise<ReleaseForReview | null> {
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
export async function recordAccepted(
  warehouse: WritableWarehouse,
  { publication, release, versionId }: ReleaseForReview,
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

/** Why this very version waits for a person; null where it does not. */
export async function findReasonToWait(
  { db }: Warehouse,
  publication: string,
  version: { slug: string; id: string; publishedAt: string; updateCount: number | null },
): Promise<string | null> {
  const held = await db
    .selectFrom("release_version")
    .select(["held_because", "update_count", "published_at"])
    .where("publication", "=", publication)
    .where("release", "=", version.slug)
    .where("release_version_id", "=", version.id)
    .where("status", "=", "refused")
    .where("held_because", "is not", null)
    .where("accepted_at", "is", null)
    .executeTakeFirst();
  const isSame = held?.published_at === version.publishedAt && held.update_count === version.updateCount;
  return isSame ? held.held_because : null;
}

/** Whether a person has accepted exactly these files. */
export async function isAccepted(
  { db }: WriteSession,
  publication: Publication,
  release: KeptRelease,
): Promise<boolean> {
  const version = await db
    .selectFrom("release_version")
    .select("files")
    .where("publication", "=", publication.slug)
    .where("release", "=", release.version.slug)
    .where("release_version_id", "=", release.version.id)
    .where("accepted_at", "is not", null)
    .executeTakeFirst();
  return version !== undefined && release.files.every((file) => version.files[file.dataSet.code] === file.sha256);
}

/**
 * Notes a version that was read and waits for a person. Its files are in the archive, its rows nowhere; what was loaded before
 * is still the newest that anyone can see.
 */
export async function recordForReview(
  warehouse: WritableWarehouse,
  publication: Publication,
  { version, manifest, files }: KeptRelease,
  doubts: readonly string[],
  stamp: RunStamp,
): Promise<void> {
  const held_because = doubts.join("; ");
  const row = {
    ...describeVersion(publication, version, stamp),
    is_latest: false,
    data_content: manifest === null ? null : JSON.stringify(manifest),
    files: JSON.stringify(Object.fromEntries(files.map((file) => [file.dataSet.code, file.sha256]))),
    status: "refused",
    problem: `held for a person: ${held_because}`,
    held_because,
    accepted_at: null,
    accepted_by: null,
  } as const;
  const { publication: _, release: __, release_version_id: ___, first_seen_at: ____, ...changed } = row;
  await warehouse.transaction(({ db }) =>
    db
      .insertInto("release_version")
      .values(row)
      .onConflict((conflict) => conflict.columns(VERSION_KEY).doUpdateSet(changed))
      .execute(),
  );
}
