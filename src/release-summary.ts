/** What bringing in several releases came to, for the ledger and for people. */
import type { RunOutcome } from "./load/ledger.ts";
import { describeChanges, type ReleaseChange } from "./load/release-changes.ts";
import type { ReleaseOutcome, ReleaseReport } from "./release-road.ts";
import { gravest, outcomeOf, type Problem } from "./run-outcome.ts";

export interface RoadSummary {
  outcome: RunOutcome;
  releases: ReleaseReport[];
  problems: Problem[];
}

/** `planned`: plans of letters that changed. */
export function summarise(outcomes: readonly ReleaseOutcome[], planned: number): RoadSummary {
  const exitCode = gravest(outcomes.map((outcome) => outcome.exitCode));
  const releases = outcomes.map((outcome) => outcome.report);
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  const loaded = releases.flatMap((release) => release.files).filter((file) => file.status === "loaded");
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
  const isChanged = loaded.length > 0 || planned > 0;
  return { outcome: outcomeOf(exitCode, isChanged, counts, problems, detailsOf(outcomes)), releases, problems };
}

/** What the ledger keeps of it besides the counts. */
function detailsOf(outcomes: readonly ReleaseOutcome[]): Record<string, unknown> {
  const reasons: Record<string, number> = {};
  for (const { code } of outcomes.flatMap((outcome) => outcome.problems)) reasons[code] = (reasons[code] ?? 0) + 1;
  const releases = outcomes.map(({ report: { publication, release, version_id, status, files, changes } }) => ({
    publication,
    release,
    version_id,
    status,
    files: files.map(({ code, sha256, rows, observations, status: state }) => ({
      data_set: code,
      sha256,
      rows,
      observations,
      status: state,
    })),
    ...(changes === undefined ? {} : { changes }),
  }));
  return { releases, reasons };
}

/** "C1: 2 values revised; D1: 1 row gone" */
export function describeByDataSet(changes: readonly ReleaseChange[]): string {
  const codes = [...new Set(changes.map((change) => change.data_set))];
  return codes
    .map((code) => `${code}: ${describeChanges(changes.filter((change) => change.data_set === code))}`)
    .join("; ");
}
