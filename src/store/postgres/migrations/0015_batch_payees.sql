-- The payment details of a batch's creators as they were when it was signed last: of each a keyed hash, of which nobody reads an
-- account; empty where there were none. The entry of who signed holds the hash of all.
CREATE TABLE batch_payees (
    program TEXT COLLATE "C" NOT NULL,
    batch_id TEXT COLLATE "C" NOT NULL,
    creator_id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (program, batch_id, creator_id)
);
