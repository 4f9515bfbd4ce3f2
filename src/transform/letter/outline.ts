/**
 * The outline of a letter: numbering to questions, parts and items, with the lines that belong to each. Where the request is
 * quoted first and answered by number only, the answer's lines join those of the question that they answer.
 */
import { closesAt } from "./closing.ts";
import { LineCollector } from "./line-collector.ts";
import type { TextLine } from "./lines.ts";
import { addListedRequest } from "./listed-request.ts";
import { nameOpenings } from "./numbered.ts";
import { nameRepeated } from "./repeated-questions.ts";
import { type Candidate, findCandidates, findRuns } from "./runs.ts";
import { findUnnumbered } from "./unnumbered.ts";
import { isReplyHeading, isRequestHeading, resumesLetter } from "./wording.ts";

/** A line of a question, after its markers were read. */
export interface OutlineLine {
  line: TextLine;
  /** The text without its markers. */
  text: string;
  /** `asked`: in the request as quoted. `reply`: in the reply by number. `either`: question and answer stand together. */
  role: "asked" | "reply" | "either";
  /** The line opens its question or part. */
  opens: boolean;
  /** The number of the item that the line opens: 2 for `ii)`; 0 where it opens none. */
  item: number;
}

export interface OutlineQuestion {
  ref: string;
  part: string;
  lines: OutlineLine[];
}

export interface Outline {
  /** Lines before the first question. */
  preamble: TextLine[];
  questions: OutlineQuestion[];
  /** Lines after the closing words, and those under a heading over answers that no number claims. */
  closing: TextLine[];
  /** Lines under a reply heading after the last question, where all questions came first. */
  tail: TextLine[];
}

/** A line that begins a question, or the reply to one. */
export interface Opening {
  candidate: Candidate;
  ref: string;
  role: OutlineLine["role"];
}

/** Reads the outline. Without any numbering, paragraphs that ask are the questions, in order of appearance. */
export function readOutline(lines: readonly TextLine[]): Outline {
  const runs = findRuns(findCandidates(lines), lines).filter((run) => !run.nested);
  const openings = runs.length > 0 ? addListedRequest(lines, nameOpenings(runs, lines)) : findUnnumbered(lines);
  return collectLines(lines, nameRepeated(openings, lines));
}

/** A reply to several numbers at once, before the first that has one of its own. */
const NAMES_SEVERAL = /^Questions \d{1,2}\D.{0,60}: /;

/** Gives every line to the question and part that it stands under. */
function collectLines(lines: readonly TextLine[], openings: Map<number, Opening>): Outline {
  const outline: Outline = { preamble: [], questions: [], closing: [], tail: [] };
  const collector = new LineCollector(outline);
  const lastOpening = Math.max(-1, ...openings.keys());
  const lastAsked = Math.max(
    -1,
    ...[...openings].filter(([, opening]) => opening.role === "asked").map(([index]) => index),
  );
  const firstReply = Math.min(
    ...[...openings].filter(([index, { role }]) => role === "reply" && index > lastAsked).map(([index]) => index),
  );
  const asksFirst = [...openings.values()].some((opening) => opening.role === "asked");
  const firstOpening = Math.min(...openings.keys());
  // A heading over answers between the questions stands over each of them.
  const inPlace = lines.slice(firstOpening, lastOpening + 1).some((line) => isReplyHeading(line.text));
  let closed = false;
  lines.forEach((line, index) => {
    const opening = openings.get(index);
    if (opening !== undefined) closed = false;
    else if (collector.isEmpty()) {
      outline.preamble.push(line);
      return;
    } else if (resumesLetter(line.text)) closed = false;
    else if (!closed && closesAt(lines, index)) closed = true;
    if (closed) outline.closing.push(line);
    else if (opening !== undefined) collector.open(opening, line);
    else if (isReplyHeading(line.text) && (asksFirst ? index > lastAsked : index > lastOpening && !inPlace))
      collector.startTail(line, asksFirst);
    else if (asksFirst && index > lastAsked && index < firstReply && NAMES_SEVERAL.test(line.text)) {
      collector.startTail(line, true);
      collector.add(line);
    } else if (
      !isRequestHeading(line.text) &&
      !/^(?:part|section)\s+[A-H]\b.{0,60}$/i.test(line.text) &&
      !(isReplyHeading(line.text) && line.text.length > 12)
    ) {
      if (collector.isBackAtStem(lines, index, openings)) collector.returnToStem();
      collector.add(line);
    }
  });
  return outline;
}
