-- Nightly runs: which job a run was of, for which day, and in detail what it did; releases held for a person.
-- Frozen once landed: change it by a new numbered file.

alter table run add column job text;
alter table run add column scheduled_for date;
alter table run add column details jsonb not null default '{}';
comment on column run.job is 'The job that it was a run of: nightly-refresh; null for other commands.';
comment on column run.scheduled_for is 'The day whose run it was, where the scheduler started it; null where a person did.';
comment on column run.details is 'What it read and changed: versions, files with their sha256, changes by kind, why rows were set aside.';
create index run_job on run (job, started_at) where job is not null;
-- A day's run is run once: whoever comes second fails here, even where two schedulers hold different opinions.
create unique index run_once_a_day on run (job, scheduled_for)
  where scheduled_for is not null and status in ('running', 'done', 'unchanged', 'partial');

alter table release_version add column held_version jsonb;
alter table release_version add column held_because text;
alter table release_version add column accepted_at timestamptz;
alter table release_version add column accepted_by text;
comment on column release_version.held_version is 'The version that waits for a person, with the sha256 of its files: too odd to be loaded. Null where none waits.';
comment on column release_version.held_because is 'Why it waits, or waited, for a person; null where it never did.';
comment on column release_version.accepted_at is 'When a person let it in; null where none had to, or none has yet.';
comment on column release_version.accepted_by is 'Who let it in.';
