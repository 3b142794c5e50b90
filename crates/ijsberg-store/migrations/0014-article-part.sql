-- The parts of article 273f, first paragraph, of the Criminal Code that a notification rests on: codes with a space between, nothing
-- where none was recorded. A row from before keeps its keyed hash: an empty text adds nothing to it.
ALTER TABLE registration ADD COLUMN article_part TEXT NOT NULL DEFAULT '';
