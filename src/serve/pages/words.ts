/** How values, dates, statuses and verdicts are said in plain English. */
import { measureByCode } from "../../catalogue/measures.ts";
import { findPublication } from "../../catalogue/publications.ts";
import type { Status, Unit } from "../../observation.ts";
import { cleanText } from "../terminal.ts";

/** What stands in a cell without a number. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  reported: "In words",
  suppressed: "Suppressed",
  not_applicable: "Not applicable",
  not_available: "Not available",
  low_reliability: "Low reliability",
  rounds_to_zero: "Rounds to zero",
  not_held: "Not held",
  referred: "Referred elsewhere",
  cost_limit: "Cost limit",
  withheld: "Withheld",
  refused: "Refused",
  unanswered: "No answer",
};

/** What each verdict of the truth test means. */
export const VERDICT_WORDS: Readonly<Record<string, string>> = {
  covered: "It was there",
  covered_but_suppressed: "There, but suppressed",
  not_in_cited_release: "Not in that release",
  published_later: "Not yet published",
  not_published: "Not published",
  unresolved: "Cannot be judged",
};

/** Verdicts under which the figure could not be got where the letter points. */
export const FAILING_VERDICTS = ["covered_but_suppressed", "not_in_cited_release", "published_later", "not_published"];

/** What each tested cause of a disagreement means. */
export const CAUSE_WORDS: Readonly<Record<string, string>> = {
  plans_or_children: "Plans or children",
  episodes_or_children: "Episodes or children",
  referrals_or_children: "Referrals or children",
  enquiries_or_children: "Enquiries or children",
  conferences_or_children: "Conferences or children",
  stock_or_flow: "One day or whole year",
  year_shifted: "Another year",
  digits_swapped: "Digits swapped",
  provisional: "Provisional",
  small_revision: "Small revision",
  unknown: "Not known",
};

/** Kinds of revision. */
export const REVISION_WORDS: Readonly<Record<string, string>> = {
  value_revised: "Number revised",
  symbol_changed: "Symbol changed",
  code_relabelled: "Area code changed",
  measure_renamed: "Column renamed",
  measure_added: "Column added",
  measure_gone: "Column gone",
  row_added: "Row added",
  row_gone: "Row gone",
};

// Made once: each takes longer to make than to use a thousand times.
const NUMBERS = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 10 });
const DAYS = dayFormat("UTC");
const UK_DAYS = dayFormat("Europe/London");
const UK_TIMES = new Intl.DateTimeFormat("en-GB", {
  hour: "numeric",
  minute: "2-digit",
  hour12: true,
  timeZone: "Europe/London",
});
const NAMES = new Intl.Collator("en-GB", { numeric: true });

function dayFormat(timeZone: string) {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone });
}

/** The order of names and of numbers in names, for sorting. */
export function compareNames(one: string, other: string): number {
  return NAMES.compare(one, other);
}

/** `5,754` */
export function formatCount(count: number): string {
  return NUMBERS.format(count);
}

/** @param value decimal text, as the warehouse gives numbers. */
export function formatNumber(value: string | number, unit: Unit | string): string {
  const text = NUMBERS.format(Number(value)).replace("-", "−");
  if (unit === "GBP") return text.startsWith("−") ? `−£${text.slice(1)}` : `£${text}`;
  return unit === "percent" ? `${text}%` : text;
}

/** A difference with its sign. */
export function formatDifference(value: string | number, unit: Unit | string): string {
  const text = formatNumber(value, unit);
  return Number(value) > 0 ? `+${text}` : text;
}

const UNIT_WORDS: Readonly<Record<string, string>> = {
  count: "number",
  GBP: "pounds",
  percent: "per cent",
  ratio: "ratio",
  rate_per_10000: "rate per 10,000 children",
  days: "working days",
  text: "words",
};

export function sayUnit(unit: string): string {
  return UNIT_WORDS[unit] ?? unit;
}

/** `27 October 2022` from an ISO date or time; UK time for times. */
export function sayDate(iso: string): string {
  return (iso.length > 10 ? UK_DAYS : DAYS).format(new Date(iso));
}

/** `27 October 2022, 9:30am`, UK time. */
export function sayTime(iso: string): string {
  return `${sayDate(iso)}, ${UK_TIMES.format(new Date(iso)).replace(/\s/g, "")}`;
}

/** A measure's definition, with a code that the catalogue no longer has told as it is. */
export function nameMeasure(code: string): string {
  try {
    return measureByCode(code).definition;
  } catch {
    // A warehouse may hold what this version's catalogue has not.
    return code.replaceAll("_", " ");
  }
}

export function namePublication(slug: string): string {
  return findPublication(slug)?.title ?? slug;
}

/** The page of a release on Explore Education Statistics. Named for people to follow; never fetched. */
export function releasePage(publication: string, release: string): string {
  const path = [publication, release].map(encodeURIComponent).join("/");
  return `https://explore-education-statistics.service.gov.uk/find-statistics/${path}`;
}

/** The first words of a text. Control characters, and those that turn the writing direction, are shown and not obeyed. */
export function shorten(text: string, longest: number): string {
  // An answer may be megabytes long.
  const plain = cleanText(text.slice(0, 10 * longest + 1_000).replace(/\s+/g, " ")).trim();
  return plain.length > longest ? `${plain.slice(0, longest - 1).trimEnd()}…` : plain;
}
