/**
 * Versions that are too odd to be loaded unless a person accepts them. Until then they are held: in the ledger, their files in the
 * archive, their rows nowhere. What was loaded before, also under the same version id, stands.
 */
import type { Publication } from "../catalogue/publications.ts";
import type { RecalledVersion } from "../extract/archived-release.ts";
import type { ReleaseVersion } from "../extract/ees.ts";
import type { KeptRelease } from "../extract/release.ts";
import type { RunStamp } from "./observations.ts";
import { describeVersion, hashesByDataSet, VERSION_KEY } from "./release-version.ts";
import type { Warehouse, WritableWarehouse, WriteSession } from "./warehouse.ts";

/** A version that is held, as it was when it came. */
export interface ReleaseForReview {
  publication: string;
  version: RecalledVersion;
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
    .select(["held_version", "held_because"])
    .where("publication", "=", publication)
    .where("release", "=", release)
    .where("held_version", "is not", null)
    .orderBy("last_checked_at", "desc")
    .executeTakeFirst();
  if (row === undefined || row.held_version === null) return null;
  return { publication, version: row.held_version, because: row.held_because ?? "" };
}

/** Why this very version waits for a person; null where it does not. */
export async function findReasonToWait(
  { db }: Warehouse,
  publication: string,
  { slug, id, publishedAt, updateCount }: ReleaseVersion,
): Promise<string | null> {
  const row = await db
    .selectFrom("release_version")
    .select(["held_version", "held_because"])
    .where("publication", "=", publication)
    .where("release", "=", slug)
    .where("release_version_id", "=", id)
    .where("held_version", "is not", null)
    .where("accepted_at", "is", null)
    .executeTakeFirst();
  const held = row?.held_version;
  return held?.publishedAt === publishedAt && held.updateCount === updateCount ? (row?.held_because ?? null) : null;
}

/** Whether a person has accepted exactly these files. */
export async function isAccepted(
  { db }: WriteSession,
  publication: Publication,
  { version, files }: KeptRelease,
): Promise<boolean> {
  const row = await db
    .selectFrom("release_version")
    .select("held_version")
    .where("publication", "=", publication.slug)
    .where("release", "=", version.slug)
    .where("release_version_id", "=", version.id)
    .where("accepted_at", "is not", null)
    .executeTakeFirst();
  const accepted = row?.held_version?.files;
  return accepted !== undefined && files.every((file) => accepted[file.dataSet.code] === file.sha256);
}

/** Notes who let a version in: from now on exactly these files are loaded like any others. */
export async function recordAccepted(
  warehouse: WritableWarehouse,
  { publication, version }: ReleaseForReview,
  who: string,
  stamp: RunStamp,
): Promise<void> {
  await warehouse.transaction(({ db }) =>
    db
      .updateTable("release_version")
      .set({ accepted_at: stamp.loaded_at, accepted_by: who })
      .where("publication", "=", publication)
      .where("release", "=", version.release)
      .where("release_version_id", "=", version.versionId)
      .execute(),
  );
}

/** Notes a version that was read and waits for a person. */
export async function recordForReview(
  warehouse: WritableWarehouse,
  publication: Publication,
  { version, manifest, files }: KeptRelease,
  doubts: readonly string[],
  stamp: RunStamp,
): Promise<void> {
  const { slug: release, id: versionId, releaseId, title, publishedAt, updateCount, nextRelease } = version;
  const held: RecalledVersion = {
    release,
    versionId,
    releaseId,
    title,
    publishedAt,
    updateCount,
    nextRelease,
    files: hashesByDataSet(files),
  };
  const waiting = {
    held_version: JSON.stringify(held),
    held_because: doubts.join("; "),
    accepted_at: null,
    accepted_by: null,
    last_checked_at: stamp.loaded_at,
  };
  const row = {
    ...describeVersion(publication, version, stamp),
    ...waiting,
    is_latest: false,
    data_content: manifest === null ? null : JSON.stringify(manifest),
    files: JSON.stringify(held.files),
    status: "refused",
    problem: `held for a person: ${waiting.held_because}`,
  } as const;
  await warehouse.transaction(({ db }) =>
    db
      .insertInto("release_version")
      .values(row)
      .onConflict((conflict) => conflict.columns(VERSION_KEY).doUpdateSet(waiting))
      .execute(),
  );
}
