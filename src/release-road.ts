/** One release at a time, from EES to rows: what `refresh` and `backfill` share. */
import type { Publication } from "./catalogue/publications.ts";
import {
  EXIT,
  type ExitCode,
  exitCodeOf,
  HeldForReviewError,
  HttpStatusError,
  messageOf,
  S21Error,
  SourceUnreachableError,
} from "./errors.ts";
import { recallRelease } from "./extract/archived-release.ts";
import { type Ees, findVersion, type ReleaseVersion } from "./extract/ees.ts";
import { type FoundRelease, type KeptRelease, keepRelease } from "./extract/release.ts";
import { findHeldRelease, type HeldRelease, isCurrent } from "./load/held-release.ts";
import { describeAbsent, type LoadedFile, type LoadNote, type LoadRequest, loadRelease } from "./load/release.ts";
import type { ReleaseChange } from "./load/release-changes.ts";
import { findReasonToWait, recordForReview } from "./load/release-review.ts";
import { recordChecked, recordUnloaded, recordWithdrawn } from "./load/release-version.ts";
import type { RunContext } from "./run.ts";
import type { Problem } from "./run-outcome.ts";
import type { AreaSelection } from "./transform/dfe-area.ts";

export interface ReleaseReport {
  publication: string;
  release: string;
  version_id: string | null;
  status: "loaded" | "unchanged" | "failed";
  files: LoadedFile[];
  /** What an amendment changed, by data set and kind; missing where it replaced nothing that was loaded. */
  changes?: ReleaseChange[];
}

/** All that bringing releases of one publication into the warehouse takes. */
export interface Road extends RunContext {
  publication: Publication;
  selection: AreaSelection;
  /** Download again even where EES says that nothing has changed. */
  recheck: boolean;
}

/** What became of one release; `exitCode` says how far it went wrong. */
export interface ReleaseOutcome {
  report: ReleaseReport;
  problems: Problem[];
  exitCode: ExitCode;
}

/** Never rejects for a fault of the release: the others must go on. */
export async function refreshRelease(road: Road, eesSlug: string, slug: string): Promise<ReleaseOutcome> {
  let version: ReleaseVersion | null = null;
  try {
    version = await findVersion(road.ees, eesSlug, slug);
    return await refreshVersion(road, { publication: road.publication, eesSlug, version });
  } catch (error) {
    const outcome = failedOutcome(road, slug, version?.id ?? null, error);
    return (await recordFailure(road, slug, version, error)) ? withdrawnOutcome(outcome, slug) : outcome;
  }
}

/** Keeps in the ledger what became of a release that was not loaded. @returns whether it was loaded once, and is gone. */
async function recordFailure(road: Road, slug: string, version: ReleaseVersion | null, error: unknown) {
  const { warehouse, publication, stamp } = road;
  // What is held was noted where it was read, with its files.
  if (error instanceof HeldForReviewError) return false;
  if (version !== null) {
    const status = error instanceof SourceUnreachableError ? "seen" : "refused";
    await recordUnloaded(warehouse, publication, version, { status, problem: messageOf(error) }, stamp);
    return false;
  }
  const isGone = error instanceof HttpStatusError && error.statusCode === 404;
  return isGone && (await recordWithdrawn(warehouse, publication.slug, slug, stamp));
}

function withdrawnOutcome(outcome: ReleaseOutcome, release: string): ReleaseOutcome {
  const message = `release ${release} is gone from EES; what was loaded of it stands`;
  return { ...outcome, problems: [{ code: "withdrawn", message }, ...outcome.problems] };
}

/** The outcome of a release that failed; a fault that is no matter of the release is thrown on. */
export function failedOutcome(
  { publication, signal }: Road,
  release: string,
  versionId: string | null,
  error: unknown,
): ReleaseOutcome {
  signal?.throwIfAborted();
  // A fault of ours, or of the warehouse, is no matter of this release.
  if (!(error instanceof S21Error) || [EXIT.warehouse, EXIT.usage].includes(error.exitCode as 6)) throw error;
  return {
    report: { publication: publication.slug, release, version_id: versionId, status: "failed", files: [] },
    problems: [{ code: error.code, message: messageOf(error) }],
    exitCode: exitCodeOf(error),
  };
}

async function refreshVersion(road: Road, found: FoundRelease): Promise<ReleaseOutcome> {
  const { warehouse, publication, recheck, archive, watcher } = road;
  const { version } = found;
  const waiting = recheck ? null : await findReasonToWait(warehouse, publication.slug, version);
  if (waiting !== null) throw new HeldForReviewError(version.slug, [waiting]);
  const held = recheck ? null : await findHeldRelease(warehouse, publication, version.slug, version.id);
  if (held !== null && held.unread.length === 0 && sameVersion(held, version)) {
    if (held.files.every((file) => isCurrentFile(file, road))) return unchangedOutcome(road, version, held);
    const recalled = await recallRelease(archive, publication, version, held.files, absentIn(held, publication));
    if (recalled !== null) return loadKept(road, recalled);
  }
  watcher.note(`${publication.slug} ${version.slug}: downloading`);
  const onBytes = (bytes: number) => watcher.progress(`downloading ${version.slug}`, bytes, null);
  const ees: Ees = { ...road.ees, fetching: { ...road.ees.fetching, onBytes } };
  return loadKept(road, await keepRelease(ees, found, archive));
}

function sameVersion(held: HeldRelease, version: ReleaseVersion): boolean {
  return held.updateCount === version.updateCount && held.publishedAt === version.publishedAt;
}

function isCurrentFile(file: HeldRelease["files"][number], { publication, selection }: Road): boolean {
  const dataSet = publication.dataSets.find((one) => one.code === file.data_set);
  return dataSet !== undefined && isCurrent(file, publication, dataSet, selection);
}

function absentIn(held: HeldRelease, publication: Publication) {
  return publication.dataSets.filter(
    ({ code, isOptional }) => isOptional !== true && !held.files.some((file) => file.data_set === code),
  );
}

async function unchangedOutcome(road: Road, version: ReleaseVersion, held: HeldRelease): Promise<ReleaseOutcome> {
  const { warehouse, publication, stamp } = road;
  await recordChecked(warehouse, publication.slug, version.slug, version.id, stamp);
  const unchanged = held.files.map(
    (file): LoadedFile => ({
      code: file.data_set,
      file: file.file_name,
      sha256: file.sha256,
      rows: file.rows,
      observations: file.observations,
      status: "unchanged",
      problem: null,
    }),
  );
  const absent = absentIn(held, publication).map((dataSet) => describeAbsent(dataSet, version, true));
  const files = [...unchanged, ...absent].sort((one, other) => (one.code < other.code ? -1 : 1));
  return {
    report: {
      publication: publication.slug,
      release: version.slug,
      version_id: version.id,
      status: "unchanged",
      files,
    },
    problems: [],
    exitCode: EXIT.done,
  };
}

/** Loads what has been proven and kept. `isRecalled`: only read again from the archive; the ledger of versions stands. */
export async function loadKept(road: Road, kept: KeptRelease, isRecalled = false): Promise<ReleaseOutcome> {
  const { warehouse, publication, selection, stamp, signal } = road;
  signal?.throwIfAborted();
  const onRows = (code: string, rows: number, total: number) =>
    road.watcher.progress(`loading ${kept.version.slug} ${code}`, rows, total);
  const request: LoadRequest = { publication, release: kept, selection, stamp, isRecalled, onRows, signal };
  const onLoaded = (files: readonly LoadNote[]) => noteLoaded(road, kept, files);
  const loaded = await loadRelease(warehouse, { ...request, onLoaded }).catch(async (error: unknown) => {
    if (error instanceof HeldForReviewError) await recordForReview(warehouse, publication, kept, error.doubts, stamp);
    throw error;
  });
  const absent = loaded.files.filter((file) => file.status === "absent");
  const changed = loaded.files.some((file) => file.status === "loaded");
  return {
    report: {
      publication: publication.slug,
      release: kept.version.slug,
      version_id: kept.version.id,
      status: changed ? "loaded" : "unchanged",
      files: loaded.files,
      ...(loaded.changes.length > 0 ? { changes: loaded.changes } : {}),
    },
    problems: [
      ...absent.map((file) => ({ code: "data-set-absent", message: file.problem as string })),
      ...kept.files.filter(lacksCount).map((file) => ({
        code: "rows-not-checked",
        message: `${file.fileName}: no row count is published, so it was not checked`,
      })),
      ...loaded.extraColumns.map(({ file, columns }) => ({
        code: "unknown-column",
        message: `${file}: columns that the catalogue does not know were passed over: ${columns.join(", ")}`,
      })),
      ...loaded.findings.map(({ code, message }) => ({ code, message })),
    ],
    exitCode: absent.length > 0 || loaded.findings.length > 0 ? EXIT.partial : EXIT.done,
  };
}

async function noteLoaded(
  { archive, publication }: Road,
  { version, files }: KeptRelease,
  notes: readonly LoadNote[],
): Promise<void> {
  const place = { publication: publication.slug, release: version.slug, releaseVersionId: version.id };
  for (const { sha256, dataSet, areas } of notes) {
    if (files.some((file) => file.sha256 === sha256)) await archive.noteLoaded(sha256, { ...place, dataSet }, areas);
  }
}

function lacksCount(file: KeptRelease["files"][number]): boolean {
  return file.listedRows === null;
}
