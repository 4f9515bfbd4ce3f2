/**
 * The outline of a letter: numbering to questions, parts and items, with the lines that belong to each. Where the request is
 * quoted first and answered by number only, the answer's lines join those of the question that they answer.
 */

import { readPairs } from "./figures.ts";
import type { TextLine } from "./lines.ts";
import { letterOf, type Marker, readMarkers, romanOf } from "./markers.ts";
import { findPeriodTokens } from "./period-tokens.ts";
import { NO_HINT, readWholePeriod } from "./periods.ts";
import { type Candidate, findCandidates, findRuns, type Run } from "./runs.ts";
import { readValue } from "./values.ts";
import {
  answerLabelLength,
  isReplyHeading,
  isRequestHeading,
  looksAsked,
  opensClosing,
  opensQuestion,
  readsAsRequest,
  resumesLetter,
  retellsRequest,
} from "./wording.ts";

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

interface Opening {
  candidate: Candidate;
  ref: string;
  role: OutlineLine["role"];
}

/** Reads the outline. Without any numbering, paragraphs that ask are the questions, in order of appearance. */
export function readOutline(lines: readonly TextLine[]): Outline {
  const runs = findRuns(findCandidates(lines), lines).filter((run) => !run.nested);
  const openings = runs.length > 0 ? nameOpenings(runs, lines) : findUnnumbered(lines);
  return collectLines(lines, openings);
}

/** Gives every opening its `ref` and role, run by run. */
function nameOpenings(runs: readonly Run[], lines: readonly TextLine[]): Map<number, Opening> {
  const scopes = findScopeHeadings(lines);
  const roles = readRoles(runs, lines, scopes);
  const lettered = restartsUnderLetters(runs, roles, scopes);
  const openings = new Map<number, Opening>();
  const used = new Map<string, number>();
  runs.forEach((run, place) => {
    const role = roles[place] ?? "either";
    let [last, lastPart] = [0, 0];
    for (const candidate of run.items) {
      const label = lettered ? scopeAt(scopes, candidate.index) : "";
      const plain = `${label === "" ? "" : `${label}.`}${candidate.number}`;
      const again = candidate.number !== last || (candidate.part === 0 && lastPart === 0);
      if (role !== "reply" && again) used.set(plain, (used.get(plain) ?? 0) + 1);
      const times = used.get(plain) ?? 1;
      openings.set(candidate.index, {
        candidate,
        ref: times > 1 && role !== "reply" ? `${plain}#${times}` : plain,
        role,
      });
      [last, lastPart] = [candidate.number, candidate.part];
    }
  });
  return openings;
}

/** Which runs are a request quoted first, which the replies by number to one, and which hold both. */
function readRoles(
  runs: readonly Run[],
  lines: readonly TextLine[],
  scopes: readonly ScopeHeading[],
): OutlineLine["role"][] {
  const roles: OutlineLine["role"][] = runs.map(() => "either");
  runs.forEach((run, place) => {
    const earlier = runs.findIndex(
      (other, at) => at < place && roles[at] !== "reply" && answers(run, other, lines, scopes),
    );
    if (earlier < 0) return;
    roles[place] = "reply";
    roles[earlier] = "asked";
  });
  const only = runs.length === 1 && runs[0] !== undefined && onlyAnswers(runs[0], lines);
  return only ? ["reply"] : roles;
}

/** Whether a run of numbers that only the reply has holds answers alone: statements, figures, refusals, and no question. */
function onlyAnswers(run: Run, lines: readonly TextLine[]): boolean {
  const stated = run.items.filter((item) => {
    const wrapped = lines[item.index + 1]?.afterBlank === false;
    return (
      /[.!]$/.test(item.rest) ||
      (wrapped && item.rest.length > 90) ||
      readPairs(item.rest, NO_HINT) !== null ||
      readValue(item.rest) !== null
    );
  });
  const asking = run.items.some((item) => looksAsked(item.rest) || /\?/.test(item.rest));
  const answeredBelow = run.items.filter((item, place) => {
    const next = run.items[place + 1];
    return next !== undefined && lines.slice(item.index + 1, next.index).some((line) => line.afterBlank);
  });
  if (answeredBelow.length > run.items.length / 4) return false;
  return run.items.length > 1 && !asking && stated.length >= run.items.length * 0.8;
}

/** Whether a run answers an earlier one: the same numbers, under the same letter, after a heading or not asking by itself. */
function answers(run: Run, other: Run, lines: readonly TextLine[], scopes: readonly ScopeHeading[]): boolean {
  const numbers = new Set(other.items.map((item) => item.number));
  const known = run.items.filter((item) => numbers.has(item.number)).length;
  const [first, lastAsked] = [run.items[0], other.items.at(-1)];
  if (first === undefined || lastAsked === undefined || known < run.items.length * 0.6) return false;
  const [here, there] = [scopeAt(scopes, first.index), scopeAt(scopes, lastAsked.index)];
  if (here !== there) return false;
  const heading = lines.slice(lastAsked.index + 1, first.index).some((line) => isReplyHeading(line.text));
  if (heading || repeats(run, other)) return true;
  const asking = run.items.filter((item) => readsAsRequest(item.rest)).length;
  return asking <= run.items.length / 3;
}

/** Whether a run asks in the same words as an earlier one. */
function repeats(run: Run, other: Run): boolean {
  const words = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9 ]/g, "")
      .slice(0, 60);
  const same = run.items.filter((item) =>
    other.items.some(
      (one) => one.number === item.number && words(one.rest).length > 12 && words(one.rest) === words(item.rest),
    ),
  );
  return same.length > 0 && same.length >= run.items.length / 2;
}

interface ScopeHeading {
  index: number;
  label: string;
}

/** Headings such as `Part A`, `Section B`, or a lone capital with a title over numbers that start again. */
function findScopeHeadings(lines: readonly TextLine[]): ScopeHeading[] {
  return lines.flatMap((line, index) => {
    const match = /^(?:part|section|schedule|request)\s+([A-H]|[1-9])\b(?!\s*(?:of|\())\s*[:.)–—-]?\s*(.{0,90})$/i.exec(
      line.text,
    );
    if (match?.[1] !== undefined && !/^section\s+\d/i.test(line.text))
      return [{ index, label: match[1].toUpperCase() }];
    const lone = /^([A-H])\s?[.):–—-]?\s+(?:[A-Z][^.?]{2,70})$/.exec(line.text);
    const next = lines[index + 1];
    const over = next !== undefined && /^\(?1\s?[.)]/.test(next.text);
    return lone?.[1] !== undefined && over ? [{ index, label: lone[1] }] : [];
  });
}

function scopeAt(scopes: readonly ScopeHeading[], index: number): string {
  return scopes.findLast((scope) => scope.index < index)?.label ?? "";
}

/** Whether numbers start again under lettered headings, so that a number alone would mean two questions. */
function restartsUnderLetters(
  runs: readonly Run[],
  roles: readonly OutlineLine["role"][],
  scopes: readonly ScopeHeading[],
): boolean {
  const seen = new Map<number, string>();
  for (const [place, run] of runs.entries()) {
    if (roles[place] === "reply") continue;
    for (const item of run.items) {
      const label = scopeAt(scopes, item.index);
      const before = seen.get(item.number);
      if (before !== undefined && before !== label) return true;
      seen.set(item.number, label);
    }
  }
  return false;
}

/** Questions of a letter that numbers nothing: paragraphs that ask, each opening where the last was not asking. */
function findUnnumbered(lines: readonly TextLine[]): Map<number, Opening> {
  const openings = new Map<number, Opening>();
  let asking = false;
  const start = lines.findIndex((line) => /^dear\b/i.test(line.text) || isRequestHeading(line.text)) + 1;
  for (const [index, line] of lines.entries()) {
    if (index < start || opensClosing(line.text)) continue;
    const label = /^(?:questions?|request)\s?[:–-]\s*/i.exec(line.text)?.[0].length ?? 0;
    const text = line.text.slice(label);
    const continued: boolean = asking && !line.afterBlank && label === 0 && !line.bullet;
    const asks =
      line.cells === null &&
      (label > 0 ||
        ((opensQuestion(questionOf(text)) || (line.bullet && readsAsRequest(text))) &&
          !/^(?:thank|further to|i (?:am|write)|we )/i.test(text)));
    if (asks && !continued) {
      const number = openings.size + 1;
      const candidate = { index, number, part: 0, style: "", bold: line.bold, quoted: line.quoted, rest: text };
      openings.set(index, { candidate, ref: String(number), role: "either" });
    }
    asking = asks || continued;
  }
  if (openings.size === 0) return findRetold(lines);
  return addBulletedReplies(lines, openings);
}

/** As many bullets under a heading over answers as questions before it: each answers its own. */
function addBulletedReplies(lines: readonly TextLine[], openings: Map<number, Opening>): Map<number, Opening> {
  const last = Math.max(...openings.keys());
  const heading = lines.findIndex((line, index) => index > last && isReplyHeading(line.text));
  const bullets =
    heading < 0 ? [] : [...lines.keys()].filter((index) => index > heading && lines[index]?.bullet === true);
  if (openings.size < 2 || bullets.length !== openings.size) return openings;
  const asked = [...openings].map(([index, opening]): [number, Opening] => [index, { ...opening, role: "asked" }]);
  const replies = bullets.map((index, place): [number, Opening] => {
    const line = lines[index] as TextLine;
    const candidate = {
      index,
      number: place + 1,
      part: 0,
      style: "",
      bold: line.bold,
      quoted: line.quoted,
      rest: line.text,
    };
    return [index, { candidate, ref: String(place + 1), role: "reply" }];
  });
  return new Map([...asked, ...replies]);
}

/** Where nothing asks, the sentence in which the council says what was asked is the one question. */
function findRetold(lines: readonly TextLine[]): Map<number, Opening> {
  const index = lines.findIndex((line) => retellsRequest(line.text));
  const line = lines[index];
  if (line === undefined) return new Map();
  const candidate = { index, number: 1, part: 0, style: "", bold: line.bold, quoted: line.quoted, rest: line.text };
  return new Map([[index, { candidate, ref: "1", role: "either" }]]);
}

/** The words up to the question mark where a short answer follows on the same line. */
function questionOf(text: string): string {
  const mark = text.indexOf("?");
  return mark > 10 && text.length - mark < 60 ? text.slice(0, mark + 1) : text;
}

/** Gives every line to the question and part that it stands under. */
function collectLines(lines: readonly TextLine[], openings: Map<number, Opening>): Outline {
  const outline: Outline = { preamble: [], questions: [], closing: [], tail: [] };
  const collector = new Collector(outline);
  const lastOpening = Math.max(-1, ...openings.keys());
  const asksFirst = [...openings.values()].some((opening) => opening.role === "asked");
  let closed = false;
  lines.forEach((line, index) => {
    const opening = openings.get(index);
    if (opening !== undefined) closed = false;
    else if (collector.isEmpty()) {
      outline.preamble.push(line);
      return;
    } else if (resumesLetter(line.text)) closed = false;
    else if (!closed && opensClosing(line.text)) closed = true;
    if (closed) outline.closing.push(line);
    else if (opening !== undefined) collector.open(opening, line);
    else if (index > lastOpening && !asksFirst && isReplyHeading(line.text)) collector.startTail(line);
    else if (
      !isRequestHeading(line.text) &&
      !/^(?:part|section)\s+[A-H]\b.{0,60}$/i.test(line.text) &&
      !(isReplyHeading(line.text) && line.text.length > 12)
    )
      collector.add(line);
  });
  return outline;
}

/** Holds the place in the outline while the lines go by. */
class Collector {
  private readonly outline: Outline;
  private readonly byKey = new Map<string, OutlineQuestion>();
  private ref = "";
  private role: OutlineLine["role"] = "either";
  private current: OutlineQuestion | null = null;
  private letterPart = "";
  private lastLetter = 0;
  private lastRoman = 0;
  /** Letter of the last item that was a period. */
  private lastItem = 0;
  private inTail = false;

  constructor(outline: Outline) {
    this.outline = outline;
  }

  isEmpty(): boolean {
    return this.current === null;
  }

  /** After a heading over answers that follows the last question, lines without a number answer no one question. */
  startTail(line: TextLine): void {
    const others = this.outline.questions.filter((question) => question !== this.current && question.lines.length > 0);
    this.inTail = others.length > 0 && !others.some(holdsAnswer);
    if (!this.inTail) this.push(line, line.text, false, 0);
  }

  open(opening: Opening, line: TextLine): void {
    this.inTail = false;
    const { markers, rest } =
      opening.candidate.style === "" ? { markers: [], rest: opening.candidate.rest } : readMarkers(line.text);
    if (opening.ref !== this.ref || this.role !== opening.role)
      [this.lastLetter, this.lastRoman, this.lastItem, this.letterPart] = [0, 0, 0, ""];
    this.ref = opening.ref;
    this.role = opening.role;
    this.select("");
    this.placeInner(markers.slice(1), line, rest, true);
  }

  add(line: TextLine): void {
    if (this.inTail) {
      this.outline.tail.push(line);
      return;
    }
    const { markers, rest } = line.cells === null ? readMarkers(line.text) : { markers: [], rest: line.text };
    const inner = markers[0]?.level === "number" ? [] : markers;
    const decimal =
      markers[0]?.level === "number" && markers[1]?.style === "decimal" && String(markers[0].value) === this.ref;
    if (decimal) this.placeInner(markers.slice(1), line, rest, false);
    else this.placeInner(inner, line, inner.length > 0 ? rest : line.text, false);
  }

  /** Follows letters and Roman numbers inside a question to a part or an item. */
  private placeInner(markers: readonly Marker[], line: TextLine, rest: string, opensQuestion: boolean): void {
    let opens = opensQuestion;
    for (const [place, marker] of markers.entries()) {
      const left = place === markers.length - 1 ? rest : "";
      if (marker.level === "letter" && this.acceptsLetter(marker, line)) {
        if (isPeriodItem(left) || (this.letterPart === "" && this.hasItem(marker.value))) {
          this.lastItem = marker.value;
          return this.push(line, rest, opens, marker.value);
        }
        this.lastLetter = marker.value;
        this.lastRoman = 0;
        this.letterPart = letterOf(marker.value);
        this.select(this.letterPart);
        opens = true;
      } else if (marker.level === "roman" && marker.value <= this.lastRoman + 3) {
        this.lastRoman = marker.value;
        if (isPeriodItem(left) || this.hasItem(marker.value)) return this.push(line, rest, opens, marker.value);
        const name = marker.style === "decimal" ? String(marker.value) : romanOf(marker.value);
        this.select(this.letterPart === "" ? name : `${this.letterPart}.${name}`);
        opens = true;
      } else return this.push(line, line.text, opens, 0);
    }
    this.push(line, rest, opens, 0);
  }

  /** Letters come in order, or name a part again. `A.` may also be the initial of a name. */
  private acceptsLetter(marker: Marker, line: TextLine): boolean {
    if (marker.style !== "joined" && answerLabelLength(line.text) > 0) return false;
    return (
      marker.value <= this.lastLetter + 1 ||
      marker.value === this.lastItem + 1 ||
      this.byKey.has(`${this.ref}|${letterOf(marker.value)}`) ||
      marker.style === "joined"
    );
  }

  /** Whether the request has an item of this number here, so that the reply's answers it. */
  private hasItem(item: number): boolean {
    const key = `${this.ref}|${this.letterPart}`;
    return this.byKey.get(key)?.lines.some((line) => line.item === item) ?? false;
  }

  private select(part: string): void {
    const key = `${this.ref}|${part}`;
    const known = this.byKey.get(key);
    this.current = known ?? { ref: this.ref, part, lines: [] };
    if (known !== undefined) return;
    this.byKey.set(key, this.current);
    this.outline.questions.push(this.current);
  }

  private push(line: TextLine, text: string, opens: boolean, item: number): void {
    this.current?.lines.push({ line, text, role: this.role, opens, item });
  }
}

/** Whether a question's lines hold more than what it asks. */
function holdsAnswer(question: OutlineQuestion): boolean {
  return question.lines.some(
    (one) =>
      one.role === "reply" ||
      (!one.opens &&
        one.item === 0 &&
        !looksAsked(one.text) &&
        readWholePeriod(one.text) === null &&
        one.line.afterBlank),
  );
}

/** Whether an item is a period, alone or with its answer: `2017/18`, `2017/18 - 345`, `31 March 2020: 4`. */
function isPeriodItem(text: string): boolean {
  if (readWholePeriod(text) !== null) return true;
  const first = findPeriodTokens(text.slice(0, 60))[0];
  return first !== undefined && first.start <= 8 && !readsAsRequest(text);
}
