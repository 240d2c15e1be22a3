-- Runs of jobs. Not part of the ledger: it may name wall clocks.
CREATE TABLE runs (
    run_id INTEGER PRIMARY KEY,
    program TEXT NOT NULL,
    job TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    actor TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    manifest TEXT,
    -- Whether it fetched that manifest from the sources, rather than replaying an earlier one.
    fetched INTEGER NOT NULL DEFAULT 0,
    report TEXT,
    error TEXT
);
CREATE INDEX runs_by_program ON runs (program, run_id);

-- What a run read: the kept files of each table, under the digest of their contents.
CREATE TABLE manifests (
    program TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (program, digest)
) WITHOUT ROWID;

-- A program's currency, fixed by its first posting.
CREATE TABLE programs (
    program TEXT PRIMARY KEY,
    currency TEXT NOT NULL
) WITHOUT ROWID;

-- The journal: one entry for each business event, chained by hashes.
CREATE TABLE entries (
    program TEXT NOT NULL,
    entry INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    booked_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    program_text TEXT NOT NULL,
    facts TEXT NOT NULL,
    transfers INTEGER NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (program, entry)
) WITHOUT ROWID;

-- Each moves a positive amount from one account to another. Accounts of a creator are those of `creator_id`.
CREATE TABLE transfers (
    program TEXT NOT NULL,
    entry INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    order_id TEXT NOT NULL,
    line_id TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    revision INTEGER NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    effective_day INTEGER NOT NULL,
    why TEXT NOT NULL,
    rule TEXT NOT NULL,
    base INTEGER NOT NULL,
    touch TEXT NOT NULL,
    PRIMARY KEY (program, entry, position),
    FOREIGN KEY (program, entry) REFERENCES entries (program, entry)
) WITHOUT ROWID;
CREATE UNIQUE INDEX transfers_by_key ON transfers (program, kind, order_id, line_id, creator_id, detail, revision);

CREATE TRIGGER entries_are_never_updated BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never updated'); END;
CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER transfers_are_never_updated BEFORE UPDATE ON transfers BEGIN SELECT RAISE(ABORT, 'transfers are never updated'); END;
CREATE TRIGGER transfers_are_never_deleted BEFORE DELETE ON transfers BEGIN SELECT RAISE(ABORT, 'transfers are never deleted'); END;

-- Projections of the transfers, kept in the same transactions.
CREATE TABLE balances (
    program TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    pending INTEGER NOT NULL,
    payable INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    PRIMARY KEY (program, creator_id)
) WITHOUT ROWID;

CREATE TABLE batches (
    program TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'exported', 'settled', 'rejected')),
    digest TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    drafted_by TEXT NOT NULL,
    approved_by TEXT,
    PRIMARY KEY (program, batch_id)
) WITHOUT ROWID;

CREATE TABLE batch_lines (
    program TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (program, batch_id, creator_id)
) WITHOUT ROWID;

-- What the last reconciliation of a program came to, and where its targets are kept.
CREATE TABLE reconciled (
    program TEXT PRIMARY KEY,
    as_of INTEGER NOT NULL,
    unchanged_until INTEGER NOT NULL,
    manifest TEXT NOT NULL,
    program_text TEXT NOT NULL,
    outcome TEXT NOT NULL,
    run_id INTEGER NOT NULL
) WITHOUT ROWID;

-- The months whose statements are built. A transfer is on a statement once a month is closed whose last day is not before
-- the transfer's day and which was built through the transfer's entry or a later one.
CREATE TABLE statement_months (
    program TEXT NOT NULL,
    month INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    built_at INTEGER NOT NULL,
    through_entry INTEGER NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (program, month)
) WITHOUT ROWID;

-- Statements as they were built, and the mails that carry them. Months are counted from the year 0.
CREATE TABLE statements (
    program TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    month INTEGER NOT NULL,
    opening INTEGER NOT NULL,
    closing INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (program, creator_id, month),
    FOREIGN KEY (program, month) REFERENCES statement_months (program, month)
) WITHOUT ROWID;
CREATE TRIGGER statements_are_never_updated BEFORE UPDATE ON statements BEGIN SELECT RAISE(ABORT, 'statements are never updated'); END;
CREATE TRIGGER statements_are_never_deleted BEFORE DELETE ON statements BEGIN SELECT RAISE(ABORT, 'statements are never deleted'); END;

-- `post_office` names the outbox folder whose lock the last attempt held. `message` holds the very bytes that are sent.
CREATE TABLE outbox (
    program TEXT NOT NULL,
    message_key TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'unknown', 'failed')),
    attempts INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    post_office TEXT NOT NULL,
    error TEXT,
    PRIMARY KEY (program, message_key)
) WITHOUT ROWID;
CREATE INDEX outbox_by_state ON outbox (program, state);
