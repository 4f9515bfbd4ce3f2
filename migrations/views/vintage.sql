-- Grain: one row per version of a release and data set: the file that the version has, and from when to when it was what
-- DfE said. What `release_version.files` names is the truth, never the date of a file: an amendment may be taken back, and
-- then the older file is the newer word.
-- Kept by the database, and made anew with every load: nearly every view asks for it.
-- `release_order` counts a publication's releases by the year in their slug; a later amendment does not make an old release new.
create materialized view vintage as
with version as (
  select v.publication, v.release, v.release_version_id, v.published_at, v.update_count, v.files
  from release_version v
  where v.status in ('loaded', 'incomplete', 'withdrawn') and v.release_version_id <> 'local'
),
data_set as (
  select f.publication, f.release, f.data_set from source_file f where f.source = 'dfe' group by 1, 2, 3
),
said as (
  -- A data set that EES no longer lists is a word too: sha256 is null.
  select s.publication, s.release, s.data_set, v.release_version_id, v.files ->> s.data_set as sha256, v.published_at,
    v.update_count, 'infinity'::timestamptz as replaced_at
  from data_set s
  join version v on v.publication = s.publication and v.release = s.release
  union all
  -- Bytes that changed under one version id and date: the older ones stood until the newer ones were fetched.
  select f.publication, f.release, f.data_set, f.release_version_id, f.sha256, v.published_at, v.update_count, f.fetched_at
  from source_file f
  join version v on v.publication = f.publication and v.release = f.release and v.release_version_id = f.release_version_id
  join source_file n on n.publication = f.publication and n.release = f.release and n.data_set = f.data_set
    and n.sha256 = v.files ->> f.data_set
  where f.source = 'dfe' and n.sha256 <> f.sha256 and n.fetched_at > f.fetched_at
  union all
  -- A local bundle says nothing of the data sets that it does not hold, and several share the one id.
  select f.publication, f.release, f.data_set, f.release_version_id, f.sha256, f.published_at, null, f.fetched_at
  from source_file f
  where f.source = 'dfe' and f.release_version_id = 'local'
),
begun as (
  select s.*, case when lag(s.release_version_id) over sequence = s.release_version_id and s.release_version_id <> 'local'
    then f.fetched_at else s.published_at end as said_from, row_number() over sequence as version_order
  from said s
  left join source_file f on f.publication = s.publication and f.release = s.release and f.data_set = s.data_set
    and f.sha256 = s.sha256
  window sequence as (partition by s.publication, s.release, s.data_set
    order by s.published_at nulls first, s.update_count nulls first, s.release_version_id, s.replaced_at, s.sha256)
),
ended as (
  select b.*, lead(b.said_from) over sequence as said_until, lead(b.publication) over sequence is null as is_current
  from begun b
  window sequence as (partition by b.publication, b.release, b.data_set
    order by b.published_at nulls first, b.update_count nulls first, b.release_version_id, b.replaced_at, b.sha256)
),
release as (
  select v.publication, v.release, row_number() over (
    partition by v.publication
    order by substring(v.release from '^\d{4}') nulls first, min(v.published_at) nulls first, v.release
  ) as release_order
  from release_version v
  group by v.publication, v.release
)
select e.publication, e.release, e.data_set, e.release_version_id, e.sha256, e.said_from, e.said_until, e.is_current,
  r.release_order::integer as release_order, e.version_order::integer as version_order
from ended e
join release r on r.publication = e.publication and r.release = e.release
where e.sha256 is not null;

-- Readers go on reading while it is made anew only where rows have a key.
create unique index vintage_key on vintage (publication, release, data_set, release_version_id, sha256);
create index vintage_file on vintage (sha256);

comment on materialized view vintage is
  'One row per version of a release and data set: the file that the version has, and from when to when it was what DfE said.';
comment on column vintage.publication is 'Slug of the publication.';
comment on column vintage.release is 'Slug of the release.';
comment on column vintage.data_set is 'Leading code of the data set.';
comment on column vintage.release_version_id is 'EES identifier of the version; local for a bundle read from a folder.';
comment on column vintage.sha256 is 'sha256 of the file that the version has; two versions may have the same.';
comment on column vintage.said_from is 'When the version was published; where bytes changed under one version, when the new ones were fetched. Null: unknown.';
comment on column vintage.said_until is 'When the next version of the release was published; null: none was, or the date is unknown.';
comment on column vintage.is_current is 'Whether no later version of this release is known.';
comment on column vintage.release_order is 'Place of the release among the publication''s releases, 1 for the oldest.';
comment on column vintage.version_order is 'Place of the version among those of its release and data set, 1 for the oldest.';
