/** The dates and year labels of a text, one by one, before it is known how they belong together. */

import { type Day, isDay, isPlausibleYear, monthNumber } from "./dates.ts";
import { rememberReading } from "./remembered.ts";

export type PeriodToken = { start: number; end: number } & (
  | { type: "day"; day: Day }
  | { type: "day_of_month"; month: number; day: number }
  | { type: "month"; year: number; month: number }
  | { type: "month_name"; month: number }
  | { type: "split_year"; year: number }
  | { type: "quarter"; quarter: number }
  | { type: "year"; year: number }
);

const MONTH =
  "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
/** The days that statistics are counted on, in words. */
const DAY_WORDS: Record<string, string> = { first: "1", thirtieth: "30", "thirty-first": "31", "thirty first": "31" };
const DAY_WORD = "(first(?: day)?|thirtieth|thirty[- ]first)";
const SUFFIX = "(?:\\s?(?:st|nd|rd|th))?";
const YEAR = "((?:19|20)\\d\\d)";

type Build = (match: RegExpExecArray) => DistributiveOmit<PeriodToken, "start" | "end"> | null;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

const ORDINALS = ["first", "second", "third", "fourth"];

/** A year of two digits is of this century up to 49. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  return year < 50 ? 2000 + year : 1900 + year;
}

function day(year: number, month: number | null, date: string): ReturnType<Build> {
  const one = { year, month: month ?? 0, day: Number(date) };
  return isDay(one) ? { type: "day", day: one } : null;
}

function dayOfMonth(date: string, name: string): ReturnType<Build> {
  const month = monthNumber(name);
  const number = Number(date);
  return month === null || number < 1 || number > 31 ? null : { type: "day_of_month", month, day: number };
}

function month(name: string, year: number): ReturnType<Build> {
  const number = monthNumber(name);
  return number === null || !isPlausibleYear(year) ? null : { type: "month", month: number, year };
}

function splitYear(first: string, second: string): ReturnType<Build> {
  const start = fullYear(first);
  const follows = Number(second) % 100 === (start + 1) % 100 && (second.length === 2 || Number(second) === start + 1);
  return follows && isPlausibleYear(start) ? { type: "split_year", year: start } : null;
}

function year(digits: string): ReturnType<Build> {
  return isPlausibleYear(Number(digits)) ? { type: "year", year: Number(digits) } : null;
}

/** Group `index` of a match; the pattern guarantees it. */
function at(match: RegExpExecArray, index: number): string {
  return match[index] ?? "";
}

/** In order: what an earlier pattern took, a later one does not see. */
const PATTERNS: { pattern: RegExp; build: Build }[] = [
  { pattern: /\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b/g, build: (m) => day(Number(at(m, 1)), Number(at(m, 2)), at(m, 3)) },
  {
    pattern: /\b(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d\d)\b/g,
    build: (m) => day(fullYear(at(m, 3)), Number(at(m, 2)), at(m, 1)),
  },
  {
    pattern: new RegExp(`\\b(\\d{1,2})${SUFFIX}(?:\\s+of)?[\\s-]+${MONTH}\\b[\\s,-]*${YEAR}\\b`, "gi"),
    build: (m) => day(Number(at(m, 3)), monthNumber(at(m, 2)), at(m, 1)),
  },
  {
    pattern: new RegExp(`\\b(\\d{1,2})${SUFFIX}[\\s-]+${MONTH}[\\s-]+'?(\\d\\d)\\b(?!\\s*[/:-]\\s*\\d)`, "gi"),
    build: (m) => day(fullYear(at(m, 3)), monthNumber(at(m, 2)), at(m, 1)),
  },
  {
    pattern: new RegExp(`\\b${MONTH}\\s+(\\d{1,2})${SUFFIX},?\\s+${YEAR}\\b`, "gi"),
    build: (m) => day(Number(at(m, 3)), monthNumber(at(m, 1)), at(m, 2)),
  },
  {
    pattern: new RegExp(`\\b${DAY_WORD}\\s+of\\s+${MONTH}\\b(?:[\\s,]+${YEAR}\\b)?`, "gi"),
    build: (m) => {
      const date = DAY_WORDS[at(m, 1).toLowerCase().replace(" day", "")] ?? "";
      return m[3] === undefined ? dayOfMonth(date, at(m, 2)) : day(Number(at(m, 3)), monthNumber(at(m, 2)), date);
    },
  },
  {
    // What follows a dash with spaces is a figure, or another date: only `March 2021/22` and `March 2021-22` are years.
    pattern: new RegExp(`\\b${MONTH}[\\s,-]+${YEAR}\\b(?=((?:\\s?/\\s?|[–-]\\s?|\\s[–-])(\\d\\d)\\b)?)`, "gi"),
    build: (m) => (splitYear(at(m, 2), at(m, 4)) === null ? month(at(m, 1), Number(at(m, 2))) : null),
  },
  {
    // Without a suffix the number after a month is a year: a day stands before it, or after `on`.
    pattern: new RegExp(
      `(?<!\\b(?:on|at|by|since|until|before|after|from|to|and|the)\\s)\\b${MONTH}(?:[\\s-]|\\s?['’])(\\d\\d)\\b(?!\\s*/|:\\d|,\\d)`,
      "gi",
    ),
    build: (m) => month(at(m, 1), fullYear(at(m, 2))),
  },
  {
    pattern: new RegExp(`\\b(\\d{1,2})${SUFFIX}(?:\\s+of)?\\s+${MONTH}\\b`, "gi"),
    build: (m) => dayOfMonth(at(m, 1), at(m, 2)),
  },
  { pattern: new RegExp(`\\b${MONTH}\\s+(\\d{1,2})${SUFFIX}\\b`, "gi"), build: (m) => dayOfMonth(at(m, 2), at(m, 1)) },
  {
    pattern: /(?:\bFY\s?)?\b((?:19|20)\d\d)\s?[/–—-]\s?((?:19|20)?\d\d)\b(?!,?\d)/gi,
    build: (m) => splitYear(at(m, 1), at(m, 2)),
  },
  { pattern: /\bFY\s?'?(\d\d)\s?[/–-]\s?(\d\d)\b/gi, build: (m) => splitYear(at(m, 1), at(m, 2)) },
  {
    // FY18 is the year that ends in March 2018.
    pattern: /\bFY\s?'?(\d{4}|\d\d)\b/gi,
    build: (m) => ({ type: "split_year", year: fullYear(at(m, 1)) - 1 }),
  },
  { pattern: /(?<![\d/.,£-])(\d\d)\s?\/\s?(\d\d)\b(?![/,.]?\d)/g, build: (m) => splitYear(at(m, 1), at(m, 2)) },
  // With a hyphen two digits may be ages, so only where nothing else stands in the cell.
  { pattern: /^\W{0,3}(\d\d)\s?[–-]\s?(\d\d)\W{0,3}$/g, build: (m) => splitYear(at(m, 1), at(m, 2)) },
  {
    // The months in brackets say the same once more.
    pattern:
      /\b(?:Q|Quarter|Qtr)\.?\s?([1-4])\b(?:\s*\([A-Z][a-z]{2,8}\.?\s?(?:[-–/]|to)\s?[A-Z][a-z]{2,8}\.?(?:\s\d{4})?\))?/gi,
    build: (m) => ({ type: "quarter", quarter: Number(at(m, 1)) }),
  },
  {
    pattern:
      /\b(?:(first|second|third|fourth)|([1-4])(?:st|nd|rd|th))\s+(?:(?:calendar|financial|full)\s+)?quarter\b/gi,
    build: (m) => ({
      type: "quarter",
      quarter: m[2] === undefined ? ORDINALS.indexOf(at(m, 1).toLowerCase()) + 1 : Number(m[2]),
    }),
  },
  {
    // Without a year the last quarter is the one before the request.
    pattern: /\b(?:last|final)\s+quarter\s+(?=of\s+(?:the\s+)?(?:\w+\s+){0,2}[^\sa-z])/gi,
    build: () => ({ type: "quarter", quarter: 4 }),
  },
  {
    pattern:
      /(?<![\d,.£/-])((?:19|20)\d\d)\b(?![,.]\d|%|\s(?:act|regulations?|order|guidance|census|referrals|children|cases|enquiries|plans|families|episodes))/gi,
    build: (m) => year(at(m, 1)),
  },
  {
    pattern:
      /\b(January|February|March|April|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|May)(?=\.?\s*(?:[:=–—-]|\d|$)))\b/g,
    build: (m) => ({ type: "month_name", month: monthNumber(at(m, 1)) ?? 0 }),
  },
];

/** The year of a law or of a form of words is no period: `Freedom of Information Act 2000`. */
const NO_PERIOD_BEFORE = /(?:\b(?:act|regulations?|order|directive|since|version|scotland\)\s+act)|©)\s*$/i;

/** The tokens of a text in order. Text beyond 6,000 characters is not read. */
export const findPeriodTokens: (text: string) => readonly PeriodToken[] = rememberReading(readPeriodTokens);

function readPeriodTokens(text: string): PeriodToken[] {
  if (!/\d|\b(?:first|thirt|quarter|Jan|Feb|Ma[ry]|Apr|Ju[nl]|Aug|Sep|Oct|Nov|Dec)/i.test(text)) return [];
  let left = text.slice(0, 6000);
  const tokens: PeriodToken[] = [];
  const months = /jan|feb|ma[ry]|apr|ju[nl]|aug|sep|oct|nov|dec/i.test(left);
  for (const { pattern, build } of PATTERNS) {
    if (!months && pattern.source.includes(MONTH)) continue;
    pattern.lastIndex = 0;
    const found: PeriodToken[] = [];
    for (let match = pattern.exec(left); match !== null; match = pattern.exec(left)) {
      const [start, end] = [match.index, match.index + match[0].length];
      const token = NO_PERIOD_BEFORE.test(left.slice(Math.max(0, start - 20), start)) ? null : build(match);
      if (token !== null) found.push({ ...token, start, end });
      if (match[0] === "") pattern.lastIndex += 1;
    }
    left = maskAll(left, found);
    tokens.push(...found);
  }
  return tokens.sort((a, b) => a.start - b.start);
}

/** The text with the given stretches blotted out, so that places stay the same. */
export function maskAll(text: string, stretches: readonly { start: number; end: number }[]): string {
  if (stretches.length === 0) return text;
  const ordered = [...stretches].sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of ordered) {
    if (start < from) continue;
    parts.push(text.slice(from, start), "\u0001".repeat(end - start));
    from = end;
  }
  parts.push(text.slice(from));
  return parts.join("");
}
