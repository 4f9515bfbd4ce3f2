/** Answers on the line of their question. */
import { readLabelledList, readPairs } from "./figures.ts";
import { findAskedPeriods, findPeriods, readHint, readWholePeriod } from "./periods.ts";
import { readRefusal } from "./refusals.ts";
import { readCrossReference } from "./scopes.ts";
import { readValue } from "./values.ts";
import { looksAsked } from "./wording.ts";

const JOINT = /\s?[:=]\s|\s[–—-]\s|\s=\s?|\.{3,}\s?/g;

/** Divides a line that asks and answers at once: after the `?`, a dash, a colon or an equals sign. */
export function splitInline(text: string): { asked: string; answer: string } {
  const mark = text.lastIndexOf("?");
  if (mark > 0) {
    const tail = text
      .slice(mark + 1)
      .replace(/^["”’')\]]+/, "")
      .trim();
    const answer = tail.replace(/^[:=–—-]\s*/, "");
    const asks = answer === "" || looksAsked(answer) || /^\(/.test(answer) || /^[,;]/.test(answer);
    return asks ? { asked: text, answer: "" } : { asked: text.slice(0, mark + 1), answer };
  }
  for (const match of text.matchAll(JOINT)) {
    const answer = text.slice(match.index + match[0].length).trim();
    const asked = text.slice(0, match.index).trim();
    if (asked.length < 4 || /^(?:for|in|during|as at)$/i.test(asked)) continue;
    const value = readValue(answer);
    const period = findPeriods(answer).length === 1 && readWholePeriod(answer) !== null;
    const listed = readsAsPairs(asked, answer) || readLabelledList(answer) !== null;
    const plain = (value !== null && !period) || listed || readCrossReference(answer) !== null || refuses(answer);
    if (plain || /^(?:yes|no)(?:[.,]|$)/i.test(answer)) return { asked, answer };
  }
  return { asked: text, answer: "" };
}

/** Several periods with a figure each, or one of those that the words before ask for. */
function readsAsPairs(asked: string, answer: string): boolean {
  const hint = readHint(asked);
  const [first, ...more] = readPairs(answer, hint) ?? [];
  if (first === undefined || more.length > 0) return first !== undefined;
  return findAskedPeriods(asked, hint).some(
    ({ kind, label }) => kind === first.period.kind && label === first.period.label,
  );
}

/** Whether the words after a joint refuse and do nothing else: `exempt, section 40(2)`, `not held by the Council`. */
function refuses(answer: string): boolean {
  return (
    /^(?:(?:this|it) is )?(?:exempt|withheld|refused|not held|held (?:only )?by|no information|(?:we|the council) (?:do|does) not (?:hold|record|collect)|not recorded|s(?:ection|ect|\.|\s)?\s?\d)/i.test(
      answer,
    ) && readRefusal(answer) !== null
  );
}

const TITLE = /^(["“‘'(]?[A-Za-z][^.?!:=]{1,118}?)(?::\s+|\s=\s+|\s[–—-]\s+)(\S.*)$/;
const SENTENCE =
  /\b(?:is|are|was|were|has|have|had|do|does|did|will|would|can|cannot|could|may|we|i|you|it|this|there)\b/i;

/** Divides a point that only the reply has into what it is about and what it says: `Deaths in 2021/22: fewer than 5`. */
export function splitTitle(text: string): { asked: string; answer: string } {
  if (text.length < 120 && /[a-z]:$/.test(text)) return { asked: text.slice(0, -1), answer: "" };
  const [, title, answer] = TITLE.exec(text.slice(0, 3000)) ?? [];
  const none = { asked: "", answer: text };
  if (title === undefined || answer === undefined) return none;
  if (readWholePeriod(title) !== null || readLabelledList(text) !== null || title.split(" ").length > 16) return none;
  const plain = readValue(answer) !== null || readCrossReference(answer) !== null || readRefusal(answer) !== null;
  return plain || !SENTENCE.test(title) ? { asked: title, answer } : none;
}
