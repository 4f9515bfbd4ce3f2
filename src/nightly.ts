/** The steps of the nightly job, each a line of it. */

import { type Filling, fillBlanks } from "./backfill.ts";
import type { Publication } from "./catalogue/publications.ts";
import { PUBLICATIONS } from "./catalogue/publications.ts";
import { EXIT, type ExitCode } from "./errors.ts";
import type { JobContext, JobReport } from "./job.ts";
import { type RunOutcome, statusOfExit } from "./load/ledger.ts";
import { LOCK } from "./load/lock-keys.ts";
import { findKeptAreas } from "./load/release.ts";
import { describeChanges } from "./load/release-changes.ts";
import { recordWithdrawn } from "./load/release-version.ts";
import type { Staleness } from "./load/staleness.ts";
import { inTurn } from "./load/warehouse.ts";
import { readAuthorities } from "./named-authorities.ts";
import { selectByDefault } from "./refresh.ts";
import { findNews, type ReleaseNews } from "./release-news.ts";
import { gravest, type Problem, type ReleaseOutcome, type Road, summarise } from "./release-road.ts";
import { refreshReleases } from "./release-workers.ts";

/** What is new of every publication of the catalogue. */
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
  const { config, warehouse, archive, ees, stamp, note, signal } = context;
  const selection = await selectEverything(context);
  const outcomes: ReleaseOutcome[] = [];
  for (const { publication, news } of found) {
    const watcher = { note, progress: () => undefined };
    const road: Road = { warehouse, archive, ees, publication, selection, stamp, recheck: false, watcher, signal };
    outcomes.push(...(await refreshReleases(config, road, news.found.slug, news.toAsk)));
  }
  for (const { report } of outcomes) {
    if (report.changes !== undefined)
      note(`release ${report.release} was amended: ${describeByDataSet(report.changes)}`);
  }
  return outcomes;
}

/** "C1: 2 values revised; D1: 1 row gone" */
export function describeByDataSet(changes: NonNullable<ReleaseOutcome["report"]["changes"]>): string {
  const codes = [...new Set(changes.map((change) => change.data_set))];
  return codes
    .map((code) => `${code}: ${describeChanges(changes.filter((change) => change.data_set === code))}`)
    .join("; ");
}

/** Councils with letters, those of S21_LAS, and those of earlier runs: an amendment must not lose what is there. */
async function selectEverything({ config, warehouse, note }: JobContext): Promise<Road["selection"]> {
  const kept = await findKeptAreas(warehouse);
  if (kept === "all") return kept;
  const named = readAuthorities([...config.las], { note });
  return selectByDefault(warehouse, [...new Set([...named, ...kept])]);
}

/** Plans the letters, loads the releases that their blanks need, and answers what that came to. */
export async function fillLetters(
  context: JobContext,
  found: readonly News[],
  loaded: readonly ReleaseOutcome[],
): Promise<JobReport> {
  const { warehouse, archive, ees, stamp, note, signal } = context;
  const watcher = { note, progress: () => undefined };
  const fillings: Filling[] = [];
  for (const publication of PUBLICATIONS) {
    const road: Road = { warehouse, archive, ees, publication, selection: [], stamp, recheck: false, watcher, signal };
    const known = found.find((one) => one.publication === publication)?.news.found ?? null;
    const start = { found: known, outcomes: loaded, councils: null, offline: false };
    fillings.push(await inTurn(warehouse, LOCK.plans, () => fillBlanks(road, start)));
  }
  const planned = fillings.reduce((sum, filling) => sum + filling.planned, 0);
  const { outcome, problems, exitCode, releases } = summarise(
    fillings.flatMap((filling) => filling.outcomes),
    planned,
  );
  const answers = fillings.at(-1)?.answers;
  const counts = { ...(releases.length > 0 ? outcome.counts : {}), ...answers };
  return { exitCode, outcome: { ...outcome, counts }, problems };
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
  const summary = summarise([...outcomes], 0);
  const problems = [...summary.problems, ...filled.problems, ...gone];
  const exitCode = gravest([summary.exitCode, filled.exitCode, gone.length > 0 ? EXIT.partial : EXIT.done]);
  const counts = { ...summary.outcome.counts };
  for (const [name, count] of Object.entries(filled.outcome.counts)) counts[name] = (counts[name] ?? 0) + count;
  Object.assign(counts, { releases_withdrawn: gone.length, problems: problems.length });
  const isChanged = [summary.outcome, filled.outcome].some(({ status }) => status === "done") || gone.length > 0;
  const details = { ...summary.outcome.details, filling: filled.outcome.details };
  const arrived = found.flatMap(({ news }) => news.isNew);
  const loaded = summary.releases.filter((release) => release.status === "loaded").map((release) => release.release);
  return {
    exitCode,
    outcome: outcomeOf(exitCode, isChanged, counts, problems, details),
    problems,
    isNews: loaded.some((release) => arrived.includes(release)),
  };
}

/** An outcome for the ledger, its first problems written out. */
export function outcomeOf(
  exitCode: ExitCode,
  isChanged: boolean,
  counts: Record<string, number>,
  problems: readonly Problem[],
  details: Record<string, unknown> = {},
): RunOutcome {
  const messages = problems.slice(0, 20).map((problem) => problem.message);
  const problem = messages.length === 0 ? null : messages.join("\n");
  return { status: statusOfExit(exitCode, isChanged), exitCode, counts, problem, details };
}

/** Staleness as a job's report: a problem to be told when the nightly job is overdue. */
export function reportStaleness({ exit_code, sentence, hours }: Staleness): JobReport {
  const problems = exit_code === EXIT.done ? [] : [{ code: "nightly-overdue", message: sentence }];
  const counts: Record<string, number> = hours === null ? {} : { hours_since_success: Math.round(hours) };
  return { exitCode: exit_code, outcome: outcomeOf(exit_code, false, counts, problems), problems };
}

export function reportSwept(files: number): JobReport {
  const outcome = outcomeOf(EXIT.done, files > 0, { files_removed: files }, []);
  return { exitCode: EXIT.done, outcome, problems: [] };
}
