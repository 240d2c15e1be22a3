-- The payment details of a batch's creators as they were when it was signed last: of each a keyed hash, of which nobody reads an
-- account; empty where there were none. The entry of who signed holds the hash of all.
CREATE TABLE batch_payees (
    program TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (program, batch_id, creator_id)
) WITHOUT ROWID;
