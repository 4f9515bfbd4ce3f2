/** `time_period` and `time_identifier` of an EES file, read together: the digits alone mean nothing. */
import type { DataSet } from "../catalogue/publications.ts";
import { findTimeIdentifier, MONTH_NAMES, type TimeIdentifier } from "../catalogue/time-identifiers.ts";
import type { PeriodKind } from "../observation.ts";

/** A period as an EES file gives it. `kind` is null for stretches that are none of the warehouse's kinds. */
export interface EesPeriod {
  kind: PeriodKind | null;
  label: string;
  start: string;
  end: string;
}

export interface Unreadable {
  expected: string;
}

/**
 * @param reportingYear what "Reporting year" means in this data set; EES gives it no first and last day.
 * @returns the period, or what was expected instead. An identifier that EES does not have is refused, never guessed.
 */
export function readEesPeriod(
  timePeriod: string,
  timeIdentifier: string,
  reportingYear: DataSet["reportingYear"],
): EesPeriod | Unreadable {
  const digits = timePeriod.trim();
  if (timeIdentifier.trim().toLowerCase() === "reporting year") return readReportingYear(digits, reportingYear);
  const identifier = findTimeIdentifier(timeIdentifier);
  if (identifier === "without_days") return { expected: "an identifier with fixed first and last days" };
  if (identifier === "unknown")
    return { expected: "a time_identifier that EES has, such as Reporting year or Financial year" };
  return readYears(digits, identifier);
}

/** 2018 is the year that ends on 31 March 2018; of a population, 30 June 2018. */
function readReportingYear(digits: string, meaning: DataSet["reportingYear"]): EesPeriod | Unreadable {
  if (!/^(19|20)\d\d$/.test(digits))
    return { expected: "a time_period of four digits, such as 2018, with Reporting year" };
  const year = Number(digits);
  return { year_to_31_march: financialYear(year - 1), mid_year: midYear(year) }[meaning];
}

/** The financial year that starts on 1 April of `year`. */
export function financialYear(year: number): EesPeriod {
  return { kind: "financial_year", label: spanLabel(year), start: `${year}-04-01`, end: `${year + 1}-03-31` };
}

/** ONS estimates a population as at 30 June. */
function midYear(year: number): EesPeriod {
  return { kind: "as_at", label: `30 June ${year}`, start: `${year}-06-30`, end: `${year}-06-30` };
}

function readYears(digits: string, identifier: TimeIdentifier): EesPeriod | Unreadable {
  const pattern = identifier.digits === 4 ? /^((?:19|20)\d\d)$/ : /^((?:19|20)\d\d)(\d\d)$/;
  const match = pattern.exec(digits);
  const year = Number(match?.[1]);
  if (match === null || (match[2] !== undefined && Number(match[2]) !== (year + 1) % 100)) {
    const shape = identifier.digits === 4 ? "four digits, such as 2018" : "two consecutive years, such as 201718";
    return { expected: `a time_period of ${shape}` };
  }
  const [month = 1, day = 1] = identifier.from.split("-").map(Number);
  const firstYear = identifier.secondYear ? year + 1 : year;
  const start = new Date(Date.UTC(firstYear, month - 1, day));
  const end = new Date(Date.UTC(firstYear, month - 1 + identifier.months, day - 1));
  return { kind: identifier.kind, label: labelOf(year, identifier), start: isoDay(start), end: isoDay(end) };
}

function labelOf(year: number, identifier: TimeIdentifier): string {
  if (identifier.kind === "month") return `${identifier.suffix} ${year}`;
  return `${identifier.digits === 6 ? spanLabel(year) : year}${identifier.suffix}`;
}

function spanLabel(year: number): string {
  return `${year}/${String((year + 1) % 100).padStart(2, "0")}`;
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** A period's last day as an as-at date: `31 March 2018`. */
export function lastDayOf(period: EesPeriod): EesPeriod {
  const [year = "", month = "", day = ""] = period.end.split("-");
  const label = `${Number(day)} ${MONTH_NAMES[Number(month) - 1]} ${year}`;
  return { kind: "as_at", label, start: period.end, end: period.end };
}
