/** A person's corrections into the warehouse. `s21 letters correct` is this. */
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { Config } from "./config.ts";
import { EXIT, type ExitCode } from "./errors.ts";
import { type CorrectionLine, readCorrections } from "./extract/corrections.ts";
import { type RunOutcome, statusOfExit } from "./load/ledger.ts";
import {
  type CellRow,
  changeCell,
  findCorrections,
  originalReading,
  readCells,
  readingOf,
  removeOutdatedCorrections,
  resolveIssues,
  saveCorrection,
} from "./load/letter-corrections.ts";
import { findLettersNamed, type NamedLetter } from "./load/letter-names.ts";
import type { RunStamp } from "./load/observations.ts";
import type { WriteSession } from "./load/warehouse.ts";
import { performRun } from "./run.ts";
import { type CellReading, correctReading, meansCell, samePrint } from "./transform/corrected-reading.ts";
import { referenceKey } from "./transform/letter-succession.ts";

export interface CorrectedLine {
  line: number;
  letter: string;
  letter_id: string | null;
  question: string;
  part: string;
  period: string | null;
  printed: string;
  meant: string;
  status: "applied" | "unchanged" | "refused";
}

export interface CorrectionsReport {
  run_id: string;
  status: RunOutcome["status"];
  corrections: CorrectedLine[];
  problems: { code: string; message: string; line: number }[];
  exitCode: ExitCode;
}

/** Why a line was refused, for a person; it is put after the file's name and line. */
class RefusedLine extends Error {}

/**
 * Applies a file of corrections in one transaction: lines that mean no cell, or not what is printed there, are refused and
 * told; the others are applied.
 * @throws UsageError when the file itself can't be meant; nothing is applied then.
 */
export async function correctLetters(
  config: Config,
  path: string,
  words: readonly string[],
): Promise<CorrectionsReport> {
  const lines = await readCorrections(path);
  const watcher = { note: () => undefined, progress: () => undefined };
  const request = { command: "letters correct", words, watcher, signal: undefined };
  const { report } = await performRun(config, request, async ({ warehouse, archive, stamp }) => {
    // Kept like every file that was read: a warehouse that is made again needs what people put right.
    await archive.keep(createReadStream(path) as AsyncIterable<Buffer>, {
      source: "person",
      fileName: basename(path),
      url: null,
      fetchedAt: stamp.loaded_at,
      licence: "",
    });
    return warehouse.transaction((session) => applyCorrections(session, lines, path, stamp));
  });
  return report;
}

/** Applies lines to the letters in the warehouse; `path` is for messages. */
export async function applyCorrections(session: WriteSession, lines: CorrectionLine[], path: string, stamp: RunStamp) {
  const corrections: CorrectedLine[] = [];
  const problems: CorrectionsReport["problems"] = [];
  const done = new Map<string, CorrectionLine>();
  for (const line of lines) {
    try {
      corrections.push(await applyLine(session, line, done, stamp));
    } catch (error) {
      if (!(error instanceof RefusedLine)) throw error;
      problems.push({
        code: "correction-refused",
        message: `${path}, line ${line.line}: ${error.message}`,
        line: line.line,
      });
      corrections.push(describeLine(line, null, "refused"));
    }
  }
  const applied = corrections.filter((one) => one.status === "applied").length;
  const exitCode = problems.length > 0 ? EXIT.partial : EXIT.done;
  const status = statusOfExit(exitCode, applied > 0);
  const problem = problems.length === 0 ? null : problems.map(({ message }) => message).join("\n");
  const counts = { corrections: lines.length, applied, refused: problems.length };
  return {
    outcome: { status, exitCode, counts, problem } satisfies RunOutcome,
    report: { run_id: stamp.run_id, status, corrections, problems, exitCode },
  };
}

async function applyLine(
  session: WriteSession,
  line: CorrectionLine,
  done: Map<string, CorrectionLine>,
  stamp: RunStamp,
): Promise<CorrectedLine> {
  const letter = await chooseLetter(session, line.letter);
  const cells = await readCells(session, letter.letterId);
  const cell = chooseCell(cells, line, letter);
  refuseSecond(done, cell, line);
  const held = await findCorrections(session, letter.letterId);
  const corrected = correctReading(originalReading(cell, held), cell.measure, line.meant);
  if (corrected.kind === "refused") {
    throw new RefusedLine(`meant is ${JSON.stringify(line.meant)}; expected ${corrected.expected}`);
  }
  const correction = { ...line, breakdown: cell.breakdown, printed: cell.value_text };
  const before = held.find((one) => meansCell(one, cell));
  const same = before?.meant === line.meant && before.because === line.because && before.who === line.who;
  if (same && sameReading(readingOf(cell), corrected.reading)) return describeLine(line, letter, "unchanged");
  await saveCorrection(session, letter.letterId, correction, originalReading(cell, held), stamp);
  await removeOutdatedCorrections(session, cell, cells);
  await changeCell(session, cell, corrected.reading, stamp);
  await resolveIssues(session, cell, line, stamp);
  return describeLine(line, letter, "applied");
}

function sameReading(one: CellReading, other: CellReading): boolean {
  const sameValue = one.value === other.value || Number(one.value) === Number(other.value);
  return (
    sameValue &&
    (one.value === null) === (other.value === null) &&
    one.status === other.status &&
    one.unit === other.unit &&
    one.exemption === other.exemption
  );
}

/** By letter_id, else by file name, else by request reference; of several the one that no other supersedes. */
async function chooseLetter(session: WriteSession, name: string): Promise<NamedLetter> {
  const letters = await findLettersNamed(session, name, basename(name), referenceKey(name));
  const found =
    [
      letters.filter((letter) => letter.letterId === name),
      letters.filter((letter) => letter.fileName === basename(name)),
      letters,
    ].find((some) => some.length > 0) ?? [];
  const standing = found.filter((letter) => !letter.superseded);
  const [chosen] = standing.length > 0 ? standing : found;
  if (chosen === undefined) {
    throw new RefusedLine(`letter is ${JSON.stringify(name)}; no letter has that letter_id, file name or reference`);
  }
  if (standing.length > 1 || (standing.length === 0 && found.length > 1)) {
    const ids = found.map((letter) => letter.letterId).join(", ");
    throw new RefusedLine(`letter is ${JSON.stringify(name)}, which several have; name one by its letter_id: ${ids}`);
  }
  return chosen;
}

function chooseCell(cells: readonly CellRow[], line: CorrectionLine, letter: NamedLetter): CellRow {
  const there = cells.filter(
    (cell) =>
      cell.question === line.question &&
      cell.part === line.part &&
      cell.period_label === line.period_label &&
      (line.breakdown === null || cell.breakdown === line.breakdown),
  );
  const name = describeCell(line);
  if (there.length === 0) throw new RefusedLine(`letter ${letter.letterId} has no ${name}${offerCells(cells, line)}`);
  const meant = there.filter((cell) => samePrint(line.printed, cell.value_text));
  const [cell] = meant;
  if (cell === undefined) {
    const printed = there.map((one) => JSON.stringify(one.value_text)).join(" and ");
    throw new RefusedLine(`printed is ${JSON.stringify(line.printed)}; the warehouse has ${printed} for ${name}`);
  }
  if (meant.length === 1) return cell;
  const breakdowns = meant.map((one) => JSON.stringify(one.breakdown)).join(", ");
  throw new RefusedLine(
    `${meant.length} cells are ${name} and print that; tell them apart by breakdown: ${breakdowns}`,
  );
}

function describeCell({ question, part, period_label, breakdown }: CorrectionLine): string {
  const period = period_label === null ? ", no period" : `, ${period_label}`;
  return `question ${question}${part}${period}${breakdown === null || breakdown === "" ? "" : `, ${breakdown}`}`;
}

/** The periods that the question has, or the questions that the letter has. */
function offerCells(cells: readonly CellRow[], { question, part }: CorrectionLine): string {
  const own = cells.filter((cell) => cell.question === question && cell.part === part);
  if (own.length > 0) {
    const periods = own.map(({ period_label, breakdown }) =>
      [period_label ?? "no period", breakdown].filter(Boolean).join(", "),
    );
    return `; it has ${listSome(periods)}`;
  }
  return `; it has questions ${listSome(cells.map((cell) => `${cell.question}${cell.part}`))}`;
}

function listSome(names: readonly string[]): string {
  const all = [...new Set(names)];
  return all.length > 12 ? `${all.slice(0, 12).join("; ")} …` : all.join("; ");
}

/** Two lines that mean different things for one cell: the file contradicts itself. */
function refuseSecond(done: Map<string, CorrectionLine>, cell: CellRow, line: CorrectionLine) {
  const key = JSON.stringify([
    cell.letter_id,
    cell.question,
    cell.part,
    cell.period_label,
    cell.breakdown,
    cell.value_text,
  ]);
  const first = done.get(key);
  if (first !== undefined && first.meant !== line.meant) {
    throw new RefusedLine(`line ${first.line} corrects the same cell to ${JSON.stringify(first.meant)}`);
  }
  done.set(key, line);
}

function describeLine(
  line: CorrectionLine,
  letter: NamedLetter | null,
  status: CorrectedLine["status"],
): CorrectedLine {
  return {
    line: line.line,
    letter: line.letter,
    letter_id: letter?.letterId ?? null,
    question: line.question,
    part: line.part,
    period: line.period_label,
    printed: line.printed,
    meant: line.meant,
    status,
  };
}
