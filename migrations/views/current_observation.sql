-- Grain: one row per source, area, measure, period and breakdown: the newest thing that the source said.
-- Letters that a later letter corrects are left out. Letters of councils that are not identified stay apart: they may be of two.
-- A figure that a later release suppressed appears as suppressed: the older number is not shown.
create view current_observation as
select distinct on (area_code, case when area_code is null then letter_id end, measure, period_start, period_end, period_kind, breakdown, source)
  source, area_code, area_name, area_level, measure, breakdown, period_kind, period_label, period_start, period_end,
  value, value_text, unit, status, exemption, publication, release, release_version_id, data_set, published_at,
  letter_id, question, part, question_text, source_file, source_line, source_column, source_area_code, source_sha256,
  source_url, licence, loaded_at, run_id
from observation
where measure is not null
  and not exists (
    select 1 from letter l where l.letter_id = observation.letter_id and l.superseded_by is not null
  )
order by area_code, case when area_code is null then letter_id end, measure, period_start, period_end, period_kind, breakdown, source,
  published_at desc nulls last, release desc nulls last, release_version_id desc nulls last, source_sha256, source_line;

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
