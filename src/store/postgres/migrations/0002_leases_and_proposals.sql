-- Who runs a program's jobs. Whoever takes a lease over raises its epoch; every posting of a run checks that its epoch is
-- still the lease's, so a runner that froze and wakes posts nothing. `expires_at` is by the database's clock.
CREATE TABLE leases (
    program TEXT COLLATE "C" PRIMARY KEY,
    epoch BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Whether its holder has the program's lock too: then it is dead once somebody else gets that.
    has_lock BIGINT NOT NULL
);

-- The scheduled time that a run is for, where it is for one. Each slot of a job is done once.
ALTER TABLE runs ADD COLUMN slot BIGINT;
CREATE UNIQUE INDEX runs_by_slot ON runs (program, job, slot) WHERE state = 'done' AND slot IS NOT NULL;

-- The texts of the program files under which something was posted, by their hash.
CREATE TABLE program_texts (
    hash TEXT COLLATE "C" PRIMARY KEY,
    body TEXT COLLATE "C" NOT NULL
);

-- The digest of the credits by hand that the last reconciliation knew.
ALTER TABLE reconciled ADD COLUMN credits TEXT COLLATE "C" NOT NULL DEFAULT '';

-- What one person proposes and another one approves or rejects: a projection of the entries of the same subject.
CREATE TABLE proposals (
    program TEXT COLLATE "C" NOT NULL,
    proposal_id TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('adjustment', 'write_off', 'opening', 'credit', 'void')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected')),
    -- The order of a credit, the batch of a void, or empty.
    subject TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    proposed_at BIGINT NOT NULL,
    proposed_by TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT,
    decided_by TEXT COLLATE "C",
    PRIMARY KEY (program, proposal_id),
    UNIQUE (program, number)
);

-- Whom a proposal concerns, and with how much: above zero, the creator is owed more. A credit has no amount: 0.
CREATE TABLE proposal_lines (
    program TEXT COLLATE "C" NOT NULL,
    proposal_id TEXT COLLATE "C" NOT NULL,
    creator_id TEXT COLLATE "C" NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (program, proposal_id, creator_id),
    FOREIGN KEY (program, proposal_id) REFERENCES proposals (program, proposal_id)
);

-- Maker is never checker.
CREATE TRIGGER batches_have_two_people BEFORE UPDATE ON batches FOR EACH ROW WHEN (NEW.approved_by = NEW.drafted_by)
    EXECUTE FUNCTION purser_refuse('who drafted a batch never approves it');
CREATE TRIGGER proposals_have_two_people BEFORE UPDATE ON proposals FOR EACH ROW
    WHEN (NEW.state = 'approved' AND NEW.decided_by = NEW.proposed_by)
    EXECUTE FUNCTION purser_refuse('who made a proposal never approves it');

-- Money leaves a creator's reserve only once it is there.
CREATE TRIGGER balances_reserve_before_they_pay BEFORE UPDATE ON balances FOR EACH ROW WHEN (NEW.reserved < 0)
    EXECUTE FUNCTION purser_refuse('a batch pays at most what was reserved');
CREATE TRIGGER balances_begin_with_what_was_reserved AFTER INSERT ON balances FOR EACH ROW WHEN (NEW.reserved < 0)
    EXECUTE FUNCTION purser_refuse('a batch pays at most what was reserved');

-- An entry follows the one before it.
CREATE FUNCTION purser_entry_follows() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.previous <> COALESCE((SELECT hash FROM entries WHERE program = NEW.program AND entry = NEW.entry - 1), repeat('0', 64)) THEN
        RAISE EXCEPTION 'an entry holds the hash of the entry before it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entries_are_chained BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION purser_entry_follows();

-- A transfer belongs to an entry. Asked once for all rows of a statement: a foreign key asks for each of them, which took
-- twice the time of loading them.
ALTER TABLE transfers DROP CONSTRAINT transfers_program_entry_fkey;
CREATE FUNCTION purser_transfers_have_an_entry() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT program, entry FROM posted) p WHERE NOT EXISTS
               (SELECT FROM entries e WHERE e.program = p.program AND e.entry = p.entry)) THEN
        RAISE EXCEPTION 'a transfer belongs to an entry';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfers_have_an_entry AFTER INSERT ON transfers REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION purser_transfers_have_an_entry();
