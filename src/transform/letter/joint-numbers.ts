/** `4. and 5. We hold this, but …`: one reply to several numbers, put into the words by which blocks name their questions. */
import type { TextLine } from "./lines.ts";
import { readMarkers } from "./markers.ts";
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

const REPLY_TO =
  /^(?:(?:our|the|council['’]?s?) )?(?:response|answer|reply)s? (?:to|for) (?:your )?(?:q(?:uestion)?s?|point|part|item|request)?\.?\s?(?:no\.?\s?|number )?(\d{1,2})\s?(?:\(?([a-h])\)?)?\s*[:.–-]?(?:\s+(\S.*))?$/i;

/** `Response to Q1` over answers that follow a request quoted whole: the same as `Q1:`. Below its own question it stays a label. */
export function nameReplies(lines: readonly TextLine[]): TextLine[] {
  const labels = lines.flatMap((line, index) => (REPLY_TO.test(line.text.slice(0, 2000)) ? [index] : []));
  const [first] = labels;
  const last = labels.at(-1);
  if (first === undefined || last === undefined || first === last) return [...lines];
  const between = lines.slice(first, last).some((line) => readMarkers(line.text).markers[0]?.level === "number");
  const asked = lines.slice(0, first).filter((line) => readMarkers(line.text).markers[0]?.level === "number").length;
  if (between || asked < 2) return [...lines];
  return lines.map((line) => {
    const [, number, part = "", rest = ""] = REPLY_TO.exec(line.text.slice(0, 2000)) ?? [];
    return number === undefined
      ? line
      : { ...line, text: `Q${number}${part}: ${rest}`.trim(), cells: null, afterBlank: true };
  });
}
