/** How far each DfE column is from what councils answered, measured in the warehouse and kept by wording. */
import { sql } from "kysely";
import { RELEASE_COVERAGE } from "../catalogue/release-coverage.ts";
import type { ColumnFit } from "../resolve/column.ts";
import type { WriteSession } from "./warehouse.ts";

/**
 * Compares what councils answered to each wording with every DfE column of their authority. Only years that DfE had
 * published when the letter was written: a later figure of the council was provisional. A letter without a date was
 * written, at the earliest, when the last period that it reports had ended.
 */
export async function measureColumns({ db }: WriteSession) {
  const months = sql.join(RELEASE_COVERAGE.map((one) => sql`(${one.publication}::text, ${one.monthsToRelease}::int)`));
  await sql`
    with answered as (
      select letter_cell.*, coalesce(response_date, max(period_end) over (partition by letter_id)) as earliest_date
      from letter_cell
    ),
    comparable as materialized (
      select distinct area_code, period_end
      from answered
      where status = 'reported' and value is not null and unit = 'count' and breakdown = '' and area_code is not null
    ),
    -- Cell by cell (offset 0 keeps it so), by the index of areas: only a few of DfE's figures have a council's beside them.
    figure as materialized (
      select o.*
      from comparable
      cross join lateral (
        select o.area_code, o.measure, o.period_end, o.publication, o.value, o.status
        from current_observation o
        where o.area_code = comparable.area_code and o.period_end = comparable.period_end
          and o.source = 'dfe' and o.unit = 'count' and o.breakdown = ''
        offset 0
      ) o
    ),
    measured as materialized (
      select q.wording, d.measure, count(*)::int as cells, count(*) filter (where d.value = c.value)::int as exact,
        count(*) filter (where abs(d.value - c.value) <= 2)::int as within_two,
        round(avg(abs(d.value - c.value)), 3) as mean_difference,
        round(avg(100 * abs(d.value - c.value) / greatest(d.value, 1)), 3) as mean_percent,
        max(abs(d.value - c.value)) as largest_difference,
        string_agg((c.value - d.value)::text, ', ' order by c.area_code, c.period_end, c.letter_id) as residuals,
        count(distinct c.area_code)::int as councils
      from answered c
      join question_plan q on q.letter_id = c.letter_id and q.question = c.question and q.part = c.part
      join figure d on d.area_code = c.area_code and d.period_end = c.period_end and d.status = 'reported'
      join (values ${months}) known(publication, months) on known.publication = d.publication
      where c.status = 'reported' and c.value is not null and c.unit = 'count' and c.breakdown = '' and q.wording <> ''
        and c.period_kind in ('financial_year', 'as_at')
        and (c.period_end + make_interval(months => known.months))::date <= c.earliest_date
      group by q.wording, d.measure
    ),
    gone as (
      delete from calibration k where not exists (
        select 1 from measured m where m.wording = k.wording and m.measure = k.measure
      )
    )
    insert into calibration (wording, measure, cells, exact, within_two, mean_difference, mean_percent, largest_difference,
      residuals, councils)
    select wording, measure, cells, exact, within_two, mean_difference, mean_percent, largest_difference,
      residuals, councils
    from measured
    except
    select wording, measure, cells, exact, within_two, mean_difference, mean_percent, largest_difference,
      residuals, councils
    from calibration
    on conflict (wording, measure) do update set cells = excluded.cells, exact = excluded.exact,
      within_two = excluded.within_two, mean_difference = excluded.mean_difference, mean_percent = excluded.mean_percent,
      largest_difference = excluded.largest_difference, residuals = excluded.residuals, councils = excluded.councils`.execute(
    db,
  );
}

/** The fits of every wording, by wording. */
export async function readFits({ db }: WriteSession): Promise<Map<string, ColumnFit[]>> {
  const rows = await db.selectFrom("calibration").selectAll().orderBy("wording").orderBy("measure").execute();
  const fits = new Map<string, ColumnFit[]>();
  for (const { wording, measure, cells, exact, mean_percent, councils } of rows) {
    const fit = { measure, cells, exact, meanPercent: Number(mean_percent), councils };
    fits.set(wording, [...(fits.get(wording) ?? []), fit]);
  }
  return fits;
}
