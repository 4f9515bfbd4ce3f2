/**
 * What a letter says: its council, date, terms, questions, and every answer with the line that it was read from. A grammar in
 * small steps, each in `letter/`: lines, numbering, who speaks, periods, values, tables, refusals, referrals, cells.
 */
import { measureByCode } from "../catalogue/measures.ts";
import { findLeaningMeasure, findMeasure } from "../catalogue/question-wordings.ts";
import type { Answer, Letter, LetterProblem, LetterText, Question } from "../letter.ts";
import type { Unit } from "../observation.ts";
import { nameAnswerLabels } from "./letter/answer-labels.ts";
import { type Assembled, assembleAnswers } from "./letter/assembly.ts";
import { nameBareNumbers } from "./letter/bare-numbers.ts";
import { joinBrokenDates } from "./letter/broken-dates.ts";
import type { Draft } from "./letter/drafts.ts";
import { splitInlineMarkers } from "./letter/inline-markers.ts";
import { nameJointNumbers, nameReplies } from "./letter/joint-numbers.ts";
import { readCouncil, readLicence, readReference, readResponseDate } from "./letter/letterhead.ts";
import { cleanLines, MOST_LINES, type TextLine } from "./letter/lines.ts";
import { cutNamedSentences } from "./letter/named-sentences.ts";
import { whyNotAReply } from "./letter/not-a-letter.ts";
import { type Outline, readOutline } from "./letter/outline.ts";
import { spreadPeriodHeadings } from "./letter/period-headings.ts";
import { unfoldQuestionRows } from "./letter/question-rows.ts";
import { moveQuotedRequest } from "./letter/quoted-request.ts";
import { lookAgain } from "./letter/second-look.ts";

/** Reads a letter. Pure: the same text gives the same reading. What cannot be read is a problem, never a guess. */
export function readLetter(text: LetterText): Letter {
  const printed = cleanLines(text.lines);
  const lines = arrangeLines(printed);
  const outline = readOutline(lines);
  const assembled = assembleAnswers(lines, outline);
  const answered = assembled.entries.filter(({ drafts }) =>
    drafts.some((draft) => draft.status !== "unanswered"),
  ).length;
  const reason = whyNotAReply(lines, answered, assembled.entries.length > 0);
  const date = readResponseDate(printed);
  const head = readCouncil(printed, linesAsked(outline));
  const letter: Letter = {
    file: text.file,
    sha256: text.sha256,
    readable: reason === null,
    council: head.council,
    request_reference: readReference(lines, outline.preamble, outline.closing),
    response_date: date,
    licence: readLicence(lines),
    questions: [],
    notes: [],
    problems: head.problem === null ? [] : [head.problem],
  };
  if (reason !== null) return { ...letter, problems: [{ code: "not-a-reply", message: reason, line: null }] };
  for (const one of assembled.entries) {
    const before = letter.questions.at(-1)?.measure ?? null;
    letter.questions.push(...readQuestions(one, before));
  }
  letter.notes = assembled.notes;
  const unclear = lookAgain(letter.questions, text);
  letter.problems.push(...assembled.problems, ...unclear, ...shapeProblems(letter, text));
  return letter;
}

/** The lines of a letter, with what stands side by side or in one line put under each other. */
function arrangeLines(printed: readonly TextLine[]): TextLine[] {
  const whole = nameBareNumbers(joinBrokenDates(moveQuotedRequest(printed)));
  const lines = splitInlineMarkers(cutNamedSentences(nameAnswerLabels(unfoldQuestionRows(whole))));
  return spreadPeriodHeadings(nameReplies(nameJointNumbers(lines)));
}

function linesAsked(outline: Outline): Set<number> {
  const asked = outline.questions.flatMap((question) =>
    question.lines.filter((line) => line.role === "asked" || line.opens),
  );
  return new Set(asked.map(({ line }) => line.number));
}

function shapeProblems(letter: Letter, text: LetterText): LetterProblem[] {
  const problems: LetterProblem[] = [];
  if (letter.questions.length === 0)
    problems.push({ code: "no-questions", message: "no question was found in the letter", line: null });
  if (text.lines.length > MOST_LINES)
    problems.push({ code: "too-long", message: `only the first ${MOST_LINES} lines were read`, line: MOST_LINES });
  return [...problems, ...disagreements(letter.questions)];
}

/** Two different answers to one cell are both kept and shown. */
function disagreements(questions: readonly Question[]): LetterProblem[] {
  const problems: LetterProblem[] = [];
  for (const question of questions) {
    const seen = new Map<string, Answer>();
    for (const answer of question.answers) {
      const key = [answer.period?.kind, answer.period?.label, answer.breakdown, answer.unit === "percent"].join("|");
      const before = seen.get(key);
      seen.set(key, before ?? answer);
      if (before === undefined || (before.value === answer.value && before.status === answer.status)) continue;
      const which = `question ${question.ref}${question.part}${answer.period === null ? "" : `, ${answer.period.label}`}`;
      const message = `${which}: line ${before.line} says "${before.value_text}", line ${answer.line} "${answer.value_text}"`;
      problems.push({ code: "answers-disagree", message, line: answer.line });
    }
  }
  return problems;
}

/** A question as the letter has it; split by measure where the rows of its table count different things. */
function readQuestions(assembled: Assembled, before: string | null): Question[] {
  const { entry, drafts } = assembled;
  const explains =
    /^(?:please )?(?:explain|clarify|tell us (?:how|why|whether)|how (?:do|did|are|were) (?:you|the figures))\b/i.test(
      entry.speech.asked,
    );
  const leaning = () => (before === null ? null : findLeaningMeasure(entry.question, before));
  const whole = explains ? null : (findMeasure(entry.question) ?? leaning());
  const byMeasure = new Map<string | null, Draft[]>();
  for (const draft of drafts) {
    const measure = rowMeasure(entry.question, draft, whole);
    byMeasure.set(measure, [...(byMeasure.get(measure) ?? []), draft]);
  }
  return [...byMeasure].map(([measure, own]) => ({
    ref: entry.ref,
    part: entry.part,
    text: entry.text,
    measure,
    line: entry.speech.line.number,
    answers: own.map((draft) => toAnswer(draft, measure, entry.question, drafts)),
  }));
}

/** `How many referrals were there, and what percentage of them …`: the count is what stands before the share. */
const AND_SHARE = /,?\s+and (?:(?:what|the|what was the) )?(?:percentage|proportion|share|per cent)\b.*$/is;

/** Where a question asks for two things at once, a row of its table may name the one that it counts. */
function rowMeasure(question: string, draft: Draft, whole: string | null): string | null {
  const counts = draft.value !== null && draft.unit !== "percent";
  if (
    draft.breakdown === "" &&
    counts &&
    whole !== null &&
    measureByCode(whole).unit === "percent" &&
    AND_SHARE.test(question)
  )
    return findMeasure(question.replace(AND_SHARE, "?"));
  if (draft.breakdown === "" || draft.breakdown.length > 80) return whole;
  const own = /\band\b|,/.test(question) ? findMeasure(`number of ${draft.breakdown}`) : null;
  if (own !== null && draft.unit !== "percent") return own;
  if (whole !== null) return whole;
  const subject = SUBJECTS.find(([pattern]) => pattern.test(question))?.[1];
  return subject === undefined ? null : findMeasure(`number of ${subject} ${draft.breakdown}`);
}

/** What the rows of a table are about, by the question over it. */
const SUBJECTS: [RegExp, string][] = [
  [/\bcase ?-?loads?\b/i, "cases held by a social worker, caseload"],
  [/\bepisodes?\b/i, "children in need episodes"],
  [/\bin need\b/i, "children in need"],
  [/\bprotection plans?\b/i, "child protection plans"],
];

function toAnswer(draft: Draft, measure: string | null, question: string, siblings: readonly Draft[]): Answer {
  const reported = draft.status === "reported";
  return {
    period: draft.period,
    breakdown: draft.breakdown,
    status: draft.status,
    value: reported ? draft.value : null,
    value_text: draft.text,
    unit: unitOf(draft, measure, question, siblings),
    exemption: draft.exemption,
    line: draft.line,
    page: draft.page,
    referral: draft.referral ?? null,
  };
}

/** Days are what is asked for, not a limit: `How many days`, not `How many enquiries took longer than 15 days`. */
function asksForDays(question: string): boolean {
  const days = /\b(?:working |calendar )?days\b/i.exec(question.slice(0, 80));
  if (days === null) return false;
  const before = question.slice(0, days.index);
  return !/\d\s?$/.test(before) && !/\b(?:how many|number of) (?!(?:[a-z]+ ){0,2}$)/i.test(before);
}

/** The unit that a row or column names: `Re-referrals %`, `Spend (£)`, `Agency workers`; null where it names none. */
function unitNamed(name: string): Unit | null {
  if (/%|\b(?:percentage|per ?cent|proportion)\b/i.test(name)) return "percent";
  if (/£|\b(?:spen[dt]|spending|expenditure|budget|costs?|amount paid)\b/i.test(name)) return "GBP";
  if (/^(?:number|no\.?|count|total number|how many)$|\bnumbers?\)?$/i.test(name)) return "count";
  const counted =
    /^(?:(?:number|no\.?|total|count) (?:of )?)?(?:[a-z’'-]+ ){0,3}(?:workers?|staff|posts|people|children|families|cases|referrals|enquiries|assessments|plans|placements|carers)$/i;
  return counted.test(name) && !/\b(?:average|mean|per|rate|fte|days)\b/i.test(name) ? "count" : null;
}

/** The measure's unit, unless the figure's own form shows another; without a measure what question and figure show. */
function unitOf(draft: Draft, measure: string | null, question: string, siblings: readonly Draft[]): Unit {
  if (draft.status === "reported" && draft.value === null) return "text";
  const shown = draft.unit === "text" ? null : draft.unit;
  if (shown === "percent" || shown === "GBP") return shown;
  const own = draft.breakdown === "" ? null : unitNamed(draft.breakdown);
  if (own !== null) return own;
  if (measure !== null) return measureByCode(measure).unit;
  if (shown !== null) return shown;
  const alike = siblings.find((other) => other.unit === "GBP" || other.unit === "percent");
  if (draft.value === null && alike?.unit != null) return alike.unit;
  const asked = `${draft.breakdown} ${question}`;
  const share = /\b(?:percentage|per cent|proportion)\b|%/i.test(draft.breakdown === "" ? question : draft.breakdown);
  if (share && !/\b(?:how many|number of)\b/i.test(question)) return "percent";
  if (
    /\b(?:how much|spen[dt]|spending|expenditure|budget|cost)\b/i.test(question) &&
    /£|\bspen|\bexpenditure|\bbudget|\bcost/i.test(asked)
  )
    return "GBP";
  if (draft.breakdown === "" ? asksForDays(question) : /\b(?:working |calendar )?days\b/i.test(draft.breakdown))
    return "days";
  const fraction = draft.value !== null && !Number.isInteger(draft.value);
  return fraction && !/\b(?:FTE|WTE|full[- ]time equivalents?|posts?)\b/i.test(asked) ? "ratio" : "count";
}
