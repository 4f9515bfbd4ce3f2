-- Grain: one row per DfE cell that is not to be shown, however often it was printed before: DfE's newest word on it, in the newest
-- version of the newest release that has it, is that it is suppressed. A rate goes with its count, which it would give away. Kept by the database.
create materialized view suppressed_cell as
with cell as (
  select o.area_code, o.measure, o.period_start, o.period_end, o.period_kind, o.breakdown
  from observation o
  where o.source = 'dfe' and o.status = 'suppressed' and 'suppressed' = coalesce((
    select n.status
    from observation n
    join vintage w on w.sha256 = n.source_sha256 and w.publication = n.publication and w.release = n.release
      and w.data_set = n.data_set
    where n.source = 'dfe' and n.area_code = o.area_code and n.measure = o.measure
      and n.period_start = o.period_start and n.period_end = o.period_end and n.period_kind = o.period_kind
      and n.breakdown = o.breakdown
    order by w.is_current desc, w.release_order desc, w.said_from desc nulls last, w.sha256 limit 1
  ), 'suppressed')
)
select c.area_code, c.measure, c.period_start, c.period_end, c.period_kind, c.breakdown from cell c
union
select c.area_code, m.measure, c.period_start, c.period_end, c.period_kind, c.breakdown
from cell c
join measure m on m.rate_of = c.measure;

-- Asked for with every number that is shown. The key lets readers go on while it is made anew.
create unique index suppressed_cell_key
  on suppressed_cell (area_code, measure, period_start, period_end, period_kind, breakdown);

comment on materialized view suppressed_cell is
  'DfE cells whose number is shown nowhere, though an earlier release may have printed it.';
comment on column suppressed_cell.area_code is 'ONS code of the area.';
comment on column suppressed_cell.measure is 'Catalogue code of the measure; rates go with their counts.';
comment on column suppressed_cell.period_start is 'First day of the period.';
comment on column suppressed_cell.period_end is 'Last day of the period, included.';
comment on column suppressed_cell.period_kind is 'Kind of period, as in observation.';
comment on column suppressed_cell.breakdown is 'Empty, or what splits the measure.';
