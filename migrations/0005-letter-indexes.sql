-- Loading a letter looked through every issue and every letter: with 10,000 of them that is most of the work.
-- Frozen once landed: change it by a new numbered file.

-- A letter's issues are replaced with it, and counted in what is told of it.
create index issue_letter on issue (letter_id) where letter_id is not null;
-- What a letter has to do with: those that it corrects, or that correct it. Few do.
create index letter_supersedes on letter (supersedes) where supersedes is not null;
create index letter_superseded_by on letter (superseded_by) where superseded_by is not null;
