-- What resolving needs to remember: which column answers a question, where a referral leads, which releases can't be had.
-- Frozen once landed: change it by a new numbered file.

create table question_plan (
  letter_id text not null,
  question text not null,
  part text not null,
  wording text not null,
  dfe_measure text,
  publication text,
  data_set text,
  basis text check (basis in ('same_wording', 'own_words', 'catalogue')),
  because text,
  other_measure text,
  series_from date,
  months_to_release integer,
  primary key (letter_id, question, part),
  check ((dfe_measure is null) = (basis is null))
);
comment on table question_plan is 'One row per question and part of a letter: which DfE column answers it, and why that one.';
comment on column question_plan.letter_id is 'The letter.';
comment on column question_plan.question is 'Number of the question.';
comment on column question_plan.part is 'Part of the question; empty where it has none.';
comment on column question_plan.wording is 'The question''s words without case, punctuation, figures: equal where two letters were asked the same.';
comment on column question_plan.dfe_measure is 'Catalogue code of the column that is used; null where no DfE column can be meant.';
comment on column question_plan.publication is 'Slug of the publication that prints it.';
comment on column question_plan.data_set is 'Leading code of the data set that prints it.';
comment on column question_plan.basis is 'same_wording (councils that answered the same words), own_words (the question says it) or catalogue (its default).';
comment on column question_plan.because is 'Why this column, for a person.';
comment on column question_plan.other_measure is 'Catalogue code of the column that might have been meant instead; null where there is only one.';
comment on column question_plan.series_from is 'First day that the publication''s series covers.';
comment on column question_plan.months_to_release is 'Months from the end of a period to the release that first holds it, by the publication''s habit.';

create table referral_plan (
  letter_id text not null,
  question text not null,
  part text not null,
  breakdown text not null,
  period_label text,
  publication text,
  release text,
  covers_from date,
  covers_until date,
  problem text,
  note text
);
create unique index referral_plan_cell on referral_plan (letter_id, question, part, breakdown, (coalesce(period_label, '')));
comment on table referral_plan is 'One row per referred cell: where its referral leads, or why it can''t be followed.';
comment on column referral_plan.letter_id is 'The letter.';
comment on column referral_plan.question is 'Number of the question.';
comment on column referral_plan.part is 'Part of the question; empty where it has none.';
comment on column referral_plan.breakdown is 'Empty, or what splits the question, as in observation.';
comment on column referral_plan.period_label is 'The period as people write it; null: no period.';
comment on column referral_plan.publication is 'Current slug of the publication; null where the referral leads to none that is read.';
comment on column referral_plan.release is 'Slug of the release in the link; null: the newest on the letter''s date is meant.';
comment on column referral_plan.covers_from is 'First day that the cited release covers by its publication''s habit; null where none is known.';
comment on column referral_plan.covers_until is 'Last day that it covers so.';
comment on column referral_plan.problem is 'Why the referral can''t be followed; null where it can.';
comment on column referral_plan.note is 'What is wrong with the directions though they can be followed; null where nothing is.';

create table calibration (
  wording text not null,
  measure text not null,
  cells integer not null,
  exact integer not null,
  within_two integer not null,
  mean_difference numeric not null,
  mean_percent numeric not null,
  largest_difference numeric not null,
  residuals text not null,
  councils integer not null,
  primary key (wording, measure)
);
comment on table calibration is 'One row per wording and DfE column: how far the column is from what councils answered to those words.';
comment on column calibration.wording is 'The question''s words, as in question_plan.';
comment on column calibration.measure is 'Catalogue code of the DfE column.';
comment on column calibration.cells is 'Figures compared: years that DfE had published when the letter was written.';
comment on column calibration.exact is 'Figures that agree exactly.';
comment on column calibration.within_two is 'Figures that differ by at most 2.';
comment on column calibration.mean_difference is 'Mean absolute difference, in units of the column.';
comment on column calibration.mean_percent is 'Mean absolute difference in percent of DfE''s figure.';
comment on column calibration.largest_difference is 'Largest absolute difference, in units of the column.';
comment on column calibration.residuals is 'The council''s figure less DfE''s, figure by figure, by council and period.';
comment on column calibration.councils is 'Councils whose answers were compared.';

create table measure_kin (
  measure text not null,
  kin text not null,
  relation text not null,
  primary key (measure, kin)
);
comment on table measure_kin is 'Pairs of measures that are mistaken for each other, both ways; from the catalogue.';
comment on column measure_kin.measure is 'Catalogue code of the measure asked for.';
comment on column measure_kin.kin is 'Catalogue code of the measure that may have been given.';
comment on column measure_kin.relation is 'How they differ: plans_or_children, episodes_or_children, stock_or_flow, …';

create table missing_release (
  publication text not null,
  release text not null,
  code text not null,
  reason text not null,
  first_tried_at timestamptz not null,
  tried_at timestamptz not null,
  run_id text not null,
  primary key (publication, release)
);
comment on table missing_release is 'Releases that letters need and that could not be had; a row goes when the release comes.';
comment on column missing_release.publication is 'Slug of the publication.';
comment on column missing_release.release is 'Slug of the release.';
comment on column missing_release.code is 'Stable kind of failure: http-404, not-listed, wrong-row-count, …';
comment on column missing_release.reason is 'What went wrong, for a person.';
comment on column missing_release.first_tried_at is 'When it was first asked for in vain.';
comment on column missing_release.tried_at is 'When it was last asked for.';
comment on column missing_release.run_id is 'Run that last asked for it.';
