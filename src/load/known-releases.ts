/** What the ledger knows of the releases of a publication. */
import type { Publication } from "../catalogue/publications.ts";
import { findUnread, hasCurrentReader } from "./held-release.ts";
import type { ReleaseStatus } from "./tables.ts";
import type { Warehouse } from "./warehouse.ts";

/** The newest version that was seen of a release of EES. */
export interface KnownRelease {
  release: string;
  status: ReleaseStatus;
  publishedAt: string | null;
  lastCheckedAt: string;
  nextRelease: string | null;
  /** Whether all that it lists was read, by the catalogue as it is now. */
  isCurrent: boolean;
}

/** Releases that were read from EES; those from a folder alone are not EES's to amend or withdraw. */
export async function findKnownReleases({ db }: Warehouse, publication: Publication): Promise<KnownRelease[]> {
  const versions = await db
    .selectFrom("release_version")
    .distinctOn("release")
    .select(["release", "status", "published_at", "last_checked_at", "next_release", "files", "data_content"])
    .where("publication", "=", publication.slug)
    .where("release_version_id", "<>", "local")
    .orderBy("release")
    .orderBy("published_at", (order) => order.desc().nullsLast())
    .orderBy("first_seen_at", "desc")
    .execute();
  const files = await db
    .selectFrom("source_file")
    .select(["sha256", "release", "data_set", "reader"])
    .where("publication", "=", publication.slug)
    .execute();
  return versions.map((version) => ({
    release: version.release,
    status: version.status,
    publishedAt: version.published_at,
    lastCheckedAt: version.last_checked_at,
    nextRelease: version.next_release,
    isCurrent:
      findUnread(publication, version).length === 0 &&
      Object.entries(version.files).every(([code, sha256]) => {
        const file = files.find((one) => one.sha256 === sha256 && one.release === version.release);
        return file === undefined || hasCurrentReader(file.reader, publication, code);
      }),
  }));
}
