-- How a cell of a DfE file is named; read by src/resolve/citation.ts.
create function dfe_citation(sha256 text, line integer, column_name text, measure text, release text) returns text
language sql immutable as $$
  select 'dfe:' || sha256 || ':' || line || ':' || column_name || ':' || measure || '@' || release
$$;

comment on function dfe_citation(text, integer, text, text, text) is
  'Names one cell of a DfE file for s21 verify: sha256 of the archived file, line, column, and the rule.';
