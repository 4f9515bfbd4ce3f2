-- Grain: one row per letter, question, part, period and breakdown: the final answer, and who gave it.
-- DfE fills blanks and never overwrites. A blank is filled from the release that the letter cites, else from the earliest
-- release that has the figure. Where the council gave a figure, DfE's newest stands beside it.
create view answer as
select
  c.letter_id, c.question, c.part, c.question_text, c.measure, c.area_code, c.area_name, c.period_kind, c.period_label,
  c.period_start, c.period_end,
  case when k.answered then c.value else (d.pick).value end as value,
  case when k.answered or not k.said_by_dfe then c.value_text else (d.pick).value_text end as value_text,
  case when k.answered or (d.pick).unit is null then c.unit else (d.pick).unit end as unit,
  case when k.answered or not k.said_by_dfe then c.status else (d.pick).status end as status,
  case when k.answered then 'council' when (d.pick).status = 'reported' then 'dfe' end as answered_by,
  case when k.answered or not k.said_by_dfe then c.citation else (d.pick).citation end as citation,
  c.value as council_value,
  c.status as council_status,
  (d.pick).value as dfe_value,
  (d.pick).status as dfe_status,
  c.value - (d.pick).value as difference,
  (d.cited).value as cited_value,
  k.cited_release,
  (d.at_letter).value as at_letter_value,
  (d.at_letter).release as at_letter_release,
  (d.latest).value as latest_value,
  (d.latest).release as latest_release,
  (d.cited).status as cited_status,
  (d.at_letter).status as at_letter_status,
  (d.latest).status as latest_status,
  (d.cited).citation as cited_citation,
  (d.at_letter).citation as at_letter_citation,
  (d.latest).citation as latest_citation,
  c.citation as council_citation,
  (d.pick).citation as dfe_citation,
  (d.pick).release as dfe_release,
  case
    when (d.pick).source is null then null
    when k.answered then 'latest'
    when (d.pick).release = k.cited_release then 'cited'
    else 'earliest'
  end as dfe_vintage,
  p.dfe_measure, p.basis as measure_basis, p.because as measure_because, p.other_measure,
  (other.said).value as other_value,
  c.breakdown, c.exemption, c.request_reference, c.response_date
from letter_cell c
left join question_plan p on p.letter_id = c.letter_id and p.question = c.question and p.part = c.part
left join referral_plan r on r.letter_id = c.letter_id and r.question = c.question and r.part = c.part
  and r.breakdown = c.breakdown and coalesce(r.period_label, '') = coalesce(c.period_label, '') and c.status = 'referred'
left join lateral (
  select v.release from release_version v
  where r.release is null and v.publication = r.publication and v.status in ('loaded', 'incomplete', 'withdrawn')
    and (c.letter_ends is null or v.published_at < c.letter_ends)
  order by v.published_at desc nulls last, v.release desc limit 1
) newest on true
left join lateral (
  -- Of a release the version that stood when the letter was written; where there was none, the one that stands now.
  select
    (array_agg(v order by w.stood_then desc, v.said_from desc nulls last)
      filter (where v.release = coalesce(r.release, newest.release) and (w.stood_then or v.is_current)))[1] as cited,
    (array_agg(v order by v.release_order desc) filter (where w.stood_then))[1] as at_letter,
    (array_agg(v order by v.release_order desc) filter (where v.is_current))[1] as latest,
    (array_agg(v order by v.status = 'reported' desc, v.release_order) filter (where v.is_current))[1] as earliest
  from dfe_vintage(c.area_code, p.dfe_measure, c.period_kind, c.period_start, c.period_end) v
  cross join lateral (
    select coalesce(v.said_from < c.letter_ends and (v.is_current or v.said_until >= c.letter_ends), false) as stood_then
  ) w
  where c.breakdown = '' and (c.status not in ('reported', 'rounds_to_zero') or v.unit = c.unit)
) found on true
cross join lateral (
  select coalesce(r.release, newest.release) as cited_release, c.status in ('reported', 'rounds_to_zero') as answered
) base
cross join lateral (
  select found.cited, found.at_letter, found.latest,
    case
      when base.answered then found.latest
      when (found.cited).status = 'reported' then found.cited
      when (found.earliest).status = 'reported' or (found.cited).source is null then found.earliest
      else found.cited
    end as pick
) d
cross join lateral (
  select base.cited_release, base.answered,
    (d.pick).status = 'reported' or (c.status = 'referred' and (d.pick).status is not null) as said_by_dfe_or_null
) said
cross join lateral (
  select said.cited_release, said.answered, coalesce(said.said_by_dfe_or_null, false) as said_by_dfe
) k
left join lateral (
  select v as said from dfe_vintage(c.area_code, p.other_measure, c.period_kind, c.period_start, c.period_end) v
  where v.release = (d.pick).release
  order by v.is_current desc, v.said_from desc nulls last limit 1
) other on true;

comment on view answer is
  'One row per letter, question, part, period and breakdown: the final answer. DfE fills blanks and never overwrites a council.';
comment on column answer.letter_id is 'The letter.';
comment on column answer.question is 'Number of the question.';
comment on column answer.part is 'Part of the question; empty where it has none.';
comment on column answer.question_text is 'The question''s words.';
comment on column answer.measure is 'Catalogue code of the measure that the words mean; null where none fits.';
comment on column answer.area_code is 'ONS code of the council; null: not identified.';
comment on column answer.area_name is 'Published name of the council.';
comment on column answer.period_kind is 'financial_year, calendar_year, academic_year, quarter, month or as_at; null: no period.';
comment on column answer.period_label is 'The period as people write it.';
comment on column answer.period_start is 'First day of the period.';
comment on column answer.period_end is 'Last day of the period, included.';
comment on column answer.value is 'The final number, in base units of unit; null where nobody gives one.';
comment on column answer.value_text is 'The final answer as its source prints it, verbatim.';
comment on column answer.unit is 'Unit of value.';
comment on column answer.status is 'reported, or why there is no number.';
comment on column answer.answered_by is 'council, dfe, or null where nobody answers.';
comment on column answer.citation is 'Names the source of this row for s21 verify; where nobody answers, the line of the letter that says so.';
comment on column answer.council_value is 'The council''s own number, in base units.';
comment on column answer.council_status is 'The council''s own status, kept whatever fills the cell.';
comment on column answer.dfe_value is 'DfE''s number: for blanks from the release that fills them, beside a council''s figure from the newest release. In units of dfe_measure.';
comment on column answer.dfe_status is 'DfE''s status there.';
comment on column answer.difference is 'council_value less dfe_value, in unit.';
comment on column answer.cited_value is 'DfE''s number in the release that the letter cites, as it was on the letter''s date; in units of dfe_measure.';
comment on column answer.cited_release is 'The release that the letter cites; where its link names none, the newest on its date. Null where it cites none.';
comment on column answer.at_letter_value is 'DfE''s number in the newest release on the letter''s date that has the cell; in units of dfe_measure.';
comment on column answer.at_letter_release is 'That release.';
comment on column answer.latest_value is 'DfE''s number in the newest release that has the cell; in units of dfe_measure.';
comment on column answer.latest_release is 'That release.';
comment on column answer.cited_status is 'DfE''s status in the release cited; null where it does not have the cell, or is not loaded.';
comment on column answer.at_letter_status is 'DfE''s status in the newest release on the letter''s date.';
comment on column answer.latest_status is 'DfE''s status in the newest release.';
comment on column answer.cited_citation is 'Names the cell in the release cited.';
comment on column answer.at_letter_citation is 'Names the cell in the newest release on the letter''s date.';
comment on column answer.latest_citation is 'Names the cell in the newest release.';
comment on column answer.council_citation is 'Names the line of the letter.';
comment on column answer.dfe_citation is 'Names the cell that dfe_value was read from.';
comment on column answer.dfe_release is 'The release that dfe_value was read from.';
comment on column answer.dfe_vintage is 'cited, earliest (the first release that has the figure, where the one cited has not) or latest (beside a council''s figure).';
comment on column answer.dfe_measure is 'Catalogue code of the DfE column used; null where none can be meant.';
comment on column answer.measure_basis is 'Why that column: same_wording, own_words or catalogue.';
comment on column answer.measure_because is 'The same, for a person.';
comment on column answer.other_measure is 'The column that might have been meant instead; null where there is only one.';
comment on column answer.other_value is 'What that column holds in the same release; in units of other_measure.';
comment on column answer.breakdown is 'Empty, or what splits the question.';
comment on column answer.exemption is 'The section that the council cited: s21, s12, s40(2).';
comment on column answer.request_reference is 'The request''s reference, as printed.';
comment on column answer.response_date is 'Date of the letter; null where it gives none.';
