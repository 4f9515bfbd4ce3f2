-- Grain: one row per letter, question, part, period and breakdown that a letter refers elsewhere: the truth test. Was the
-- figure in the release cited, on the letter's date? Judged by the files; where the cited release can't be had, by the
-- years that its publication's releases hold, and marked so.
create view referral as
select
  r.letter_id, r.question, r.part, l.council_name, l.area_code, r.period_kind, r.period_label, r.period_start, r.period_end,
  verdict.verdict,
  case when verdict.verdict = 'published_later' then
    (case when e.first_is_own then e.first_published_at at time zone 'Europe/London' else e.expected_by end)::date
  end as available_from,
  case when verdict.verdict = 'published_later' and e.first_is_own then e.first_release end as available_in,
  case when verdict.verdict <> 'unresolved' then verdict.basis end as basis,
  case verdict.verdict
    when 'unresolved' then coalesce(t.problem, verdict.reason)
    when 'covered' then case verdict.basis when 'files' then 'release ' || w.cited || ' has the figure'
      else 'release ' || w.cited || ' can''t be had here; its series runs to ' || to_char(t.covers_until, 'FMDD FMMonth YYYY')
        || ', and release ' || e.first_release || ' repeats the figure' end
    when 'covered_but_suppressed' then 'release ' || w.cited || ' has the cell, suppressed'
    when 'not_in_cited_release' then 'release ' || w.cited || ' does not have the figure; '
      || case when e.first_published_at < w.letter_ends then 'release ' || e.first_release || ' had it by then'
         else 'a release before ' || e.first_release || ' had it by then' end
    when 'published_later' then 'release ' || w.cited || ' does not have the figure; it was first published '
      || case when e.first_is_own then 'on ' || to_char(e.first_published_at at time zone 'Europe/London', 'FMDD FMMonth YYYY')
           || ', in release ' || e.first_release
         else 'by about ' || to_char(e.expected_by, 'FMDD FMMonth YYYY') end
    else case when e.vintages > 0 then 'the releases that have the cell give no figure'
      else 'no release that is loaded has the cell' end
  end as because,
  t.note as directions_fault,
  r.url, t.publication, w.cited as cited_release,
  coalesce(nullif(array_to_string(r.file_codes, ', '), ''), p.data_set) as data_set,
  r.la_filter, p.dfe_measure, r.breakdown, r.words, r.source_line, l.request_reference, l.response_date,
  e.first_release, e.first_published_at
from referred_cell r
join letter l on l.letter_id = r.letter_id and l.superseded_by is null
left join question_plan p on p.letter_id = r.letter_id and p.question = r.question and p.part = r.part
left join referral_plan t on t.letter_id = r.letter_id and t.question = r.question and t.part = r.part
  and t.breakdown = r.breakdown and coalesce(t.period_label, '') = coalesce(r.period_label, '')
cross join lateral (
  select (l.response_date + 1)::timestamp at time zone 'Europe/London' as letter_ends
) day
left join lateral (
  select v.release from release_version v
  where t.release is null and v.publication = t.publication and v.status in ('loaded', 'incomplete', 'withdrawn')
    and (day.letter_ends is null or v.published_at < day.letter_ends)
  order by v.published_at desc nulls last, v.release desc limit 1
) newest on true
cross join lateral (select day.letter_ends, coalesce(t.release, newest.release) as cited) w
cross join lateral (
  select
    count(*) as vintages,
    coalesce(bool_or(o.release = w.cited and o.status = 'reported' and known.by_then), false) as cited_has_figure,
    coalesce(bool_or(o.release = w.cited and o.status = 'suppressed' and known.by_then), false) as cited_has_suppressed,
    coalesce(bool_or(o.status = 'reported' and v.said_from < w.letter_ends and known.by_then), false) as had_by_then,
    coalesce(bool_or(o.status = 'reported'), false) as has_figure,
    coalesce(bool_or(o.status = 'suppressed'), false) as has_suppressed,
    min(v.said_from) filter (where o.status = 'reported') as first_published_at,
    (array_agg(o.release order by v.said_from nulls last, o.release) filter (where o.status in ('reported', 'suppressed')))[1]
      as first_release,
    -- The release whose newest period this is was the first to hold it.
    coalesce((array_agg(not exists (
      select 1 from observation later
      where later.source = 'dfe' and later.area_code = o.area_code and later.measure = o.measure
        and later.publication = o.publication and later.release = o.release and later.period_end > o.period_end
    ) order by v.said_from nulls last, o.release) filter (where o.status = 'reported'))[1], false) as first_is_own,
    (r.period_end + make_interval(months => p.months_to_release))::date as expected_by
  from observation o
  join vintage v on v.sha256 = o.source_sha256 and v.publication = o.publication and v.release = o.release
    and v.data_set = o.data_set
  -- The version of its release that stood on the letter's date; where a date is missing, the one that stands.
  cross join lateral (
    select coalesce(v.said_from < w.letter_ends, true)
      and (v.is_current or coalesce(v.said_until >= w.letter_ends, false)) as by_then
  ) known
  where o.source = 'dfe' and o.area_code = l.area_code and o.measure = p.dfe_measure and o.publication = t.publication
    and o.period_kind = r.period_kind and o.period_start = r.period_start and o.period_end = r.period_end
    and o.breakdown = r.breakdown
) e
cross join lateral (
  select
    exists (
      select 1 from observation o
      where o.source = 'dfe' and o.area_code = l.area_code and o.measure = p.dfe_measure
        and o.publication = t.publication and o.release = w.cited
    ) as cited_is_held,
    exists (
      select 1 from observation o
      where o.source = 'dfe' and o.area_code = l.area_code and o.measure = p.dfe_measure and o.publication = t.publication
    ) as any_is_held,
    r.period_start >= t.covers_from and r.period_end <= t.covers_until as covers
) h
cross join lateral (
  select
    case
      when t.letter_id is null or t.problem is not null or r.period_start is null or w.cited is null then 'unresolved'
      when e.cited_has_figure then 'covered'
      when e.cited_has_suppressed then 'covered_but_suppressed'
      when h.covers and not h.cited_is_held and e.has_figure then 'covered'
      when h.covers and not h.cited_is_held and e.has_suppressed then 'covered_but_suppressed'
      when h.covers and not h.cited_is_held then 'unresolved'
      when e.had_by_then then 'not_in_cited_release'
      when e.has_figure and w.letter_ends is null then 'unresolved'
      when e.has_figure and not e.first_is_own and e.expected_by < w.letter_ends then 'not_in_cited_release'
      when e.has_figure then 'published_later'
      when h.any_is_held then 'not_published'
      else 'unresolved'
    end as verdict,
    case when not h.cited_is_held then 'pattern' else 'files' end as basis,
    case
      when t.letter_id is null then 'not looked at yet: run s21 backfill'
      when r.period_start is null then 'the letter gives no period'
      when w.cited is null then 'no release of the publication is known on the letter''s date'
      when e.has_figure then 'the letter has no date'
      else 'no release that has the cell is loaded'
    end as reason
) verdict;

comment on view referral is
  'One row per letter, question, part, period and breakdown that a letter refers elsewhere: was the figure there, on the letter''s date?';
comment on column referral.letter_id is 'The letter.';
comment on column referral.question is 'Number of the question.';
comment on column referral.part is 'Part of the question; empty where it has none.';
comment on column referral.council_name is 'Published name of the council.';
comment on column referral.area_code is 'ONS code of the council; null: not identified.';
comment on column referral.period_kind is 'financial_year, calendar_year, academic_year, quarter, month or as_at; null: no period.';
comment on column referral.period_label is 'The period as people write it.';
comment on column referral.period_start is 'First day of the period.';
comment on column referral.period_end is 'Last day of the period, included.';
comment on column referral.verdict is 'covered, covered_but_suppressed, not_in_cited_release (another release had it by then), published_later, not_published or unresolved.';
comment on column referral.available_from is 'published_later: day on which DfE first published the figure.';
comment on column referral.available_in is 'published_later: the release that first held the figure; null where only a later one is loaded.';
comment on column referral.basis is 'files (the cited release was read) or pattern (it can''t be had; judged by the years that such releases hold); null where unresolved.';
comment on column referral.because is 'Why this verdict, for a person.';
comment on column referral.directions_fault is 'What is wrong with the directions though they can be followed; null where nothing is.';
comment on column referral.url is 'The link as printed. Never fetched.';
comment on column referral.publication is 'Current slug of the publication; null where the letter points to none that is read.';
comment on column referral.cited_release is 'The release that the letter cites; where its link names none, the newest on its date.';
comment on column referral.data_set is 'Files that the letter names (C1); where it names none, the one that has the column.';
comment on column referral.la_filter is 'What the letter says to filter the authority column to.';
comment on column referral.dfe_measure is 'Catalogue code of the DfE column that answers the question.';
comment on column referral.breakdown is 'Empty, or what splits the question.';
comment on column referral.words is 'The letter''s words of direction.';
comment on column referral.source_line is 'Line of the letter.';
comment on column referral.request_reference is 'The request''s reference, as printed.';
comment on column referral.response_date is 'Date of the letter; null where it gives none.';
comment on column referral.first_release is 'First release, of those loaded, that has the cell.';
comment on column referral.first_published_at is 'When the first release, of those loaded, that has the figure was published.';
