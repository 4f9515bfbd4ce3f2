-- Grain: one row per answer of a letter, of corrected letters too.
create view council_observation as
select
  o.source, o.area_code, o.area_name, o.area_level, o.measure, o.breakdown, o.period_kind, o.period_label,
  o.period_start, o.period_end, o.value, o.value_text, o.unit, o.status, o.exemption, o.published_at, o.letter_id,
  o.question, o.part, o.question_text, o.source_file, o.source_line, o.source_sha256, o.source_url, o.licence,
  o.loaded_at, o.run_id, l.superseded_by, later.response_date as superseded_on, citation_of(o) as citation
from observation o
join letter l on l.letter_id = o.letter_id
left join letter later on later.letter_id = l.superseded_by
where o.source = 'council' and o.letter_id is not null;

comment on view council_observation is 'One row per answer of a letter, of letters that were corrected since too.';
do $$
declare
  described record;
begin
  for described in
    select o.column_name, col_description('observation'::regclass, o.ordinal_position) as words
    from information_schema.columns o
    join information_schema.columns d on d.table_schema = o.table_schema and d.column_name = o.column_name
    where o.table_schema = current_schema() and o.table_name = 'observation' and d.table_name = 'council_observation'
  loop
    execute format('comment on column council_observation.%I is %L', described.column_name, described.words);
  end loop;
end $$;
comment on column council_observation.superseded_by is 'Letter that corrects this one; null: it stands.';
comment on column council_observation.superseded_on is 'Date of that letter; null: none corrects it, or it has no date.';
comment on column council_observation.citation is 'Names the line of the letter for s21 verify.';
