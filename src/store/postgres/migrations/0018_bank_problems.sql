-- What banks' answers said that fits no payment, or contradicts the ledger. Rows only come; people acknowledge them as exceptions
-- (`exception/KIND/SUBJECT`).
CREATE TABLE bank_problems (
    program TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    -- The same thing said again has the same.
    subject TEXT COLLATE "C" NOT NULL,
    -- Whom it concerns, or empty.
    creator_id TEXT COLLATE "C" NOT NULL,
    -- As the bank writes it, or empty.
    amount TEXT COLLATE "C" NOT NULL,
    -- File and place, where it was read first.
    place TEXT COLLATE "C" NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    imported_by TEXT COLLATE "C" NOT NULL,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (program, kind, subject)
);
