-- Grain: one row per thing that changed from one vintage of a data set to the next: a value or symbol per cell, a code or a
-- row per area and year, a column per data set. Vintages follow each other release by release, and in each release version by
-- version, as `vintage` orders them: an amendment that was taken back is told twice, there and back, and an old release's late
-- amendment stands beside that release.
-- A number that DfE has since suppressed is masked.
-- Each part looks at the vintage before by a window over its own key that begins with the area: a question about one area reads
-- only that area, and all areas are sorted once. A join of each vintage with the one before takes as long or, planned wrongly, hours.
create view revision as
with version as (
  -- Versions of a release that have the same file say the same.
  select v.*, v.sha256 is distinct from lag(v.sha256) over (
    partition by v.publication, v.data_set, v.release order by v.version_order) as is_new
  from vintage v
),
step as (
  select v.publication, v.data_set, v.release, v.sha256, v.said_from, f.areas is null as is_whole,
    row_number() over following as place,
    lag(v.release) over following as before_release, lag(v.sha256) over following as before_sha256,
    lag(v.said_from) over following as before_said_from, lag(f.areas is null) over following as before_is_whole,
    lead(v.release) over following as after_release, lead(v.said_from) over following as after_said_from,
    lead(f.areas is null) over following as after_is_whole
  from version v
  join source_file f on f.sha256 = v.sha256 and f.publication = v.publication and f.release = v.release
    and f.data_set = v.data_set
  where v.is_new
  window following as (partition by v.publication, v.data_set order by v.release_order, v.version_order)
)
select c.publication, c.data_set, t.before_release as from_release, t.release as to_release,
  t.before_said_from as from_published_at, t.said_from as to_published_at,
  case when c.status = 'reported' and c.before_status = 'reported' then 'value_revised' else 'symbol_changed' end as kind,
  c.area_code, c.area_name, c.measure, c.period_label, c.period_start, c.period_end,
  case when s.area_code is null then c.before_value end as before_value,
  case when s.area_code is null then c.value end as after_value,
  case when s.area_code is null or c.before_status <> 'reported' then c.before_text end as before_text,
  case when s.area_code is null or c.status <> 'reported' then c.value_text end as after_text,
  case when s.area_code is null then c.value - c.before_value end as difference,
  dfe_citation(t.before_sha256, c.before_line, c.before_column, c.measure, t.before_release) as before_citation,
  dfe_citation(t.sha256, c.source_line, c.source_column, c.measure, t.release) as after_citation
from (
  select t.publication, t.data_set, t.place, o.area_code, o.area_name, o.measure, o.period_label, o.period_start,
    o.period_end, o.period_kind, o.breakdown, o.value, o.value_text, o.status, o.source_line, o.source_column,
    lag(t.place) over cell as before_place, lag(o.value) over cell as before_value,
    lag(o.value_text) over cell as before_text, lag(o.status) over cell as before_status,
    lag(o.source_line) over cell as before_line, lag(o.source_column) over cell as before_column
  from step t
  join observation o on o.source_sha256 = t.sha256 and o.release = t.release and o.data_set = t.data_set
    and o.publication = t.publication and o.source = 'dfe'
  window cell as (partition by o.area_code, o.period_start, o.period_end, o.measure, o.breakdown, o.period_kind,
    t.data_set, t.publication order by t.place)
) c
join step t on t.publication = c.publication and t.data_set = c.data_set and t.place = c.place
left join suppressed_cell s on s.area_code = c.area_code and s.measure = c.measure and s.period_start = c.period_start
  and s.period_end = c.period_end and s.period_kind = c.period_kind and s.breakdown = c.breakdown
where c.before_place = c.place - 1
  and case when c.status = 'reported' and c.before_status = 'reported' then c.value <> c.before_value
    else c.status <> c.before_status or trim(lower(c.value_text)) <> trim(lower(c.before_text)) end
union all
select r.publication, r.data_set, e.from_release, e.to_release, e.from_published_at, e.to_published_at, e.kind,
  r.area_code, r.area_name, null, r.period_label, null, r.period_end, null, null, e.before_text, e.after_text, null, null, null
from (
  select l.*, lag(l.place) over same_row as row_before, lead(l.place) over same_row as row_after,
    lag(l.code) over same_row as code_before, array_agg(l.place) over same_area as area_places
  from (
    select o.area_code, o.period_end, t.publication, t.data_set, t.place, min(o.area_name) as area_name,
      min(o.source_area_code) as code, max(o.period_label) filter (where o.period_kind <> 'as_at') as period_label,
      min(o.source_line) as source_line
    from step t
    join observation o on o.source_sha256 = t.sha256 and o.release = t.release and o.data_set = t.data_set
      and o.publication = t.publication and o.source = 'dfe'
    group by 1, 2, 3, 4, 5
  ) l
  window same_row as (partition by l.area_code, l.publication, l.data_set, l.period_end order by l.place),
    same_area as (partition by l.area_code, l.publication, l.data_set)
) r
join step t on t.publication = r.publication and t.data_set = r.data_set and t.place = r.place
-- An area that one side was not asked for is neither new nor gone; where both hold every area, one that vanished is.
cross join lateral (
  select 'row_added' as kind, t.before_release as from_release, t.release as to_release,
    t.before_said_from as from_published_at, t.said_from as to_published_at, null as before_text,
    'line ' || r.source_line as after_text
  where r.row_before is distinct from r.place - 1 and t.before_release is not null
    and ((t.is_whole and t.before_is_whole) or r.place - 1 = any (r.area_places))
  union all
  select 'row_gone', t.release, t.after_release, t.said_from, t.after_said_from, 'line ' || r.source_line, null
  where r.row_after is distinct from r.place + 1 and t.after_release is not null
    and ((t.is_whole and t.after_is_whole) or r.place + 1 = any (r.area_places))
  union all
  select 'code_relabelled', t.before_release, t.release, t.before_said_from, t.said_from, r.code_before, r.code
  where r.row_before = r.place - 1 and r.code_before <> r.code
) e
union all
select m.publication, m.data_set, e.from_release, e.to_release, e.from_published_at, e.to_published_at, e.kind, null, null,
  m.measure, null, null, null, null, null, e.before_text, e.after_text, null, null, null
from (
  select l.*, lag(l.place) over same_measure as place_before, lead(l.place) over same_measure as place_after,
    lag(l.source_column) over same_measure as column_before
  from (
    select t.publication, t.data_set, t.place, o.measure, min(o.source_column) as source_column
    from step t
    join observation o on o.source_sha256 = t.sha256 and o.release = t.release and o.data_set = t.data_set
      and o.publication = t.publication and o.source = 'dfe'
    group by 1, 2, 3, 4
  ) l
  window same_measure as (partition by l.publication, l.data_set, l.measure order by l.place)
) m
join step t on t.publication = m.publication and t.data_set = m.data_set and t.place = m.place
cross join lateral (
  select 'measure_added' as kind, t.before_release as from_release, t.release as to_release,
    t.before_said_from as from_published_at, t.said_from as to_published_at, null as before_text,
    m.source_column as after_text
  where m.place_before is distinct from m.place - 1 and t.before_release is not null
  union all
  select 'measure_gone', t.release, t.after_release, t.said_from, t.after_said_from, m.source_column, null
  where m.place_after is distinct from m.place + 1 and t.after_release is not null
  union all
  select 'measure_renamed', t.before_release, t.release, t.before_said_from, t.said_from, m.column_before, m.source_column
  where m.place_before = m.place - 1 and m.column_before <> m.source_column
) e;

comment on view revision is
  'One row per thing that changed from one vintage of a data set to the next (release by release, in each version by version): values, symbols, codes, names of columns, rows.';
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
