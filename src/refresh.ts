/** The DfE road: find, download, prove, keep, read, load. `s21 refresh` and the nightly job are this. */
import pLimit from "p-limit";
import { type Authority, areaCodeOf, findAuthority, labelOf } from "./catalogue/authorities.ts";
import { findPublication, PUBLICATIONS, type Publication } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import { EXIT, type ExitCode, exitCodeOf, messageOf, S21Error, SourceUnreachableError, UsageError } from "./errors.ts";
import { type Archive, openArchive } from "./extract/archive.ts";
import { type Ees, findReleases, findVersion, type ReleaseVersion } from "./extract/ees.ts";
import {
  type FoundRelease,
  type KeptRelease,
  keepLocalRelease,
  keepRelease,
  recallRelease,
} from "./extract/release.ts";
import { type RunOutcome, recordRun, statusOfExit } from "./load/ledger.ts";
import type { RunStamp } from "./load/observations.ts";
import {
  describeAbsent,
  findCouncilsWithLetters,
  findHeldRelease,
  findKeptAreas,
  type HeldRelease,
  isCurrent,
  type LoadedFile,
  loadRelease,
  recordChecked,
} from "./load/release.ts";
import { openForWriting, type WritableWarehouse } from "./load/warehouse.ts";
import type { AreaSelection } from "./transform/dfe-area.ts";

/** Releases that are fetched at the same time. */
const RELEASES_AT_ONCE = 2;

export interface RefreshRequest {
  /** Slug, old or new. */
  publication: string;
  /** `latest`, `all`, or slugs. */
  release: "latest" | "all" | readonly string[];
  /** Authorities as a person names them; empty: by default. */
  las: readonly string[];
  allLas: boolean;
  /** A local bundle instead of EES. */
  from: string | null;
  /** When a local bundle was published; ISO date. */
  publishedAt: string | null;
  /** Download again even where EES says that nothing has changed. */
  recheck: boolean;
}

/** What a person watches while it runs. */
export interface RefreshWatcher {
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

export interface RefreshReport {
  run_id: string;
  status: RunOutcome["status"];
  releases: ReleaseReport[];
  problems: Problem[];
  exitCode: ExitCode;
}

/**
 * Brings releases into the warehouse.
 * @throws UsageError for a request that can't be meant; LockedError; WarehouseError; SourceUnreachableError when not
 * even the list of releases can be had. What goes wrong with one release is told in the report, and the others go on.
 */
export async function refresh(
  config: Config,
  request: RefreshRequest,
  words: readonly string[],
  watcher: RefreshWatcher,
  signal?: AbortSignal,
): Promise<RefreshReport> {
  const publication = findPublicationOrRefuse(request.publication);
  const named = readAuthorities([...request.las], watcher);
  const kept = readAuthorities([...config.las], watcher);
  const warehouse = await openForWriting(config);
  try {
    const archive = openArchive(config.dataDir);
    await archive.sweep();
    const { report } = await recordRun(warehouse, "refresh", words, async (stamp) => {
      const selection = request.allLas ? "all" : named.length > 0 ? named : await selectByDefault(warehouse, kept);
      const ees: Ees = { api: config.eesApi, fetching: { limits: config.download, signal, onRetry: watcher.note } };
      const road: Road = { warehouse, archive, ees, publication, selection, stamp, request, watcher, signal };
      const outcomes =
        request.from === null ? await refreshFromEes(road) : [await refreshFromLocal(road, request.from)];
      return summarise(outcomes, stamp);
    });
    return report;
  } finally {
    await warehouse.close();
  }
}

interface Road {
  warehouse: WritableWarehouse;
  archive: Archive;
  ees: Ees;
  publication: Publication;
  selection: AreaSelection;
  stamp: RunStamp;
  request: RefreshRequest;
  watcher: RefreshWatcher;
  signal: AbortSignal | undefined;
}

/** What became of one release; `exitCode` says how far it went wrong. */
interface ReleaseOutcome {
  report: ReleaseReport;
  problems: Problem[];
  exitCode: ExitCode;
}

function findPublicationOrRefuse(slug: string): Publication {
  const publication = findPublication(slug);
  if (publication !== undefined) return publication;
  const known = PUBLICATIONS.map((one) => one.slug).join(", ");
  throw new UsageError(
    "unknown-publication",
    `no publication ${JSON.stringify(slug)} in the catalogue; it has ${known}`,
  );
}

/** Authorities as people name them. Says which was taken; refuses what is not exactly one. */
export function readAuthorities(queries: string[], watcher: Pick<RefreshWatcher, "note">): Authority[] {
  const problems: string[] = [];
  const authorities = queries.flatMap((query) => {
    const match = findAuthority(query);
    if (match.kind === "found") {
      const note = match.note === null ? "" : `; ${match.note}`;
      watcher.note(`${query}: took ${labelOf(match.authority)}, ${areaCodeOf(match.authority)}${note}`);
      return [match.authority];
    }
    problems.push(
      describeMismatch(query, match.kind === "ambiguous" ? match.candidates : match.suggestions, match.kind),
    );
    return [];
  });
  if (problems.length > 0) throw new UsageError("unknown-authority", problems.join("\n"));
  return [...new Set(authorities)];
}

function describeMismatch(query: string, offers: Authority[], kind: "ambiguous" | "unknown"): string {
  const names = offers.map(labelOf).join(", ");
  if (kind === "ambiguous") return `${JSON.stringify(query)} may be any of ${names}; name one`;
  const offer =
    offers.length > 0 ? `; did you mean ${names}?` : "; give a name, a DfE code (331) or an ONS code (E08000026)";
  return `no local authority ${JSON.stringify(query)}${offer}`;
}

/** Every council with a letter, and those of S21_LAS; where there is neither, what earlier runs were asked for. */
async function selectByDefault(warehouse: WritableWarehouse, kept: Authority[]): Promise<AreaSelection> {
  const selection = [...new Set([...(await findCouncilsWithLetters(warehouse)), ...kept])];
  if (selection.length > 0) return selection;
  const before = await findKeptAreas(warehouse);
  if (before === "all" || before.length > 0) return before;
  throw new UsageError(
    "no-authorities",
    "no council has a letter yet, and none is named: give --la NAME (as often as needed), --all-las, or set S21_LAS",
  );
}

async function refreshFromEes(road: Road): Promise<ReleaseOutcome[]> {
  const { ees, publication, request } = road;
  const { slug, releases } = await findReleases(ees, publication);
  const wanted = chooseReleases(request.release, releases, publication);
  const limit = pLimit(RELEASES_AT_ONCE);
  return Promise.all(wanted.map((release) => limit(() => refreshRelease(road, slug, release))));
}

function chooseReleases(
  wanted: RefreshRequest["release"],
  listed: readonly { slug: string }[],
  publication: Publication,
): string[] {
  if (wanted === "all") return listed.map((release) => release.slug);
  if (wanted !== "latest") return [...new Set(wanted)];
  const latest = listed[0]?.slug;
  if (latest !== undefined) return [latest];
  throw new SourceUnreachableError("no-releases", `EES lists no release of ${publication.slug}`);
}

/** Never rejects for a fault of the release: the others must go on. */
async function refreshRelease(road: Road, eesSlug: string, slug: string): Promise<ReleaseOutcome> {
  let version: ReleaseVersion | null = null;
  try {
    version = await findVersion(road.ees, eesSlug, slug);
    return await refreshVersion(road, { publication: road.publication, eesSlug, version });
  } catch (error) {
    return failedOutcome(road, slug, version?.id ?? null, error);
  }
}

function failedOutcome(
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
  const { warehouse, publication, request, archive, watcher } = road;
  const { version } = found;
  const held = request.recheck ? null : await findHeldRelease(warehouse, publication.slug, version.slug, version.id);
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
  return publication.dataSets.filter((dataSet) => !held.files.some((file) => file.data_set === dataSet.code));
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

async function refreshFromLocal(road: Road, from: string): Promise<ReleaseOutcome> {
  const { request, publication, archive } = road;
  const release = typeof request.release === "string" ? null : (request.release[0] ?? null);
  const kept = await keepLocalRelease(from, publication, release, request.publishedAt, archive);
  try {
    return await loadKept(road, kept);
  } catch (error) {
    return failedOutcome(road, kept.version.slug, kept.version.id, error);
  }
}

async function loadKept(road: Road, kept: KeptRelease): Promise<ReleaseOutcome> {
  const { warehouse, publication, selection, stamp, signal } = road;
  signal?.throwIfAborted();
  const onRows = (code: string, rows: number, total: number) =>
    road.watcher.progress(`loading ${kept.version.slug} ${code}`, rows, total);
  const loaded = await loadRelease(warehouse, { publication, release: kept, selection, stamp, onRows, signal });
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

/** The gravest exit code decides: a source that was refused is graver than one that could not be reached. */
const GRAVITY: readonly ExitCode[] = [
  EXIT.done,
  EXIT.partial,
  EXIT.sourceUnreachable,
  EXIT.sourceNotTrusted,
  EXIT.limit,
];

function summarise(outcomes: ReleaseOutcome[], stamp: RunStamp): { outcome: RunOutcome; report: RefreshReport } {
  const exitCode = outcomes.reduce<ExitCode>(
    (gravest, { exitCode: one }) => (GRAVITY.indexOf(one) > GRAVITY.indexOf(gravest) ? one : gravest),
    EXIT.done,
  );
  const releases = outcomes.map((outcome) => outcome.report);
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  const loaded = releases.flatMap((release) => release.files).filter((file) => file.status === "loaded");
  const status = statusOfExit(exitCode, loaded.length > 0);
  const counts = {
    releases: releases.length,
    releases_loaded: releases.filter((release) => release.status === "loaded").length,
    releases_failed: releases.filter((release) => release.status === "failed").length,
    files_loaded: loaded.length,
    rows_read: loaded.reduce((sum, file) => sum + Number(file.rows), 0),
    observations_written: loaded.reduce((sum, file) => sum + Number(file.observations), 0),
    problems: problems.length,
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
    report: { run_id: stamp.run_id, status, releases, problems, exitCode },
  };
}
