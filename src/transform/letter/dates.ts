/** Calendar arithmetic on ISO dates, and the periods that the statistics use. No time zones: dates are words here. */
import type { Period } from "../../observation.ts";

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

const EARLIEST_YEAR = 1980;
/** Beyond this a number of four digits is a count, not a year. */
const LATEST_YEAR = 2039;

export interface Day {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
}

export function isPlausibleYear(year: number): boolean {
  return year >= EARLIEST_YEAR && year <= LATEST_YEAR;
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Whether such a day exists, in years that a letter can speak of. */
export function isDay(day: Day): boolean {
  return (
    isPlausibleYear(day.year) &&
    day.month >= 1 &&
    day.month <= 12 &&
    day.day >= 1 &&
    day.day <= daysInMonth(day.year, day.month)
  );
}

export function isoDate(day: Day): string {
  return `${day.year}-${String(day.month).padStart(2, "0")}-${String(day.day).padStart(2, "0")}`;
}

export function dayOf(iso: string): Day {
  const [year, month, day] = iso.split("-").map(Number);
  return { year: year ?? Number.NaN, month: month ?? Number.NaN, day: day ?? Number.NaN };
}

/** The number of a month by its name or its first letters; null for anything else. */
export function monthNumber(name: string): number | null {
  const start = name.slice(0, 3).toLowerCase();
  const index = MONTHS.findIndex((month) => month.slice(0, 3).toLowerCase() === start);
  return index < 0 ? null : index + 1;
}

const twoDigits = (year: number) => String(year % 100).padStart(2, "0");

/** 1 April to 31 March: `2017/18`. */
export function financialYear(start: number): Period {
  return {
    kind: "financial_year",
    label: `${start}/${twoDigits(start + 1)}`,
    start: `${start}-04-01`,
    end: `${start + 1}-03-31`,
  };
}

/** 1 September to 31 August: `2017/18`. */
export function academicYear(start: number): Period {
  return {
    kind: "academic_year",
    label: `${start}/${twoDigits(start + 1)}`,
    start: `${start}-09-01`,
    end: `${start + 1}-08-31`,
  };
}

export function calendarYear(year: number): Period {
  return { kind: "calendar_year", label: String(year), start: `${year}-01-01`, end: `${year}-12-31` };
}

/** A quarter of a financial year: `2012/13 Q1` is April to June 2012. */
export function financialQuarter(start: number, quarter: number): Period {
  const firstMonth = ((quarter * 3) % 12) + 1;
  const year = quarter === 4 ? start + 1 : start;
  return quarterFrom(`${start}/${twoDigits(start + 1)} Q${quarter}`, year, firstMonth);
}

/** A quarter of a calendar year: `2018 Q1` is January to March 2018. */
export function calendarQuarter(year: number, quarter: number): Period {
  return quarterFrom(`${year} Q${quarter}`, year, quarter * 3 - 2);
}

function quarterFrom(label: string, year: number, firstMonth: number): Period {
  const last = firstMonth + 2;
  return {
    kind: "quarter",
    label,
    start: isoDate({ year, month: firstMonth, day: 1 }),
    end: isoDate({ year, month: last, day: daysInMonth(year, last) }),
  };
}

export function monthPeriod(year: number, month: number): Period {
  return {
    kind: "month",
    label: `${MONTHS[month - 1]} ${year}`,
    start: isoDate({ year, month, day: 1 }),
    end: isoDate({ year, month, day: daysInMonth(year, month) }),
  };
}

/** `1 April 2022`. */
export function labelOfDay(day: Day): string {
  return `${day.day} ${MONTHS[day.month - 1]} ${day.year}`;
}

export function asAt(day: Day): Period {
  return { kind: "as_at", label: labelOfDay(day), start: isoDate(day), end: isoDate(day) };
}

/**
 * The period from one day to another. Exactly a year, quarter or month is that; any other stretch keeps its own days, under the
 * kind of the year that it starts with. Null where the days are the wrong way round.
 */
export function periodBetween(from: Day, to: Day): Period | null {
  const start = isoDate(from);
  const end = isoDate(to);
  if (start >= end) return null;
  const known = wholePeriodsFrom(from).find((period) => period.start === start && period.end === end);
  if (known !== undefined) return known;
  const kind =
    from.month === 1 && from.day === 1
      ? "calendar_year"
      : from.month === 9 && from.day === 1
        ? "academic_year"
        : "financial_year";
  return { kind, label: `${labelOfDay(from)} to ${labelOfDay(to)}`, start, end };
}

function wholePeriodsFrom(from: Day): Period[] {
  const { year, month } = from;
  const quarter = Math.floor((month - 1) / 3);
  return [
    financialYear(year),
    calendarYear(year),
    academicYear(year),
    financialQuarter(quarter === 0 ? year - 1 : year, quarter === 0 ? 4 : quarter),
    monthPeriod(year, month),
  ];
}

/** The given day and month within a period: 1 April of 2017/18 is 1 April 2017, 31 March of 2017/18 is 31 March 2018. */
export function dayWithin(period: Period, month: number, day: number): Period | null {
  const first = dayOf(period.start).year;
  for (const year of [first, first + 1]) {
    const one = { year, month, day };
    if (isDay(one) && isoDate(one) >= period.start && isoDate(one) <= period.end) return asAt(one);
  }
  return null;
}
