-- What analysts' views stand on.
-- Frozen once landed: change it by a new numbered file.

-- Whether a number has been suppressed since is asked of every number that is shown; few cells ever were.
create index observation_suppressed on observation (area_code, measure, period_start, period_end)
  where source = 'dfe' and status = 'suppressed';

-- One view is kept by the database: vintage.
alter table schema_file drop constraint schema_file_kind_check;
alter table schema_file add constraint schema_file_kind_check
  check (kind in ('migration', 'view', 'materialized view', 'function'));
comment on column schema_file.kind is
  'migration (a numbered file, run once), view, materialized view or function (made anew when files change).';

-- Analysts name areas as people do; sorted by what they ask of them.
create index observation_area_name on observation (area_name, measure, period_start);
-- One measure across all areas: ranks, trends, totals.
create index observation_measure on observation (measure, period_start) where measure is not null;

create table area (
  area_code text primary key,
  dfe_code text unique,
  area_name text not null,
  area_level text not null check (area_level in ('local_authority', 'region', 'country')),
  part_of text,
  region_code text,
  region_name text,
  valid_from date,
  valid_until date,
  whole text,
  london_half boolean not null default false
);
comment on table area is 'One row per area of the catalogue: authorities with children''s services since 2013, regions, England. From the program, made anew when it changes.';
comment on column area.area_code is 'ONS code, the newest that the area has had; as in observation.';
comment on column area.dfe_code is 'DfE three-digit code; null for regions and England.';
comment on column area.area_name is 'Published name. Not unique: there are two authorities called Dorset.';
comment on column area.area_level is 'local_authority, region or country.';
comment on column area.part_of is 'ONS code of the next larger area: for a London authority Inner or Outer London, for those London, for a region England.';
comment on column area.region_code is 'ONS code of the one of nine regions that it lies in or is; null for England.';
comment on column area.region_name is 'Name of that region.';
comment on column area.valid_from is 'First day of the authority; null: before 2013.';
comment on column area.valid_until is 'Last day of the authority; null: it stands.';
comment on column area.whole is 'What combined_observation() calls the area that it makes up with its predecessors and successors; null: it never changed hands.';
comment on column area.london_half is 'Inner and Outer London: leave them out of sums over regions, or London counts twice.';

create table area_history (
  from_code text not null,
  to_code text not null,
  kind text not null check (kind in ('recoded', 'renamed', 'merged', 'split', 'boundary')),
  changed_on date not null,
  from_name text not null,
  to_name text not null,
  source text not null,
  primary key (from_code, to_code)
);
comment on table area_history is 'One row per change of an authority''s code or area since 2013. From the program, made anew when it changes.';
comment on column area_history.from_code is 'ONS code before.';
comment on column area_history.to_code is 'ONS code after.';
comment on column area_history.kind is 'recoded (same area, other code), renamed, merged (the whole of it went into a larger one), split (this is one of the parts) or boundary (a strip changed hands).';
comment on column area_history.changed_on is 'First day of the code after.';
comment on column area_history.from_name is 'Published name before.';
comment on column area_history.to_name is 'Published name after.';
comment on column area_history.source is 'Instrument or register that says so.';

create table measure (
  measure text primary key,
  unit text not null,
  definition text not null,
  counted text not null,
  timing text not null check (timing in ('year', 'last_day')),
  publication text,
  data_set text,
  rate_of text
);
comment on table measure is 'One row per measure of the catalogue: unit and definition. From the program, made anew when it changes.';
comment on column measure.measure is 'Catalogue code, as in observation.';
comment on column measure.unit is 'count, GBP, percent, ratio, rate_per_10000 (children under 18), days (working days) or text.';
comment on column measure.definition is 'What it is.';
comment on column measure.counted is 'What one unit is: plans and children are not the same count.';
comment on column measure.timing is 'year (counted over the period) or last_day (as at its last day).';
comment on column measure.publication is 'Slug of the DfE publication that prints it; null: only letters have it.';
comment on column measure.data_set is 'Leading code of the data set that prints it.';
comment on column measure.rate_of is 'Of a rate: the count that it is the rate of.';

-- Every number says its unit.
comment on column correction.read_value is 'What the program had read: the value, in read_unit.';
