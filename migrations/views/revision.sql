-- Grain: one row per thing that changed from one vintage of a data set to the next: a value or symbol per cell, a code or a
-- row per area and year, a column per data set. Vintages are ordered by their date of publication.
-- A number that DfE has since suppressed is masked.
-- Each part looks at the vintage before by a window over its own key, so that a question about one area reads only that area.
create view revision as
with vintage as (
  select f.publication, f.data_set, f.release, f.sha256, f.published_at, f.areas is null as is_whole,
    row_number() over following as place,
    lag(f.release) over following as before_release, lag(f.sha256) over following as before_sha256, lag(f.published_at) over following as before_published_at,
    lag(f.areas is null) over following as before_is_whole
  from source_file f
  where f.source = 'dfe'
  window following as (partition by f.publication, f.data_set order by f.published_at nulls first, f.release, f.sha256)
)
select c.publication, c.data_set, c.before_release as from_release, c.release as to_release,
  c.before_published_at as from_published_at, c.published_at as to_published_at,
  case when c.status = 'reported' and c.before_status = 'reported' then 'value_revised' else 'symbol_changed' end as kind,
  c.area_code, c.area_name, c.measure, c.period_label, c.period_start, c.period_end,
  case when not c.masked then c.before_value end as before_value,
  case when not c.masked then c.value end as after_value,
  case when c.masked and c.before_status = 'reported' then null else c.before_text end as before_text,
  case when c.masked and c.status = 'reported' then null else c.value_text end as after_text,
  case when not c.masked then c.value - c.before_value end as difference,
  dfe_citation(c.before_sha256, c.before_line, c.before_column, c.measure, c.before_release) as before_citation,
  dfe_citation(c.sha256, c.source_line, c.source_column, c.measure, c.release) as after_citation
from (
  select v.publication, v.data_set, v.before_release, v.release, v.before_published_at, v.published_at, v.place,
    o.area_code, o.area_name, o.measure, o.period_label, o.period_start, o.period_end, o.value, o.value_text, o.status,
    v.before_sha256, v.sha256, o.source_line, o.source_column, lag(v.place) over cell as before_place, lag(o.value) over cell as before_value,
    lag(o.value_text) over cell as before_text, lag(o.status) over cell as before_status,
    lag(o.source_line) over cell as before_line, lag(o.source_column) over cell as before_column,
    exists (
      select 1 from suppressed_cell s
      where s.area_code = o.area_code and s.measure = o.measure and s.period_start = o.period_start
        and s.period_end = o.period_end and s.period_kind = o.period_kind and s.breakdown = o.breakdown
    ) as masked
  from vintage v
  join observation o on o.source_sha256 = v.sha256 and o.release = v.release and o.data_set = v.data_set
    and o.publication = v.publication and o.source = 'dfe'
  window cell as (partition by v.publication, v.data_set, o.area_code, o.measure, o.period_start, o.period_end,
    o.period_kind, o.breakdown order by v.place)
) c
where c.before_place = c.place - 1
  and case when c.status = 'reported' and c.before_status = 'reported' then c.value <> c.before_value
    else c.status <> c.before_status or trim(lower(c.value_text)) <> trim(lower(c.before_text)) end
union all
select r.publication, r.data_set, r.before_release, r.release, r.before_published_at, r.published_at, 'code_relabelled',
  r.area_code, r.area_name, null, r.period_label, null, r.period_end, null, null, r.before_code, r.code, null, null, null
from (
  select l.*, lag(l.place) over row_before as before_place, lag(l.code) over row_before as before_code
  from (
    select v.publication, v.data_set, v.before_release, v.release, v.before_published_at, v.published_at, v.place,
      o.area_code, o.period_end, min(o.area_name) as area_name, min(o.source_area_code) as code,
      max(o.period_label) filter (where o.period_kind <> 'as_at') as period_label
    from vintage v
    join observation o on o.source_sha256 = v.sha256 and o.release = v.release and o.data_set = v.data_set
      and o.publication = v.publication and o.source = 'dfe'
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
  ) l
  window row_before as (partition by l.publication, l.data_set, l.area_code, l.period_end order by l.place)
) r
where r.before_place = r.place - 1 and r.before_code <> r.code
union all
select r.publication, r.data_set, w.before_release, w.release, w.before_published_at, w.published_at, e.kind, r.area_code,
  r.area_name, null, r.period_label, null, r.period_end, null, null,
  case when e.kind = 'row_gone' then 'line ' || r.source_line end,
  case when e.kind = 'row_added' then 'line ' || r.source_line end, null, null, null
from (
  select l.*, lag(l.place) over same_row as row_before, lead(l.place) over same_row as row_after,
    array_agg(l.place) over same_area as area_places
  from (
    select v.publication, v.data_set, v.place, o.area_code, o.period_end, min(o.area_name) as area_name,
      max(o.period_label) filter (where o.period_kind <> 'as_at') as period_label, min(o.source_line) as source_line
    from vintage v
    join observation o on o.source_sha256 = v.sha256 and o.release = v.release and o.data_set = v.data_set
      and o.publication = v.publication and o.source = 'dfe'
    group by 1, 2, 3, 4, 5
  ) l
  window same_row as (partition by l.publication, l.data_set, l.area_code, l.period_end order by l.place),
    same_area as (partition by l.publication, l.data_set, l.area_code)
) r
cross join lateral (values
  ('row_added', case when r.row_before is distinct from r.place - 1 then r.place end, r.place - 1),
  ('row_gone', case when r.row_after is distinct from r.place + 1 then r.place + 1 end, r.place + 1)
) e(kind, place, other_place)
-- An area that one side was not asked for is neither new nor gone; where both hold every area, one that vanished is.
join vintage w on w.publication = r.publication and w.data_set = r.data_set and w.place = e.place and w.place > 1
  and ((w.is_whole and w.before_is_whole) or e.other_place = any (r.area_places))
union all
select m.publication, m.data_set, w.before_release, w.release, w.before_published_at, w.published_at, e.kind, null, null,
  m.measure, null, null, null, null, null,
  case e.kind when 'measure_gone' then m.source_column when 'measure_renamed' then m.before_column end,
  case when e.kind <> 'measure_gone' then m.source_column end, null, null, null
from (
  select l.*, lag(l.place) over same_measure as place_before, lead(l.place) over same_measure as place_after,
    lag(l.source_column) over same_measure as before_column
  from (
    select v.publication, v.data_set, v.place, o.measure, min(o.source_column) as source_column
    from vintage v
    join observation o on o.source_sha256 = v.sha256 and o.release = v.release and o.data_set = v.data_set
      and o.publication = v.publication and o.source = 'dfe'
    group by 1, 2, 3, 4
  ) l
  window same_measure as (partition by l.publication, l.data_set, l.measure order by l.place)
) m
cross join lateral (values
  ('measure_added', case when m.place_before is distinct from m.place - 1 then m.place end),
  ('measure_gone', case when m.place_after is distinct from m.place + 1 then m.place + 1 end),
  ('measure_renamed', case when m.place_before = m.place - 1 and m.before_column <> m.source_column then m.place end)
) e(kind, place)
join vintage w on w.publication = m.publication and w.data_set = m.data_set and w.place = e.place and w.place > 1;

comment on view revision is
  'One row per thing that changed from one vintage of a data set to the next: values, symbols, codes, names of columns, rows.';
comment on column revision.publication is 'Slug of the publication.';
comment on column revision.data_set is 'Leading code of the data set.';
comment on column revision.from_release is 'Release before.';
comment on column revision.to_release is 'Release after; the same slug where a release was amended.';
comment on column revision.from_published_at is 'When the vintage before was published.';
comment on column revision.to_published_at is 'When the vintage after was published.';
comment on column revision.kind is 'value_revised, symbol_changed, code_relabelled, measure_renamed, measure_added, measure_gone, row_added or row_gone.';
comment on column revision.area_code is 'ONS code of the area, the newest that it has had; null for columns.';
comment on column revision.area_name is 'Published name of the area; null for columns.';
comment on column revision.measure is 'Catalogue code of the measure; null for codes and rows.';
comment on column revision.period_label is 'The period as people write it; null for columns.';
comment on column revision.period_start is 'First day of the period; null for codes, rows and columns.';
comment on column revision.period_end is 'Last day of the period; null for columns.';
comment on column revision.before_value is 'Number before, in units of the measure; null where masked or no number.';
comment on column revision.after_value is 'Number after, in units of the measure.';
comment on column revision.before_text is 'What was printed before: the cell, the area''s code, the column''s name; null where masked.';
comment on column revision.after_text is 'What is printed after.';
comment on column revision.difference is 'after_value less before_value, in units of the measure.';
comment on column revision.before_citation is 'Names the cell before, for s21 verify; null for codes, rows and columns.';
comment on column revision.after_citation is 'Names the cell after; null for codes, rows and columns.';
