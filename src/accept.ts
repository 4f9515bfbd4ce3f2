/** Lets in a release that was held for a person: from the archive, where its files are. `s21 accept` is this. */
import { hostname } from "node:os";
import { findPublication, type Publication } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import { type ExitCode, SourceNotTrustedError, UsageError } from "./errors.ts";
import { recallVersion } from "./extract/archived-release.ts";
import { type RunOutcome, userName } from "./load/ledger.ts";
import { findReleaseForReview, recordAccepted } from "./load/release-review.ts";
import { selectEverything } from "./nightly.ts";
import { failedOutcome, loadKept, type ReleaseReport, type Road } from "./release-road.ts";
import { summarise } from "./release-summary.ts";
import { performRun } from "./run.ts";
import type { Problem } from "./run-outcome.ts";

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
  const watcher = { note, progress: () => undefined };
  const { report } = await performRun(config, { command: "accept", words, watcher, signal }, async (context) => {
    const { warehouse, archive, stamp } = context;
    const held = await findReleaseForReview(warehouse, publication.slug, release);
    if (held === null) throw nothingHeld(publication, release);
    const kept = await recallVersion(archive, publication, held.version);
    if (kept === null) throw notInArchive(config, release);
    note(`${publication.slug} ${release}: held because ${held.because}`);
    await recordAccepted(warehouse, held, `${userName()}@${hostname()}`, stamp);
    const road: Road = { ...context, publication, selection: await selectEverything(context), recheck: false };
    const loaded = await loadKept(road, kept).catch((error) =>
      failedOutcome(road, release, held.version.versionId, error),
    );
    const { outcome, releases, problems } = summarise([loaded], 0);
    const { status, exitCode } = outcome;
    return { outcome, report: { run_id: stamp.run_id, status, releases, problems, exitCode } };
  });
  return report;
}

function nothingHeld(publication: Publication, release: string): UsageError {
  return new UsageError(
    "nothing-held",
    `nothing of release ${release} of ${publication.slug} is held; s21 status lists what is`,
  );
}

function notInArchive({ dataDir }: Config, release: string): SourceNotTrustedError {
  return new SourceNotTrustedError(
    "not-in-archive",
    `a file of release ${release} is not in ${dataDir} any more: run s21 refresh --release ${release} --recheck, then accept`,
  );
}
