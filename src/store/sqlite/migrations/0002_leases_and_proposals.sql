-- Who runs a program's jobs. Whoever takes a lease over raises its epoch; every posting of a run checks that its epoch is
-- still the lease's, so a runner that froze and wakes posts nothing. `expires_at` is by the database's clock.
CREATE TABLE leases (
    program TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Whether its holder has the program's lock too: then it is dead once somebody else gets that.
    has_lock INTEGER NOT NULL
) WITHOUT ROWID;

-- The scheduled time that a run is for, where it is for one. Each slot of a job is done once.
ALTER TABLE runs ADD COLUMN slot INTEGER;
CREATE UNIQUE INDEX runs_by_slot ON runs (program, job, slot) WHERE state = 'done' AND slot IS NOT NULL;

-- The texts of the program files under which something was posted, by their hash.
CREATE TABLE program_texts (
    hash TEXT PRIMARY KEY,
    body TEXT NOT NULL
) WITHOUT ROWID;

-- The digest of the credits by hand that the last reconciliation knew.
ALTER TABLE reconciled ADD COLUMN credits TEXT NOT NULL DEFAULT '';

-- What one person proposes and another one approves or rejects: a projection of the entries of the same subject.
CREATE TABLE proposals (
    program TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('adjustment', 'write_off', 'opening', 'credit', 'void')),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected')),
    -- The order of a credit, the batch of a void, or empty.
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    digest TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    proposed_by TEXT NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    PRIMARY KEY (program, proposal_id),
    UNIQUE (program, number)
) WITHOUT ROWID;

-- Whom a proposal concerns, and with how much: above zero, the creator is owed more. A credit has no amount: 0.
CREATE TABLE proposal_lines (
    program TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (program, proposal_id, creator_id),
    FOREIGN KEY (program, proposal_id) REFERENCES proposals (program, proposal_id)
) WITHOUT ROWID;

-- Maker is never checker.
CREATE TRIGGER batches_have_two_people BEFORE UPDATE ON batches WHEN NEW.approved_by = NEW.drafted_by
    BEGIN SELECT RAISE(ABORT, 'who drafted a batch never approves it'); END;
CREATE TRIGGER proposals_have_two_people BEFORE UPDATE ON proposals WHEN NEW.state = 'approved' AND NEW.decided_by = NEW.proposed_by
    BEGIN SELECT RAISE(ABORT, 'who made a proposal never approves it'); END;

-- Money leaves a creator's reserve only once it is there.
CREATE TRIGGER balances_reserve_before_they_pay BEFORE UPDATE ON balances WHEN NEW.reserved < 0
    BEGIN SELECT RAISE(ABORT, 'a batch pays at most what was reserved'); END;
CREATE TRIGGER balances_begin_with_what_was_reserved AFTER INSERT ON balances WHEN NEW.reserved < 0
    BEGIN SELECT RAISE(ABORT, 'a batch pays at most what was reserved'); END;

-- An entry follows the one before it.
CREATE TRIGGER entries_are_chained BEFORE INSERT ON entries
    WHEN NEW.previous <> COALESCE(
        (SELECT hash FROM entries WHERE program = NEW.program AND entry = NEW.entry - 1),
        '0000000000000000000000000000000000000000000000000000000000000000')
    BEGIN SELECT RAISE(ABORT, 'an entry holds the hash of the entry before it'); END;
