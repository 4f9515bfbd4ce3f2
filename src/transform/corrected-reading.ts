/** What a person's correction makes of a cell. Pure. */
import { measureByCode } from "../catalogue/measures.ts";
import { STATUSES, type Status, type Unit } from "../observation.ts";

/** A person's correction of one cell, as the file of corrections has it. */
export interface Correction {
  question: string;
  part: string;
  /** Null: the cell has no period. */
  period_label: string | null;
  breakdown: string;
  /** What the letter printed. */
  printed: string;
  /** A number, words for a small number, or a status. */
  meant: string;
  because: string;
  who: string;
}

/** The columns of a cell that a correction changes. */
export interface CellReading {
  value: string | null;
  status: Status;
  unit: Unit;
  exemption: string | null;
}

export type CorrectedReading = { kind: "corrected"; reading: CellReading } | { kind: "refused"; expected: string };

const NUMBER = /^(£?)(-?(?:\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.\d{1,9})?)\s?(%?)$/;
const SMALL =
  /^(?:(?:<|≤|<=|under|below|fewer than|less than|up to)\s*(?:\d{1,2}|five|ten)|(?:\d{1,2}|five|ten) or (?:fewer|less))$/i;
const MEANT = "a number (4,500, £4,500, 12.5 %), words for a small number (<5), or a status (not_held, withheld …)";

/**
 * Applies what is meant to what the program had read. A number has the unit that it is written with, else the cell's; where
 * the cell was words, the measure's, and without a measure a plain number is a count.
 */
export function correctReading(read: CellReading, measure: string | null, meant: string): CorrectedReading {
  const words = meant.trim();
  const status = findStatus(words);
  if (status !== undefined) {
    const exemption = status === read.status ? read.exemption : null;
    return { kind: "corrected", reading: { value: null, status, unit: read.unit, exemption } };
  }
  if (SMALL.test(words)) {
    return { kind: "corrected", reading: { value: null, status: "suppressed", unit: read.unit, exemption: null } };
  }
  const number = NUMBER.exec(words);
  if (number === null) return { kind: "refused", expected: MEANT };
  const unit = chooseUnit(read.unit, measure, number[1] === "£" ? "GBP" : number[3] === "%" ? "percent" : null);
  if (unit === null)
    return { kind: "refused", expected: `a number in ${unitOf(measure)}, which ${measure} is counted in` };
  const value = (number[2] as string).replaceAll(",", "");
  return { kind: "corrected", reading: { value, status: "reported", unit, exemption: null } };
}

/** `not_held`, `Not held`, `not-held`. `reported` alone says nothing: it needs the number. */
function findStatus(words: string): Status | undefined {
  const name = words.toLowerCase().replace(/[\s-]+/g, "_");
  return STATUSES.find((status) => status === name && status !== "reported");
}

/** Null: written in a unit that neither the cell nor its measure has. */
function chooseUnit(read: Unit, measure: string | null, written: Unit | null): Unit | null {
  const own = unitOf(measure);
  if (written !== null) return own === null || written === own || written === read ? written : null;
  return read === "text" ? (own ?? "count") : read;
}

function unitOf(measure: string | null): Unit | null {
  return measure === null ? null : measureByCode(measure).unit;
}

/** Whether a correction means a cell: question, part, period, breakdown, and what is printed there. */
export function meansCell(
  correction: Pick<Correction, "question" | "part" | "period_label" | "breakdown" | "printed">,
  cell: {
    question: string | null;
    part: string | null;
    period_label: string | null;
    breakdown: string;
    value_text: string;
  },
): boolean {
  return (
    correction.question === cell.question &&
    correction.part === cell.part &&
    correction.period_label === cell.period_label &&
    correction.breakdown === cell.breakdown &&
    samePrint(correction.printed, cell.value_text)
  );
}

/** Blanks do not count, and neither does the apostrophe that `--csv` puts before what a spreadsheet would take for a formula. */
export function samePrint(written: string, printed: string): boolean {
  const plain = (text: string) => text.replace(/\s+/g, " ").trim();
  const [one, other] = [plain(written), plain(printed)];
  return one === other || (/^'[=+\-@]/.test(one) && one.slice(1) === other);
}
