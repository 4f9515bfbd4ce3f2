/**
 * Periods in a letter's words: `2017/18`, `year ending 31 March 2018`, `as at 1 April 2022`, `1 January 2021 to 31 December 2021`,
 * `Q2 2022/23`, `Jun 2023`, `2018`. What was written is kept; what a bare year means, only its surroundings tell (the hint).
 */
import type { Period } from "../../observation.ts";
import {
  academicYear,
  asAt,
  calendarQuarter,
  calendarYear,
  type Day,
  dayOf,
  daysInMonth,
  dayWithin,
  financialQuarter,
  financialYear,
  isDay,
  isoDate,
  monthNumber,
  monthPeriod,
  periodBetween,
} from "./dates.ts";
import { monthWithin, quarterWithin } from "./inner-periods.ts";
import { findPeriodTokens, type PeriodToken } from "./period-tokens.ts";

/** What the surroundings (question, note, heading) say of the years under them. */
export interface PeriodHint {
  /** A year means an academic year. */
  academic: boolean;
  /** A year means this day of it. */
  asAtDay: { month: number; day: number } | null;
  /** A bare year means the year that ends on this day. */
  yearEnding: { month: number; day: number } | null;
  /** A month with its year means its last day. */
  monthEnd: number | null;
  /** The one stretch that is asked for: quarters and months without a year are its own. */
  within: Period | null;
}

export interface FoundPeriod {
  period: Period;
  start: number;
  end: number;
}

export const NO_HINT: PeriodHint = { academic: false, asAtDay: null, yearEnding: null, monthEnd: null, within: null };

const ENDING =
  /\b(?:years?|y\/e|12 months|twelve months|financial years?)\s*(?:ending|ended|end|to|up to)?\s*(?:in|on|at|:)?\s*(?:the\s+)?$|\by\.?\/?e\.?\s*$|\b(?:ending|ended)\s+(?:on\s+)?(?:the\s+)?$/i;
const AS_AT = /\b(?:as (?:at|of|on)|on|at|of|position (?:at|on)|snapshot (?:at|on|of))\s+(?:the\s+)?$/i;
/** The day of a letter or a request is no day on which anything was counted. */
const CORRESPONDENCE =
  /\b(?:received|dated|sent|written|wrote|made|submitted|e-?mailed|e-?mail|letter|request(?:ed)?|enquiry|message|asked|acknowledged|clarif\w+)\b(?: (?!as\b)\w+){0,3} (?:on|of)\s+(?:the\s+)?$/i;
const EACH_YEAR = /^,?\s*(?:of|for|in)?\s*(?:each|every|the (?:relevant|following)) /i;
const JOIN = /^\s*(?:to|till|until|through|-|–|—|up to)\s*(?:and including\s*)?(?:the\s+)?(?:end\s+(?:of\s+)?)?$/i;
const AND = /^\s*(?:and|&)\s*(?:the\s+)?(?:end\s+(?:of\s+)?)?$/i;
const BETWEEN = /\bbetween\s+(?:the\s+)?$/i;
const END_OF = /\b(?:at|by|on|as at) (?:the )?end of (?:the month of )?$/i;
const OF_YEAR = /^[\s,:(–-]*(?:of|in|for)?\s*(?:the\s+)?(?:financial year|calendar year|year)?[\s,:(–-]*$/i;

/** What a question or note says of the bare years and year labels under it. */
export function readHint(text: string): PeriodHint {
  const hint: PeriodHint = { ...NO_HINT, academic: /\b(?:academic|school) years?\b/i.test(text) };
  for (const token of findPeriodTokens(text)) {
    if (token.type !== "day_of_month") continue;
    const before = text.slice(Math.max(0, token.start - 40), token.start);
    const day = { month: token.month, day: token.day };
    if (ENDING.test(before)) hint.yearEnding = day;
    else if (CORRESPONDENCE.test(before)) continue;
    else if (AS_AT.test(before) || EACH_YEAR.test(text.slice(token.end))) hint.asAtDay = day;
  }
  const end =
    /\b(?:at|by|on) the end of (january|february|march|april|may|june|july|august|september|october|november|december)\b(?!\s+\d{4})/i.exec(
      text,
    );
  const month = end?.[1] === undefined ? null : monthNumber(end[1]);
  // Not a leap year: the last of February is a day that every year has.
  if (month !== null && hint.asAtDay === null) hint.asAtDay = { month, day: daysInMonth(2001, month) };
  return hint;
}

/** Hints of inner surroundings over those of outer ones. */
export function mergeHints(inner: PeriodHint, outer: PeriodHint): PeriodHint {
  return {
    academic: inner.academic || outer.academic,
    asAtDay: inner.asAtDay ?? (inner.yearEnding === null ? outer.asAtDay : null),
    yearEnding: inner.yearEnding ?? outer.yearEnding,
    monthEnd: inner.monthEnd ?? outer.monthEnd,
    within: inner.within ?? outer.within,
  };
}

/** The periods that a text names, in order, each with its place. A range of years is one period, from first to last day. */
export function findPeriods(text: string, hint: PeriodHint = NO_HINT): FoundPeriod[] {
  return readTokens(text, hint, false);
}

/** The periods that a question asks for: as `findPeriods`, but a range of years is each of its years. */
export function findAskedPeriods(text: string, hint: PeriodHint = NO_HINT): Period[] {
  const seen = new Set<string>();
  const asked: Period[] = [];
  for (const { period, end } of readTokens(text, hint, true)) {
    if (OF_A_PAPER.test(text.slice(end, end + 60))) continue;
    const key = `${period.kind} ${period.label}`;
    if (!seen.has(key)) asked.push(period);
    seen.add(key);
  }
  return asked;
}

/** `your 2018 annual report`: the year is a paper's. */
const OF_A_PAPER =
  /^ (?:(?:annual|ofsted|joint|published|sufficiency|council|cabinet|improvement|statutory) ){0,2}(?:reports?|inspections?|strategy|guidance|edition|statement|brochure|booklet)\b/i;

const LEAD =
  /^(?:all|these|figures|data|are|is|in|for|during|at|as at|as of|as on|on|by|the|between|from|year|years|financial|calendar|academic|school|ending|ended|end|to|y\/e|ye|period|month|quarter|of|date|12 months|[\s:(–—-]|\d\d?(?:st|nd|rd|th)? position)*$/i;
const TRAIL = /^(?:financial year|calendar year|academic year|school year|year|only|inclusive|[\s:;,.)=–—?*-])*$/i;

/** The period that the whole text is, but for words such as `In`, `As at`, a colon or brackets; null for anything else. */
export function readWholePeriod(text: string, hint: PeriodHint = NO_HINT): Period | null {
  if (text.length > 90 || (hint.within === null && !/\d/.test(text))) return null;
  const found = findPeriods(text, hint);
  const [one] = found;
  if (one === undefined || found.length > 1) return null;
  return LEAD.test(text.slice(0, one.start)) && TRAIL.test(text.slice(one.end)) ? one.period : null;
}

/** Consecutive tokens that make one period are taken together. */
function readTokens(text: string, hint: PeriodHint, expand: boolean): FoundPeriod[] {
  const tokens = findPeriodTokens(text);
  const found: FoundPeriod[] = [];
  let dayOfYears: { month: number; day: number } | null = null;
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] as PeriodToken;
    const next = tokens[index + 1];
    const between = next === undefined ? "" : text.slice(token.end, next.start);
    const last = found.at(-1);
    const ends =
      last?.period.kind !== "as_at" && /^\s*(?:,|and|&|,\s*and)\s*$/i.test(text.slice(last?.end ?? 0, token.start));
    const alike =
      ends && last !== undefined && tokens[index - 1]?.type === token.type && last.start === tokens[index - 1]?.start;
    // `the years ending 31 March 2021 and 31 March 2022`: what is said of the first holds for the second.
    const before = alike && token.type === "day" ? "ending " : text.slice(Math.max(0, token.start - 40), token.start);
    const pair = next === undefined ? null : readPair(token, next, between, before, hint, expand);
    if (pair !== null && next !== undefined) {
      found.push(...pair.map((period) => ({ period, start: token.start, end: next.end })));
      index += 1;
      continue;
    }
    if (token.type === "day") dayOfYears = { month: token.day.month, day: token.day.day };
    const listed =
      token.type === "year" && /(?:,|and|&|,\s*and)\s*$/i.test(before) && found.length > 0 && dayOfYears !== null;
    // `the years ending 31 March 2020, 2021 and 2022`: years that end on that day; `at 31 March 2020, 2021`: the day of each.
    const own = last?.period.kind === "as_at" ? { asAtDay: dayOfYears } : { asAtDay: null, yearEnding: dayOfYears };
    const period = readOne(token, before, listed ? { ...hint, ...own } : hint);
    if (period !== null) found.push({ period, start: token.start, end: token.end });
  }
  return found;
}

/** Two tokens that belong together: a range, or a quarter and its year. Several periods only where a range is taken apart. */
function readPair(
  first: PeriodToken,
  second: PeriodToken,
  between: string,
  before: string,
  hint: PeriodHint,
  expand: boolean,
): Period[] | null {
  if (OF_YEAR.test(between)) {
    const quarter = quarterOf(first, second) ?? quarterOf(second, first);
    if (quarter !== null) return [quarter];
  }
  if (
    first.type === "split_year" &&
    second.type === "day" &&
    /^\s*\(\s*(?:up )?(?:to|until)\s+(?:the\s+)?$/i.test(between)
  ) {
    const part = periodBetween({ year: first.year, month: 4, day: 1 }, second.day);
    return part === null ? null : [part];
  }
  const joined = JOIN.test(between) || (AND.test(between) && BETWEEN.test(before));
  if (!joined) return null;
  if (expand && isYear(first) && isYear(second)) return yearsBetween(first, second, hint);
  const from = firstDayOf(first, second);
  const to = lastDayOf(second);
  const period = from === null || to === null ? null : periodBetween(from, to);
  if (period?.kind === "quarter" && from !== null && hint.within?.kind === "calendar_year")
    return [calendarQuarter(from.year, (from.month + 2) / 3)];
  return period === null ? null : [period];
}

function quarterOf(quarter: PeriodToken, year: PeriodToken): Period | null {
  if (quarter.type !== "quarter") return null;
  if (year.type === "split_year") return financialQuarter(year.year, quarter.quarter);
  return year.type === "year" ? calendarQuarter(year.year, quarter.quarter) : null;
}

function isYear(token: PeriodToken): token is PeriodToken & { type: "year" | "split_year" } {
  return token.type === "year" || token.type === "split_year";
}

/** Longest range of years that is taken apart; longer ones are history, not a request. */
const MOST_YEARS = 25;

function yearsBetween(
  first: PeriodToken & { type: "year" | "split_year" },
  last: PeriodToken & { type: "year" | "split_year" },
  hint: PeriodHint,
): Period[] | null {
  const count = last.year - first.year + 1;
  if (first.type !== last.type || count < 2 || count > MOST_YEARS) return null;
  const years = Array.from({ length: count }, (_, index) => ({ ...first, year: first.year + index }));
  return years.flatMap((token) => readOne(token, "", hint) ?? []);
}

/** The first day of a token; a day without a year takes it from the token that closes the range. */
function firstDayOf(token: PeriodToken, closing: PeriodToken): Day | null {
  switch (token.type) {
    case "day":
      return token.day;
    case "month":
      return { year: token.year, month: token.month, day: 1 };
    case "split_year":
      return { year: token.year, month: 4, day: 1 };
    case "year":
      return { year: token.year, month: 1, day: 1 };
    case "month_name":
    case "day_of_month": {
      const last = lastDayOf(closing);
      if (last === null) return null;
      const year = token.month <= last.month ? last.year : last.year - 1;
      const day = { year, month: token.month, day: token.type === "month_name" ? 1 : token.day };
      return isDay(day) ? day : null;
    }
    default:
      return null;
  }
}

function lastDayOf(token: PeriodToken): Day | null {
  switch (token.type) {
    case "day":
      return token.day;
    case "month":
      return { year: token.year, month: token.month, day: daysInMonth(token.year, token.month) };
    case "split_year":
      return { year: token.year + 1, month: 3, day: 31 };
    case "year":
      return { year: token.year, month: 12, day: 31 };
    default:
      return null;
  }
}

function readOne(token: PeriodToken, before: string, hint: PeriodHint): Period | null {
  switch (token.type) {
    case "day":
      return ENDING.test(before) ? yearEndingOn(token.day) : asAt(token.day);
    case "month":
      if (hint.asAtDay?.month === token.month && !ENDING.test(before))
        return asAt({ year: token.year, ...hint.asAtDay });
      if ((hint.monthEnd === token.month || END_OF.test(before)) && !ENDING.test(before))
        return asAt({ year: token.year, month: token.month, day: daysInMonth(token.year, token.month) });
      return ENDING.test(before)
        ? yearEndingOn({ year: token.year, month: token.month, day: daysInMonth(token.year, token.month) })
        : monthPeriod(token.year, token.month);
    case "split_year":
      return readSplitYear(token.year, before, hint);
    case "year":
      return readBareYear(token.year, before, hint);
    case "quarter":
      return quarterWithin(hint.within, token.quarter);
    case "month_name":
      return monthWithin(hint.within, token.month);
    default:
      return null;
  }
}

function readSplitYear(year: number, before: string, hint: PeriodHint): Period | null {
  if (/\b(?:academic|school) years?\s*:?\s*$/i.test(before)) return academicYear(year);
  const financial = /\bfinancial years?\s*:?\s*$/i.test(before);
  const period = hint.academic && !financial ? academicYear(year) : financialYear(year);
  if (hint.asAtDay === null) return period;
  return dayWithin(period, hint.asAtDay.month, hint.asAtDay.day) ?? period;
}

function readBareYear(year: number, before: string, hint: PeriodHint): Period {
  if (/\bcalendar years?\s*:?\s*$/i.test(before)) return calendarYear(year);
  const asAtDay = hint.asAtDay === null ? null : { year, ...hint.asAtDay };
  if (asAtDay !== null && isDay(asAtDay)) return asAt(asAtDay);
  const ending = hint.yearEnding === null ? null : { year, ...hint.yearEnding };
  return ending !== null && isDay(ending) ? yearEndingOn(ending) : calendarYear(year);
}

/** The year that ends on a day: on 31 March a financial year, on 31 December a calendar year. */
export function yearEndingOn(last: Day): Period {
  const followed = dayOf(isoDate(last));
  const next = new Date(Date.UTC(followed.year - 1, followed.month - 1, followed.day + 1));
  const first = { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
  return periodBetween(first, last) ?? asAt(last);
}
