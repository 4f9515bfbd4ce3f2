/**
 * A second look at every figure before it is given out. What was read is held against the line that it was read from; a figure
 * that the same characters could mean otherwise becomes words and a doubt: a person has to say which.
 */
import type { Answer, LetterProblem, LetterText, Question } from "../../letter.ts";
import { plainNumber } from "./values.ts";
import { type Printed, VerbatimFinder } from "./verbatim.ts";

/** Looks at every answer again; those in doubt lose their figure, and every printed text is the document's own. */
export function lookAgain(questions: readonly Question[], text: LetterText): LetterProblem[] {
  const finder = new VerbatimFinder(text.lines);
  const letter = readHabits(text);
  const problems: LetterProblem[] = [];
  for (const question of questions) {
    for (const answer of question.answers) {
      const printed = finder.find(answer.value_text, answer.line);
      answer.value_text = printed.text;
      if (answer.value === null) continue;
      const scale = scaleAsked(question.text) ?? letter.scale;
      scaleByNote(answer, scale);
      const why = whyInDoubt(answer, question, printed, { ...letter, scale });
      if (why === null) continue;
      problems.push({
        code: "value-unclear",
        message: `"${printed.text.slice(0, 100)}" was not read as a number: ${why}`,
        line: answer.line,
      });
      answer.value = null;
      answer.unit = "text";
    }
  }
  return problems;
}

/** How a letter writes its figures. */
interface Habits {
  /** Thousands are divided by commas. */
  commas: boolean;
  /** All its money is in thousands, or millions; 1 where it does not say so. */
  scale: number;
}

const IN_THOUSANDS =
  /^(?:please note (?:that )?)?(?:all|these|the|our|both)\b[^.]{0,60}\b(?:figures|amounts|costs|values|sums|numbers|spend(?:ing)?|expenditure)\b[^.]{0,40}\b(?:are|is|given|shown|expressed|stated|quoted)\b[^.]{0,30}\b(?:in|as|to)\b[^.]{0,20}(£\s?['’]?000|£\s?k\b|thousands?\b|millions?\b|£\s?m\b)/i;

function readHabits({ lines }: LetterText): Habits {
  const note = lines.map((line) => IN_THOUSANDS.exec(line.text.trim().slice(0, 300))?.[1]).find((one) => one != null);
  const scale = note === undefined ? 1 : /m/i.test(note) ? 1e6 : 1000;
  return { commas: lines.some((line) => /\d,\d{3}(?!\d)/.test(line.text)), scale };
}

/** `(in £ millions)`, `in thousands of pounds`: a question that asks for its money so; null where it does not say. */
function scaleAsked(question: string): number | null {
  const asked =
    /\(\s*(?:in )?£\s?(['’]?000s?|k|thousands?|m|millions?)\s*\)|\bin (?:£\s?)?(thousands|millions)\b|\bin £\s?(k|m|['’]?000s?)(?![\w])/i.exec(
      question.slice(0, 500),
    );
  const unit = asked?.[1] ?? asked?.[2] ?? asked?.[3];
  if (unit === undefined) return null;
  return /^m/i.test(unit) ? 1e6 : 1000;
}

/** A plain sum in a letter whose money is all in thousands. One that is written with its own sign or scale is what it says. */
function scaleByNote(answer: Answer, scale: number) {
  const printed = plainNumber(answer.value_text.trim());
  if (scale > 1 && answer.unit === "GBP" && printed !== null && printed === answer.value)
    answer.value = Number((printed * scale).toFixed(2));
}

function whyInDoubt(answer: Answer, question: Question, printed: Printed, letter: Habits): string | null {
  const text = printed.text.trim();
  if (/^\d{1,3}(?: {2,}|\t+)\d{3}\b/.test(text)) return "it stands in two parts, which may be two figures";
  if (/^\d{1,3} \d{3}\b/.test(text) && letter.commas)
    return "the letter divides thousands by commas elsewhere, so that these may be two figures";
  if (/^£?\d{1,3}\.\d{3}$/.test(text) && (answer.unit === "count" || answer.unit === "GBP" || counts(question.text)))
    return "the point may divide thousands or be a decimal point";
  if (isYearAsked(answer, text)) return "it is the year that was asked for, or a figure that looks like it";
  if (letter.scale > 1 && isOwnSum(printed) && Math.abs(answer.value ?? 0) < letter.scale * 100)
    return "the letter says that its money is in thousands or millions, and this has a pound sign of its own";
  if (answer.unit === "percent" && (answer.value ?? 0) > 100 && !/%|per ?cent/i.test(text))
    return "it is more than a hundred per cent, and no sign of per cent stands with it";
  if (/^\s*$/.test(printed.before) && /^\d{1,2}$/.test(text) && /^ +\d[\d,.]*\s*$/.test(printed.after))
    return "another figure stands after it, and one of the two may be a question's number";
  if (/(?:^|[\s:=(])[-–−]£$/.test(printed.before) && (answer.value ?? 0) > 0) return "a minus sign stands before it";
  return null;
}

/** Whether whole things are counted, so that a fraction would be no answer. */
function counts(question: string): boolean {
  return (
    /\b(?:how many|number of|total)\b/i.test(question) &&
    !/\b(?:average|mean|median|fte|wte|full[- ]time|equivalents?|rate|ratio|per|percentage|proportion)\b/i.test(
      question,
    )
  );
}

/** A whole sum with a pound sign that is no rate: `£312`, not `£46.50 per hour`. */
function isOwnSum({ text, after }: Printed): boolean {
  return /^£\d[\d,]*$/.test(text.trim()) && !/^\s?(?:per|an?|each|\/)\s?\w/i.test(after);
}

/** `2020` under a question about 2020. */
function isYearAsked({ period, unit }: Answer, text: string): boolean {
  if (!/^(?:19|20)\d\d$/.test(text) || period === null || unit !== "count") return false;
  return period.start.startsWith(text) || period.end.startsWith(text);
}
