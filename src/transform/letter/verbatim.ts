/** Where in the document a text stands that was read from it: what is kept as printed is the document's own characters. */
import type { Line } from "../../letter.ts";

/** A piece of the document. */
export interface Printed {
  /** The document's own characters; lines are divided by line feeds. */
  text: string;
  /** The characters of its line before and after it. */
  before: string;
  after: string;
}

/** What readers and converters leave out or change: white space, marks of bold and italics, escapes, table rules. */
const SKIPPED = /[\s*_\\|#>\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
/** Lines that one answer may go over, from the one that it begins on. */
const MOST_LINES = 60;
/** Lines before the one that an answer was read from on which its words may begin. */
const BEFORE = 3;

/** Finds printed texts in one document. */
export class VerbatimFinder {
  private readonly byNumber: ReadonlyMap<number, number>;
  private readonly lines: readonly Line[];

  constructor(lines: readonly Line[]) {
    this.lines = lines;
    this.byNumber = new Map(lines.map((line, place) => [line.number, place]));
  }

  /** The characters that a text was read from, on its line or from there on; the line as a whole where they are not found. */
  find(text: string, number: number): Printed {
    const place = this.byNumber.get(number);
    const line = place === undefined ? undefined : this.lines[place];
    if (place === undefined || line === undefined || text === "") return { text: "", before: "", after: "" };
    const from = Math.max(0, place - BEFORE);
    return (
      locate(text, line.text, 0) ??
      locate(text, this.join(place, place + MOST_LINES), 0) ??
      locate(text, this.join(from, place + MOST_LINES), 0) ?? { text: line.text.trim(), before: "", after: "" }
    );
  }

  private join(from: number, to: number): string {
    return this.lines
      .slice(from, to)
      .map((line) => line.text)
      .join("\n");
  }
}

/** The first place at which a text stands whole: no figure is found within a longer one. */
function locate(text: string, within: string, from: number): Printed | null {
  const wanted = [...text].filter((character) => !SKIPPED.test(character)).join("");
  const needle = wanted === "" ? text.trim() : wanted;
  const kept: number[] = [];
  let compact = "";
  for (let place = from; place < within.length; place += 1) {
    const character = within[place] ?? "";
    if (wanted !== "" && SKIPPED.test(character)) continue;
    kept.push(place);
    compact += character;
  }
  for (let at = compact.indexOf(needle); at >= 0; at = compact.indexOf(needle, at + 1)) {
    const start = kept[at] ?? 0;
    const end = (kept[at + needle.length - 1] ?? 0) + 1;
    const [before, after] = [within.slice(0, start), within.slice(end)];
    if (/^\d/.test(needle) && /(?:\d|\d[.,])$/.test(before)) continue;
    if (/\d$/.test(needle) && /^(?:\d|[.,]\d)/.test(after)) continue;
    return {
      text: within.slice(start, end),
      before: before.slice(before.lastIndexOf("\n") + 1),
      after: after.split("\n", 1)[0] ?? "",
    };
  }
  return null;
}
