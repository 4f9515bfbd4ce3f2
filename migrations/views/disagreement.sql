-- Grain: one row per cell that both the council and DfE reported, and differently. Causes are tested against DfE's other
-- figures; the first that holds is told.
create view disagreement as
select
  a.letter_id, a.question, a.part, a.question_text, a.measure, a.area_code, a.area_name, a.period_kind, a.period_label,
  a.period_start, a.period_end, a.council_value, a.dfe_value, a.difference,
  round(100 * a.difference / nullif(a.dfe_value, 0), 1) as percent,
  case
    when kin.relation is not null then kin.relation
    when shifted.period_label is not null then 'year_shifted'
    when swapped.digits then 'digits_swapped'
    when timing.provisional then 'provisional'
    when abs(a.difference) <= 2 then 'small_revision'
    else 'unknown'
  end as likely_cause,
  case
    when kin.relation is not null then 'the council''s figure is DfE''s ' || kin.kin || ' of ' || kin.period_label
    when shifted.period_label is not null then 'the council''s figure is DfE''s of ' || shifted.period_label
    when swapped.digits then 'the same digits, two of them in another order'
    when timing.provisional then timing.words
    when abs(a.difference) <= 2 then 'a difference of at most 2'
    else 'none of the tested causes holds'
  end as because,
  a.unit, a.dfe_measure, a.dfe_release, a.council_citation, a.dfe_citation, a.request_reference, a.response_date, a.breakdown
from answer a
left join question_plan p on p.letter_id = a.letter_id and p.question = a.question and p.part = a.part
left join lateral (
  select k.relation, k.kin, o.period_label
  from measure_kin k
  join observation o on o.source = 'dfe' and o.area_code = a.area_code and o.measure = k.kin
    and o.period_end = a.period_end and o.breakdown = '' and o.value = a.council_value
  where k.measure = a.dfe_measure and a.council_value > 5
    and not exists (
      select 1 from suppressed_cell c
      where c.area_code = o.area_code and c.measure = o.measure and c.period_start = o.period_start
        and c.period_end = o.period_end and c.period_kind = o.period_kind and c.breakdown = o.breakdown
    )
  order by k.relation = 'stock_or_flow', k.kin limit 1
) kin on true
left join lateral (
  select o.period_label
  from observation o
  where o.source = 'dfe' and o.area_code = a.area_code and o.measure = a.dfe_measure and o.breakdown = ''
    and o.period_kind = a.period_kind and o.value = a.council_value and a.council_value > 5
    and o.period_start in ((a.period_start - interval '1 year')::date, (a.period_start + interval '1 year')::date)
    and not exists (
      select 1 from suppressed_cell c
      where c.area_code = o.area_code and c.measure = o.measure and c.period_start = o.period_start
        and c.period_end = o.period_end and c.period_kind = o.period_kind and c.breakdown = o.breakdown
    )
  order by o.period_start limit 1
) shifted on true
cross join lateral (
  select a.unit = 'count' and a.council_value >= 10
    and length(a.council_value::text) = length(a.dfe_value::text)
    and (
      select count(*) = 2 and max(place) = min(place) + 1
        and array_agg(c.digit order by place) = array_agg(d.digit order by place desc)
      from regexp_split_to_table(a.council_value::text, '') with ordinality c(digit, place)
      join regexp_split_to_table(a.dfe_value::text, '') with ordinality d(digit, place) using (place)
      where c.digit <> d.digit
    ) as digits
) swapped
cross join lateral (
  select
    (a.period_end + make_interval(months => p.months_to_release))::date as expected_by,
    (select max(o.period_end) from letter_cell o where o.letter_id = a.letter_id) as not_before,
    -- How many earlier answers to the question DfE bears out; null where it does not bear out all.
    (select case when bool_and(abs(o.difference) <= greatest(2, 0.01 * o.dfe_value)) then count(*) end
      from answer o where o.letter_id = a.letter_id and o.question = a.question and o.part = a.part
        and o.period_end < a.period_end and o.council_value is not null and o.dfe_value is not null) as earlier,
    (select min(o.published_at) from observation o where o.source = 'dfe' and o.area_code = a.area_code
      and o.measure = a.dfe_measure and o.period_start = a.period_start and o.period_end = a.period_end) as first_published_at
) known
cross join lateral (
  select
    case
      when known.expected_by is null then false
      when a.response_date is not null then a.response_date < least(known.expected_by,
        (known.first_published_at at time zone 'Europe/London')::date)
      else known.not_before < known.expected_by and coalesce(known.earlier > 0, false)
    end as provisional,
    case
      when a.response_date is not null then 'the letter is of ' || to_char(a.response_date, 'FMDD FMMonth YYYY')
        || ', before DfE published this period'
      else 'the newest period of a letter without a date; the ' || known.earlier || ' earlier ones agree, and DfE publishes this one about '
        || to_char(known.expected_by, 'FMMonth YYYY')
    end as words
) timing
where a.answered_by = 'council' and a.council_value is not null and a.dfe_value is not null and a.difference <> 0
  and a.breakdown = '' -- DfE's figures have none; known of an answer before its figures are looked for
order by abs(a.difference) desc, a.letter_id, a.question, a.part, a.period_start;

comment on view disagreement is 'One row per cell that both the council and DfE reported, and differently; the largest difference first.';
comment on column disagreement.letter_id is 'The letter.';
comment on column disagreement.question is 'Number of the question.';
comment on column disagreement.part is 'Part of the question; empty where it has none.';
comment on column disagreement.question_text is 'The question''s words.';
comment on column disagreement.measure is 'Catalogue code of the measure that the words mean.';
comment on column disagreement.area_code is 'ONS code of the council.';
comment on column disagreement.area_name is 'Published name of the council.';
comment on column disagreement.period_kind is 'financial_year, calendar_year, academic_year, quarter, month or as_at.';
comment on column disagreement.period_label is 'The period as people write it.';
comment on column disagreement.period_start is 'First day of the period.';
comment on column disagreement.period_end is 'Last day of the period, included.';
comment on column disagreement.council_value is 'The council''s number, in base units of unit.';
comment on column disagreement.dfe_value is 'DfE''s number in its newest release, in unit.';
comment on column disagreement.difference is 'council_value less dfe_value, in unit.';
comment on column disagreement.percent is 'difference in percent of dfe_value; null where that is 0.';
comment on column disagreement.likely_cause is 'The first tested cause that holds: plans_or_children, episodes_or_children, referrals_or_children, enquiries_or_children, conferences_or_children, stock_or_flow, year_shifted, digits_swapped, provisional, small_revision; else unknown.';
comment on column disagreement.because is 'What the test found, for a person.';
comment on column disagreement.unit is 'Unit of the numbers.';
comment on column disagreement.dfe_measure is 'Catalogue code of the DfE column that was compared.';
comment on column disagreement.dfe_release is 'Release that dfe_value was read from.';
comment on column disagreement.council_citation is 'Names the line of the letter for s21 verify.';
comment on column disagreement.dfe_citation is 'Names the cell of the file for s21 verify.';
comment on column disagreement.request_reference is 'The request''s reference, as printed.';
comment on column disagreement.response_date is 'Date of the letter; null where it gives none.';
comment on column disagreement.breakdown is 'Empty, or what splits the question.';
