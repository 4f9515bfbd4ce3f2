/** `4. and 5. We hold this, but …`: one reply to several numbers, put into the words by which blocks name their questions. */
import type { TextLine } from "./lines.ts";
import { readValue } from "./values.ts";

const NUMBER = "\\(?(?:q(?:uestions?|s)?\\.?\\s?)?\\d{1,2}\\)?\\s?[.)]?\\s?(?:\\(?[a-h]\\)?(?![a-z]))?[.)]?";
const AND = "\\s?(?:,\\s?(?:and|&)|,|\\band\\b|&|/|\\bto\\b|[–-])\\s?";
const JOINT = new RegExp(
  `^(${NUMBER}(?:${AND}(?:${NUMBER}|\\(?[a-h]\\)(?![a-z]))){1,8})\\s?[.):]*(?:\\s[–—-])?\\s+(\\S.*)$`,
  "i",
);
/** The last number has to be closed like a marker, or be called a question; otherwise it is a count in a sentence. */
const CLOSED = /(?:[.):]|\s[–—-])\s+\S/;

/** Lines that begin with several numbers, rewritten to `Questions 4 and 5: …`; every other line as it is. */
export function nameJointNumbers(lines: readonly TextLine[]): TextLine[] {
  return lines.map((line) => {
    const match = line.cells === null ? JOINT.exec(line.text.slice(0, 2000)) : null;
    const [, head, rest] = match ?? [];
    if (head === undefined || rest === undefined) return line;
    const closing = line.text.slice(0, line.text.length - rest.length + 1);
    const numbers = (head.match(/\d{1,2}/g) ?? []).map(Number);
    const rising = numbers.every((number, place) => place === 0 || number >= (numbers[place - 1] ?? 0));
    const band = /\d\s?[–-]\s?\d/.test(head) && readValue(rest) !== null;
    if (!rising || band || !/^["“‘'(]?[A-Z<£]/.test(rest) || !CLOSED.test(closing.slice(head.length - 1))) return line;
    const names = head.replace(/\bq(?:uestions?|s)?\.?\s?/gi, "").replace(/(\d)\s?[.)](?!\w)/g, "$1");
    return { ...line, text: `Questions ${names.trim()}: ${rest}`, afterBlank: true };
  });
}
