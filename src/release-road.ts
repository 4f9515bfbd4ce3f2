/** One release at a time, from EES to rows: what `refresh` and `backfill` share. */
import type { Publication } from "./catalogue/publications.ts";
import {
  EXIT,
  type ExitCode,
  exitCodeOf,
  HttpStatusError,
  messageOf,
  S21Error,
  SourceUnreachableError,
} from "./errors.ts";
import type { Archive } from "./extract/archive.ts";
import { type Ees, findVersion, type ReleaseVersion } from "./extract/ees.ts";
import { type FoundRelease, type KeptRelease, keepRelease, recallRelease } from "./extract/release.ts";
import { type RunOutcome, statusOfExit } from "./load/ledger.ts";
import type { RunStamp } from "./load/observations.ts";
import {
  describeAbsent,
  findHeldRelease,
  type HeldRelease,
  isCurrent,
  type LoadedFile,
  loadRelease,
} from "./load/release.ts";
import { recordChecked, recordUnloaded, recordWithdrawn } from "./load/release-version.ts";
import type { WritableWarehouse } from "./load/warehouse.ts";
import type { AreaSelection } from "./transform/dfe-area.ts";

/** What a person watches while it runs. */
export interface RoadWatcher {
  note(message: string): void;
  /** Rows of `total`, or bytes where no total is known. */
  progress(name: string, done: number, total: number | null): void;
}

export interface Problem {
  code: string;
  message: string;
}

export interface ReleaseReport {
  publication: string;
  release: string;
  version_id: string | null;
  status: "loaded" | "unchanged" | "failed";
  files: LoadedFile[];
}

/** All that bringing releases of one publication into the warehouse takes. */
export interface Road {
  warehouse: WritableWarehouse;
  archive: Archive;
  ees: Ees;
  publication: Publication;
  selection: AreaSelection;
  stamp: RunStamp;
  /** Download again even where EES says that nothing has changed. */
  recheck: boolean;
  watcher: RoadWatcher;
  signal: AbortSignal | undefined;
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
  const held = recheck ? null : await findHeldRelease(warehouse, publication.slug, version.slug, version.id);
  if (held !== null && sameVersion(held, version)) {
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
  const loaded = await loadRelease(warehouse, {
    publication,
    release: kept,
    selection,
    stamp,
    isRecalled,
    onRows,
    signal,
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

function lacksCount(file: KeptRelease["files"][number]): boolean {
  return file.listedRows === null;
}

/** What a run of releases came to. */
export interface RoadSummary {
  outcome: RunOutcome;
  exitCode: ExitCode;
  releases: ReleaseReport[];
  problems: Problem[];
}

/** The gravest exit code decides: a source that was refused is graver than one that could not be reached. */
const GRAVITY: readonly ExitCode[] = [
  EXIT.done,
  EXIT.partial,
  EXIT.sourceUnreachable,
  EXIT.sourceNotTrusted,
  EXIT.limit,
];

/** The gravest outcome decides the exit code; the counts are for the ledger. `planned`: plans of letters that changed. */
export function summarise(outcomes: ReleaseOutcome[], planned: number): RoadSummary {
  const exitCode = outcomes.reduce<ExitCode>(
    (gravest, { exitCode: one }) => (GRAVITY.indexOf(one) > GRAVITY.indexOf(gravest) ? one : gravest),
    EXIT.done,
  );
  const releases = outcomes.map((outcome) => outcome.report);
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  const loaded = releases.flatMap((release) => release.files).filter((file) => file.status === "loaded");
  const status = statusOfExit(exitCode, loaded.length > 0 || planned > 0);
  const counts = {
    releases: releases.length,
    releases_loaded: releases.filter((release) => release.status === "loaded").length,
    releases_failed: releases.filter((release) => release.status === "failed").length,
    files_loaded: loaded.length,
    rows_read: loaded.reduce((sum, file) => sum + Number(file.rows), 0),
    observations_written: loaded.reduce((sum, file) => sum + Number(file.observations), 0),
    problems: problems.length,
    plans_changed: planned,
  };
  const problem =
    problems.length === 0
      ? null
      : problems
          .map((one) => one.message)
          .slice(0, 20)
          .join("\n");
  return {
    outcome: { status, exitCode, counts, problem },
    exitCode,
    releases,
    problems,
  };
}
