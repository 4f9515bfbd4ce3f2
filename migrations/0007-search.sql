-- Search over letters: the words of their questions, answers and councils.
-- Frozen once landed: change it by a new numbered file.

-- The search page finds words in questions and answers (src/serve/pages/search.ts has the same expression). Partial: most
-- observations are DfE's and hold no words, so loading releases does not pay for it.
create index observation_words on observation
  using gin (to_tsvector('english', coalesce(area_name, '') || ' ' || coalesce(question_text, '') || ' ' || value_text))
  where letter_id is not null;
