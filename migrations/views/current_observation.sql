-- Grain: one row per source, area, measure, period and breakdown: the newest thing that the source said. Of DfE that is the
-- newest release that has the cell, in the newest version of it; what a newer version left out is not shown.
-- Letters that a later letter corrects are left out. Letters of councils that are not identified stay apart: they may be of two.
-- A figure that a later release suppressed appears as suppressed, and so does its rate: the older number is not shown.
-- By what newer releases hold, not by sorting: a question about one area then reads only that area.
create view current_observation as
select
  o.source, o.area_code, o.area_name, o.area_level, o.measure, o.breakdown, o.period_kind, o.period_label,
  o.period_start, o.period_end,
  case when s.area_code is null then o.value end as value,
  case when s.area_code is null then o.value_text else '' end as value_text, o.unit,
  case when s.area_code is null then o.status else 'suppressed' end as status, o.exemption, o.publication, o.release,
  o.release_version_id, o.data_set, o.published_at, o.letter_id, o.question, o.part, o.question_text, o.source_file,
  o.source_line, o.source_column, o.source_area_code, o.source_sha256, o.source_url, o.licence, o.loaded_at,
  o.run_id
from observation o
join vintage v on v.is_current and v.sha256 = o.source_sha256 and v.publication = o.publication and v.release = o.release
  and v.data_set = o.data_set
left join suppressed_cell s on o.status = 'reported' and s.area_code = o.area_code and s.measure = o.measure
  and s.period_start = o.period_start and s.period_end = o.period_end and s.period_kind = o.period_kind
  and s.breakdown = o.breakdown
where o.source = 'dfe' and o.measure is not null and not exists (
  select 1
  from observation n
  join vintage w on w.is_current and w.sha256 = n.source_sha256 and w.publication = n.publication
    and w.release = n.release and w.data_set = n.data_set
  where n.source = 'dfe' and n.area_code = o.area_code and n.measure = o.measure and n.period_start = o.period_start
    and n.period_end = o.period_end and n.period_kind = o.period_kind and n.breakdown = o.breakdown
    and w.release_order > v.release_order
)
union all
select * from (
  select distinct on (area_code, case when area_code is null then letter_id end, measure, period_start, period_end, period_kind, breakdown)
    o.source, o.area_code, o.area_name, o.area_level, o.measure, o.breakdown, o.period_kind, o.period_label,
    o.period_start, o.period_end, o.value, o.value_text, o.unit, o.status, o.exemption, o.publication, o.release,
    o.release_version_id, o.data_set, o.published_at, o.letter_id, o.question, o.part, o.question_text,
    o.source_file, o.source_line, o.source_column, o.source_area_code, o.source_sha256, o.source_url, o.licence,
    o.loaded_at, o.run_id
  from observation o
  where o.source = 'council' and o.letter_id is not null and o.measure is not null and not exists (
    select 1 from letter l where l.letter_id = o.letter_id and l.superseded_by is not null
  )
  order by area_code, case when area_code is null then letter_id end, measure, period_start, period_end, period_kind, breakdown,
    published_at desc nulls last, source_sha256, source_line
) said_by_council;

comment on view current_observation is
  'One row per source, area, measure, period and breakdown: the newest thing that the source said.';
do $$
declare
  described record;
begin
  for described in
    select column_name, col_description('observation'::regclass, ordinal_position) as words
    from information_schema.columns
    where table_schema = current_schema() and table_name = 'observation'
  loop
    execute format('comment on column current_observation.%I is %L', described.column_name, described.words);
  end loop;
end $$;
