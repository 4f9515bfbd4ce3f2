-- Search over letters: the words of their questions, answers and councils.
-- Frozen once landed: change it by a new numbered file.

-- The search page finds words in questions and answers (src/serve/pages/search.ts has the same expression). Partial: most
-- observations are DfE's and hold no words, so loading releases does not pay for it. Bounded: Postgres keeps at most a mebibyte
-- of words for one answer, and a longer one would keep its letter out.
create index observation_words on observation
  using gin (to_tsvector('english', left(coalesce(area_name, ''), 200) || ' ' || left(coalesce(question_text, ''), 10000)
    || ' ' || left(value_text, 20000)))
  where letter_id is not null;
