-- What somebody said about an alert or an exception, so that it nags nobody for a while. Rows only come; the latest of a subject counts.
CREATE TABLE acknowledgements (
    program TEXT COLLATE "C" NOT NULL,
    -- `alert/KEY`, or `exception/KIND/SUBJECT`.
    subject TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    acknowledged_by TEXT COLLATE "C" NOT NULL,
    acknowledged_at BIGINT NOT NULL,
    -- Who looks after it, or empty.
    assigned_to TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (program, subject, number)
);
