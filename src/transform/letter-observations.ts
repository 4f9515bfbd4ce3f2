/** From what a letter says to rows of the warehouse: its observations, and where its referrals point. Pure. */
import { authorityByOnsCode } from "../catalogue/authorities.ts";
import { expectedFor } from "../catalogue/letter-problems.ts";
import type { Answer, Letter, LetterProblem, Line, Question, Referral } from "../letter.ts";
import type { Observation, Period } from "../observation.ts";

/** The letter's place in the warehouse. */
export interface LetterSource {
  letterId: string;
  /** Name of its file, without folders. */
  fileName: string;
  /** Of the file in the archive. */
  sha256: string;
}

/** One cell that is answered by pointing elsewhere. Columns of `referred_cell`. */
export interface ReferredCell extends Omit<Referral, "words"> {
  letter_id: string;
  question: string;
  part: string;
  breakdown: string;
  period_kind: Period["kind"] | null;
  period_label: string | null;
  period_start: string | null;
  period_end: string | null;
  words: string;
  source_line: number;
}

/** Something in a letter that a person should look at. Stored with the letter, and as an issue. */
export interface LetterFinding {
  /** Stable, kebab-case; `src/catalogue/letter-problems.ts` has them. */
  code: string;
  message: string;
  line: number | null;
  question: string | null;
  part: string | null;
  found: string | null;
  expected: string | null;
}

/** What stands for the licence of a letter that says nothing of re-use: silence is not a licence. */
export const UNKNOWN_LICENCE = "unknown";

/** The council as the warehouse names it: by the catalogue where it is identified, else in the letter's words. */
export function councilOf({ council }: Letter): { name: string | null; code: string | null } {
  if (council.la_code === null) return { name: council.name_in_letter, code: null };
  const authority = authorityByOnsCode(council.la_code);
  if (authority === undefined)
    throw new Error(`the letter's council has the code ${council.la_code}, which nobody has`);
  return { name: authority.name, code: council.la_code };
}

/** When the letter was written, as `published_at`; null where it gives no date. */
export function publishedAtOf({ response_date }: Letter): string | null {
  if (response_date === null) return null;
  checkDate(response_date);
  return `${response_date}T00:00:00.000Z`;
}

/**
 * One row per answer, in the letter's order. The same thing said twice for one cell counts once; different things are all
 * kept. Throws a fault of ours for an answer that contradicts itself: no row is made up from it.
 */
export function observationsOf(letter: Letter, source: LetterSource): Observation[] {
  if (!letter.readable) return [];
  const council = councilOf(letter);
  const letterwide = {
    source: "council" as const,
    area_code: council.code,
    area_name: council.name,
    area_level: "local_authority" as const,
    publication: null,
    release: null,
    release_version_id: null,
    data_set: null,
    published_at: publishedAtOf(letter),
    letter_id: source.letterId,
    source_file: source.fileName,
    source_column: null,
    source_area_code: null,
    source_sha256: source.sha256,
    source_url: null,
    licence: letter.licence ?? UNKNOWN_LICENCE,
  };
  // Measured: spreading two such wide objects into one takes six times as long.
  return cellsOf(letter).map(([question, answer]) => Object.assign(rowOf(question, answer), letterwide));
}

function rowOf(question: Question, answer: Answer) {
  return {
    measure: question.measure,
    breakdown: answer.breakdown,
    ...periodColumns(answer.period),
    value: decimalOf(answer),
    value_text: answer.value_text,
    unit: answer.unit,
    status: answer.status,
    exemption: answer.exemption,
    question: question.ref,
    part: question.part,
    question_text: question.text,
    source_line: answer.line,
  };
}

function periodColumns(period: Period | null) {
  if (period === null) return { period_kind: null, period_label: null, period_start: null, period_end: null };
  checkDate(period.start);
  checkDate(period.end);
  if (period.end < period.start) throw new Error(`the period ${period.label} ends before it starts`);
  return {
    period_kind: period.kind,
    period_label: period.label,
    period_start: period.start,
    period_end: period.end,
  };
}

function checkDate(date: string) {
  const time = Date.parse(`${date}T00:00:00Z`);
  const real = /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(time);
  if (!real || new Date(time).toISOString().slice(0, 10) !== date) throw new Error(`${date} is no date`);
}

/** Decimal text, never in powers of ten: `14.71`. */
function decimalOf({ status, value, line }: Answer): string | null {
  if (value === null) return null;
  if (status !== "reported") throw new Error(`the answer on line ${line} is ${status} and has the value ${value}`);
  if (!Number.isFinite(value)) throw new Error(`the answer on line ${line} has the value ${value}`);
  const text = String(value);
  return /e/i.test(text) ? value.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 20 }) : text;
}

/** Where the letter points, for each cell that it answers by pointing. */
export function referredCellsOf(letter: Letter, { letterId }: LetterSource): ReferredCell[] {
  if (!letter.readable) return [];
  return cellsOf(letter)
    .filter(([, answer]) => answer.status === "referred")
    .map(([question, answer]) => ({
      letter_id: letterId,
      question: question.ref,
      part: question.part,
      breakdown: answer.breakdown,
      ...periodColumns(answer.period),
      ...(answer.referral ?? NOWHERE),
      words: answer.referral?.words ?? answer.value_text,
      source_line: answer.line,
    }));
}

/** What a referral without any direction points to. */
const NOWHERE = { url: null, publication_slug: null, release_slug: null, file_codes: [], la_filter: null };

/** Answers with their questions; an answer that repeats an earlier one of its cell is left out. */
function cellsOf(letter: Letter): [Question, Answer][] {
  const said = new Set<string>();
  const cells: [Question, Answer][] = [];
  for (const question of letter.questions) {
    for (const answer of question.answers) {
      const key = JSON.stringify([...cellKey(question, answer), sayingOf(answer)]);
      if (!said.has(key)) cells.push([question, answer]);
      said.add(key);
    }
  }
  return cells;
}

/** Count and share of one cell are two figures, told apart by their unit. */
function cellKey({ ref, part }: Question, { period, breakdown, unit }: Answer): unknown[] {
  return [ref, part, period?.kind, period?.label, breakdown, unit];
}

function sayingOf({ status, value, value_text }: Answer): unknown[] {
  return [status, value, value_text];
}

/** Cells that the letter answers twice, and differently, of which its reading did not tell; all its answers are kept. */
export function findDisagreements(letter: Letter): LetterFinding[] {
  const byCell = new Map<string, [Question, Answer][]>();
  for (const cell of cellsOf(letter)) {
    const key = JSON.stringify(cellKey(...cell));
    byCell.set(key, [...(byCell.get(key) ?? []), cell]);
  }
  const told = new Set(letter.problems.filter(({ code }) => code === "answers-disagree").map(({ line }) => line));
  return [...byCell.values()]
    .filter((cells) => cells.length > 1 && !cells.some(([, { line }]) => told.has(line)))
    .map(describeDisagreement);
}

function describeDisagreement(cells: [Question, Answer][]): LetterFinding {
  const [question, first] = cells[0] as [Question, Answer];
  const said = cells.map(([, { value_text, status, line }]) => `${value_text || status} (line ${line})`).join(", ");
  const cell = `question ${question.ref}${question.part}${first.period === null ? "" : `, ${first.period.label}`}`;
  return {
    code: "answers-disagree",
    message: `${cell} is answered differently: ${said}`,
    line: first.line,
    question: question.ref,
    part: question.part,
    found: said,
    expected: expectedFor("answers-disagree"),
  };
}

/** A problem of a letter or its document as a finding: with the question that its line belongs to, and what stands there. */
export function describeProblem(problem: LetterProblem, letter: Letter | null, lines: readonly Line[]): LetterFinding {
  const { code, message, line } = problem;
  const question = line === null ? undefined : letter?.questions.find((one) => standsIn(one, line));
  const text = line === null ? undefined : lines.find((one) => one.number === line)?.text.trim();
  return {
    code,
    message,
    line,
    question: question?.ref ?? null,
    part: question?.part ?? null,
    found: text === undefined || text === "" ? null : text.slice(0, LONGEST_FOUND),
    expected: expectedFor(code),
  };
}

const LONGEST_FOUND = 300;

function standsIn(question: Question, line: number): boolean {
  return question.line === line || question.answers.some((answer) => answer.line === line);
}
