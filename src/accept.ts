/** Lets in a release that was held for a person: from the archive, where its files are. `s21 accept` is this. */
import { hostname } from "node:os";
import { findPublication, type Publication } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import { type ExitCode, SourceNotTrustedError, UsageError } from "./errors.ts";
import { openArchive } from "./extract/archive.ts";
import { recallVersion } from "./extract/archived-release.ts";
import { acceptHeld, findHeldForReview } from "./load/held-releases.ts";
import { type RunOutcome, recordRun, userName } from "./load/ledger.ts";
import { findKeptAreas } from "./load/release.ts";
import { openForWriting } from "./load/warehouse.ts";
import { readAuthorities } from "./named-authorities.ts";
import { selectByDefault } from "./refresh.ts";
import { failedOutcome, loadKept, type Problem, type ReleaseReport, type Road, summarise } from "./release-road.ts";

export interface AcceptReport {
  run_id: string;
  status: RunOutcome["status"];
  releases: ReleaseReport[];
  problems: Problem[];
  exitCode: ExitCode;
}

/**
 * Loads the version that is held, and notes who let it in.
 * @throws UsageError where nothing of that release is held; SourceNotTrustedError where the archive has lost a file of it.
 */
export async function acceptRelease(
  config: Config,
  publicationSlug: string,
  release: string,
  words: readonly string[],
  note: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<AcceptReport> {
  const publication = findPublication(publicationSlug);
  if (publication === undefined) throw new UsageError("unknown-publication", `no publication ${publicationSlug}`);
  const warehouse = await openForWriting(config);
  try {
    const archive = openArchive(config.dataDir);
    const held = await findHeldForReview(warehouse, publication.slug, release);
    if (held === null) throw nothingHeld(publication, release);
    const { report } = await recordRun(warehouse, "accept", words, async (stamp) => {
      const kept = await recallVersion(archive, publication, held);
      if (kept === null) {
        throw new SourceNotTrustedError(
          "not-in-archive",
          `a file of release ${release} is not in ${config.dataDir} any more: run s21 refresh --release ${release} --recheck, then accept`,
        );
      }
      note(`${publication.slug} ${release}: held because ${held.because}`);
      await acceptHeld(warehouse, held, `${userName()}@${hostname()}`, stamp);
      const areas = await findKeptAreas(warehouse);
      const named = readAuthorities([...config.las], { note });
      const selection = areas === "all" ? areas : await selectByDefault(warehouse, [...new Set([...named, ...areas])]);
      const ees = { api: config.eesApi, fetching: { limits: config.download, signal } };
      const watcher = { note, progress: () => undefined };
      const road: Road = { warehouse, archive, ees, publication, selection, stamp, recheck: false, watcher, signal };
      const outcome = await loadKept(road, kept).catch((error: unknown) =>
        failedOutcome(road, release, held.versionId, error),
      );
      const { outcome: counted, releases, problems, exitCode } = summarise([outcome], 0);
      return {
        outcome: counted,
        report: { run_id: stamp.run_id, status: counted.status, releases, problems, exitCode },
      };
    });
    return report;
  } finally {
    await warehouse.close();
  }
}

function nothingHeld(publication: Publication, release: string): UsageError {
  return new UsageError(
    "nothing-held",
    `nothing of release ${release} of ${publication.slug} is held; s21 status lists what is`,
  );
}
