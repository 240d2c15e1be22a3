-- What somebody said about an alert or an exception, so that it nags nobody for a while. Rows only come; the latest of a subject counts.
CREATE TABLE acknowledgements (
    program TEXT NOT NULL,
    -- `alert/KEY`, or `exception/KIND/SUBJECT`.
    subject TEXT NOT NULL,
    number INTEGER NOT NULL,
    acknowledged_by TEXT NOT NULL,
    acknowledged_at INTEGER NOT NULL,
    -- Who looks after it, or empty.
    assigned_to TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (program, subject, number)
) WITHOUT ROWID;
