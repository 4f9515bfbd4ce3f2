/** A person's corrections as they stand in the warehouse: saved once per cell, and put to the cells they mean. */
import { expectedFor } from "../catalogue/letter-problems.ts";
import { type CellReading, type Correction, correctReading, meansCell } from "../transform/corrected-reading.ts";
import type { LetterFinding } from "../transform/letter-observations.ts";
import type { RunStamp } from "./observations.ts";
import type { CorrectionTable, ObservationTable } from "./tables.ts";
import type { WriteSession } from "./warehouse.ts";

export type CellRow = Pick<
  ObservationTable,
  | "letter_id"
  | "question"
  | "part"
  | "period_kind"
  | "period_label"
  | "period_start"
  | "period_end"
  | "breakdown"
  | "measure"
  | "value"
  | "value_text"
  | "status"
  | "unit"
  | "exemption"
  | "source_line"
>;

/** The cells of a letter as they stand, corrected or not. */
export async function readCells({ db }: WriteSession, letterId: string): Promise<CellRow[]> {
  return db
    .selectFrom("observation")
    .select(["letter_id", "question", "part", "period_kind", "period_label", "period_start", "period_end", "breakdown"])
    .select(["measure", "value", "value_text", "status", "unit", "exemption", "source_line"])
    .where("letter_id", "=", letterId)
    .where("source", "=", "council")
    .orderBy("source_line")
    .execute();
}

/**
 * Puts a letter's corrections to the rows that were just read from it, and keeps what the program had read.
 * @returns a finding for each that no longer means exactly one cell, or can't be put to it; that cell stays as read.
 */
export async function reapplyCorrections(
  session: WriteSession,
  letterId: string,
  stamp: RunStamp,
): Promise<LetterFinding[]> {
  const corrections = await session.db
    .selectFrom("correction")
    .selectAll()
    .where("letter_id", "=", letterId)
    .orderBy("corrected_at")
    .execute();
  if (corrections.length === 0) return [];
  const cells = await readCells(session, letterId);
  const findings: LetterFinding[] = [];
  for (const correction of corrections) {
    const meant = cells.filter((cell) => meansCell(correction, cell));
    const [cell] = meant;
    const corrected = cell === undefined ? null : correctReading(readingOf(cell), cell.measure, correction.meant);
    if (cell === undefined || meant.length > 1 || corrected?.kind !== "corrected") {
      findings.push(describeUnapplied(correction, meant.length));
      continue;
    }
    await saveCorrection(session, letterId, correction, readingOf(cell), {
      loaded_at: correction.corrected_at,
      run_id: correction.run_id,
    });
    await changeCell(session, cell, corrected.reading, stamp);
  }
  return findings;
}

function describeUnapplied(correction: CorrectionTable, cells: number): LetterFinding {
  const { question, part, period_label, printed, meant } = correction;
  const name = `question ${question}${part}${period_label === null ? "" : `, ${period_label}`}`;
  const now =
    cells === 0 ? "no cell prints that now" : cells === 1 ? "it can't be that" : `${cells} cells print that now`;
  return {
    code: "correction-not-applied",
    message: `${name}: the correction of ${JSON.stringify(printed)} to ${JSON.stringify(meant)} was not applied: ${now}`,
    line: null,
    question,
    part,
    found: printed,
    expected: expectedFor("correction-not-applied"),
  };
}

/** The columns of a cell that a correction may change. */
export function readingOf({ value, status, unit, exemption }: CellReading): CellReading {
  return { value, status, unit, exemption };
}

/** What the program had read of a cell: from its correction where it was corrected before, else what stands. */
export function originalReading(cell: CellRow, before: readonly CorrectionTable[]): CellReading {
  const held = before.find((correction) => meansCell(correction, cell));
  if (held === undefined) return readingOf(cell);
  return {
    value: held.read_value,
    status: held.read_status,
    unit: held.read_unit,
    exemption: held.read_exemption,
  };
}

/** One row per cell: a correction of the same cell as it was printed before takes its place. */
export async function saveCorrection(
  { db }: WriteSession,
  letterId: string,
  correction: Correction,
  read: CellReading,
  stamp: RunStamp,
): Promise<void> {
  const { question, part, period_label, breakdown, printed, meant, because, who } = correction;
  await db
    .deleteFrom("correction")
    .where("letter_id", "=", letterId)
    .where("question", "=", question)
    .where("part", "=", part)
    .where("breakdown", "=", breakdown)
    .where("printed", "=", printed)
    .where(({ eb, ref }) => eb(ref("period_label"), "is not distinct from", period_label))
    .execute();
  await db
    .insertInto("correction")
    .values({
      letter_id: letterId,
      question,
      part,
      period_label,
      breakdown,
      printed,
      meant,
      because,
      who,
      read_value: read.value,
      read_status: read.status,
      read_unit: read.unit,
      read_exemption: read.exemption,
      corrected_at: stamp.loaded_at,
      run_id: stamp.run_id,
    })
    .execute();
}

/** Writes what is meant into the cell's row; its value_text stays what the letter printed. Keeps `referred_cell` in step. */
export async function changeCell(
  { db }: WriteSession,
  cell: CellRow,
  reading: CellReading,
  stamp: RunStamp,
): Promise<void> {
  await db
    .updateTable("observation")
    .set({ ...reading, loaded_at: stamp.loaded_at, run_id: stamp.run_id })
    .where("source", "=", "council")
    .where("letter_id", "=", cell.letter_id)
    .where("question", "=", cell.question)
    .where("part", "=", cell.part)
    .where("breakdown", "=", cell.breakdown)
    .where("value_text", "=", cell.value_text)
    .where("source_line", "=", cell.source_line)
    .where(({ eb, ref }) => eb(ref("period_label"), "is not distinct from", cell.period_label))
    .execute();
  if (cell.status === reading.status) return;
  if (cell.status === "referred") await removeReferral({ db }, cell);
  if (reading.status === "referred") await addReferral({ db }, cell);
}

async function removeReferral({ db }: Pick<WriteSession, "db">, cell: CellRow) {
  await db
    .deleteFrom("referred_cell")
    .where("letter_id", "=", cell.letter_id as string)
    .where("question", "=", cell.question as string)
    .where("part", "=", cell.part as string)
    .where("breakdown", "=", cell.breakdown)
    .where("source_line", "=", cell.source_line)
    .where(({ eb, ref }) => eb(ref("period_label"), "is not distinct from", cell.period_label))
    .execute();
}

/** A referral by a person's word: the letter's own directions, if any, come back when it is read again. */
async function addReferral({ db }: Pick<WriteSession, "db">, cell: CellRow) {
  await db
    .insertInto("referred_cell")
    .values({
      letter_id: cell.letter_id as string,
      question: cell.question as string,
      part: cell.part as string,
      breakdown: cell.breakdown,
      period_kind: cell.period_kind,
      period_label: cell.period_label,
      period_start: cell.period_start,
      period_end: cell.period_end,
      url: null,
      publication_slug: null,
      release_slug: null,
      file_codes: [],
      la_filter: null,
      words: "",
      source_line: cell.source_line,
    })
    .execute();
}

/** A letter's corrections as the warehouse has them. */
export async function findCorrections({ db }: WriteSession, letterId: string): Promise<CorrectionTable[]> {
  return db.selectFrom("correction").selectAll().where("letter_id", "=", letterId).execute();
}

/** Corrections of this cell as it was printed once, and is no more: the new one takes their place. */
export async function removeOutdatedCorrections(
  { db }: WriteSession,
  cell: CellRow,
  cells: readonly CellRow[],
): Promise<void> {
  const printed = cells
    .filter((one) => meansCell({ ...identityOf(cell), printed: one.value_text }, one))
    .map((one) => one.value_text);
  await db
    .deleteFrom("correction")
    .where("letter_id", "=", cell.letter_id as string)
    .where("question", "=", cell.question as string)
    .where("part", "=", cell.part as string)
    .where("breakdown", "=", cell.breakdown)
    .where("printed", "not in", printed)
    .where(({ eb, ref }) => eb(ref("period_label"), "is not distinct from", cell.period_label))
    .execute();
}

function identityOf({ question, part, period_label, breakdown }: CellRow) {
  return { question: question as string, part: part as string, period_label, breakdown };
}

/** A person has looked: what was in doubt on the cell's line is settled. */
export async function resolveIssues(
  { db }: WriteSession,
  cell: CellRow,
  { because, who }: Pick<Correction, "because" | "who">,
  stamp: RunStamp,
): Promise<void> {
  await db
    .updateTable("issue")
    .set({ resolved_at: stamp.loaded_at, resolution: `corrected by ${who}: ${because}` })
    .where("letter_id", "=", cell.letter_id)
    .where("resolved_at", "is", null)
    .where(({ and, or, eb }) =>
      or([
        eb("source_line", "=", cell.source_line),
        and([
          eb("code", "=", "correction-not-applied"),
          eb("question", "=", cell.question),
          eb("part", "=", cell.part),
        ]),
      ]),
    )
    .execute();
}
