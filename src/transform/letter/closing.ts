/** Where the letter's own business ends: rights of review, complaints, terms of re-use, signatures, the furniture of a web page. */
import type { TextLine } from "./lines.ts";
import { readRefusal } from "./refusals.ts";
import { looksAsked, opensClosing } from "./wording.ts";

const RIGHTS =
  /\b(?:internal(?:ly)? review|(?:dis|un)satisfied|unhappy|not (?:\w+ ){0,3}(?:satisfied|happy|content(?:ed)?)|review of (?:this|our|the) |(?:have|ask for) (?:it|this|our \w+) reviewed|right (?:of|to) (?:appeal|review|complain)|to (?:appeal|complain)|make a complaint|complaints? (?:about|to|procedure|team)|information commissioner|\bICO\b|re-?us(?:e|ed|ing))\b/i;
const TO_THE_READER =
  /\b(?:you|your|please|to (?:make|ask|request|lodge|raise|appeal|complain)|complaints?|anyone|requesters?)\b/i;
/** Longest paragraph that is looked through, in lines. */
const MOST_LINES = 12;
/** A shorter first line stands alone: an answer, with closing words under it. */
const WRAPPED = 60;

/** Whether closing words begin with the line at `index`: by its own words, or by the paragraph that it opens. */
export function closesAt(lines: readonly TextLine[], index: number): boolean {
  const line = lines[index];
  if (line === undefined) return false;
  if (opensClosing(line.text)) return true;
  if (!line.afterBlank || line.cells !== null || line.bold || looksAsked(line.text)) return false;
  if (line.text.length < WRAPPED && !RIGHTS.test(line.text)) return false;
  const paragraph = readParagraph(lines, index);
  if (!RIGHTS.test(paragraph) || !TO_THE_READER.test(paragraph)) return false;
  const refusal = readRefusal(paragraph);
  return refusal === null || (refusal.exemption === null && refusal.status === "referred");
}

/** The paragraph that the line at `index` opens. */
export function readParagraph(lines: readonly TextLine[], index: number): string {
  const texts: string[] = [];
  for (let place = index; place < Math.min(lines.length, index + MOST_LINES); place += 1) {
    const line = lines[place];
    if (line === undefined || (place > index && line.afterBlank)) break;
    texts.push(line.text.slice(0, 600));
  }
  return texts.join(" ");
}
