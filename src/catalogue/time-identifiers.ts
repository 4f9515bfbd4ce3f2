/**
 * The `time_identifier` vocabulary of EES: what each label means in days. Data, no I/O.
 * Source: EES's own enumeration of time identifiers. Terms and weeks are known and have no fixed days in it.
 */
import type { PeriodKind } from "../observation.ts";

export interface TimeIdentifier {
  /** Digits that `time_period` has with it: 4 (`2018`) or 6 (`201718`). */
  digits: 4 | 6;
  /** Null for a stretch that is none of the warehouse's kinds, such as half a year. */
  kind: PeriodKind | null;
  /** First day, as month and day in the first year; the period is `months` long from there. */
  from: string;
  months: number;
  /** Whether it begins in the second of the two years: January of the financial year 2017/18 is in 2018. */
  secondYear: boolean;
  /** After the year's own label: `Q1`. */
  suffix: string;
}

const MONTHS = [
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
];

/** A year and its four quarters, under EES's labels. */
function yearAndQuarters(
  label: string,
  digits: 4 | 6,
  kind: PeriodKind | null,
  from: string,
): [string, TimeIdentifier][] {
  const [month = 1, day = 1] = from.split("-").map(Number);
  const quarters = [0, 1, 2, 3].map((index): [string, TimeIdentifier] => {
    const startMonth = ((month - 1 + index * 3) % 12) + 1;
    const start = `${String(startMonth).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    const secondYear = startMonth < month;
    const suffix = ` Q${index + 1}`;
    return [`${label}${suffix}`, { digits, kind: "quarter", from: start, months: 3, secondYear, suffix }];
  });
  return [[label, { digits, kind, from, months: 12, secondYear: false, suffix: "" }], ...quarters];
}

const ENTRIES: [string, TimeIdentifier][] = [
  ...yearAndQuarters("Academic year", 6, "academic_year", "09-01"),
  ...yearAndQuarters("Calendar year", 4, "calendar_year", "01-01"),
  ...yearAndQuarters("Financial year", 6, "financial_year", "04-01"),
  // A tax year starts on 6 April: near a financial year, and not one.
  ...yearAndQuarters("Tax year", 6, null, "04-06"),
  [
    "Part 1 (April to September)",
    { digits: 6, kind: null, from: "04-01", months: 6, secondYear: false, suffix: " Part 1 (Apr to Sep)" },
  ],
  [
    "Part 2 (October to March)",
    { digits: 6, kind: null, from: "10-01", months: 6, secondYear: false, suffix: " Part 2 (Oct to Mar)" },
  ],
  ...MONTHS.map((name, index): [string, TimeIdentifier] => [
    name,
    {
      digits: 4,
      kind: "month",
      from: `${String(index + 1).padStart(2, "0")}-01`,
      months: 1,
      secondYear: false,
      suffix: name,
    },
  ]),
];

const byLabel = new Map(ENTRIES.map(([label, identifier]) => [label.toLowerCase(), identifier]));

/** Labels that EES knows and that name no fixed days: school terms, and weeks whose numbering EES leaves open. */
const WITHOUT_DAYS = /^((autumn|spring|summer|autumn and spring) term|week ([1-9]|[1-4]\d|5[0-2]))$/;

/** The meaning of a label, whatever its case; `without_days` or `unknown` where there is none. */
export function findTimeIdentifier(label: string): TimeIdentifier | "without_days" | "unknown" {
  const wanted = label.trim().toLowerCase();
  return byLabel.get(wanted) ?? (WITHOUT_DAYS.test(wanted) ? "without_days" : "unknown");
}

export { MONTHS as MONTH_NAMES };
