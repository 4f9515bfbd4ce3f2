/** What is known of one council: its letters' answers, and DfE's newest figures. */
import { type RawBuilder, sql } from "kysely";
import { measureByCode } from "../../catalogue/measures.ts";
import type { PublishedFigure } from "../../resolve/directions.ts";
import type { Reading } from "./reading.ts";

export interface AnswerRow {
  letter_id: string;
  question: string;
  part: string;
  breakdown: string;
  question_text: string | null;
  measure: string | null;
  area_code: string | null;
  area_name: string | null;
  period_kind: string | null;
  period_label: string | null;
  period_start: string | null;
  period_end: string | null;
  value: string | null;
  value_text: string | null;
  unit: string;
  status: string;
  answered_by: "council" | "dfe" | null;
  citation: string;
  council_value: string | null;
  council_status: string;
  council_citation: string;
  dfe_value: string | null;
  dfe_status: string | null;
  dfe_citation: string | null;
  dfe_release: string | null;
  dfe_vintage: "cited" | "earliest" | "latest" | null;
  dfe_measure: string | null;
  measure_because: string | null;
  other_measure: string | null;
  difference: string | null;
  exemption: string | null;
  request_reference: string | null;
  response_date: string | null;
}

const ORDER = sql.raw("letter_id, length(question), question, part, breakdown, period_end nulls last, period_start");

/** @param areaCode null: letters whose council is not identified. */
export function readCouncilAnswers(reading: Reading, areaCode: string | null): Promise<AnswerRow[]> {
  const where = areaCode === null ? sql`area_code is null` : sql`area_code = ${areaCode}`;
  return reading.remembered(`answers ${areaCode}`, () =>
    reading.rows(sql<AnswerRow>`select * from answer where ${where} order by response_date desc nulls last, ${ORDER}`),
  );
}

export function readLetterAnswers(reading: Reading, letterId: string): Promise<AnswerRow[]> {
  return reading.rows(sql<AnswerRow>`select * from answer where letter_id = ${letterId} order by ${ORDER}`);
}

/** One of DfE's newest figures, with where it is from. */
export interface SeriesRow extends PublishedFigure {
  area_code: string;
  value_text: string;
  citation: string;
}

const SERIES_COLUMNS =
  sql.raw(`area_code, area_name, measure, period_kind, period_label, period_start, period_end, value,
  value_text, unit, status, publication, release, data_set, published_at, source_file, source_line, source_column,
  source_area_code, dfe_citation(source_sha256, source_line, source_column, measure, release) as citation`);

/** The newest figure of each measure and period, of one area. */
export function readSeries(reading: Reading, areaCode: string): Promise<SeriesRow[]> {
  return reading.remembered(`series ${areaCode}`, async () => {
    const rows = await reading.rows(sql<SeriesRow>`
      select ${SERIES_COLUMNS} from current_observation
      where area_code = ${areaCode} and source = 'dfe' and breakdown = ''
      order by data_set, measure, period_end`);
    return rows.filter((row) => isKnown(row.measure));
  });
}

/** What a table over every area needs of a figure; they are thousands. */
export type SeriesCell = Pick<
  SeriesRow,
  "area_code" | "area_name" | "period_label" | "period_end" | "value" | "unit" | "status" | "citation"
>;

/** The newest figures of one measure, of every area. */
export function readMeasureCells(reading: Reading, measure: string): Promise<SeriesCell[]> {
  return readNewest<SeriesCell>(
    reading,
    measure,
    sql`area_code, area_name, period_label, period_end, value, unit, status,
    dfe_citation(source_sha256, source_line, source_column, measure, release) as citation`,
  );
}

/** The same, as they are downloaded. */
export function readMeasureSeries(reading: Reading, measure: string): Promise<SeriesRow[]> {
  return reading.remembered(`measure rows ${measure}`, () => readNewest<SeriesRow>(reading, measure, SERIES_COLUMNS));
}

/**
 * As `current_observation` has them, by one sort instead of a look at each figure's successors: over all areas that takes a third
 * of the time. Citations are written for those that are shown only.
 */
async function readNewest<T>(reading: Reading, measure: string, columns: RawBuilder<unknown>): Promise<T[]> {
  // Postgres takes a file for some fifty rows, not thousands, and would look up each row by itself: a third more time.
  await reading.rows(sql`set local enable_nestloop = off`);
  const rows = await reading.rows(sql<T>`
    select ${columns} from (
      select distinct on (area_code, period_end, period_start, period_kind) *
      from dfe_observation
      where measure = ${measure} and breakdown = '' and is_current
      order by area_code, period_end, period_start, period_kind, release_order desc
    ) newest`);
  await reading.rows(sql`set local enable_nestloop = on`);
  return rows;
}

function isKnown(code: string): boolean {
  try {
    return measureByCode(code) !== undefined;
  } catch {
    // Loaded by a version whose catalogue had it; the CSV and the views still give it.
    return false;
  }
}

export interface LetterRow {
  letter_id: string;
  file_name: string;
  format: string;
  sha256: string;
  council_name: string | null;
  area_code: string | null;
  request_reference: string | null;
  response_date: string | null;
  licence: string | null;
  notes: string[];
  questions: number;
  cells: number;
  superseded_by: string | null;
  supersedes: string | null;
}

const LETTER_COLUMNS = sql.raw(`letter_id, file_name, format, sha256, council_name, area_code, request_reference,
  response_date, licence, notes, questions, cells, superseded_by, supersedes`);

export function readCouncilLetters(reading: Reading, areaCode: string | null): Promise<LetterRow[]> {
  const where = areaCode === null ? sql`area_code is null` : sql`area_code = ${areaCode}`;
  return reading.rows(sql<LetterRow>`
    select ${LETTER_COLUMNS} from letter where ${where} and readable and superseded_by is null
    order by response_date desc nulls last, letter_id`);
}

export async function readLetterRow(reading: Reading, letterId: string): Promise<LetterRow | null> {
  const rows = await reading.rows(sql<LetterRow>`
    select ${LETTER_COLUMNS} from letter where letter_id = ${letterId}`);
  return rows[0] ?? null;
}

/** The letter that has an answer on this line of this file; null where none has. */
export async function findLetterOfFile(
  reading: Reading,
  { sha256, line }: { sha256: string; line: number },
): Promise<string | null> {
  const rows = await reading.rows(sql<{ letter_id: string }>`
    select letter_id from observation
    where source_sha256 = ${sha256} and source = 'council' and source_line = ${line} limit 1`);
  return rows[0]?.letter_id ?? null;
}
