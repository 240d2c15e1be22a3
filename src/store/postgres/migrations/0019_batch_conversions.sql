-- What the payees of a batch get whose account is in another currency than the program's, at the rates with which it was signed last.
-- The entry of who signs holds the hash of all.
CREATE TABLE batch_conversions (
    program TEXT COLLATE "C" NOT NULL,
    batch_id TEXT COLLATE "C" NOT NULL,
    creator_id TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    -- Units of that currency for one of the program's, as a decimal.
    rate TEXT COLLATE "C" NOT NULL,
    -- Where the rate is from.
    source TEXT COLLATE "C" NOT NULL,
    -- Minor units of that currency.
    amount BIGINT NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (program, batch_id, creator_id)
);

-- The files of banks' answers that were imported from a folder, by their content.
CREATE TABLE bank_files (
    program TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (program, digest)
);
