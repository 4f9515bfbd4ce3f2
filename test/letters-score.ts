/** Scores readings of test letters against what a careful person reads; the conventions stand in letters/README.md. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, Letter, LetterText, Question } from "../src/letter.ts";
import type { Period } from "../src/observation.ts";
import { readLetter } from "../src/transform/letter.ts";

export interface ExpectedCell {
  question: string;
  part?: string;
  measure?: string | null;
  period?: Period | null;
  breakdown?: string;
  status: string;
  value?: number | null;
  value_text?: string;
  unit?: string;
  exemption?: string | null;
  line?: number;
  referral?: Partial<NonNullable<Answer["referral"]>>;
}

export interface Expected {
  readable: boolean;
  council?: { la_code: string | null };
  request_reference?: string | null;
  response_date?: string | null;
  cells?: ExpectedCell[];
  problems?: (string | { code: string })[];
}

export interface Score {
  name: string;
  right: number;
  expected: number;
  found: number;
  /** Cells that are missing, wrong or too many. */
  misses: string[];
  /** Everything else that differs: measure, unit, exemption, line, referral, letterhead. */
  differences: string[];
}

/** The lines of a text as the letters road gets them. */
export function letterText(file: string, text: string): LetterText {
  const lines = text.split(/\r?\n/).map((line, index) => ({ number: index + 1, text: line, page: null }));
  return { file, sha256: "0".repeat(64), bytes: text.length, format: "txt", lines };
}

/** Scores every pair in a folder; an empty list where there is no such folder. */
export function scoreFolder(folder: string): Score[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const expected = JSON.parse(
      readFileSync(join(folder, name.replace(/\.txt$/, ".expected.json")), "utf8"),
    ) as Expected;
    return scoreLetter(name, readLetter(letterText(name, text)), expected);
  });
}

interface FoundCell {
  key: string;
  question: Question;
  answer: Answer;
}

function keyOf(question: string, part: string, period: Period | null, breakdown: string): string {
  return [
    `${question}${part === "" ? "" : ` ${part}`}`,
    period === null ? "no period" : `${period.kind} ${period.label}`,
    breakdown,
  ].join(" | ");
}

/** Compares one reading, cell by cell: question, part, period and breakdown name a cell; status and value make it right. */
export function scoreLetter(name: string, letter: Letter, expected: Expected): Score {
  const cells = expected.cells ?? [];
  const found: FoundCell[] = letter.questions.flatMap((question) =>
    question.answers.map((answer) => ({
      key: keyOf(question.ref, question.part, answer.period, answer.breakdown),
      question,
      answer,
    })),
  );
  const score: Score = {
    name,
    right: 0,
    expected: cells.length,
    found: found.length,
    misses: [],
    differences: differencesOfHead(letter, expected),
  };
  const left = new Set(found);
  for (const cell of cells) {
    const key = keyOf(cell.question, cell.part ?? "", cell.period ?? null, cell.breakdown ?? "");
    const match = [...left].find((one) => one.key === key && agrees(one.answer, cell));
    if (match === undefined) {
      score.misses.push(`expected ${key}: ${cell.status} ${cell.value ?? cell.value_text ?? ""}`);
      continue;
    }
    left.delete(match);
    score.right += 1;
    score.differences.push(...differencesOf(match, cell, key));
  }
  for (const one of left)
    score.misses.push(
      `found ${one.key}: ${one.answer.status} ${one.answer.value ?? one.answer.value_text.slice(0, 80)} (line ${one.answer.line})`,
    );
  return score;
}

function agrees(answer: Answer, cell: ExpectedCell): boolean {
  if (answer.status !== cell.status) return false;
  if (cell.value !== undefined && answer.value !== cell.value) return false;
  if (cell.unit === "text" && cell.value_text !== undefined) return answer.value_text.includes(cell.value_text);
  return true;
}

function differencesOf(found: FoundCell, cell: ExpectedCell, key: string): string[] {
  const pairs: [string, unknown, unknown][] = [
    ["measure", found.question.measure, cell.measure],
    ["unit", found.answer.unit, cell.unit],
    ["exemption", found.answer.exemption, cell.exemption],
    ["line", found.answer.line, cell.line],
    ...Object.entries(cell.referral ?? {}).map(([field, value]): [string, unknown, unknown] => [
      `referral.${field}`,
      found.answer.referral?.[field as keyof NonNullable<Answer["referral"]>],
      value,
    ]),
  ];
  return pairs
    .filter(([, got, wanted]) => wanted !== undefined && JSON.stringify(got) !== JSON.stringify(wanted))
    .map(([field, got, wanted]) => `${key}: ${field} is ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`);
}

function differencesOfHead(letter: Letter, expected: Expected): string[] {
  const differences: string[] = [];
  if (letter.readable !== expected.readable) differences.push(`readable is ${letter.readable}`);
  for (const field of ["request_reference", "response_date"] as const) {
    if (expected[field] !== undefined && letter[field] !== expected[field])
      differences.push(`${field} is ${letter[field]}, expected ${expected[field]}`);
  }
  if (expected.council !== undefined && letter.council.la_code !== expected.council.la_code)
    differences.push(`la_code is ${letter.council.la_code}, expected ${expected.council.la_code}`);
  for (const problem of expected.problems ?? []) {
    const code = typeof problem === "string" ? problem : problem.code;
    if (!letter.problems.some((one) => one.code === code)) differences.push(`no problem ${code}`);
  }
  return differences;
}

export interface Total {
  letters: number;
  right: number;
  expected: number;
  found: number;
  /** Of the cells that were found, the share that is right. */
  precision: number;
  /** Of the cells that were expected, the share that was found right. */
  recall: number;
}

export function totalOf(scores: readonly Score[]): Total {
  const sum = (field: "right" | "expected" | "found") => scores.reduce((total, score) => total + score[field], 0);
  const [right, expected, found] = [sum("right"), sum("expected"), sum("found")];
  return { letters: scores.length, right, expected, found, precision: right / found, recall: right / expected };
}
