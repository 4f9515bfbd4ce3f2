-- Search over letters, bounded: Postgres keeps at most a mebibyte of words for one answer, and a longer one would have kept
-- its letter out. The first 20,000 characters of an answer are found, and the first 10,000 of a question.
-- Frozen once landed: change it by a new numbered file.

drop index observation_words;

-- As in 0007; src/serve/pages/search.ts has the same expression.
create index observation_words on observation
  using gin (to_tsvector('english', left(coalesce(area_name, ''), 200) || ' ' || left(coalesce(question_text, ''), 10000)
    || ' ' || left(value_text, 20000)))
  where letter_id is not null;
