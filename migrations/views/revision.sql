-- Grain: one row per thing that changed from one vintage of a data set to the next: a value or symbol per cell, a code or a
-- row per area and year, a column per data set. Vintages are ordered by their date of publication.
-- A number that DfE has since suppressed is masked.
create view revision as
with vintage as (
  select f.publication, f.data_set, f.release, f.sha256, f.published_at, f.areas is null as is_whole,
    lag(f.release) over following as before_release, lag(f.sha256) over following as before_sha256,
    lag(f.published_at) over following as before_published_at, lag(f.areas is null) over following as before_is_whole
  from source_file f
  where f.source = 'dfe'
  window following as (partition by f.publication, f.data_set
    order by f.published_at nulls last, f.release, f.loaded_at, f.sha256)
),
pair as (select * from vintage where before_sha256 is not null),
-- Areas that either side was asked for; where both hold every area, one that vanished counts.
cell as (
  select p.publication, p.data_set, p.before_release, p.release, p.before_published_at, p.published_at,
    o.area_code, o.area_name, o.measure, o.period_kind, o.period_label, o.period_start, o.period_end, o.breakdown,
    b.value as before_value, b.value_text as before_text, b.status as before_status, b.source_area_code as before_code,
    b.source_column as before_column, citation_of(b) as before_citation,
    o.value, o.value_text, o.status, o.source_area_code as code, o.source_column, citation_of(o) as citation
  from pair p
  join observation o on o.source_sha256 = p.sha256 and o.release = p.release and o.data_set = p.data_set
    and o.publication = p.publication and o.source = 'dfe'
  join observation b on b.source_sha256 = p.before_sha256 and b.release = p.before_release and b.data_set = p.data_set
    and b.publication = p.publication and b.source = 'dfe' and b.area_code = o.area_code and b.measure = o.measure
    and b.period_start = o.period_start and b.period_end = o.period_end and b.period_kind = o.period_kind
    and b.breakdown = o.breakdown
),
line as (
  select p.publication, p.data_set, p.before_release, p.release, p.before_published_at, p.published_at, p.is_whole,
    p.before_is_whole, r.is_new, o.area_code, max(o.area_name) as area_name, o.period_end,
    max(o.period_label) filter (where o.period_kind <> 'as_at') as period_label, min(o.source_line) as source_line
  from pair p
  cross join (values (true), (false)) r(is_new)
  join observation o on o.source_sha256 = case when r.is_new then p.sha256 else p.before_sha256 end
    and o.release = case when r.is_new then p.release else p.before_release end and o.data_set = p.data_set
    and o.publication = p.publication and o.source = 'dfe'
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, o.area_code, o.period_end
),
moved as (
  select l.*
  from line l
  where not exists (
      select 1 from line other
      where other.publication = l.publication and other.data_set = l.data_set and other.release = l.release
        and other.before_release = l.before_release and other.published_at is not distinct from l.published_at
        and other.is_new <> l.is_new and other.area_code = l.area_code and other.period_end = l.period_end
    )
    and ((l.is_whole and l.before_is_whole) or exists (
      select 1 from line other
      where other.publication = l.publication and other.data_set = l.data_set and other.release = l.release
        and other.before_release = l.before_release and other.is_new <> l.is_new and other.area_code = l.area_code
    ))
),
printed as (
  select p.publication, p.data_set, p.before_release, p.release, p.before_published_at, p.published_at, r.is_new, o.measure,
    min(o.source_column) as source_column
  from pair p
  cross join (values (true), (false)) r(is_new)
  join observation o on o.source_sha256 = case when r.is_new then p.sha256 else p.before_sha256 end
    and o.release = case when r.is_new then p.release else p.before_release end and o.data_set = p.data_set
    and o.publication = p.publication and o.source = 'dfe'
  group by 1, 2, 3, 4, 5, 6, r.is_new, o.measure
)
select c.publication, c.data_set, c.before_release as from_release, c.release as to_release, c.before_published_at as from_published_at,
  c.published_at as to_published_at,
  case when c.status = 'reported' and c.before_status = 'reported' then 'value_revised' else 'symbol_changed' end as kind,
  c.area_code, c.area_name, c.measure, c.period_label, c.period_start, c.period_end,
  case when not mask.masked then c.before_value end as before_value,
  case when not mask.masked then c.value end as after_value,
  case when mask.masked and c.before_status = 'reported' then null else c.before_text end as before_text,
  case when mask.masked and c.status = 'reported' then null else c.value_text end as after_text,
  case when not mask.masked then c.value - c.before_value end as difference,
  c.before_citation, c.citation as after_citation
from cell c
cross join lateral (
  select exists (
    select 1 from dfe_vintage(c.area_code, c.measure, c.period_kind, c.period_start, c.period_end) v
    where v.release = c.before_release and v.status = 'suppressed' and c.before_status = 'reported'
      or v.release = c.release and v.status = 'suppressed' and c.status = 'reported'
  ) as masked
) mask
where case when c.status = 'reported' and c.before_status = 'reported' then c.value <> c.before_value
  else c.status <> c.before_status or trim(lower(c.value_text)) <> trim(lower(c.before_text)) end
union all
select c.publication, c.data_set, c.before_release, c.release, c.before_published_at, c.published_at, 'code_relabelled',
  c.area_code, max(c.area_name), null, coalesce(max(c.period_label) filter (where c.period_kind <> 'as_at'), max(c.period_label)),
  min(c.period_start), c.period_end, null, null, c.before_code, c.code, null, min(c.before_citation), min(c.citation)
from cell c
where c.before_code <> c.code
group by c.publication, c.data_set, c.before_release, c.release, c.before_published_at, c.published_at, c.area_code, c.period_end,
  c.before_code, c.code
union all
select m.publication, m.data_set, m.before_release, m.release, m.before_published_at, m.published_at,
  case when m.is_new then 'row_added' else 'row_gone' end, m.area_code, m.area_name, null, m.period_label, null, m.period_end,
  null, null, case when not m.is_new then 'line ' || m.source_line end, case when m.is_new then 'line ' || m.source_line end,
  null, null, null
from moved m
union all
select coalesce(n.publication, b.publication), coalesce(n.data_set, b.data_set), coalesce(n.before_release, b.before_release),
  coalesce(n.release, b.release), coalesce(n.before_published_at, b.before_published_at),
  coalesce(n.published_at, b.published_at),
  case when b.measure is null then 'measure_added' when n.measure is null then 'measure_gone' else 'measure_renamed' end,
  null, null, coalesce(n.measure, b.measure), null, null, null, null, null, b.source_column, n.source_column, null, null, null
from (select * from printed where is_new) n
full join (select * from printed where not is_new) b
  on b.publication = n.publication and b.data_set = n.data_set and b.release = n.release
  and b.before_release = n.before_release and b.published_at is not distinct from n.published_at and b.measure = n.measure
where b.measure is null or n.measure is null or n.source_column <> b.source_column;

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
comment on column revision.period_start is 'First day of the period; null for rows and columns.';
comment on column revision.period_end is 'Last day of the period; null for columns.';
comment on column revision.before_value is 'Number before, in units of the measure; null where masked or no number.';
comment on column revision.after_value is 'Number after.';
comment on column revision.before_text is 'What was printed before: the cell, the area''s code, the column''s name; null where masked.';
comment on column revision.after_text is 'What is printed after.';
comment on column revision.difference is 'after_value less before_value.';
comment on column revision.before_citation is 'Names the cell before, for s21 verify; null for rows and columns.';
comment on column revision.after_citation is 'Names the cell after.';
