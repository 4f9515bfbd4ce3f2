/** The shape that both roads end in: one source saying one thing about one measure, area and period. */

export const STATUSES = [
  "reported",
  "suppressed",
  "not_applicable",
  "not_available",
  "low_reliability",
  "rounds_to_zero",
  "not_held",
  "referred",
  "cost_limit",
  "withheld",
  "refused",
  "unanswered",
] as const;
/** What a source said in place of, or with, a number. Only `reported` goes with a value. */
export type Status = (typeof STATUSES)[number];

export const UNITS = ["count", "GBP", "percent", "ratio", "rate_per_10000", "days", "text"] as const;
export type Unit = (typeof UNITS)[number];

export const AREA_LEVELS = ["local_authority", "region", "country"] as const;
export type AreaLevel = (typeof AREA_LEVELS)[number];

export const PERIOD_KINDS = ["financial_year", "calendar_year", "academic_year", "quarter", "month", "as_at"] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** A stretch of time, both ends included. As-at dates start and end on the day. Dates are ISO `YYYY-MM-DD`. */
export interface Period {
  kind: PeriodKind;
  /** As people write it: `2017/18`, `31 March 2018`, `2017/18 Q1`. */
  label: string;
  start: string;
  end: string;
}

/** A cell's reading: a status, the number where there is one, and what the source printed. */
export interface Reading {
  status: Status;
  /** Decimal text of the number in base units, exactly as far as the source goes; null unless `reported` with a number. */
  value: string | null;
  /** What the source printed, verbatim. */
  valueText: string;
}

/** One row of the `observation` table, before the run that loads it stamps it. Column meanings: docs/dictionary.md. */
export interface Observation {
  source: "council" | "dfe";
  area_code: string | null;
  area_name: string | null;
  area_level: AreaLevel;
  measure: string | null;
  breakdown: string;
  period_kind: PeriodKind | null;
  period_label: string | null;
  period_start: string | null;
  period_end: string | null;
  value: string | null;
  value_text: string;
  unit: Unit;
  status: Status;
  exemption: string | null;
  publication: string | null;
  release: string | null;
  release_version_id: string | null;
  data_set: string | null;
  published_at: string | null;
  letter_id: string | null;
  question: string | null;
  part: string | null;
  question_text: string | null;
  source_file: string;
  source_line: number;
  source_column: string | null;
  source_area_code: string | null;
  source_sha256: string;
  source_url: string | null;
  licence: string;
}
