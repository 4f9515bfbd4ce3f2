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
