-- What banks' answers said that fits no payment, or contradicts the ledger. Rows only come; people acknowledge them as exceptions
-- (`exception/KIND/SUBJECT`).
CREATE TABLE bank_problems (
    program TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- The same thing said again has the same.
    subject TEXT NOT NULL,
    -- Whom it concerns, or empty.
    creator_id TEXT NOT NULL,
    -- As the bank writes it, or empty.
    amount TEXT NOT NULL,
    -- File and place, where it was read first.
    place TEXT NOT NULL,
    what TEXT NOT NULL,
    imported_by TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    PRIMARY KEY (program, kind, subject)
) WITHOUT ROWID;
