/** How far each council is covered: its letters' answers, and DfE's series. */
import { sql } from "kysely";
import { AUTHORITIES, areaCodeOf, authorityByOnsCode } from "../../catalogue/authorities.ts";
import { MEASURES } from "../../catalogue/measures.ts";
import type { Reading } from "./reading.ts";
import { compareNames, FAILING_VERDICTS } from "./words.ts";

export interface CouncilCoverage {
  /** Null: letters whose council is not identified. */
  area_code: string | null;
  name: string;
  letters: number;
  /** Answers asked for: one per question and period. */
  cells: number;
  answered_by_council: number;
  answered_by_dfe: number;
  open: number;
  /** The council's answer and DfE's newest figure differ. */
  differing: number;
  referred: number;
  /** Referred answers that were not where the letter points, on its date. */
  failing: number;
  /** Data sets of DfE's that have rows of the council. */
  data_sets: string | null;
  dfe_from: string | null;
  dfe_until: string | null;
}

export const COVERAGE_COLUMNS = [
  "area_code",
  "name",
  "letters",
  "cells",
  "answered_by_council",
  "answered_by_dfe",
  "open",
  "differing",
  "referred",
  "failing",
  "data_sets",
  "dfe_from",
  "dfe_until",
] as const satisfies readonly (keyof CouncilCoverage)[];

export function readCoverage(reading: Reading): Promise<CouncilCoverage[]> {
  return reading.remembered("coverage", async () => {
    const letters = await readLetterCoverage(reading);
    const series = await readSeriesCoverage(reading);
    const codes = [...new Set([...letters.keys(), ...series.keys()])];
    const none = { letters: 0, cells: 0, answered_by_council: 0, answered_by_dfe: 0, open: 0, differing: 0 };
    return codes
      .map((code) => ({
        area_code: code,
        name: nameCouncil(code),
        ...none,
        referred: 0,
        failing: 0,
        data_sets: null,
        dfe_from: null,
        dfe_until: null,
        ...letters.get(code),
        ...series.get(code),
      }))
      .sort((one, other) => compareNames(one.name, other.name));
  });
}

type LetterCoverage = Omit<CouncilCoverage, "name" | "data_sets" | "dfe_from" | "dfe_until">;

async function readLetterCoverage(reading: Reading): Promise<Map<string | null, LetterCoverage>> {
  const rows = await reading.rows(sql<LetterCoverage>`
    select l.area_code, l.letters, coalesce(a.cells, 0) as cells, coalesce(a.answered_by_council, 0) as answered_by_council,
      coalesce(a.answered_by_dfe, 0) as answered_by_dfe, coalesce(a.open, 0) as open,
      coalesce(a.differing, 0) as differing, coalesce(r.referred, 0) as referred, coalesce(r.failing, 0) as failing
    from (
      select area_code, count(*) as letters from letter where superseded_by is null and readable group by area_code
    ) l
    left join (
      select area_code, count(*) as cells,
        count(*) filter (where answered_by = 'council') as answered_by_council,
        count(*) filter (where answered_by = 'dfe') as answered_by_dfe,
        count(*) filter (where answered_by is null) as open,
        count(*) filter (where answered_by = 'council' and difference <> 0) as differing
      from answer group by area_code
    ) a on a.area_code is not distinct from l.area_code
    left join (
      select area_code, count(*) as referred,
        count(*) filter (where verdict in (${sql.join(FAILING_VERDICTS)})) as failing
      from referral group by area_code
    ) r on r.area_code is not distinct from l.area_code`);
  return new Map(rows.map((row) => [row.area_code, row]));
}

type SeriesCoverage = Pick<CouncilCoverage, "data_sets" | "dfe_from" | "dfe_until">;

/** One measure of each data set tells of the whole: a row has all of them. */
async function readSeriesCoverage(reading: Reading): Promise<Map<string | null, SeriesCoverage>> {
  const codes = AUTHORITIES.map(areaCodeOf);
  const measures = [...new Map(MEASURES.map((one) => [one.dfe?.dataSet, one.code] as const)).values()];
  const rows = await reading.rows(sql<SeriesCoverage & { area_code: string }>`
    select area_code, string_agg(distinct data_set, ', ' order by data_set) as data_sets,
      min(period_start) as dfe_from, max(period_end) as dfe_until
    from observation
    where area_code in (${sql.join(codes)}) and measure in (${sql.join(measures)}) and source = 'dfe'
    group by area_code`);
  return new Map(rows.map(({ area_code, ...row }) => [area_code, row]));
}

/** The published name; the code where the catalogue has none. */
export function nameCouncil(areaCode: string | null): string {
  if (areaCode === null) return "Council not identified";
  const authority = authorityByOnsCode(areaCode);
  if (authority === undefined) return areaCode;
  const twin = AUTHORITIES.some((other) => other !== authority && other.name === authority.name);
  if (authority.until !== undefined) return `${authority.name} (until ${authority.until.slice(0, 4)})`;
  return twin ? `${authority.name} (from ${authority.from?.slice(0, 4)})` : authority.name;
}
