-- Grain: one row per letter, question, part, period and breakdown, as the council said it. Corrected letters stand in
-- place of those that they correct.
create view letter_cell as
select
  o.letter_id, o.question, o.part, o.breakdown, o.question_text, o.measure, o.area_code, o.area_name, o.period_kind,
  o.period_label, o.period_start, o.period_end, o.value, o.value_text, o.unit, o.status, o.exemption,
  l.request_reference, l.response_date,
  (l.response_date + 1)::timestamp at time zone 'Europe/London' as letter_ends,
  o.source_file, o.source_line, o.source_sha256, citation_of(o) as citation
from observation o
join letter l on l.letter_id = o.letter_id
where o.source = 'council' and l.superseded_by is null;

comment on view letter_cell is 'One row per letter, question, part, period and breakdown: what the council said.';
comment on column letter_cell.letter_id is 'The letter.';
comment on column letter_cell.question is 'Number of the question.';
comment on column letter_cell.part is 'Part of the question; empty where it has none.';
comment on column letter_cell.breakdown is 'Empty, or what splits the question.';
comment on column letter_cell.question_text is 'The question''s words.';
comment on column letter_cell.measure is 'Catalogue code of the measure that the words mean; null where none fits.';
comment on column letter_cell.area_code is 'ONS code of the council; null: not identified.';
comment on column letter_cell.area_name is 'Published name of the council.';
comment on column letter_cell.period_kind is 'financial_year, calendar_year, academic_year, quarter, month or as_at; null: no period.';
comment on column letter_cell.period_label is 'The period as people write it.';
comment on column letter_cell.period_start is 'First day of the period.';
comment on column letter_cell.period_end is 'Last day of the period, included.';
comment on column letter_cell.value is 'The council''s number, in base units of unit.';
comment on column letter_cell.value_text is 'What the letter printed, verbatim.';
comment on column letter_cell.unit is 'Unit of value.';
comment on column letter_cell.status is 'The council''s status: reported, referred, not_held, …';
comment on column letter_cell.exemption is 'The section that was cited: s21, s12, s40(2).';
comment on column letter_cell.request_reference is 'The request''s reference, as printed.';
comment on column letter_cell.response_date is 'Date of the letter; null where it gives none.';
comment on column letter_cell.letter_ends is 'End of that day, UK time.';
comment on column letter_cell.source_file is 'Name of the letter''s file.';
comment on column letter_cell.source_line is 'Line of the letter.';
comment on column letter_cell.source_sha256 is 'sha256 of the letter''s file in the archive.';
comment on column letter_cell.citation is 'Names the line of the letter for s21 verify.';
