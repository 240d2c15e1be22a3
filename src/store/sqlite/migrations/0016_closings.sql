-- What can be proposed is told by the code, and compared by its digest: a list of it here had the table made anew for each new thing, such
-- as that the books of a month are closed.
ALTER TABLE proposals RENAME COLUMN kind TO kind_before;
ALTER TABLE proposals ADD COLUMN kind TEXT NOT NULL DEFAULT '';
UPDATE proposals SET kind = kind_before;
ALTER TABLE proposals DROP COLUMN kind_before;
