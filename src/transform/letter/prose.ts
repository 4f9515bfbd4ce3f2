/** Lines as prose: joined where they were wrapped, cut into sentences, and every place still knows its line. */
import type { TextLine } from "./lines.ts";

/** An answer's line with the lines that it was wrapped over. */
export interface Part {
  text: string;
  line: TextLine;
  /** The line on which the character at a place stands. */
  lineAt?: (at: number) => TextLine;
}

export interface JoinedText {
  text: string;
  /** The line on which the character at a place stands. */
  lineAt(at: number): TextLine;
}

/** Lines as one text that still knows its lines; null where there are none. Wrapped lines are joined, others kept apart. */
export function joinAll(parts: readonly { text: string; line: TextLine }[]): JoinedText | null {
  const [first] = parts;
  if (first === undefined) return null;
  const starts: { at: number; line: TextLine }[] = [];
  const pieces: string[] = [];
  let length = 0;
  let last = "";
  for (const part of parts) {
    if (pieces.length > 0) {
      pieces.push(isWrapped(last, part) ? " " : "\n");
      length += 1;
    }
    starts.push({ at: length, line: part.line });
    pieces.push(part.text);
    length += part.text.length;
    last = part.text;
  }
  return { text: pieces.join(""), lineAt: (at) => starts.findLast((start) => start.at <= at)?.line ?? first.line };
}

/** Whether a line goes on with the one before: no blank between, and its first word would not have fitted there. */
function isWrapped(before: string, part: { text: string; line: TextLine }): boolean {
  if (part.line.afterBlank || part.line.bullet || /^(?:\(?\d{1,2}[.)]\s|(?:for )?questions?\b)/i.test(part.text))
    return false;
  const firstWord = part.text.split(" ", 1)[0] ?? "";
  return before.length + firstWord.length + 1 > part.text.length - 8 || /^[a-z]/.test(part.text);
}

/** Long lines that were wrapped, as one; lines that can stand alone stay alone. */
export function joinWrapped(parts: readonly Part[]): Part[] {
  const groups: Part[][] = [];
  for (const part of parts) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const open = last !== undefined && last.text.length > 50 && !/[:;]$/.test(last.text) && isWrapped(last.text, part);
    if (group !== undefined && open) group.push(part);
    else groups.push([part]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    const joined = joinAll(group);
    return first === undefined || joined === null
      ? []
      : [{ text: joined.text, line: first.line, lineAt: joined.lineAt }];
  });
}

/** Sentences with their places; a stop inside a number or an abbreviation ends none. */
export function splitSentences(text: string): { text: string; at: number }[] {
  const sentences: { text: string; at: number }[] = [];
  let from = 0;
  for (const match of text.matchAll(/[.!?]["”’')]?\s+(?=["“‘'(]?[A-Z£\d])|\n/g)) {
    const end = match.index + match[0].length;
    if (/\b(?:e\.g|i\.e|approx|no|c|mr|ms|dr|st)\.\s*$/i.test(text.slice(Math.max(0, end - 9), end))) continue;
    sentences.push({ text: text.slice(from, end).trim(), at: from });
    from = end;
  }
  sentences.push({ text: text.slice(from).trim(), at: from });
  return sentences.filter((sentence) => sentence.text !== "");
}
