-- The string that names one value for `s21 verify`; read by src/resolve/citation.ts.
create function citation_of(said observation) returns text
language sql stable as $$
  select case
    when said.source = 'dfe'
      then dfe_citation(said.source_sha256, said.source_line, said.source_column, said.measure, said.release)
    else 'letter:' || said.source_sha256 || ':' || said.source_line || ':' || said.question || said.part || '@'
      || coalesce(said.period_label, '') || case when said.breakdown = '' then '' else '//' || said.breakdown end
  end
$$;

comment on function citation_of(observation) is
  'Names one value so that s21 verify can read it again: sha256 of the archived file, line, column, and the rule.';
