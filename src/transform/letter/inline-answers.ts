/** Answers on the line of their question. */
import { findPeriods, readWholePeriod } from "./periods.ts";
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
    if ((value !== null && !period) || /^(?:yes|no)(?:[.,]|$)/i.test(answer)) return { asked, answer };
  }
  return { asked: text, answer: "" };
}
