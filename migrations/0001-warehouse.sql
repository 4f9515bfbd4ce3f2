-- The warehouse: one table of observations, and the ledgers beside it.
-- Frozen once landed: change it by a new numbered file.

create table run (
  run_id text primary key,
  command text not null,
  arguments text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  status text not null check (status in ('running', 'done', 'unchanged', 'partial', 'failed', 'interrupted')),
  exit_code integer,
  started_by text not null,
  version text not null,
  counts jsonb not null default '{}',
  problem text
);
comment on table run is 'Ledger: one row per run of a command that may change the warehouse, failed ones too.';
comment on column run.run_id is 'Identifier, also in observation.run_id.';
comment on column run.command is 'The command: refresh, letters add, …';
comment on column run.arguments is 'Its arguments, as JSON.';
comment on column run.started_at is 'When it began.';
comment on column run.ended_at is 'When it ended; null while running, or when it was killed.';
comment on column run.status is 'running, done, unchanged, partial, failed or interrupted.';
comment on column run.exit_code is 'The exit code it ended with; see the README.';
comment on column run.started_by is 'user@host of the process.';
comment on column run.version is 'Version of s21.';
comment on column run.counts is 'What it counted: files, rows and observations, in and out.';
comment on column run.problem is 'The message it failed with; null when it did not.';

create table release_version (
  publication text not null,
  release text not null,
  release_version_id text not null,
  publication_id text,
  release_id text,
  title text,
  published_at timestamptz,
  update_count integer,
  next_release text,
  is_latest boolean not null default false,
  data_content jsonb,
  files jsonb not null default '{}',
  status text not null check (status in ('seen', 'loaded', 'incomplete', 'refused', 'withdrawn')),
  problem text,
  first_seen_at timestamptz not null,
  last_checked_at timestamptz not null,
  primary key (publication, release, release_version_id)
);
comment on table release_version is 'Ledger: one row per version of a DfE release that was ever seen.';
comment on column release_version.publication is 'Current slug of the publication: children-in-need.';
comment on column release_version.release is 'Slug of the release: 2022.';
comment on column release_version.release_version_id is 'EES identifier of this edition; local for one read from a folder.';
comment on column release_version.publication_id is 'EES identifier of the publication; survives renames.';
comment on column release_version.release_id is 'EES identifier of the release; survives amendments.';
comment on column release_version.title is 'Title of the release as EES gives it.';
comment on column release_version.published_at is 'When this version was published (EES lastUpdated); null when unknown.';
comment on column release_version.update_count is 'EES count of amendments.';
comment on column release_version.next_release is 'EES next release date, which may be partial: 2026-10.';
comment on column release_version.is_latest is 'Whether EES called it the latest release when last checked.';
comment on column release_version.data_content is 'The manifest: data sets that EES lists, with their row counts.';
comment on column release_version.files is 'sha256 of each data set''s file in this version, by leading code.';
comment on column release_version.status is 'seen, loaded, incomplete (some data sets are not in it), refused (not trusted) or withdrawn.';
comment on column release_version.problem is 'Why it was refused, or what it lacks.';
comment on column release_version.first_seen_at is 'When s21 first saw it.';
comment on column release_version.last_checked_at is 'When s21 last asked for it.';

create table source_file (
  sha256 text not null,
  publication text not null default '',
  release text not null default '',
  data_set text not null default '',
  source text not null check (source in ('council', 'dfe')),
  release_version_id text,
  file_name text not null,
  url text,
  bytes bigint not null,
  rows bigint,
  rows_kept bigint,
  observations bigint not null,
  areas text[],
  reader text,
  extra_columns text[] not null default '{}',
  published_at timestamptz,
  fetched_at timestamptz not null,
  licence text not null,
  loaded_at timestamptz not null,
  run_id text not null,
  primary key (sha256, publication, release, data_set)
);
comment on table source_file is 'Ledger: every file whose rows are in observation, by the sha256 it is archived under.';
comment on column source_file.sha256 is 'sha256 of the file; names it in the archive.';
comment on column source_file.publication is 'Slug of the publication; empty for letters.';
comment on column source_file.release is 'Slug of the release; empty for letters.';
comment on column source_file.data_set is 'Leading code of the data set (C1); empty for letters.';
comment on column source_file.source is 'council or dfe.';
comment on column source_file.release_version_id is 'Release version that first held exactly this file.';
comment on column source_file.file_name is 'Name of the file as its source gives it.';
comment on column source_file.url is 'Where it was fetched from; null for local files.';
comment on column source_file.bytes is 'Size in bytes.';
comment on column source_file.rows is 'Records read, without the header; null for letters.';
comment on column source_file.rows_kept is 'Records of the areas that were asked for; null for letters.';
comment on column source_file.observations is 'Rows in observation.';
comment on column source_file.areas is 'Authorities (DfE codes) whose rows were kept; null means all.';
comment on column source_file.reader is 'Fingerprint of the catalogue entries that it was read with.';
comment on column source_file.extra_columns is 'Columns that the catalogue does not know, and that were passed over.';
comment on column source_file.published_at is 'When the source published it.';
comment on column source_file.fetched_at is 'When it was fetched or read.';
comment on column source_file.licence is 'Licence, as SPDX identifier or the source''s own words.';
comment on column source_file.loaded_at is 'When its rows were last replaced.';
comment on column source_file.run_id is 'Run that last replaced its rows.';

create table issue (
  issue_id bigint generated always as identity primary key,
  code text not null,
  message text not null,
  publication text not null default '',
  release text not null default '',
  data_set text not null default '',
  letter_id text,
  question text,
  part text,
  source_file text,
  source_sha256 text,
  source_line integer,
  source_column text,
  found text,
  expected text,
  opened_at timestamptz not null,
  run_id text not null,
  resolved_at timestamptz,
  resolution text
);
create index issue_source on issue (source_sha256, release, data_set);
comment on table issue is 'What a person should look at: cells that could not be read, doubtful letters. Nothing here was guessed.';
comment on column issue.issue_id is 'Number of the issue in this warehouse.';
comment on column issue.code is 'Stable kind of issue: unknown-symbol, not-a-number, duplicate-key, …';
comment on column issue.message is 'Where, what was found and what was expected, for a person.';
comment on column issue.publication is 'Slug of the publication; empty for letters.';
comment on column issue.release is 'Slug of the release; empty for letters.';
comment on column issue.data_set is 'Leading code of the data set; empty for letters.';
comment on column issue.letter_id is 'Letter concerned; null for DfE files.';
comment on column issue.question is 'Question concerned, where there is one.';
comment on column issue.part is 'Part of the question, where there is one.';
comment on column issue.source_file is 'File concerned.';
comment on column issue.source_sha256 is 'sha256 of that file.';
comment on column issue.source_line is 'Line of that file, from 1.';
comment on column issue.source_column is 'Column of that file, as its header prints it.';
comment on column issue.found is 'What stood there, verbatim.';
comment on column issue.expected is 'What could have been read.';
comment on column issue.opened_at is 'When it was found.';
comment on column issue.run_id is 'Run that found it.';
comment on column issue.resolved_at is 'When a person resolved it; null while open.';
comment on column issue.resolution is 'How it was resolved.';

create table observation (
  source text not null check (source in ('council', 'dfe')),
  area_code text,
  area_name text,
  area_level text not null check (area_level in ('local_authority', 'region', 'country')),
  measure text,
  breakdown text not null default '',
  period_kind text check (period_kind in ('financial_year', 'calendar_year', 'academic_year', 'quarter', 'month', 'as_at')),
  period_label text,
  period_start date,
  period_end date,
  value numeric,
  value_text text not null,
  unit text not null check (unit in ('count', 'GBP', 'percent', 'ratio', 'rate_per_10000', 'days', 'text')),
  status text not null check (status in ('reported', 'suppressed', 'not_applicable', 'not_available', 'low_reliability',
    'rounds_to_zero', 'not_held', 'referred', 'cost_limit', 'withheld', 'refused', 'unanswered')),
  exemption text,
  publication text,
  release text,
  release_version_id text,
  data_set text,
  published_at timestamptz,
  letter_id text,
  question text,
  part text,
  question_text text,
  source_file text not null,
  source_line integer not null,
  source_column text,
  source_area_code text,
  source_sha256 text not null,
  source_url text,
  licence text not null,
  loaded_at timestamptz not null,
  run_id text not null,
  constraint observation_value_is_reported check (value is null or status = 'reported'),
  constraint observation_dfe_number check (source <> 'dfe' or (status = 'reported') = (value is not null)),
  constraint observation_dfe_identity check (source <> 'dfe' or (area_code is not null and measure is not null
    and period_start is not null and publication is not null and release is not null and data_set is not null)),
  constraint observation_period_order check (period_end >= period_start)
);
-- Analysts ask for one area and measure over time; every key starts with the area, so that the table can be distributed by it.
create index observation_area on observation (area_code, measure, period_start, period_end);
-- A source file's rows are replaced together.
create index observation_file on observation (source_sha256, release, data_set);
comment on table observation is 'One row = one source saying one thing about one measure, area and period.';
comment on column observation.source is 'council (a letter) or dfe (a release).';
comment on column observation.area_code is 'ONS code of the area, the newest that the authority has had; null: council not identified.';
comment on column observation.area_name is 'Published name of the area.';
comment on column observation.area_level is 'local_authority, region or country.';
comment on column observation.measure is 'Catalogue code of the measure; null where no measure fits a letter''s question.';
comment on column observation.breakdown is 'Empty, or what splits the measure: a filter value, team or table row.';
comment on column observation.period_kind is 'financial_year, calendar_year, academic_year, quarter, month or as_at; null: no period given.';
comment on column observation.period_label is 'The period as people write it: 2017/18.';
comment on column observation.period_start is 'First day of the period; the day itself for as_at.';
comment on column observation.period_end is 'Last day of the period, included.';
comment on column observation.value is 'The number, in base units of unit; only where status is reported.';
comment on column observation.value_text is 'What the source printed, verbatim.';
comment on column observation.unit is 'count, GBP, percent, ratio, rate_per_10000 (children under 18), days (working days) or text.';
comment on column observation.status is 'reported, or why there is no number: suppressed, not_applicable, not_available, low_reliability, rounds_to_zero, not_held, referred, cost_limit, withheld, refused, unanswered.';
comment on column observation.exemption is 'Letters: the section that was cited: s21, s12, s40(2).';
comment on column observation.publication is 'DfE: slug of the publication.';
comment on column observation.release is 'DfE: slug of the release (the vintage).';
comment on column observation.release_version_id is 'DfE: EES identifier of the edition.';
comment on column observation.data_set is 'DfE: leading code of the data set.';
comment on column observation.published_at is 'When the source said it: the release version, or the letter''s date; null when unknown.';
comment on column observation.letter_id is 'Council: the letter.';
comment on column observation.question is 'Council: number of the question.';
comment on column observation.part is 'Council: part of the question.';
comment on column observation.question_text is 'Council: the question''s words.';
comment on column observation.source_file is 'Name of the file that it was read from.';
comment on column observation.source_line is 'Line of that file, from 1.';
comment on column observation.source_column is 'DfE: column, as the file''s header prints it.';
comment on column observation.source_area_code is 'DfE: ONS code as that file prints it; releases rewrite codes of past rows.';
comment on column observation.source_sha256 is 'sha256 of that file, which is kept in the archive.';
comment on column observation.source_url is 'Where that file was fetched from; null for local files.';
comment on column observation.licence is 'Licence, as SPDX identifier or the source''s own words.';
comment on column observation.loaded_at is 'When it was loaded.';
comment on column observation.run_id is 'Run that loaded it.';
