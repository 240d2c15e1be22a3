-- Seals of tables to which rows only come: a row that is gone is missed. They are computed before the next step (`seals.rs`).
ALTER TABLE programs ADD COLUMN months_to_seal TEXT NOT NULL DEFAULT '';
ALTER TABLE programs ADD COLUMN erasures_to_seal TEXT NOT NULL DEFAULT '';
