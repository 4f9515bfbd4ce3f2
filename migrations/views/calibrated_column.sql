-- Grain: one row per wording of a question and DfE column: how well the column fits what councils answered to those words.
create view calibrated_column as
select
  asked.question_text, asked.questions, k.measure, k.cells, k.exact, k.within_two, k.mean_difference, k.mean_percent,
  k.largest_difference, k.residuals, k.councils,
  rank() over (partition by k.wording order by k.mean_percent, k.exact desc) as place,
  k.measure = asked.dfe_measure as is_used, asked.dfe_measure as used_measure, asked.basis, k.wording
from calibration k
join (
  select q.wording, min(c.question_text) as question_text, count(distinct (q.letter_id, q.question, q.part)) as questions,
    min(q.dfe_measure) as dfe_measure, min(q.basis) as basis
  from question_plan q
  join letter_cell c on c.letter_id = q.letter_id and c.question = q.question and c.part = q.part
  group by q.wording
) asked on asked.wording = k.wording;

comment on view calibrated_column is
  'One row per wording of a question and DfE column: how well the column fits what councils answered to those words.';
comment on column calibrated_column.question_text is 'The question, as one letter words it.';
comment on column calibrated_column.questions is 'Questions of letters with these words.';
comment on column calibrated_column.measure is 'Catalogue code of the DfE column.';
comment on column calibrated_column.cells is 'Figures compared: years that DfE had published when the letter was written.';
comment on column calibrated_column.exact is 'Figures that agree exactly.';
comment on column calibrated_column.within_two is 'Figures that differ by at most 2.';
comment on column calibrated_column.mean_difference is 'Mean absolute difference, in units of the column.';
comment on column calibrated_column.mean_percent is 'Mean absolute difference in percent of DfE''s figure.';
comment on column calibrated_column.largest_difference is 'Largest absolute difference, in units of the column.';
comment on column calibrated_column.residuals is 'The council''s figure less DfE''s, figure by figure, by council and period.';
comment on column calibrated_column.councils is 'Councils whose answers were compared.';
comment on column calibrated_column.place is 'Place among all columns, 1 for the nearest.';
comment on column calibrated_column.is_used is 'Whether questions with these words are answered from this column.';
comment on column calibrated_column.used_measure is 'Catalogue code of the column that is used; null where none is.';
comment on column calibrated_column.basis is 'Why that one: same_wording, own_words or catalogue.';
comment on column calibrated_column.wording is 'The question''s words without case, punctuation, figures.';
