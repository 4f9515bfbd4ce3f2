-- Grain: one row per version of a DfE release and cell: what the version said, and from when to when. Numbers that DfE has since
-- suppressed are masked (suppressed_cell).
create view dfe_observation as
select
  o.source, o.area_code, o.area_name, o.area_level, o.measure, o.breakdown, o.period_kind, o.period_label,
  o.period_start, o.period_end,
  case when s.area_code is null then o.value end as value,
  case when s.area_code is null then o.value_text else '' end as value_text,
  o.unit,
  case when s.area_code is null then o.status else 'suppressed' end as status,
  o.publication, o.release, o.release_version_id, o.data_set, o.published_at, o.source_file, o.source_line,
  o.source_column, o.source_area_code, o.source_sha256, o.source_url, o.licence, o.loaded_at, o.run_id,
  v.release_version_id as said_by, v.said_from, v.said_until, v.is_current, v.release_order,
  dfe_citation(o.source_sha256, o.source_line, o.source_column, o.measure, o.release) as citation
from observation o
join vintage v on v.sha256 = o.source_sha256 and v.publication = o.publication and v.release = o.release
  and v.data_set = o.data_set
-- A join on its whole key, so that it is asked once for each row, in one go over many rows, and not at all where no number is read.
left join suppressed_cell s on o.status = 'reported' and s.area_code = o.area_code and s.measure = o.measure
  and s.period_start = o.period_start and s.period_end = o.period_end and s.period_kind = o.period_kind
  and s.breakdown = o.breakdown
where o.source = 'dfe';

comment on view dfe_observation is
  'One row per version of a DfE release and cell: what the version said, and from when to when; numbers that DfE has since suppressed are masked.';
do $$
declare
  described record;
begin
  for described in
    select o.column_name, col_description('observation'::regclass, o.ordinal_position) as words
    from information_schema.columns o
    join information_schema.columns d on d.table_schema = o.table_schema and d.column_name = o.column_name
    where o.table_schema = current_schema() and o.table_name = 'observation' and d.table_name = 'dfe_observation'
  loop
    execute format('comment on column dfe_observation.%I is %L', described.column_name, described.words);
  end loop;
end $$;
comment on column dfe_observation.said_by is 'EES identifier of the version that says it; release_version_id is the first that did.';
comment on column dfe_observation.said_from is 'When that version was published; null: unknown.';
comment on column dfe_observation.said_until is 'When the next version of the release was published; null: none was, or the date is unknown.';
comment on column dfe_observation.is_current is 'Whether it is what the release says now: no later version of it is known.';
comment on column dfe_observation.release_order is 'Place of the release among the publication''s releases, 1 for the oldest.';
comment on column dfe_observation.citation is 'Names the cell for s21 verify.';
