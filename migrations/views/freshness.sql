-- Grain: one row per publication.
create view freshness as
select
  v.publication,
  (array_agg(v.release order by v.published_at desc nulls last, v.release desc))[1] as newest_release,
  max(v.published_at) as newest_published_at,
  (array_agg(v.release order by v.published_at desc nulls last, v.release desc)
    filter (where v.status in ('loaded', 'incomplete', 'withdrawn')))[1] as newest_loaded_release,
  max(v.last_checked_at) as last_checked_at,
  (select max(f.loaded_at) from source_file f where f.publication = v.publication) as last_changed_at,
  (array_agg(v.next_release order by v.published_at desc nulls last, v.release desc))[1] as next_release
from release_version v
group by v.publication;

comment on view freshness is 'One row per publication: the newest release seen, when it was checked and when anything changed.';
comment on column freshness.publication is 'Slug of the publication.';
comment on column freshness.newest_release is 'Slug of the newest release seen.';
comment on column freshness.newest_published_at is 'When that version was published.';
comment on column freshness.newest_loaded_release is 'Slug of the newest release that is loaded.';
comment on column freshness.last_checked_at is 'When s21 last asked for it.';
comment on column freshness.last_changed_at is 'When rows of this publication were last written.';
comment on column freshness.next_release is 'When DfE says the next release comes; may be partial.';
