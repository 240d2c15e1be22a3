-- Entries have a form, which says how they are written and hashed; those of older versions keep theirs. From form 2 on an
-- entry's reason is hashed by its digest.
ALTER TABLE entries ADD COLUMN form INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entries ADD COLUMN reason_digest TEXT NOT NULL DEFAULT '';
