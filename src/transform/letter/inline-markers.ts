/** Numbering inside a line or paragraph, put on lines of its own: `a) how many … b) how many …`, `1. 4,211 2. 1,204 3. 988`. */
import type { TextLine } from "./lines.ts";
import { readWholePeriod } from "./periods.ts";
import { readValue } from "./values.ts";
import { answerLabelLength, readsAsRequest } from "./wording.ts";

const MARK = /(?<=^|[\s“"‘'])\(?(\d{1,2}|[a-h]|i{1,3}|iv|v)[.)]\)?\s+(?=[A-Za-z£<\d*])/g;
const ROMANS = ["i", "ii", "iii", "iv", "v"];
/** Longest paragraph that is looked through, in lines. */
const MOST_LINES = 8;

interface Mark {
  /** Place of the line in the paragraph. */
  line: number;
  start: number;
  end: number;
  text: string;
  /** Words stand before it, not only a number that it may be joined to. */
  inside: boolean;
}

/** Lines cut before markers that follow each other inside them; every other line stays as it is. */
export function splitInlineMarkers(lines: readonly TextLine[]): TextLine[] {
  const cut: TextLine[] = [];
  for (let from = 0; from < lines.length; ) {
    const paragraph = readParagraph(lines, from);
    const marks = paragraph.flatMap((line, place) => findMarks(line.text, place));
    const chain = readChain(marks);
    if (chain.length > 1 && (holdsValues(paragraph, chain) || holdsRequests(paragraph, chain)))
      cut.push(...cutParagraph(paragraph, chain));
    else cut.push(...paragraph);
    from += paragraph.length;
  }
  return cut;
}

function readParagraph(lines: readonly TextLine[], from: number): TextLine[] {
  let to = from + 1;
  while (to < lines.length && to - from < MOST_LINES && lines[from]?.cells === null) {
    const line = lines[to];
    if (line === undefined || line.afterBlank || line.cells !== null || line.bullet) break;
    to += 1;
  }
  return lines.slice(from, to);
}

function findMarks(text: string, line: number): Mark[] {
  return [...text.slice(0, 2000).matchAll(MARK)].map((match) => ({
    line,
    start: match.index,
    end: match.index + match[0].length,
    text: match[1] ?? "",
    inside: !/^\(?(?:\d{1,2}\s?[.)]{0,2})?\s*$/.test(text.slice(0, match.index)),
  }));
}

/** The marks that count upwards from the first of their kind; none where all of them begin their lines already. */
function readChain(marks: readonly Mark[]): Mark[] {
  for (const nameOf of [
    String,
    (count: number) => String.fromCharCode(96 + count),
    (count: number) => ROMANS[count - 1],
  ]) {
    const chain: Mark[] = [];
    for (const mark of marks) if (mark.text === nameOf(chain.length + 1)) chain.push(mark);
    if (chain.length > 1 && chain.slice(1).some((mark) => mark.inside)) return chain;
  }
  return [];
}

/** The words from each mark to the next. */
function stretchesOf(paragraph: readonly TextLine[], chain: readonly Mark[]): string[] {
  return chain.map((mark, place) => {
    const next = chain[place + 1];
    const texts = paragraph.slice(mark.line, (next?.line ?? paragraph.length - 1) + 1).map((line) => line.text);
    const last = texts.length - 1;
    if (next !== undefined) texts[last] = (texts[last] ?? "").slice(0, next.start);
    texts[0] = (texts[0] ?? "").slice(mark.end);
    return texts.join(" ").trim();
  });
}

function holdsValues(paragraph: readonly TextLine[], chain: readonly Mark[]): boolean {
  const [first] = chain;
  const opens = first !== undefined && first.start === answerLabelLength(paragraph[first.line]?.text ?? "");
  return opens && stretchesOf(paragraph, chain).every((text) => readValue(text) !== null);
}

function holdsRequests(paragraph: readonly TextLine[], chain: readonly Mark[]): boolean {
  if (!/^(?:[a-h]|i)$/.test(chain[0]?.text ?? "")) return false;
  const stretches = stretchesOf(paragraph, chain);
  if (stretches.every((text) => readWholePeriod(text.replace(/\?$/, "")) !== null)) return true;
  const asking = stretches.filter((text) => readsAsRequest(text) && text.split(" ").length > 2).length;
  return asking === stretches.length || (asking > 1 && asking * 3 >= stretches.length * 2);
}

function cutParagraph(paragraph: readonly TextLine[], chain: readonly Mark[]): TextLine[] {
  return paragraph.flatMap((line, place) => {
    const starts = chain.filter((mark) => mark.line === place && mark.inside).map((mark) => mark.start);
    const places = [0, ...starts, line.text.length];
    return places.slice(0, -1).flatMap((start, at) => {
      const text = line.text.slice(start, places[at + 1]).trim();
      return text === "" ? [] : [{ ...line, text, afterBlank: at === 0 && line.afterBlank }];
    });
  });
}
