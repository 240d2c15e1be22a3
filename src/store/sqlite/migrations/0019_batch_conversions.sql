-- What the payees of a batch get whose account is in another currency than the program's, at the rates with which it was signed last.
-- The entry of who signs holds the hash of all.
CREATE TABLE batch_conversions (
    program TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    -- Units of that currency for one of the program's, as a decimal.
    rate TEXT NOT NULL,
    -- Where the rate is from.
    source TEXT NOT NULL,
    -- Minor units of that currency.
    amount INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (program, batch_id, creator_id)
) WITHOUT ROWID;

-- The files of banks' answers that were imported from a folder, by their content.
CREATE TABLE bank_files (
    program TEXT NOT NULL,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    PRIMARY KEY (program, digest)
) WITHOUT ROWID;
