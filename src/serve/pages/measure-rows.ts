/** One measure's figures: of every area, and of a council's own letters. */
import { sql } from "kysely";
import { authorityByOnsCode, regionsOf } from "../../catalogue/authorities.ts";
import type { Measure } from "../../catalogue/measures.ts";
import { readMeasureCells, type SeriesCell } from "./council-rows.ts";
import { nameCouncil } from "./councils-rows.ts";
import type { Reading } from "./reading.ts";
import { formatNumber } from "./words.ts";

/** What a council's own letter says of the measure. */
export interface OwnFigure {
  period_end: string;
  value: string;
  citation: string;
  letter_id: string;
}

export interface MeasureFacts {
  measure: Measure;
  /** Of every area that has the measure. */
  series: SeriesCell[];
  /** The council whose trend is drawn; null: England's. */
  areaCode: string | null;
  own: OwnFigure[];
}

export function readMeasure(reading: Reading, code: string): Promise<SeriesCell[]> {
  return reading.remembered(`measure ${code}`, () => readMeasureCells(reading, code));
}

export function readOwnFigures(reading: Reading, measure: string, areaCode: string): Promise<OwnFigure[]> {
  return reading.rows(sql<OwnFigure>`
    select period_end, council_value as value, council_citation as citation, letter_id
    from answer
    where area_code = ${areaCode} and dfe_measure = ${measure} and council_value is not null and period_end is not null
      and breakdown = ''
    order by period_end, response_date`);
}

export function nameArea({ area_code, area_name }: Pick<SeriesCell, "area_code" | "area_name">): string {
  return authorityByOnsCode(area_code) === undefined ? area_name : nameCouncil(area_code);
}

/** The council's region, the smaller where there are two. */
export function regionCodesOf(areaCode: string): string[] {
  const authority = authorityByOnsCode(areaCode);
  return authority === undefined ? [] : regionsOf(authority).map(({ code }) => code);
}

export function sayFigure(row: SeriesCell | undefined): string {
  return row?.value == null ? "no figure" : formatNumber(row.value, row.unit);
}
