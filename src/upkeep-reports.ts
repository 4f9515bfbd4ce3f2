/** What the jobs of upkeep report: how stale the warehouse is, and what was swept. */
import { EXIT } from "./errors.ts";
import type { JobReport } from "./job.ts";
import type { Staleness } from "./load/staleness.ts";
import { outcomeOf } from "./run-outcome.ts";

/** A problem to be told when the last good refresh is too long ago. */
export function reportStaleness({ exit_code, sentence, hours }: Staleness): JobReport {
  const problems = exit_code === EXIT.done ? [] : [{ code: "refresh-overdue", message: sentence }];
  const counts: Record<string, number> = hours === null ? {} : { hours_since_success: Math.round(hours) };
  return { outcome: outcomeOf(exit_code, false, counts, problems), problems };
}

/** @param files how many were removed */
export function reportSwept(files: number): JobReport {
  return { outcome: outcomeOf(EXIT.done, files > 0, { files_removed: files }, []), problems: [] };
}
