/** The DfE road: find, download, prove, keep, read, load. `s21 refresh` and the nightly job are this. */
import { type Authority, areaCodeOf, findAuthority, labelOf } from "./catalogue/authorities.ts";
import { findPublication, PUBLICATIONS, type Publication } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import { type ExitCode, SourceUnreachableError, UsageError } from "./errors.ts";
import { openArchive } from "./extract/archive.ts";
import { type Ees, findReleases } from "./extract/ees.ts";
import { keepLocalRelease } from "./extract/release.ts";
import { type RunOutcome, recordRun } from "./load/ledger.ts";
import { findCouncilsWithLetters, findKeptAreas } from "./load/release.ts";
import { openForWriting, type WritableWarehouse } from "./load/warehouse.ts";
import {
  failedOutcome,
  loadKept,
  type Problem,
  type ReleaseOutcome,
  type ReleaseReport,
  type Road,
  type RoadWatcher,
  summarise,
} from "./release-road.ts";
import { refreshReleases } from "./release-workers.ts";
import type { AreaSelection } from "./transform/dfe-area.ts";

/** Other workers may be downloading: no download of theirs takes as long. In milliseconds. */
export const ABANDONED = 24 * 60 * 60_000;

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
  watcher: RoadWatcher,
  signal?: AbortSignal,
): Promise<RefreshReport> {
  const publication = findPublicationOrRefuse(request.publication);
  const named = readAuthorities([...request.las], watcher);
  const kept = readAuthorities([...config.las], watcher);
  const shared = config.workers !== null && request.from === null;
  const warehouse = await openForWriting(config, { shared });
  try {
    const archive = openArchive(config.dataDir);
    await archive.sweep(shared ? ABANDONED : 0);
    const { report } = await recordRun(warehouse, "refresh", words, async (stamp) => {
      const selection = request.allLas ? "all" : named.length > 0 ? named : await selectByDefault(warehouse, kept);
      const ees: Ees = { api: config.eesApi, fetching: { limits: config.download, signal, onRetry: watcher.note } };
      const { recheck } = request;
      const road: Road = { warehouse, archive, ees, publication, selection, stamp, recheck, watcher, signal };
      const outcomes =
        request.from === null
          ? await refreshFromEes(config, road, request)
          : [await refreshFromLocal(road, request, request.from)];
      const { outcome, releases, problems, exitCode } = summarise(outcomes);
      return { outcome, report: { run_id: stamp.run_id, status: outcome.status, releases, problems, exitCode } };
    });
    return report;
  } finally {
    await warehouse.close();
  }
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
export function readAuthorities(queries: string[], watcher: Pick<RoadWatcher, "note">): Authority[] {
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
export async function selectByDefault(warehouse: WritableWarehouse, kept: Authority[]): Promise<AreaSelection> {
  const selection = [...new Set([...(await findCouncilsWithLetters(warehouse)), ...kept])];
  if (selection.length > 0) return selection;
  const before = await findKeptAreas(warehouse);
  if (before === "all" || before.length > 0) return before;
  throw new UsageError(
    "no-authorities",
    "no council has a letter yet, and none is named: give --la NAME (as often as needed), --all-las, or set S21_LAS",
  );
}

async function refreshFromEes(config: Config, road: Road, request: RefreshRequest): Promise<ReleaseOutcome[]> {
  const { ees, publication } = road;
  const { slug, releases } = await findReleases(ees, publication);
  const wanted = chooseReleases(request.release, releases, publication);
  return refreshReleases(config, road, slug, wanted);
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

async function refreshFromLocal(road: Road, request: RefreshRequest, from: string): Promise<ReleaseOutcome> {
  const { publication, archive } = road;
  const release = typeof request.release === "string" ? null : (request.release[0] ?? null);
  const kept = await keepLocalRelease(from, publication, release, request.publishedAt, archive);
  try {
    return await loadKept(road, kept);
  } catch (error) {
    return failedOutcome(road, kept.version.slug, kept.version.id, error);
  }
}
