/** What the ledger knows of the releases of a publication, and what becomes of one that EES takes back. */
import { sql } from "kysely";
import type { Publication } from "../catalogue/publications.ts";
import type { RunStamp } from "./observations.ts";
import { hasCurrentReader } from "./release.ts";
import type { ReleaseStatus } from "./tables.ts";
import type { Warehouse, WritableWarehouse } from "./warehouse.ts";

/** The newest version that was seen of a release of EES. */
export interface KnownRelease {
  release: string;
  status: ReleaseStatus;
  publishedAt: string | null;
  lastCheckedAt: string;
  nextRelease: string | null;
  /** Whether its files were read by the catalogue as it is now. */
  isCurrent: boolean;
}

/** Releases that were read from EES; those from a folder alone are not EES's to amend or withdraw. */
export async function findKnownReleases({ db }: Warehouse, publication: Publication): Promise<KnownRelease[]> {
  const versions = await db
    .selectFrom("release_version")
    .distinctOn("release")
    .select(["release", "status", "published_at", "last_checked_at", "next_release", "files"])
    .where("publication", "=", publication.slug)
    .where("release_version_id", "<>", "local")
    .orderBy("release")
    .orderBy("published_at", sql`desc nulls last`)
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
    isCurrent: Object.entries(version.files).every(([code, sha256]) => {
      const file = files.find((one) => one.sha256 === sha256 && one.release === version.release);
      return file === undefined || hasCurrentReader(file.reader, publication, code);
    }),
  }));
}

/** When DfE says that something comes next, as far as it says it; newest word first. */
export async function findNextReleases({ db }: Warehouse): Promise<{ publication: string; next: string | null }[]> {
  const rows = await db
    .selectFrom("release_version")
    .distinctOn("publication")
    .select(["publication", "next_release"])
    .where("release_version_id", "<>", "local")
    .orderBy("publication")
    .orderBy("is_latest", "desc")
    .orderBy("published_at", sql`desc nulls last`)
    .execute();
  return rows.map((row) => ({ publication: row.publication, next: row.next_release }));
}

/**
 * Marks releases that EES has taken back. Their rows stay: what was published was published. @returns a sentence for each.
 */
export async function markWithdrawn(
  warehouse: WritableWarehouse,
  publication: string,
  releases: readonly string[],
  stamp: RunStamp,
): Promise<string[]> {
  const sentences: string[] = [];
  for (const release of releases) {
    await warehouse.transaction(async ({ db }) => {
      const loaded = await db
        .selectFrom("source_file")
        .select(({ fn }) => fn.max("loaded_at").as("at"))
        .where("publication", "=", publication)
        .where("release", "=", release)
        .executeTakeFirst();
      const when = loaded?.at == null ? "" : `, and was last loaded on ${String(loaded.at).slice(0, 10)}`;
      const message = `release ${release} of ${publication} is gone from EES${when}; its rows stay, marked as withdrawn`;
      sentences.push(message);
      await db
        .updateTable("release_version")
        .set({ status: "withdrawn", problem: message, is_latest: false, last_checked_at: stamp.loaded_at })
        .where("publication", "=", publication)
        .where("release", "=", release)
        .where("status", "in", ["loaded", "incomplete"])
        .execute();
      await db
        .insertInto("issue")
        .values({
          code: "release-withdrawn",
          message,
          publication,
          release,
          data_set: "",
          letter_id: null,
          question: null,
          part: null,
          source_file: null,
          source_sha256: null,
          source_line: null,
          source_column: null,
          found: null,
          expected: null,
          opened_at: stamp.loaded_at,
          run_id: stamp.run_id,
          resolved_at: null,
          resolution: null,
        })
        .execute();
    });
  }
  return sentences;
}
