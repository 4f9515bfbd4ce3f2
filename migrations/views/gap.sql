-- Grain: one row per cell still without a number from anybody: why, and whether waiting, asking again or nothing can help.
create view gap as
select
  a.letter_id, a.question, a.part, a.question_text, a.measure, a.area_code, a.area_name, a.period_kind, a.period_label,
  a.period_start, a.period_end, a.council_status, a.exemption, a.dfe_status, g.reason,
  case g.reason
    when 'council_not_identified' then 'the letter''s council is not identified'
    when 'suppressed_by_dfe' then 'DfE suppresses the figure'
    when 'no_figure_at_dfe' then 'DfE''s files have the cell without a figure (' || a.dfe_status || ')'
    when 'before_series' then 'DfE''s series begins on ' || to_char(p.series_from, 'FMDD FMMonth YYYY')
    when 'not_yet_published' then 'DfE has not published this period yet; it publishes about '
      || to_char(k.expected_by, 'FMMonth YYYY')
    when 'release_not_had' then 'a release that has it could not be had: ' || k.missing
    when 'not_loaded' then 'no release that has the column is loaded for this council'
    when 'not_in_dfe' then 'DfE''s files do not have this period'
    else 'no DfE column is known that answers the question'
  end || case when a.council_status = 'referred' or g.reason <> 'no_dfe_column' then '' else
    case a.council_status
      when 'unanswered' then '; the letter leaves it blank'
      when 'not_held' then '; the council does not hold it'
      when 'cost_limit' then '; the council says that it costs too much'
      else ''
    end end as because,
  case
    when g.reason in ('not_yet_published', 'release_not_had', 'not_loaded') then 'wait'
    when a.council_status in ('unanswered', 'referred', 'cost_limit', 'suppressed', 'not_available', 'refused') then 'ask_again'
    else 'nothing'
  end as recoverable,
  case when g.reason = 'not_yet_published' then k.expected_by end as available_from,
  a.council_citation, a.request_reference, a.response_date, a.breakdown
from answer a
left join question_plan p on p.letter_id = a.letter_id and p.question = a.question and p.part = a.part
cross join lateral (
  select
    (a.period_end + make_interval(months => p.months_to_release))::date as expected_by,
    (select max(o.period_end) from observation o where o.source = 'dfe' and o.area_code = a.area_code
      and o.measure = a.dfe_measure) as newest_end,
    (select string_agg(m.release || ' (' || m.reason || ')', '; ' order by m.release) from missing_release m
      where m.publication = p.publication and m.release >= extract(year from a.period_end)::text) as missing
) k
cross join lateral (
  select case
    when a.area_code is null then 'council_not_identified'
    when a.dfe_measure is null or a.period_start is null or a.breakdown <> '' then 'no_dfe_column'
    when a.dfe_status = 'suppressed' then 'suppressed_by_dfe'
    when a.dfe_status is not null then 'no_figure_at_dfe'
    when a.period_start < p.series_from then 'before_series'
    when k.newest_end is null and k.missing is not null then 'release_not_had'
    when k.newest_end is null then 'not_loaded'
    when a.period_end > k.newest_end and k.missing is not null then 'release_not_had'
    when a.period_end > k.newest_end and a.period_kind in ('financial_year', 'as_at') then 'not_yet_published'
    else 'not_in_dfe'
  end as reason
) g
where a.answered_by is null;

comment on view gap is 'One row per cell still without a number: why, and whether waiting, asking again or nothing can help.';
comment on column gap.letter_id is 'The letter.';
comment on column gap.question is 'Number of the question.';
comment on column gap.part is 'Part of the question; empty where it has none.';
comment on column gap.question_text is 'The question''s words.';
comment on column gap.measure is 'Catalogue code of the measure that the words mean; null where none fits.';
comment on column gap.area_code is 'ONS code of the council; null: not identified.';
comment on column gap.area_name is 'Published name of the council.';
comment on column gap.period_kind is 'financial_year, calendar_year, academic_year, quarter, month or as_at; null: no period.';
comment on column gap.period_label is 'The period as people write it.';
comment on column gap.period_start is 'First day of the period.';
comment on column gap.period_end is 'Last day of the period, included.';
comment on column gap.council_status is 'Why the council gives no number.';
comment on column gap.exemption is 'The section that the council cited.';
comment on column gap.dfe_status is 'DfE''s status, where its files have the cell.';
comment on column gap.reason is 'council_not_identified, no_dfe_column, suppressed_by_dfe, no_figure_at_dfe, before_series, not_yet_published, release_not_had, not_loaded or not_in_dfe.';
comment on column gap.because is 'The same, for a person.';
comment on column gap.recoverable is 'wait, ask_again (the council may be asked for it), or nothing (nothing is known to help).';
comment on column gap.available_from is 'not_yet_published: about when DfE publishes it.';
comment on column gap.council_citation is 'Names the line of the letter for s21 verify.';
comment on column gap.request_reference is 'The request''s reference, as printed.';
comment on column gap.response_date is 'Date of the letter; null where it gives none.';
comment on column gap.breakdown is 'Empty, or what splits the question.';
