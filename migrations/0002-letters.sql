-- Councils' letters: what each says of itself, where it refers to, and what a person corrected in it.
-- Frozen once landed: change it by a new numbered file.

create table letter (
  letter_id text primary key,
  text_sha256 text not null unique,
  sha256 text not null,
  file_name text not null,
  format text not null,
  readable boolean not null,
  council_name text,
  area_code text,
  request_reference text,
  reference_key text,
  response_date date,
  licence text,
  notes text[] not null default '{}',
  problems jsonb not null default '[]',
  questions integer not null,
  cells integer not null,
  questions_key text not null,
  corrects boolean not null,
  corrects_reference_key text,
  reader text not null,
  read_at timestamptz not null,
  run_id text not null,
  superseded_by text,
  supersedes text
);
create index letter_reference on letter (area_code, reference_key);
create index letter_questions on letter (area_code, questions_key);
create index letter_corrects on letter (area_code, corrects_reference_key);
create index letter_file on letter (sha256);
-- A letter's rows are replaced together; most observations are DfE's and have no letter.
create index observation_letter on observation (letter_id) where letter_id is not null;
comment on table letter is 'One row per letter ever read, by its text: the same letter renamed, or with other line ends, is the same letter.';
comment on column letter.letter_id is 'First 16 hexadecimal digits of text_sha256; also in observation.letter_id.';
comment on column letter.text_sha256 is 'sha256 of the letter''s lines in UTF-8, without trailing blanks and empty lines at the end, each ended by a line feed.';
comment on column letter.sha256 is 'sha256 of the file that its rows were read from, which is kept in the archive; of the e-mail for an attachment.';
comment on column letter.file_name is 'Name of that file, without folders; an attachment is letter.eml#attachment.docx.';
comment on column letter.format is 'txt, md, html, docx, pdf or eml, by content.';
comment on column letter.readable is 'False: set aside as not a reply; nothing was read from it, and problems says why.';
comment on column letter.council_name is 'Published name of the council; the letter''s own words where it is not in the catalogue.';
comment on column letter.area_code is 'ONS code of the council, the newest that it has had; null: not identified.';
comment on column letter.request_reference is 'The request''s reference, as printed.';
comment on column letter.reference_key is 'request_reference in capitals, letters and digits only: what letters are matched by.';
comment on column letter.response_date is 'Date of the letter; null where it gives none.';
comment on column letter.licence is 'What the letter says of re-use: an SPDX identifier or its own words; null where it says nothing.';
comment on column letter.notes is 'Notes of the letter that change the meaning of its figures, in its own words.';
comment on column letter.problems is 'What is in doubt: objects with code, message, line, found and expected. Each is an issue too.';
comment on column letter.questions is 'Questions and parts read.';
comment on column letter.cells is 'Rows in observation.';
comment on column letter.questions_key is 'Fingerprint of the words of its questions: a corrected letter asks the same.';
comment on column letter.corrects is 'Whether it says that it corrects or replaces an earlier reply.';
comment on column letter.corrects_reference_key is 'Reference of the reply that it says it corrects, as reference_key; null where it names none.';
comment on column letter.reader is 'Fingerprint of the program that read it; a letter is read again when that changes.';
comment on column letter.read_at is 'When it was last read.';
comment on column letter.run_id is 'Run that last read it.';
comment on column letter.superseded_by is 'Letter that corrects this one; the views leave this one''s rows out. Null: it stands.';
comment on column letter.supersedes is 'Letter that this one corrects; null where it corrects none.';

create table referred_cell (
  letter_id text not null,
  question text not null,
  part text not null,
  breakdown text not null,
  period_kind text,
  period_label text,
  period_start date,
  period_end date,
  url text,
  publication_slug text,
  release_slug text,
  file_codes text[] not null default '{}',
  la_filter text,
  words text not null,
  source_line integer not null
);
create index referred_cell_letter on referred_cell (letter_id, question, part);
comment on table referred_cell is 'One row per cell that a letter answers by pointing elsewhere: where it points. Replaced with the letter''s rows.';
comment on column referred_cell.letter_id is 'The letter.';
comment on column referred_cell.question is 'Number of the question.';
comment on column referred_cell.part is 'Part of the question; empty where it has none.';
comment on column referred_cell.breakdown is 'Empty, or what splits the question, as in observation.';
comment on column referred_cell.period_kind is 'Kind of period, as in observation; null: no period.';
comment on column referred_cell.period_label is 'The period as people write it.';
comment on column referred_cell.period_start is 'First day of the period.';
comment on column referred_cell.period_end is 'Last day of the period, included.';
comment on column referred_cell.url is 'The link as printed; null where there are only words. Never fetched.';
comment on column referred_cell.publication_slug is 'Slug of the publication as the letter spells it; only for https links to exactly the EES site.';
comment on column referred_cell.release_slug is 'Slug of the release in the link; null where the link names none.';
comment on column referred_cell.file_codes is 'Leading codes of the files that the letter names for this question: {C1}.';
comment on column referred_cell.la_filter is 'What the letter says to filter the authority column to.';
comment on column referred_cell.words is 'The letter''s words of direction; empty where a person''s correction made the cell a referral.';
comment on column referred_cell.source_line is 'Line of the letter.';

create table correction (
  letter_id text not null,
  question text not null,
  part text not null,
  period_label text,
  breakdown text not null,
  printed text not null,
  meant text not null,
  because text not null,
  who text not null,
  read_value numeric,
  read_status text not null,
  read_unit text not null,
  read_exemption text,
  corrected_at timestamptz not null,
  run_id text not null
);
create unique index correction_cell
  on correction (letter_id, question, part, (coalesce(period_label, '')), breakdown, printed);
comment on table correction is 'One row per cell that a person corrected: what stands in observation for it is what was meant. Survives re-reading.';
comment on column correction.letter_id is 'The letter.';
comment on column correction.question is 'Number of the question.';
comment on column correction.part is 'Part of the question; empty where it has none.';
comment on column correction.period_label is 'The period as people write it; null: no period.';
comment on column correction.breakdown is 'Empty, or what splits the question, as in observation.';
comment on column correction.printed is 'What the letter printed, as in observation.value_text; empty for a cell without text.';
comment on column correction.meant is 'What is meant: a number, words for a small number (<5) or a status.';
comment on column correction.because is 'Why, as the person says.';
comment on column correction.who is 'Who says so.';
comment on column correction.read_value is 'What the program had read: the value.';
comment on column correction.read_status is 'What the program had read: the status.';
comment on column correction.read_unit is 'What the program had read: the unit.';
comment on column correction.read_exemption is 'What the program had read: the section cited.';
comment on column correction.corrected_at is 'When it was applied, or last changed.';
comment on column correction.run_id is 'Run that applied it.';
