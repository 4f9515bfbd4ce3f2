/** The steps of the nightly job, each a line of it. */
import { fillAll, summariseFillings } from "./backfill.ts";
import { PUBLICATIONS, type Publication } from "./catalogue/publications.ts";
import { EXIT } from "./errors.ts";
import type { JobContext, JobReport } from "./job.ts";
import { findKeptAreas } from "./load/kept-areas.ts";
import { recordWithdrawn } from "./load/release-version.ts";
import { readAuthorities } from "./named-authorities.ts";
import { selectByDefault } from "./refresh.ts";
import { findNews, type ReleaseNews } from "./release-news.ts";
import type { ReleaseOutcome, Road } from "./release-road.ts";
import { describeByDataSet, summarise } from "./release-summary.ts";
import { refreshReleases } from "./release-workers.ts";
import type { RunContext } from "./run.ts";
import { gravest, outcomeOf, type Problem } from "./run-outcome.ts";

/** What is new of a publication of the catalogue. */
export interface News {
  publication: Publication;
  news: ReleaseNews;
}

/** Asks EES what is new, one small request or a few for each publication. */
export async function askForNews({ ees, warehouse }: JobContext): Promise<News[]> {
  const found: News[] = [];
  for (const publication of PUBLICATIONS) {
    found.push({ publication, news: await findNews(ees, warehouse, publication) });
  }
  return found;
}

/** Loads what came or was amended, with every authority that was ever asked for. */
export async function loadNews(context: JobContext, found: readonly News[]): Promise<ReleaseOutcome[]> {
  const selection = await selectEverything(context);
  const outcomes: ReleaseOutcome[] = [];
  for (const { publication, news } of found) {
    const road: Road = { ...context, publication, selection, recheck: false };
    outcomes.push(...(await refreshReleases(road, news.found.slug, news.toAsk)));
  }
  for (const { report } of outcomes) {
    if (report.changes === undefined) continue;
    context.watcher.note(`release ${report.release} was amended: ${describeByDataSet(report.changes)}`);
  }
  return outcomes;
}

/** Councils with letters, those of S21_LAS, and those of earlier runs: an amendment must not lose what is there. */
export async function selectEverything({ config, warehouse, watcher }: RunContext): Promise<Road["selection"]> {
  const kept = await findKeptAreas(warehouse);
  if (kept === "all") return kept;
  const named = readAuthorities([...config.las], watcher);
  return selectByDefault(warehouse, [...new Set([...named, ...kept])]);
}

/** Plans the letters, loads the releases that their blanks need, and answers what that came to. */
export async function fillLetters(
  context: JobContext,
  found: readonly News[],
  loaded: readonly ReleaseOutcome[],
): Promise<JobReport> {
  const fillings = await fillAll(context, (publication) => {
    const known = found.find((one) => one.publication === publication)?.news.found ?? null;
    return { found: known, outcomes: loaded, councils: null, offline: false };
  });
  const { outcome, problems } = summariseFillings(fillings);
  return { outcome, problems };
}

/** Marks what EES has taken back. */
export async function markGone({ warehouse, stamp }: JobContext, found: readonly News[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { publication, news } of found) {
    for (const release of news.withdrawn) {
      await recordWithdrawn(warehouse, publication.slug, release, stamp);
      const message = `release ${release} of ${publication.slug} is gone from EES; what was loaded of it stands, marked as withdrawn`;
      problems.push({ code: "withdrawn", message });
    }
  }
  return problems;
}

/** Puts what the steps came to into one report. */
export function reportNight(
  found: readonly News[],
  outcomes: readonly ReleaseOutcome[],
  filled: JobReport,
  gone: readonly Problem[],
): JobReport {
  const summary = summarise(outcomes, 0);
  const problems = [...summary.problems, ...filled.problems, ...gone];
  const exitCodes = [summary.outcome.exitCode, filled.outcome.exitCode, gone.length > 0 ? EXIT.partial : EXIT.done];
  const counts = { ...summary.outcome.counts };
  for (const [name, count] of Object.entries(filled.outcome.counts)) counts[name] = (counts[name] ?? 0) + count;
  Object.assign(counts, { releases_withdrawn: gone.length, problems: problems.length });
  const isChanged = [summary.outcome, filled.outcome].some(({ status }) => status === "done") || gone.length > 0;
  const details = { ...summary.outcome.details, filling: filled.outcome.details };
  const arrived = found.flatMap(({ news }) => news.isNew);
  const loaded = summary.releases.filter((release) => release.status === "loaded").map((release) => release.release);
  return {
    outcome: outcomeOf(gravest(exitCodes), isChanged, counts, problems, details),
    problems,
    isNews: loaded.some((release) => arrived.includes(release)),
  };
}
