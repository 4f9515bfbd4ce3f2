/** The warehouse's tables as Kysely sees them. The columns' meanings are COMMENTs in `migrations/`. */
import type { ColumnType, Generated } from "kysely";
import type { RecalledVersion } from "../extract/archived-release.ts";
import type { Observation, Status, Unit } from "../observation.ts";
import type { ColumnBasis } from "../resolve/column.ts";

export type RunStatus = "running" | "done" | "unchanged" | "partial" | "failed" | "interrupted";

export interface RunTable {
  run_id: string;
  command: string;
  arguments: string;
  started_at: string;
  ended_at: string | null;
  status: RunStatus;
  exit_code: number | null;
  started_by: string;
  version: string;
  counts: ColumnType<unknown, string | undefined, string>;
  problem: string | null;
  job: Generated<string | null>;
  scheduled_for: Generated<string | null>;
  details: ColumnType<unknown, string | undefined, string>;
}

export type ReleaseStatus = "seen" | "loaded" | "incomplete" | "refused" | "withdrawn";

export interface ReleaseVersionTable {
  publication: string;
  release: string;
  release_version_id: string;
  publication_id: string | null;
  release_id: string | null;
  title: string | null;
  published_at: string | null;
  update_count: number | null;
  next_release: string | null;
  is_latest: boolean;
  data_content: ColumnType<unknown, string | null, string | null>;
  files: ColumnType<Record<string, string>, string | undefined, string>;
  status: ReleaseStatus;
  problem: string | null;
  first_seen_at: string;
  last_checked_at: string;
  held_version: ColumnType<RecalledVersion | null, string | undefined, string | null>;
  held_because: Generated<string | null>;
  accepted_at: Generated<string | null>;
  accepted_by: Generated<string | null>;
}

export interface SourceFileTable {
  sha256: string;
  publication: string;
  release: string;
  data_set: string;
  source: "council" | "dfe";
  release_version_id: string | null;
  file_name: string;
  url: string | null;
  bytes: number;
  rows: number | null;
  rows_kept: number | null;
  observations: number;
  areas: string[] | null;
  reader: string | null;
  extra_columns: string[];
  published_at: string | null;
  fetched_at: string;
  licence: string;
  loaded_at: string;
  run_id: string;
}

export interface IssueTable {
  issue_id: Generated<number>;
  code: string;
  message: string;
  publication: string;
  release: string;
  data_set: string;
  letter_id: string | null;
  question: string | null;
  part: string | null;
  source_file: string | null;
  source_sha256: string | null;
  source_line: number | null;
  source_column: string | null;
  found: string | null;
  expected: string | null;
  opened_at: string;
  run_id: string;
  resolved_at: string | null;
  resolution: string | null;
}

export interface ObservationTable extends Observation {
  loaded_at: string;
  run_id: string;
}

/** A letter's row; `problems` is JSON of `LetterFinding[]`. */
export interface LetterTable {
  letter_id: string;
  text_sha256: string;
  sha256: string;
  file_name: string;
  format: string;
  readable: boolean;
  council_name: string | null;
  area_code: string | null;
  request_reference: string | null;
  reference_key: string | null;
  response_date: string | null;
  licence: string | null;
  notes: string[];
  problems: ColumnType<unknown, string, string>;
  questions: number;
  cells: number;
  questions_key: string;
  corrects: boolean;
  corrects_reference_key: string | null;
  reader: string;
  read_at: string;
  run_id: string;
  superseded_by: string | null;
  supersedes: string | null;
}

export interface ReferredCellTable {
  letter_id: string;
  question: string;
  part: string;
  breakdown: string;
  period_kind: string | null;
  period_label: string | null;
  period_start: string | null;
  period_end: string | null;
  url: string | null;
  publication_slug: string | null;
  release_slug: string | null;
  file_codes: string[];
  la_filter: string | null;
  words: string;
  source_line: number;
}

export interface CorrectionTable {
  letter_id: string;
  question: string;
  part: string;
  period_label: string | null;
  breakdown: string;
  printed: string;
  meant: string;
  because: string;
  who: string;
  read_value: string | null;
  read_status: Status;
  read_unit: Unit;
  read_exemption: string | null;
  corrected_at: string;
  run_id: string;
}

/** Which DfE column answers a question of a letter. */
export interface QuestionPlanTable {
  letter_id: string;
  question: string;
  part: string;
  wording: string;
  dfe_measure: string | null;
  publication: string | null;
  data_set: string | null;
  basis: ColumnBasis | null;
  because: string | null;
  other_measure: string | null;
  series_from: string | null;
  months_to_release: number | null;
}

/** Where the referral of one cell leads. */
export interface ReferralPlanTable {
  letter_id: string;
  question: string;
  part: string;
  breakdown: string;
  period_label: string | null;
  publication: string | null;
  release: string | null;
  covers_from: string | null;
  covers_until: string | null;
  problem: string | null;
  note: string | null;
}

/** How far a DfE column is from what councils answered to one wording; numerics as text. */
export interface CalibrationTable {
  wording: string;
  measure: string;
  cells: number;
  exact: number;
  within_two: number;
  mean_difference: string;
  mean_percent: string;
  largest_difference: string;
  residuals: string;
  councils: number;
}

export interface MeasureKinTable {
  measure: string;
  kin: string;
  relation: string;
}

/** A release that letters need and that could not be had. */
export interface MissingReleaseTable {
  publication: string;
  release: string;
  code: string;
  reason: string;
  first_tried_at: string;
  tried_at: string;
  run_id: string;
}

export interface Tables {
  run: RunTable;
  release_version: ReleaseVersionTable;
  source_file: SourceFileTable;
  issue: IssueTable;
  observation: ObservationTable;
  letter: LetterTable;
  referred_cell: ReferredCellTable;
  correction: CorrectionTable;
  question_plan: QuestionPlanTable;
  referral_plan: ReferralPlanTable;
  calibration: CalibrationTable;
  measure_kin: MeasureKinTable;
  missing_release: MissingReleaseTable;
}
