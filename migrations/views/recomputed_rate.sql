-- Grain: one row per area, rate and period that DfE's newest release gives as a count without its rate: the rate worked out by us,
-- never by DfE. A reporting year is divided by the population of the 30 June before its end, as DfE did while it printed rates.
create view recomputed_rate as
select
  c.area_code, c.area_name, c.area_level, m.measure, c.period_kind, c.period_label, c.period_start, c.period_end,
  round(10000 * c.value / p.value, 1) as value,
  'rate_per_10000'::text as unit,
  's21'::text as computed_by,
  c.measure as count_measure, c.value as count_value, c.release as count_release,
  dfe_citation(c.source_sha256, c.source_line, c.source_column, c.measure, c.release) as count_citation,
  p.value as population, p.period_end as population_on, p.source_file as population_file, p.release as population_release,
  p.published_at as population_published_at,
  dfe_citation(p.source_sha256, p.source_line, p.source_column, p.measure, p.release) as population_citation,
  printed.value as printed_value, printed.release as printed_release
from current_observation c
join measure m on m.rate_of = c.measure
cross join lateral (
  select v.value, v.period_end, v.source_file, v.release, v.published_at, v.source_sha256, v.source_line, v.source_column,
    v.measure
  from dfe_observation v
  where v.area_code = c.area_code and v.measure = 'population_under_18' and v.status = 'reported' and v.value > 0
    and v.period_start = make_date(extract(year from c.period_end)::integer - 1, 6, 30) and v.is_current
  order by v.release_order desc limit 1
) p
left join lateral (
  select v.value, v.release
  from dfe_observation v
  where v.area_code = c.area_code and v.measure = m.measure and v.period_start = c.period_start
    and v.period_end = c.period_end and v.period_kind = c.period_kind and v.breakdown = c.breakdown and v.is_current
  order by v.release_order desc limit 1
) printed on true
where c.source = 'dfe' and c.status = 'reported' and c.breakdown = ''
  and printed.release is distinct from c.release;

comment on view recomputed_rate is
  'One row per area, rate and period that DfE''s newest release gives as a count without its rate: worked out by s21, with the population and its vintage.';
comment on column recomputed_rate.area_code is 'ONS code of the area.';
comment on column recomputed_rate.area_name is 'Published name of the area.';
comment on column recomputed_rate.area_level is 'local_authority, region or country.';
comment on column recomputed_rate.measure is 'Catalogue code of the rate.';
comment on column recomputed_rate.period_kind is 'Kind of period, as in observation.';
comment on column recomputed_rate.period_label is 'The period as people write it.';
comment on column recomputed_rate.period_start is 'First day of the period.';
comment on column recomputed_rate.period_end is 'Last day of the period, included.';
comment on column recomputed_rate.value is 'The rate per 10,000 children under 18, to one decimal. England and regions from counts rounded to 10.';
comment on column recomputed_rate.unit is 'rate_per_10000.';
comment on column recomputed_rate.computed_by is 's21: this figure is ours, DfE does not print it in count_release.';
comment on column recomputed_rate.count_measure is 'Catalogue code of the count.';
comment on column recomputed_rate.count_value is 'The count, in units of count_measure.';
comment on column recomputed_rate.count_release is 'The release that the count was read from.';
comment on column recomputed_rate.count_citation is 'Names the count for s21 verify.';
comment on column recomputed_rate.population is 'Children aged 0 to 17.';
comment on column recomputed_rate.population_on is 'The day that the population is of: 30 June of the year before the period ends.';
comment on column recomputed_rate.population_file is 'The file that it was read from.';
comment on column recomputed_rate.population_release is 'Its vintage: the release whose bundle held that file. Estimates are revised from release to release.';
comment on column recomputed_rate.population_published_at is 'When that file was first published.';
comment on column recomputed_rate.population_citation is 'Names the population for s21 verify.';
comment on column recomputed_rate.printed_value is 'The rate per 10,000 that DfE last printed, by the population of that release; null: none, or masked.';
comment on column recomputed_rate.printed_release is 'The release that printed it.';
