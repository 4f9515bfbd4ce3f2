/** The DfE road: find, download, prove, keep, read, load. `s21 refresh` and the nightly job are this. */
import { describeAnswers, fillBlanks } from "./backfill.ts";
import type { Authority } from "./catalogue/authorities.ts";
import { findPublication, PUBLICATIONS, type Publication } from "./catalogue/publications.ts";
import type { Config } from "./config.ts";
import { type ExitCode, SourceUnreachableError, UsageError } from "./errors.ts";
import { type FoundPublication, findReleases } from "./extract/ees.ts";
import { keepLocalRelease } from "./extract/local-release.ts";
import { findCouncilsWithLetters, findKeptAreas } from "./load/kept-areas.ts";
import type { RunOutcome } from "./load/ledger.ts";
import type { WritableWarehouse } from "./load/warehouse.ts";
import { readAuthorities } from "./named-authorities.ts";
import { failedOutcome, loadKept, type ReleaseOutcome, type ReleaseReport, type Road } from "./release-road.ts";
import { summarise } from "./release-summary.ts";
import { refreshReleases } from "./release-workers.ts";
import { performRun, type RunWatcher } from "./run.ts";
import type { Problem } from "./run-outcome.ts";
import type { AreaSelection } from "./transform/dfe-area.ts";

export interface RefreshRequest {
  /** Slug, old or new. */
  publication: string;
  /** `latest`, `all`, or slugs. */
  release: "latest" | "all" | readonly string[];
  /** Authorities as a person names them; empty: by default. */
  las: readonly string[];
  allLas: boolean;
  /** A local bundle instead of EES, or several, each a release. */
  from: string | readonly string[] | null;
  /** When the local bundle was published; ISO date. Of several nothing can be said at once. */
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
  watcher: RunWatcher,
  signal?: AbortSignal,
): Promise<RefreshReport> {
  const publication = findPublicationOrRefuse(request.publication);
  const named = readAuthorities([...request.las], watcher);
  const kept = readAuthorities([...config.las], watcher);
  const bundles = request.from === null ? null : [request.from].flat();
  if (bundles !== null && bundles.length > 1 && (typeof request.release !== "string" || request.publishedAt !== null)) {
    throw new UsageError("bad-option", "--release and --published are of one bundle, and --from names several");
  }
  const shared = config.workers !== null && bundles === null;
  const { report } = await performRun(
    config,
    { command: "refresh", words, watcher, signal, shared },
    async (context) => {
      const { warehouse, stamp } = context;
      const selection = request.allLas ? "all" : named.length > 0 ? named : await selectByDefault(warehouse, kept);
      const road: Road = { ...context, publication, selection, recheck: request.recheck };
      const { found, outcomes } =
        bundles === null ? await refreshFromEes(road, request) : await refreshFromLocal(road, request, bundles);
      const start = { found, outcomes, councils: null, offline: bundles !== null };
      const filling = await fillBlanks(road, start);
      const { outcome, releases, problems } = summarise([...outcomes, ...filling.outcomes], filling.planned);
      if (filling.answers.cells > 0) watcher.note(describeAnswers(filling.answers));
      const { status, exitCode } = outcome;
      return {
        outcome: { ...outcome, counts: { ...outcome.counts, ...filling.answers } },
        report: { run_id: stamp.run_id, status, releases, problems, exitCode },
      };
    },
  );
  return report;
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

interface Refreshed {
  /** Null where EES was not asked. */
  found: FoundPublication | null;
  outcomes: ReleaseOutcome[];
}

async function refreshFromEes(road: Road, request: RefreshRequest): Promise<Refreshed> {
  const { ees, publication } = road;
  const found = await findReleases(ees, publication);
  const wanted = chooseReleases(request.release, found.releases, publication);
  return { found, outcomes: await refreshReleases(road, found.slug, wanted) };
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

async function refreshFromLocal(road: Road, request: RefreshRequest, bundles: string[]): Promise<Refreshed> {
  const outcomes: ReleaseOutcome[] = [];
  for (const from of bundles) outcomes.push(await refreshBundle(road, request, from));
  return { found: null, outcomes };
}

async function refreshBundle(road: Road, request: RefreshRequest, from: string): Promise<ReleaseOutcome> {
  const { publication, archive } = road;
  const release = typeof request.release === "string" ? null : (request.release[0] ?? null);
  const kept = await keepLocalRelease(from, publication, release, request.publishedAt, archive);
  try {
    return await loadKept(road, kept);
  } catch (error) {
    return failedOutcome(road, kept.version.slug, kept.version.id, error);
  }
}
