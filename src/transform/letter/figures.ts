/**
 * Figures in a line or sentence: told from ages, limits, section numbers, telephone numbers and the like; paired with the
 * periods beside them; cut from the label before them.
 */
import type { Period } from "../../observation.ts";
import { NUMBER_WORD } from "./number-words.ts";
import { maskAll } from "./period-tokens.ts";
import { type FoundPeriod, findPeriods, type PeriodHint, readWholePeriod } from "./periods.ts";
import { readValue, type Value } from "./values.ts";

export interface Figure {
  value: Value;
  /** Where it stands in the text. */
  start: number;
  end: number;
}

const SMALL_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";

/** Numbers that count nothing asked for; last, the whole that a count is a part of: `3 of the 12 homes`. */
const NOISE: RegExp[] = [
  /\b(?:act|regulations?|order)s? (?:of )?(?:19|20)\d\d\b/gi,
  /https?:\/\/\S+|www\.\S+|\S+@\S+/gi,
  /\b(?:sections?|s|ss|sec\.|regulations?|articles?|schedules?|clauses?|paragraphs?|questions?|qs?|parts?|points?|levels?|grades?|bands?|tiers?|stages?|phases?|chapters?|pages?|tabs?|(?:work)?sheets?|spreadsheets?|columns?|rows?|tables?|appendi(?:x|ces)|annex(?:es)?|attachments?|enclosures?|documents?|keys? stages?|years? (?=\d\b))\.?\s?\d{1,3}[a-z]?(?:\s?\(\w{1,3}\)){0,3}/gi,
  /\b(?:aged?|ages|under|over|below|above)\s(?:the age of\s)?\d{1,2}(?:\s?(?:-|–|to|and)\s?\d{1,2})?(?!\d|%|,\d)/gi,
  /\b\d{1,2}\s?(?:-|–|to)\s?\d{1,2}[\s-]year/gi,
  /\b\d{1,2}\+?[\s-]years?[\s-]olds?\b/gi,
  /\b\d[\d,.]*[\s-](?:minutes?|hours?|hrs?|weeks?|months?|years?)\b/gi,
  new RegExp(
    `\\b(?:(?:more|less|fewer|longer|older|younger) than|at least|over|under|within|up to) (?:${SMALL_NUMBERS})\\b(?! (?:child|case|referral))|\\b(?:${SMALL_NUMBERS})[\\s-](?:minutes?|hours?|days?|weeks?|months?|years?)\\b`,
    "gi",
  ),
  /\b(?:limit(?:ed)? (?:of|to|is)|up to|more than|at least|no more than|a maximum of|maximum of|minimum of|not exceed|exceeds?|within)\s£?\d[\d,.]*/gi,
  /\bper\s\d[\d,]*/gi,
  /\b\d+:\d+\b|\b24\/7\b/g,
  /\b0\d{2,4}[\s-]?\d{3,4}[\s-]?\d{3,4}\b/g,
  /\b[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2}\b/g,
  /\b[A-Z]{2,6}[-/ ]?\d{3,}\S*/g,
  /£450\b|£600\b|\b18(?:\.5)? hours\b/g,
  /\b\d{1,2}(?:st|nd|rd|th)\b/gi,
  /\((?:\d{1,2}|[ivx]{1,4}|[a-h])\)(?=\s?[A-Z(])/g,
  // A bound is no figure: `just under 12,000`, `at least 390`, `over £4m`.
  /\b(?:(?:just|well|slightly|a little) )?(?:under|over|above|below|nearly|almost|in excess of|upwards of|at least|at most) £?\d[\d,.]*\s?(?:bn|billion|m|million|k|thousand)?\b/gi,
  // A part that is told in words of a whole that is told in figures, and all but so many: neither number is the answer.
  new RegExp(
    `\\b(?:half|thirds?|quarters?|fifths?|majority|minority|most|some|many|few|part|proportion)(?: of)? (?:(?:the|our|these|those|its) ){0,2}(?:\\d[\\d,]*|${SMALL_NUMBERS})\\b`,
    "gi",
  ),
  new RegExp(`\\b(?:all|none|everyone|nobody) (?:but|except(?: for)?) (?:\\d[\\d,]*|${SMALL_NUMBERS})\\b`, "gi"),
  new RegExp(
    `(?<=(?:\\d|\\b(?:none|${SMALL_NUMBERS}))(?: [a-z]+)?(?: were| was)? (?:out )?)of (?:(?:the|our|these|those|its|all) ){0,2}(?:\\w+['’]s )?(?:\\d[\\d,]*|${SMALL_NUMBERS})\\b`,
    "gi",
  ),
];

const RANGE =
  /£?\b\d[\d,.]{0,12}%?\s?[–—-]\s?£?\d[\d,.]{0,12}%?(?!\S)|\bbetween \d[\d,.]{0,12}%? and \d[\d,.]{0,12}%?/gi;
const HIDDEN =
  /(?:[<≤]\s?\d{1,2}\b|\b(?:less|fewer) than (?:\d{1,2}|[a-z]{3,5})\b|\b(?:under|below) (?:5|five|ten|10)\b|\b(?:\d{1,2}|five|four|six|ten) or (?:less|fewer)\b)/gi;
const NUMBER =
  /£\s?\d[\d,]*(?:\.\d+)*\s?(?:bn|billion|m\b|million|k\b|thousand)?|\b\d[\d,]*(?:\.\d+)?\s?(?:%|per ?cent|k\b|million|thousand)?/gi;
const NONE_AT_ALL =
  /\bthere (?:were|was|are|is|have been) no (?!(?:\w+ ){0,2}(?:information|data|figures?|records?|breakdown|way|need|requirement|list|policy)\b)(?=[a-z])|(?<=^|[.;:] )no (?=(?:[a-z'’-]+ ){1,5}(?:were|was|have been|has been|are|is|did|had)\b)(?!(?:[a-z'’-]+ ){0,4}(?:information|data|figures?|records?|breakdown|list|note|count|detail)s?\b)/gi;

/** The figures of a sentence in order, periods and numbers of other kinds left out. */
export function findFigures(text: string, periods: readonly FoundPeriod[]): Figure[] {
  let left = maskAll(text, periods);
  const figures: Figure[] = [];
  for (const [pattern, kind] of [
    [RANGE, "own"],
    [HIDDEN, "own"],
  ] as const) {
    if (kind === "own") left = takeFigures(left, pattern, figures);
  }
  for (const pattern of NOISE) left = maskAll(left, placesOf(left, pattern));
  left = takeFigures(left, NUMBER, figures);
  left = takeFigures(left, NONE_AT_ALL, figures, "none");
  for (const match of left.matchAll(NUMBER_WORD)) {
    if (isCounting(left, match.index, match[0])) takeOne(match[0], match.index, figures);
  }
  return figures.sort((a, b) => a.start - b.start);
}

function placesOf(text: string, pattern: RegExp): { start: number; end: number }[] {
  return [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

function takeFigures(text: string, pattern: RegExp, figures: Figure[], reading?: string): string {
  const taken: { start: number; end: number }[] = [];
  for (const match of text.matchAll(pattern)) {
    if (takeOne(match[0], match.index, figures, reading))
      taken.push({ start: match.index, end: match.index + match[0].length });
  }
  return maskAll(text, taken);
}

function takeOne(printed: string, start: number, figures: Figure[], reading = printed): boolean {
  const trimmed = printed.replace(/[\s.,]+$/, "");
  const value = readValue(reading === printed ? trimmed : reading);
  if (value === null) return false;
  figures.push({ value: { ...value, text: trimmed }, start, end: start + trimmed.length });
  return true;
}

/** `One` is a count only where something is counted: `One was begun`, not `one case per child` or `one of`. */
function isCounting(text: string, at: number, word: string): boolean {
  const after = text.slice(at + word.length, at + word.length + 20);
  const before = text.slice(Math.max(0, at - 12), at);
  if (!/^one$/i.test(word))
    return !/^\s(?:of (?:the|our|these)\b|per\b)/i.test(after) || /^(?:none|nil|zero)$/i.test(word);
  return (
    (at === 0 || /\b(?:was|is|only|were)\s$/i.test(before)) && !/^\s(?:of|per|or|that|which|to|case per)\b/i.test(after)
  );
}

export interface Pair {
  period: Period;
  /** Where the value stands in the text. */
  at: number;
  value: Value;
}

const JOINTS =
  /^(?:[\s:;,=()–—-]|\b(?:and|in|for|during|there|were|was|is|are|at|the|as|of|on|had|has|have|been|we|a|total|received|it)\b)+|(?:[\s:;,=(–—-]|\b(?:and|in|for|during|at|the|as|on|of|to)\b)+$/gi;

/**
 * Periods with the value beside each: `2017/18 – 345, 2018/19 – 376`, `345 in 2017/18 and 376 in 2018/19`. Null where the text
 * does not pair them off one to one.
 */
export function readPairs(text: string, hint: PeriodHint): Pair[] | null {
  const periods = findPeriods(text, hint);
  const [first] = periods;
  if (first === undefined) return null;
  const after = pairUp(text, periods, (place) => [periods[place]?.end ?? 0, periods[place + 1]?.start ?? text.length]);
  const leading = valueIn(text, 0, first.start) === null;
  if (leading && after !== null) return after;
  const before = pairUp(text, periods, (place) => [
    place === 0 ? 0 : (periods[place - 1]?.end ?? 0),
    periods[place]?.start ?? 0,
  ]);
  return before ?? (periods.length > 1 ? pairInClauses(text, hint) : null);
}

/** `In 2020 it was 2.1%, rising to 2.4% in 2021`: each clause has one period and one value, in whatever order. */
function pairInClauses(text: string, hint: PeriodHint): Pair[] | null {
  const pairs: Pair[] = [];
  for (const clause of text.slice(0, LONGEST_PROSE).matchAll(/(?:[^,;\s]|[,;](?!\s)|\s(?!and\s))+/g)) {
    const periods = findPeriods(clause[0], hint);
    const figures = findFigures(clause[0], periods);
    const [period, figure] = [periods[0], figures[0]];
    if (period === undefined || figure === undefined || periods.length > 1 || figures.length > 1) return null;
    pairs.push({ period: period.period, at: clause.index + figure.start, value: figure.value });
  }
  return pairs;
}

/** Longer than a sentence that goes through years. */
const LONGEST_PROSE = 500;

function pairUp(
  text: string,
  periods: readonly FoundPeriod[],
  stretch: (place: number) => [number, number],
): Pair[] | null {
  const pairs: Pair[] = [];
  for (const [place, { period, start }] of periods.entries()) {
    const [from, to] = stretch(place);
    const value = valueIn(text, from, to);
    if (value === null) return null;
    const at = text.indexOf(value.text, from);
    pairs.push({ period, at: at < 0 ? start : at, value });
  }
  return pairs;
}

/** The one value between two places; null where there is none or more than one. */
function valueIn(text: string, from: number, to: number): Value | null {
  const signed =
    /^[\s:=,;]*([-–−]\s?£\s?\d[\d,.]*(?:\s?(?:k|m|million))?|\(\s?£\s?\d[\d,.]*(?:\s?(?:k|m|million))?\s?\))[\s.;,]*$/i.exec(
      text.slice(from, to).replace(/^\s[-–—]\s/, " "),
    )?.[1];
  const negative = signed === undefined ? null : readValue(signed);
  if (negative !== null) return negative;
  const piece = text.slice(from, to).replace(JOINTS, "").trim();
  const whole = readValue(piece.replace(/^\)|[.;,]$/g, ""));
  if (whole !== null && whole.symbol !== "-") return whole;
  const figures = findFigures(text.slice(from, to), []);
  return figures.length === 1 ? (figures[0]?.value ?? null) : null;
}

const MOST_LABEL_WORDS = 10;

/** The words beside a pair (`Westminster, 2019/20 = 377`) or over several (`Westminster: 377 in 2019/20 …`); '' where none name a row. */
export function labelBeside(text: string, pairs: readonly Pair[], hint: PeriodHint): string {
  const periods = findPeriods(text, hint);
  const [first] = periods;
  const [pair, ...more] = pairs;
  if (first === undefined || pair === undefined) return "";
  const before = text.slice(0, Math.min(first.start, pair.at));
  const between = more.length === 0 ? text.slice(first.end, Math.max(first.end, pair.at)) : "";
  const label = [before, between]
    .map((words) => words.replace(BESIDE, "").trim())
    .find((words) => /[a-z]{2}/i.test(words));
  if (label === undefined || label.split(" ").length > MOST_LABEL_WORDS || SENTENCE.test(label)) return "";
  return label;
}

/** Joints and small words at the ends of what stands beside a period. */
const BESIDE =
  /^(?:[\s:;,=()–—-]|\b(?:and|in|for|during|on|as|at|of|year|the)\b)+|(?:[\s:;,=(–—-]|\b(?:and|in|for|during|on|as|at|of|year|the|financial|ending|to)\b)+$/gi;

export interface Labelled {
  label: string;
  value: Value;
}

const SEPARATOR = /\s?[:=]\s?|\s?[–—-]\s|\s[–—-]\s?|\s[–—-](?=\d)|\sx\s?(?=\d)|\s(?=[£\d<*])/g;
const SENTENCE =
  /\b(?:is|was|were|are|be|been|had|has|have|of|about|than|the|our|these|those|all|its|we|with|by|to|for|in|at|on|approximately|around)$/i;

/** Words that make a bound of the figure after them. */
const BOUND =
  /^(?:(?:just|well|slightly|a little) )?(?:under|over|above|below|nearly|almost|in excess of|upwards of|at least|at most|more than|less than|fewer than|up to)$/i;

/** A sentence is no label. */
const SAYS = /\b(?:there|it|we|were|was|are|is|had|have|has|and|or|aged)\b/i;

/** What has a number for a name: `Question 3`, `see page 12`. */
const NUMBERED_THING =
  /\b(?:questions?|q|points?|parts?|items?|pages?|sections?|tables?|tabs?|(?:spread|work)?sheets?|columns?|rows?|attachments?|documents?|appendix|annex|figure|paragraphs?|no)$/i;

/** Words, or an age band before a colon or a dash: `0-4: 80`, `16+: 10`. */
function isLabel(label: string, separator: string): boolean {
  if (/^[A-Za-z“"‘'(]/.test(label)) return /[A-Za-z]{2}|^s\.?\s?\d{2}\b/.test(label);
  return /\S/.test(separator) && /^(?:\d{1,2}\s?(?:[-–]|to)\s?\d{1,2}|\d{1,2}\+)$/.test(label);
}

/** A label and its value: `CASP -10`, `Teams = 14`, `Looked After Children x4`, `Supervision: not recorded`. */
export function readLabelled(text: string): Labelled | null {
  if (text.length > 160) return null;
  for (const match of text.matchAll(SEPARATOR)) {
    const label = text.slice(0, match.index).trim();
    const after = text.slice(match.index + match[0].length).trim();
    if (
      !isLabel(label, match[0]) ||
      BOUND.test(label) ||
      SENTENCE.test(label) ||
      label.length > 100 ||
      /\d[,;]\s/.test(label)
    )
      continue;
    const value = readValue(after);
    if (/^\s+$/.test(match[0]) && (SAYS.test(label) || NUMBERED_THING.test(label))) continue;
    if (value === null || (/^\s$/.test(match[0]) && value.value === null && value.status === "reported")) continue;
    if (readWholePeriod(after) !== null && /^\s?$/.test(match[0])) continue;
    return { label: label.replace(/[\s:=–—-]+$/, "").replace(RECORD, "$1"), value };
  }
  return null;
}

/** A record on one line names its fields: `Source: Police, Number` is the row `Police`. */
const RECORD = /^[A-Z][A-Za-z ]{1,30}:\s(.+?)\s?[,;/]\s?(?:number|total|count|no\.?|amount|figures?|value)$/i;

/** Several labels with a value each on one line: `Initial 412, Review 1,020`; null where any piece is something else. */
export function readLabelledList(text: string): Labelled[] | null {
  if (text.length > 300) return null;
  const named = /^([^:;,\d]{2,60}?)(?:\s[-–—]\s|:\s)(?=[A-Za-z])(.+)$/.exec(text);
  const inner = named?.[2] === undefined ? null : readLabelledList(named[2]);
  if (inner !== null) return inner.map((one) => ({ ...one, label: `${named?.[1]}, ${one.label}` }));
  const pieces = text.replace(/\.$/, "").split(/[;,]\s+(?:and\s+)?|\s+and\s+(?=[A-Za-z])/);
  const labelled = pieces.flatMap((piece) => readLabelled(piece) ?? []);
  return pieces.length > 1 && labelled.length === pieces.length ? labelled : null;
}
