-- Grain: as current_observation, of what had been published by the end of the day given: of each release the version that stood
-- then. A number that DfE has suppressed since is masked: status suppressed, no value, no text. What has no known date of
-- publication is left out: whether it was published by then can't be said. Letters that had been corrected by then are left out.
create function observation_as_at(as_at date) returns setof observation
language sql stable as $$
  select
    o.source, o.area_code, o.area_name, o.area_level, o.measure, o.breakdown, o.period_kind, o.period_label,
    o.period_start, o.period_end, o.value, o.value_text, o.unit, o.status, null::text, o.publication, o.release,
    o.release_version_id, o.data_set, o.published_at, null::text, null::text, null::text, null::text, o.source_file, o.source_line,
    o.source_column, o.source_area_code, o.source_sha256, o.source_url, o.licence, o.loaded_at, o.run_id
  from dfe_observation o
  cross join lateral (select (as_at + 1)::timestamp at time zone 'Europe/London' as midnight) day
  where o.said_from < day.midnight and (o.is_current or o.said_until >= day.midnight)
    -- No newer release had the cell by then.
    and not exists (
      select 1
      from dfe_observation n
      where n.area_code = o.area_code and n.measure = o.measure and n.period_start = o.period_start
        and n.period_end = o.period_end and n.period_kind = o.period_kind and n.breakdown = o.breakdown
        and n.release_order > o.release_order
        and n.said_from < day.midnight and (n.is_current or n.said_until >= day.midnight)
    )
  union all
  select * from (
    select distinct on (o.area_code, case when o.area_code is null then o.letter_id end, o.measure, o.period_start,
      o.period_end, o.period_kind, o.breakdown)
      o.source, o.area_code, o.area_name, o.area_level, o.measure, o.breakdown, o.period_kind, o.period_label,
      o.period_start, o.period_end, o.value, o.value_text, o.unit, o.status, o.exemption, null::text, null::text, null::text, null::text,
      o.published_at, o.letter_id, o.question, o.part, o.question_text, o.source_file, o.source_line, null::text, null::text,
      o.source_sha256, o.source_url, o.licence, o.loaded_at, o.run_id
    from council_observation o
    where o.measure is not null and o.published_at < (as_at + 1)::timestamp at time zone 'Europe/London'
      and (o.superseded_on is null or o.superseded_on > as_at)
    order by o.area_code, case when o.area_code is null then o.letter_id end, o.measure, o.period_start, o.period_end,
      o.period_kind, o.breakdown, o.published_at desc, o.source_sha256, o.source_line
  ) said_by_council
$$;

comment on function observation_as_at(date) is
  'What each source had said by the end of that day (UK time), one row per source, area, measure, period and breakdown; numbers that DfE has since suppressed are masked.';
