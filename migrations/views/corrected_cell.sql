-- Grain: one row per cell of a letter that a person corrected.
create view corrected_cell as
select
  c.letter_id, l.file_name, l.council_name, l.area_code, l.request_reference,
  c.question, c.part, c.period_label, c.breakdown, o.measure, o.source_line,
  c.printed, c.meant, c.because, c.who, c.corrected_at,
  c.read_value, c.read_status, o.value, o.status, o.unit,
  o.letter_id is not null as applied
from correction c
join letter l on l.letter_id = c.letter_id
left join observation o on o.source = 'council' and o.letter_id = c.letter_id and o.question = c.question
  and o.part = c.part and o.period_label is not distinct from c.period_label and o.breakdown = c.breakdown
  and o.value_text = c.printed;

comment on view corrected_cell is 'One row per cell of a letter that a person corrected: printed, meant, why, and what stands now.';
comment on column corrected_cell.letter_id is 'The letter.';
comment on column corrected_cell.file_name is 'Name of the letter''s file.';
comment on column corrected_cell.council_name is 'The council.';
comment on column corrected_cell.area_code is 'ONS code of the council; null: not identified.';
comment on column corrected_cell.request_reference is 'The request''s reference.';
comment on column corrected_cell.question is 'Number of the question.';
comment on column corrected_cell.part is 'Part of the question; empty where it has none.';
comment on column corrected_cell.period_label is 'The period; null: none.';
comment on column corrected_cell.breakdown is 'Empty, or what splits the question.';
comment on column corrected_cell.measure is 'Catalogue code of the measure; null where none fits.';
comment on column corrected_cell.source_line is 'Line of the letter.';
comment on column corrected_cell.printed is 'What the letter printed.';
comment on column corrected_cell.meant is 'What the person says is meant.';
comment on column corrected_cell.because is 'Why.';
comment on column corrected_cell.who is 'Who says so.';
comment on column corrected_cell.corrected_at is 'When it was applied, or last changed.';
comment on column corrected_cell.read_value is 'The value that the program had read, in base units.';
comment on column corrected_cell.read_status is 'The status that the program had read.';
comment on column corrected_cell.value is 'The value that stands now, in base units.';
comment on column corrected_cell.status is 'The status that stands now.';
comment on column corrected_cell.unit is 'Unit of value.';
comment on column corrected_cell.applied is 'False: the letter no longer reads as it did when it was corrected; a person should look.';
