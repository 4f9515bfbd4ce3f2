/**
 * Runs of question numbers. A letter may number its questions, then the steps of an instruction, then its answers, and start
 * again in a part B. A run is one count upwards; which runs are questions is told by how they follow each other.
 */

import type { TextLine } from "./lines.ts";
import { type Marker, readMarkers } from "./markers.ts";
import { readValue } from "./values.ts";
import { isReplyHeading, readsAsRequest } from "./wording.ts";

/** A line that may begin a question. */
export interface Candidate {
  /** Place in the lines. */
  index: number;
  number: number;
  /** Part joined to the number: 2 for `5b`; 0 where there is none. */
  part: number;
  style: string;
  bold: boolean;
  quoted: boolean;
  rest: string;
}

export interface Run {
  items: Candidate[];
  /** A list inside an answer: steps, footnotes. */
  nested: boolean;
}

/** Far beyond any letter: the longest real one has fewer than a hundred numbers. What comes after is not read as a question. */
const MOST_CANDIDATES = 1000;
const MOST_RUNS = 40;

const STEP =
  /^(?:click|choose|select|go to|open|visit|scroll|download|filter|navigate|use the|press|tick|follow|in every file|for all downloaded|set the|(?:is in |see |open |use )?(?:the )?(?:file|table|tab|data ?set)s?\b|https?:|www\.)/i;

/** The lines that may begin a question, by Arabic numbers, or by Roman capitals where there are none of those. */
export function findCandidates(lines: readonly TextLine[]): Candidate[] {
  const quarters = findBareQuarters(lines);
  const arabic = lines.flatMap((line, index) =>
    quarters.has(index) ? [] : (readCandidate(line, index, "number") ?? []),
  );
  const roman = lines.flatMap((line, index) => readCandidate(line, index, "roman") ?? []);
  return roman.length > 1 && !arabic.some((one) => one.number === 1) ? roman : arabic;
}

function readCandidate(line: TextLine, index: number, level: Marker["level"]): Candidate | null {
  const { markers, rest } = readMarkers(line.text);
  const [first, second] = markers;
  if (first === undefined || first.level !== level || (level === "roman" && !first.capital)) return null;
  if (STEP.test(rest) || first.value === 0 || isTableRow(line) || (line.cells !== null && first.style === "-"))
    return null;
  const inner = second?.style === "joined" || second?.style === "decimal" || second?.level === "letter";
  const part = inner ? second.value : 0;
  return { index, number: first.value, part, style: first.style, bold: line.bold, quoted: line.quoted, rest };
}

/** `Q1 | 3,100 | 2,988`: a row of figures that names a question and asks nothing. */
function isTableRow({ cells }: TextLine): boolean {
  const [, ...figures] = cells ?? [];
  return figures.length > 1 && figures.every((cell) => readValue(cell) !== null);
}

/**
 * `Q1`, `Q2` … on lines of their own, one after another, are the quarters of a table; with months in brackets, or with a figure
 * under words that speak of quarters, they are quarters too.
 */
function findBareQuarters(lines: readonly TextLine[]): Set<number> {
  const isBare = (place: number) => {
    const line = lines[place];
    const rest = line === undefined ? undefined : /^(?:q|quarter|qtr)\.?\s?[1-4](?!\d)(.{0,60})$/i.exec(line.text)?.[1];
    if (line === undefined || rest === undefined) return false;
    if (rest === "" || /^\s*\([A-Z][a-z]{2,8}\.?\s?(?:[-–/]|to)\s?[A-Z][a-z]/.test(rest)) return true;
    const figure = readValue(rest.replace(/^[\s:=–—-]+/, "")) !== null;
    return figure && lines.slice(Math.max(0, place - 6), place).some((one) => /\bquarter/i.test(one.text));
  };
  const found = new Set<number>();
  lines.forEach((_, index) => {
    const alone = /^q.{1,30}\bQ[2-4]\b.{1,30}\bQ[34]\b/i.test(lines[index]?.text ?? "");
    if (alone || (isBare(index) && (isBare(index - 1) || isBare(index + 1)))) found.add(index);
  });
  return found;
}

/** The candidates sorted into runs; what fits nowhere is left out. */
export function findRuns(candidates: readonly Candidate[], lines: readonly TextLine[]): Run[] {
  const runs: Run[] = [];
  const fromOne = candidates.some((one) => one.number === 1);
  for (const [place, one] of candidates.slice(0, MOST_CANDIDATES).entries()) {
    if (isLoneValue(one) && !standsForQuestion(one, candidates[place + 1], runs)) continue;
    const run = chooseRun(runs, one);
    if (run !== null) {
      closeNested(runs, run);
      run.items.push(one);
    } else if (
      runs.length < MOST_RUNS &&
      (opensRun(runs, one, lines) || (!fromOne && opensMidway(runs, one, candidates[place + 1])))
    )
      runs.push({ items: [one], nested: false });
  }
  return runs;
}

/** The run that a candidate goes on with: of the two that it could, the one that looks like it. */
function chooseRun(runs: readonly Run[], one: Candidate): Run | null {
  const open = runs.filter((run) => !run.nested && (continues(run, one) || repliesAgain(run, one, runs)));
  if (open.length < 2) return open[0] ?? null;
  const alike = open.filter((run) => isAlike(run, one));
  return alike.at(-1) ?? open.at(-1) ?? null;
}

function isAlike(run: Run, one: Candidate): boolean {
  const last = run.items.at(-1);
  return last !== undefined && last.style === one.style && last.bold === one.bold && last.quoted === one.quoted;
}

/** A number that an earlier run has twice comes twice among the replies, too. */
function repliesAgain(run: Run, one: Candidate, runs: readonly Run[]): boolean {
  const times = (of: Run) => of.items.filter((item) => item.number === one.number && item.part === 0).length;
  if (run.items.at(-1)?.number !== one.number || one.part > 0 || !isAlike(run, one)) return false;
  return runs.slice(0, runs.indexOf(run)).some((earlier) => times(earlier) > times(run));
}

const MOST_SKIPPED = 3;

function continues(run: Run, one: Candidate): boolean {
  const last = run.items.at(-1);
  if (last === undefined) return false;
  const step = one.number - last.number;
  if (step === 1) return one.style !== "-" || last.style === "-" || readsAsRequest(one.rest);
  if (step === 0) {
    if (one.part > 0) return one.part > last.part;
    return last.part === 0 && isAlike(run, one) && /[a-z]{3}/i.test(one.rest) && one.number > 1;
  }
  return step > 1 && step <= MOST_SKIPPED && isAlike(run, one);
}

/** `3.` on its own line may be a value: it has to look like a marker to be one. */
function isLoneValue(one: Candidate): boolean {
  return one.rest === "" && one.style === ".";
}

/**
 * A number alone on its line is a marker where its answer stands below: the same number does not follow as a marker, but the next
 * one does, or the request had this number and nothing else comes.
 */
function standsForQuestion(one: Candidate, next: Candidate | undefined, runs: readonly Run[]): boolean {
  const known = runs.some((run) => run.items.some((item) => item.number === one.number));
  const [last] = runs.slice(-1).map((run) => run.items.at(-1));
  const follows = one.number === 1 || (last !== undefined && last.number < one.number && last.style === one.style);
  if (next === undefined) return known && follows;
  return known && follows && next.number !== one.number;
}

/** Where nothing is numbered 1, the answers to some of the questions were sent: the first that asks begins the run. */
function opensMidway(runs: readonly Run[], one: Candidate, next: Candidate | undefined): boolean {
  const goesOn = next !== undefined && next.number - one.number >= 0 && next.number - one.number <= 1;
  return runs.length === 0 && readsAsRequest(one.rest) && (one.part > 0 || one.style === "q" || goesOn);
}

/** A run begins at 1; or at any number under a heading over answers; or first of all with a plain `Q4.` */
function opensRun(runs: readonly Run[], one: Candidate, lines: readonly TextLine[]): boolean {
  if (one.number === 1)
    return one.style !== "-" || runs.length > 0 || readsAsRequest(one.rest) || readValue(one.rest) === null;
  if (runs.length === 0) return one.style === "q" && one.number <= 3;
  const known = runs.some((run) => run.items.some((item) => item.number === one.number));
  return known && followsHeading(runs, one, lines);
}

/** Whether a heading over answers stands between the last run and a candidate. */
function followsHeading(runs: readonly Run[], one: Candidate, lines: readonly TextLine[]): boolean {
  const last = runs.at(-1)?.items.at(-1);
  return last !== undefined && lines.slice(last.index + 1, one.index).some((line) => isReplyHeading(line.text));
}

/** Runs that began after this one and are over, now that it goes on, were lists inside one of its answers. */
function closeNested(runs: readonly Run[], run: Run): void {
  const place = runs.indexOf(run);
  for (const later of runs.slice(place + 1)) later.nested = true;
}
