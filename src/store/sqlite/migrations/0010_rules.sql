-- The version of the rules by which the last reconciliation was decided; before there were versions, zero.
ALTER TABLE reconciled ADD COLUMN rules INTEGER NOT NULL DEFAULT 0;
