-- Grain: one row per region, measure, period and breakdown, of current_observation: the nine regions once each, London among
-- them. Inner and Outer London stand apart, marked: adding all eleven counts London twice.
create view region_observation as
select
  o.area_code, o.area_name, a.london_half, o.measure, o.breakdown, o.period_kind, o.period_label, o.period_start,
  o.period_end, o.value, o.value_text, o.unit, o.status, o.release, o.data_set,
  dfe_citation(o.source_sha256, o.source_line, o.source_column, o.measure, o.release) as citation
from current_observation o
join area a on a.area_code = o.area_code
where o.area_level = 'region' and o.source = 'dfe';

comment on view region_observation is
  'One row per region, measure, period and breakdown: nine regions, and Inner and Outer London apart (london_half).';
comment on column region_observation.area_code is 'ONS code of the region.';
comment on column region_observation.area_name is 'Name of the region.';
comment on column region_observation.london_half is 'True for Inner and Outer London, which London holds: leave them out of sums.';
comment on column region_observation.measure is 'Catalogue code of the measure.';
comment on column region_observation.breakdown is 'Empty, or what splits the measure.';
comment on column region_observation.period_kind is 'Kind of period, as in observation.';
comment on column region_observation.period_label is 'The period as people write it.';
comment on column region_observation.period_start is 'First day of the period.';
comment on column region_observation.period_end is 'Last day of the period, included.';
comment on column region_observation.value is 'The number, in base units of unit; DfE rounds regions to 10.';
comment on column region_observation.value_text is 'What the file prints, verbatim.';
comment on column region_observation.unit is 'Unit of value.';
comment on column region_observation.status is 'reported, or why there is no number.';
comment on column region_observation.release is 'Slug of the release.';
comment on column region_observation.data_set is 'Leading code of the data set.';
comment on column region_observation.citation is 'Names the cell for s21 verify.';
