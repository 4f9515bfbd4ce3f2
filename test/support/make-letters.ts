/** Letters made by hand: what they say stands in the file itself, so that the road is tested without the grammar. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, Letter, LetterText, Question } from "../../src/letter.ts";
import type { Period } from "../../src/observation.ts";

export const YEAR_2018: Period = { kind: "financial_year", label: "2017/18", start: "2017-04-01", end: "2018-03-31" };
export const YEAR_2019: Period = { kind: "financial_year", label: "2018/19", start: "2018-04-01", end: "2019-03-31" };

export function makeAnswer(answer: Partial<Answer> = {}): Answer {
  return {
    period: YEAR_2018,
    breakdown: "",
    status: "reported",
    value: 27,
    value_text: "27",
    unit: "count",
    exemption: null,
    line: 12,
    page: null,
    referral: null,
    ...answer,
  };
}

export function makeQuestion(question: Partial<Question> = {}): Question {
  return {
    ref: "3",
    part: "",
    text: "How many referrals?",
    measure: "referrals",
    line: 11,
    answers: [makeAnswer()],
    ...question,
  };
}

export function makeLetter(letter: Partial<Letter> = {}): Letter {
  return {
    file: "reply.txt",
    sha256: "0".repeat(64),
    readable: true,
    council: { name_in_letter: "Leicester City Council", la_code: "E06000016" },
    request_reference: "FOI 1234",
    response_date: "2022-06-15",
    licence: null,
    questions: [makeQuestion()],
    notes: [],
    problems: [],
    ...letter,
  };
}

const SAYS = "-- what this letter says --";

/** Writes a letter whose own words are `words`, and which says `letter`. @returns its path. */
export function writeLetter(folder: string, name: string, letter: Letter, words = "", lineEnd = "\n"): string {
  const path = join(folder, name);
  writeFileSync(path, [words, SAYS, JSON.stringify(letter), ""].join(lineEnd));
  return path;
}

/** Reads what `writeLetter` wrote. */
export function readMadeLetter(text: LetterText): Letter {
  const at = text.lines.findIndex((line) => line.text === SAYS);
  const letter = JSON.parse(text.lines[at + 1]?.text ?? "null") as Letter;
  return { ...letter, file: text.file, sha256: text.sha256 };
}
