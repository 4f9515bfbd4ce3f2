/**
 * What an amended file changed, counted by kind: this edition of a release beside the one that it replaces. Kinds are those of the
 * view `revision`, which has this step among all others.
 */
import { sql } from "kysely";
import type { SourceFileKey } from "./observations.ts";
import type { WriteSession } from "./warehouse.ts";

export type ChangeKind =
  | "value_revised"
  | "symbol_changed"
  | "code_relabelled"
  | "measure_renamed"
  | "measure_added"
  | "measure_gone"
  | "row_added"
  | "row_gone";

/** What changed in one data set of an amended release. */
export interface ReleaseChange {
  data_set: string;
  kind: ChangeKind;
  count: number;
}

/** Counts cells, areas, columns and rows of areas that both editions have. */
export async function countChanges(
  { db }: WriteSession,
  file: SourceFileKey,
  replacedSha256: string,
): Promise<ReleaseChange[]> {
  const edition = (sha256: string) => sql`(
    select * from observation
    where source = 'dfe' and source_sha256 = ${sha256} and publication = ${file.publication}
      and release = ${file.release} and data_set = ${file.data_set}
  )`;
  const { rows } = await sql<{ kind: ChangeKind; count: number }>`
    with before as ${edition(replacedSha256)}, after as ${edition(file.sha256)},
    cell as (
      select a.area_code, a.period_end, a.measure, a.source_area_code <> b.source_area_code as relabelled,
        case
          when a.status = 'reported' and b.status = 'reported' then case when a.value <> b.value then 'value_revised' end
          when a.status <> b.status or lower(trim(a.value_text)) <> lower(trim(b.value_text)) then 'symbol_changed'
        end as kind
      from after a
      join before b using (area_code, measure, period_start, period_end, period_kind, breakdown)
    ),
    line_before as (select distinct area_code, period_end, breakdown from before),
    line_after as (select distinct area_code, period_end, breakdown from after),
    column_before as (select measure, min(source_column) as name from before group by measure),
    column_after as (select measure, min(source_column) as name from after group by measure)
    select kind, count(*) as count from cell where kind is not null group by kind
    union all
    select 'code_relabelled', count(distinct area_code) from cell where relabelled
    union all
    select case when b.measure is null then 'measure_added' when a.measure is null then 'measure_gone' else 'measure_renamed' end,
      count(*)
    from column_after a full join column_before b on b.measure = a.measure
    where a.measure is null or b.measure is null or a.name <> b.name
    group by 1
    union all
    select 'row_added', count(*) from (select * from line_after except select * from line_before) l
    where l.area_code in (select area_code from before)
    union all
    select 'row_gone', count(*) from (select * from line_before except select * from line_after) l
    where l.area_code in (select area_code from after)
    order by 1`.execute(db);
  return rows
    .map(({ kind, count }) => ({ data_set: file.data_set, kind, count: Number(count) }))
    .filter(({ count }) => count > 0);
}

/** "2 values revised, 1 row gone": in the order in which they were counted. */
export function describeChanges(changes: readonly ReleaseChange[]): string {
  const words: Record<ChangeKind, [string, string]> = {
    value_revised: ["value revised", "values revised"],
    symbol_changed: ["symbol changed", "symbols changed"],
    code_relabelled: ["code relabelled", "codes relabelled"],
    measure_renamed: ["column renamed", "columns renamed"],
    measure_added: ["measure added", "measures added"],
    measure_gone: ["measure gone", "measures gone"],
    row_added: ["row added", "rows added"],
    row_gone: ["row gone", "rows gone"],
  };
  return changes.map(({ kind, count }) => `${count} ${words[kind][count === 1 ? 0 : 1]}`).join(", ");
}
