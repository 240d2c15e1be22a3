-- A batch may be voided, and more is proposed: payments that failed or came back, the withdrawal of a credit. SQLite changes
-- no constraint in place, so the tables are made anew.
CREATE TABLE batches_anew (
    program TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'exported', 'settled', 'voided', 'rejected')),
    digest TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    drafted_by TEXT NOT NULL,
    approved_by TEXT,
    PRIMARY KEY (program, batch_id)
) WITHOUT ROWID;
INSERT INTO batches_anew (program, batch_id, number, state, digest, created_at, drafted_by, approved_by)
    SELECT program, batch_id, number,
        -- What voided a batch are transfers of that reason.
        CASE WHEN state = 'rejected' AND EXISTS (SELECT 1 FROM transfers t WHERE t.program = b.program AND t.kind = 'batch'
            AND t.order_id = b.batch_id AND t.why = 'voided') THEN 'voided' ELSE state END,
        digest, created_at, drafted_by, approved_by
    FROM batches b;
DROP TABLE batches;
ALTER TABLE batches_anew RENAME TO batches;
CREATE TRIGGER batches_have_two_people BEFORE UPDATE ON batches WHEN NEW.approved_by = NEW.drafted_by
    BEGIN SELECT RAISE(ABORT, 'who drafted a batch never approves it'); END;

CREATE TABLE proposals_anew (
    program TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('adjustment', 'write_off', 'opening', 'credit', 'void', 'failed_payment',
        'returned_payment', 'withdrawal', 'erasure')),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected')),
    -- The order of a credit, the batch of a void or of payments that failed or came back, the credit of a withdrawal, the
    -- openings that an opening adds to, or empty.
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
INSERT INTO proposals_anew (program, proposal_id, number, kind, state, subject, reason, digest, proposed_at, proposed_by,
        decided_at, decided_by)
    SELECT program, proposal_id, number, kind, state, subject, reason, digest, proposed_at, proposed_by, decided_at, decided_by
    FROM proposals;
CREATE TABLE proposal_lines_anew (
    program TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (program, proposal_id, creator_id),
    FOREIGN KEY (program, proposal_id) REFERENCES proposals_anew (program, proposal_id)
) WITHOUT ROWID;
INSERT INTO proposal_lines_anew (program, proposal_id, creator_id, amount)
    SELECT program, proposal_id, creator_id, amount FROM proposal_lines;
DROP TABLE proposal_lines;
DROP TABLE proposals;
ALTER TABLE proposals_anew RENAME TO proposals;
ALTER TABLE proposal_lines_anew RENAME TO proposal_lines;
CREATE TRIGGER proposals_have_two_people BEFORE UPDATE ON proposals WHEN NEW.state = 'approved' AND NEW.decided_by = NEW.proposed_by
    BEGIN SELECT RAISE(ABORT, 'who made a proposal never approves it'); END;
