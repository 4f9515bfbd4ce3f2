/** What `s21 letters add` tells at its end. */
import { EXIT, type ExitCode } from "./errors.ts";
import { type RunOutcome, statusOfExit } from "./load/ledger.ts";
import { describeFinding, storable } from "./load/letter-issues.ts";
import { type DescribedLetter, findLinkIssues, findSuperseded } from "./load/letter-ledger.ts";
import type { RunStamp } from "./load/observations.ts";
import type { Warehouse } from "./load/warehouse.ts";
import type { Status } from "./observation.ts";
import { cleanText } from "./serve/terminal.ts";
import type { LetterFinding } from "./transform/letter-observations.ts";

export interface AddedLetter {
  /** As it was given. */
  file: string;
  letter_id: string | null;
  status: "loaded" | "unchanged" | "set_aside";
  council: string | null;
  area_code: string | null;
  request_reference: string | null;
  response_date: string | null;
  questions: number;
  cells: Partial<Record<Status, number>>;
  /** Open issues. */
  in_doubt: number;
  superseded_by: string | null;
}

export interface ReportedProblem {
  code: string;
  message: string;
  file: string;
  line: number | null;
  found: string | null;
  expected: string | null;
}

export interface LettersReport {
  run_id: string;
  status: RunOutcome["status"];
  letters: AddedLetter[];
  problems: ReportedProblem[];
  exitCode: ExitCode;
}

/** What became of one document, or of all. */
export interface Outcome {
  letters: AddedLetter[];
  problems: ReportedProblem[];
}

/** A document that gave no letter: nothing is known of it but what is wrong. */
export const UNREAD = {
  letter_id: null,
  council: null,
  area_code: null,
  request_reference: null,
  response_date: null,
  questions: 0,
  cells: {},
  in_doubt: 1,
  superseded_by: null,
} as const satisfies Partial<AddedLetter>;

/** A finding as the report tells it, with the path as it was given. */
export function reportFinding(file: string, finding: LetterFinding): ReportedProblem {
  const { code, line, found, expected } = finding;
  return { code, message: describeFinding(cleanText(file), finding), file, line, found, expected };
}

/** A letter as it stands in the warehouse, with the path as it was given. */
export function reportLetter(
  { council_name, ...letter }: DescribedLetter,
  file: string,
  status: AddedLetter["status"],
): AddedLetter {
  return { file, status, council: council_name, ...letter, superseded_by: null };
}

/** Which letter supersedes which is known when all are in. */
export async function summarise(
  warehouse: Warehouse,
  stamp: RunStamp,
  { letters, problems }: Outcome,
): Promise<{ outcome: RunOutcome; report: LettersReport }> {
  const superseded = await findSuperseded(warehouse);
  const settled = letters.map((letter) => ({
    ...letter,
    superseded_by: (letter.letter_id === null ? undefined : superseded.get(letter.letter_id)) ?? null,
  }));
  const ofOrder = await findLinkIssues(warehouse, stamp.run_id);
  const all = [...problems, ...ofOrder.map((issue) => ({ ...issue, line: null }))];
  const exitCode = all.length > 0 ? EXIT.partial : EXIT.done;
  const loaded = letters.filter((letter) => letter.status !== "unchanged");
  const status = statusOfExit(exitCode, loaded.length > 0);
  const counts = {
    letters: letters.length,
    letters_loaded: letters.filter((letter) => letter.status === "loaded").length,
    letters_set_aside: letters.filter((letter) => letter.status === "set_aside").length,
    observations_written: loaded.reduce((sum, { cells }) => sum + sumOf(Object.values(cells)), 0),
    problems: all.length,
  };
  const messages = all.slice(0, 20).map((problem) => problem.message);
  const problem = messages.length === 0 ? null : storable(messages.join("\n"));
  return {
    outcome: { status, exitCode, counts, problem },
    report: { run_id: stamp.run_id, status, letters: settled, problems: all, exitCode },
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
