import type { LetterProblem, Line } from "../../letter.ts";
import { SetAside } from "./set-aside.ts";

/** A line before it has its number. */
export interface BareLine {
  text: string;
  page: number | null;
}

/** What a format's reader makes of a document: lines in reading order, and what a person should know about them. */
export interface Extract {
  lines: BareLine[];
  problems: LetterProblem[];
}

/** Control characters (C0, DEL, C1) other than the tab. */
const CONTROL = /[^\P{Cc}\t]/gu;

/** Cuts text at CR LF, CR or LF, as an editor counts lines: a line end at the very end starts no further line. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Lines of a document without pages. */
export function pagelessLines(texts: string[]): BareLine[] {
  return texts.map((text) => ({ text, page: null }));
}

/**
 * Numbers the lines from 1 and drops control characters, which a terminal or a page would act on. A form feed or a
 * vertical tab is layout and becomes a space; dropping anything else is told once, with the first line that had any.
 */
export function numberLines(extract: Extract, limit: number): { lines: Line[]; problems: LetterProblem[] } {
  let dropped = 0;
  let characters = 0;
  let firstLine: number | null = null;
  const lines = extract.lines.map((bare, index): Line => {
    const laidOut = bare.text.replace(/[\f\v]/g, " ");
    const text = laidOut.replace(CONTROL, "");
    const controls = laidOut.length - text.length;
    if (controls > 0) firstLine ??= index + 1;
    dropped += controls;
    characters += text.length + 1;
    if (characters > limit) throw new SetAside("too-large", `gives more than ${limit} characters of text`);
    return { number: index + 1, text, page: bare.page };
  });
  if (lines.every((line) => line.text.trim() === "")) throw new SetAside("empty", "holds no text");
  const problems = [...extract.problems];
  if (dropped > 0)
    problems.push({ code: "control-characters", message: `${dropped} control characters dropped`, line: firstLine });
  return { lines, problems };
}
