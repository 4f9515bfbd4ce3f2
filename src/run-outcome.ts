/** How a run ended, for the ledger: its exit code and counts, and what went wrong in words. */
import { EXIT, type ExitCode } from "./errors.ts";
import { type RunOutcome, statusOfExit } from "./load/ledger.ts";

export interface Problem {
  code: string;
  message: string;
}

/** A source that was refused is graver than one that could not be reached. */
const GRAVITY: readonly ExitCode[] = [
  EXIT.done,
  EXIT.partial,
  EXIT.sourceUnreachable,
  EXIT.sourceNotTrusted,
  EXIT.limit,
];

/** Of several exit codes the one that the run ends with. */
export function gravest(exitCodes: readonly ExitCode[]): ExitCode {
  return exitCodes.reduce<ExitCode>(
    (most, one) => (GRAVITY.indexOf(one) > GRAVITY.indexOf(most) ? one : most),
    EXIT.done,
  );
}

/** So many problems are written out in the ledger; all of them are counted. */
const MOST_PROBLEMS = 20;

export function outcomeOf(
  exitCode: ExitCode,
  isChanged: boolean,
  counts: Record<string, number>,
  problems: readonly Problem[],
  details: Record<string, unknown> = {},
): RunOutcome {
  const messages = problems.slice(0, MOST_PROBLEMS).map((problem) => problem.message);
  const problem = messages.length === 0 ? null : messages.join("\n");
  return { status: statusOfExit(exitCode, isChanged), exitCode, counts, problem, details };
}
