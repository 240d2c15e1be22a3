-- What can be proposed is told by the code, and compared by its digest: a list of it here would be another for each new thing, such as that
-- the books of a month are closed.
ALTER TABLE proposals DROP CONSTRAINT proposals_kind_check;
