/** Requests that begin within a paragraph: `I am writing a dissertation. Please tell me how many …`, under a heading or a greeting. */
import type { TextLine } from "./lines.ts";
import { splitSentences } from "./prose.ts";
import { isReplyHeading, opensQuestion } from "./wording.ts";

export interface RequestSentence {
  index: number;
  /** The line from where it begins to ask. */
  text: string;
}

/** The first sentence before a heading over answers that asks, wherever in its line it begins; null where none does. */
export function findRequestSentence(lines: readonly TextLine[], start: number): RequestSentence | null {
  const reply = lines.findIndex((line, index) => index >= start && isReplyHeading(line.text));
  for (const [index, line] of lines.slice(0, Math.max(0, reply)).entries()) {
    if (index < start || line.cells !== null) continue;
    const sentence = splitSentences(line.text).find(({ text }) => opensQuestion(text) || WISHES.test(text));
    if (sentence !== undefined) return { index, text: line.text.slice(sentence.at) };
  }
  return null;
}

const WISHES =
  /^(?:(?:i|we) (?:would|['’]d) (?:also )?(?:like|be grateful)|(?:i|we) (?:am|are) (?:requesting|seeking|asking)|(?:i|we) (?:request|require|wish|want|need)|(?:i|we) (?:should|would) be (?:grateful|obliged)|grateful)\b/i;
