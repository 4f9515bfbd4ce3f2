-- Every vintage of one DfE cell: what each version of each release said. A number that DfE has since suppressed is masked in all.
create function dfe_vintage(area text, code text, kind text, first_day date, last_day date) returns setof dfe_observation
language sql stable as $$
  select * from dfe_observation o
  where o.area_code = area and o.measure = code and o.period_start = first_day and o.period_end = last_day
    and o.period_kind = kind and o.breakdown = ''
$$;

comment on function dfe_vintage(text, text, text, date, date) is
  'What each version of each release said of one area, measure and period (kind, first and last day); numbers that DfE has since suppressed are masked.';
