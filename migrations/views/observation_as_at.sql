-- Grain: as current_observation, of what had been published by the end of the day given.
-- A number that a later release suppressed is masked: status suppressed, no value, no text. Rows with no known
-- publication date are left out: whether they were published by then can't be said. Letters that had been corrected by
-- then are left out.
create function observation_as_at(as_at date) returns setof observation
language sql stable as $$
  with said as (
    select distinct on (area_code, case when area_code is null then letter_id end, measure, period_start, period_end, period_kind, breakdown, source) o.*
    from observation o
    where o.measure is not null and o.published_at < (as_at + 1)::timestamp at time zone 'Europe/London'
      and not exists (
        select 1 from letter l join letter later on later.letter_id = l.superseded_by
        where l.letter_id = o.letter_id and later.response_date <= as_at
      )
    order by area_code, case when area_code is null then letter_id end, measure, period_start, period_end, period_kind, breakdown, source,
      published_at desc, release desc nulls last, release_version_id desc nulls last, source_sha256, source_line
  )
  select
    s.source, s.area_code, s.area_name, s.area_level, s.measure, s.breakdown, s.period_kind, s.period_label,
    s.period_start, s.period_end,
    case when later.suppressed then null else s.value end,
    case when later.suppressed then '' else s.value_text end,
    s.unit,
    case when later.suppressed then 'suppressed' else s.status end,
    s.exemption, s.publication, s.release, s.release_version_id, s.data_set, s.published_at, s.letter_id, s.question,
    s.part, s.question_text, s.source_file, s.source_line, s.source_column, s.source_area_code, s.source_sha256,
    s.source_url, s.licence, s.loaded_at, s.run_id
  from said s
  cross join lateral (
    select exists (
      select 1 from current_observation c
      where s.source = 'dfe' and s.status = 'reported' and c.source = 'dfe' and c.status = 'suppressed'
        and c.area_code = s.area_code and c.measure = s.measure and c.period_start = s.period_start
        and c.period_end = s.period_end and c.period_kind = s.period_kind and c.breakdown = s.breakdown
    ) as suppressed
  ) later
$$;

comment on function observation_as_at(date) is
  'What each source had said by the end of that day (UK time), one row per source, area, measure, period and breakdown; numbers that DfE has since suppressed are masked.';
