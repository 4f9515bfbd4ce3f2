/** A warehouse made again from the archive alone: the files that were loaded, in the order in which they came. */
import { link, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fillAll } from "./backfill.ts";
import { authorityByDfeCode } from "./catalogue/authorities.ts";
import type { Config } from "./config.ts";
import { EXIT, type ExitCode, UsageError } from "./errors.ts";
import type { ArchivedFile } from "./extract/archive.ts";
import { type ArchivedRelease, listArchivedReleases } from "./extract/archived-release.ts";
import { readCorrections } from "./extract/corrections.ts";
import { applyCorrections } from "./letter-corrections.ts";
import { addLettersInto } from "./letters.ts";
import type { RunOutcome } from "./load/ledger.ts";
import { loadRelease } from "./load/release.ts";
import type { WritableWarehouse } from "./load/warehouse.ts";
import { performRun, type RunContext } from "./run.ts";
import { outcomeOf, type Problem } from "./run-outcome.ts";

export interface RebuildReport {
  run_id: string;
  status: RunOutcome["status"];
  counts: Record<string, number>;
  problems: Problem[];
  exitCode: ExitCode;
}

/** What one part of it came to. */
interface Part {
  counts: Record<string, number>;
  problems: Problem[];
}

/**
 * Loads what the archive holds into a warehouse that is empty. Nothing is fetched. @throws UsageError where it is not empty.
 * Runs, acceptances and withdrawals are the ledger's alone, and are not made again.
 */
export async function rebuild(
  config: Config,
  words: readonly string[],
  note: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<RebuildReport> {
  const watcher = { note, progress: () => undefined };
  // The warehouse that it is to replace may still be at work on the same archive.
  const request = { command: "rebuild", words, watcher, signal, sharesArchive: true };
  const { report } = await performRun(config, request, async (context) => {
    await refuseFull(context.warehouse);
    const files = await context.archive.list();
    const releases = await loadReleases(context, await listArchivedReleases(files));
    const letters = await loadLetters(context, files);
    const corrected = await correct(context, files);
    const filled = await planOffline(context);
    return summarise([releases, letters, corrected, filled], context.stamp.run_id);
  });
  return report;
}

async function refuseFull({ db, location }: WritableWarehouse) {
  for (const table of ["source_file", "letter", "observation"] as const) {
    const row = await db.selectFrom(table).select("run_id").limit(1).executeTakeFirst();
    if (row === undefined) continue;
    throw new UsageError(
      "not-empty",
      `${location} is not empty: it has rows in ${table}. A rebuild is made beside it: name an empty database in DATABASE_URL, or move the folder warehouse in S21_DATA_DIR away`,
    );
  }
}

async function loadReleases(
  { warehouse, stamp, watcher, signal }: RunContext,
  releases: readonly ArchivedRelease[],
): Promise<Part> {
  let observations = 0;
  let files = 0;
  for (const { publication, kept, areas } of releases) {
    signal?.throwIfAborted();
    const selection = (file: { sha256: string }) => {
      const codes = areas.get(file.sha256) ?? null;
      return codes === null ? ("all" as const) : codes.flatMap((code) => authorityByDfeCode(code) ?? []);
    };
    // What was loaded once was proven and, where it was odd, accepted then.
    const loaded = await loadRelease(warehouse, {
      publication,
      release: kept,
      selection,
      stamp,
      signal,
      isTrusted: true,
    });
    const written = loaded.files.filter((file) => file.status === "loaded");
    files += written.length;
    observations += written.reduce((sum, file) => sum + Number(file.observations), 0);
    watcher.note(`${publication.slug} ${kept.version.slug}: ${written.length} files`);
  }
  return {
    counts: { releases: releases.length, files_loaded: files, observations_written: observations },
    problems: [],
  };
}

/** Where the links lie, at the beginning of what is said of a letter. */
const LINK = /^.*\/tmp\/[0-9a-f-]{36}\/\d+\//;

/** Letters are read from links that have the names that the files came with: names are part of what a letter says. */
async function loadLetters(context: RunContext, files: readonly ArchivedFile[]): Promise<Part> {
  const letters = files.filter(({ provenance }) => provenance.source === "council");
  if (letters.length === 0) return { counts: {}, problems: [] };
  const folder = context.archive.temporaryPath("");
  const paths: string[] = [];
  try {
    for (const [index, { path, provenance }] of letters.entries()) {
      const place = join(folder, String(index));
      await mkdir(place, { recursive: true, mode: 0o700 });
      paths.push(join(place, provenance.fileName));
      await link(path, join(place, provenance.fileName));
    }
    const { outcome, report } = await addLettersInto(context, { paths });
    // Nobody knows the links' folder.
    const problems = report.problems.map(({ code, message }) => ({ code, message: message.replace(LINK, "") }));
    return { counts: { letters: report.letters.length, ...outcome.counts }, problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function correct({ warehouse, stamp }: RunContext, files: readonly ArchivedFile[]): Promise<Part> {
  const problems: Problem[] = [];
  let applied = 0;
  for (const { path, provenance } of files.filter((file) => file.provenance.source === "person")) {
    const lines = await readCorrections(path);
    const { outcome, report } = await warehouse.transaction((session) =>
      applyCorrections(session, lines, provenance.fileName, stamp),
    );
    applied += Number(outcome.counts.applied);
    problems.push(...report.problems.map(({ code, message }) => ({ code, message })));
  }
  return { counts: applied === 0 ? {} : { corrections_applied: applied }, problems };
}

async function planOffline(context: RunContext): Promise<Part> {
  const fillings = await fillAll(context, () => ({ found: null, outcomes: [], councils: null, offline: true }));
  return { counts: { ...fillings.at(-1)?.answers }, problems: [] };
}

function summarise(parts: readonly Part[], runId: string): { outcome: RunOutcome; report: RebuildReport } {
  const problems = parts.flatMap((part) => part.problems);
  const counts: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, count] of Object.entries(part.counts)) counts[name] = (counts[name] ?? 0) + count;
  }
  counts.problems = problems.length;
  const exitCode = problems.length > 0 ? EXIT.partial : EXIT.done;
  const outcome = outcomeOf(exitCode, true, counts, problems);
  return { outcome, report: { run_id: runId, status: outcome.status, counts, problems, exitCode } };
}
