-- Every vintage of one DfE cell: what each release said. A number that the newest vintage suppresses is masked in all.
create function dfe_vintage(area text, code text, kind text, first_day date, last_day date) returns setof observation
language sql stable as $$
  select
    o.source, o.area_code, o.area_name, o.area_level, o.measure, o.breakdown, o.period_kind, o.period_label,
    o.period_start, o.period_end,
    case when newest.status = 'suppressed' then null else o.value end,
    case when newest.status = 'suppressed' and o.status = 'reported' then '' else o.value_text end,
    o.unit,
    case when newest.status = 'suppressed' and o.status = 'reported' then 'suppressed' else o.status end,
    o.exemption, o.publication, o.release, o.release_version_id, o.data_set, o.published_at, o.letter_id, o.question,
    o.part, o.question_text, o.source_file, o.source_line, o.source_column, o.source_area_code, o.source_sha256,
    o.source_url, o.licence, o.loaded_at, o.run_id
  from observation o
  cross join lateral (
    select n.status from observation n
    where n.source = 'dfe' and n.area_code = o.area_code and n.measure = o.measure and n.period_start = o.period_start
      and n.period_end = o.period_end and n.period_kind = o.period_kind and n.breakdown = o.breakdown
    order by n.published_at desc nulls last, n.release desc, n.release_version_id desc, n.source_sha256
    limit 1
  ) newest
  where o.source = 'dfe' and o.area_code = area and o.measure = code and o.period_start = first_day
    and o.period_end = last_day and o.period_kind = kind and o.breakdown = ''
$$;

comment on function dfe_vintage(text, text, text, date, date) is
  'What each release said of one area, measure and period (kind, first and last day); numbers that DfE has since suppressed are masked.';
