-- From when on the schedule of a job counts: a job that is new, or due at other times than before, missed nothing before.
CREATE TABLE schedules (
    program TEXT NOT NULL,
    job TEXT NOT NULL,
    schedule TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (program, job)
) WITHOUT ROWID;

-- The times at which jobs were due. One is done once; failed ones wait for somebody to mend something; in place of a
-- skipped one, a later one was done.
CREATE TABLE slots (
    program TEXT NOT NULL,
    job TEXT NOT NULL,
    slot INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'done', 'failed', 'skipped')),
    attempts INTEGER NOT NULL,
    next_attempt INTEGER NOT NULL,
    run_id INTEGER,
    PRIMARY KEY (program, job, slot)
) WITHOUT ROWID;
CREATE INDEX slots_due ON slots (program, slot) WHERE state = 'due';
INSERT INTO slots (program, job, slot, state, attempts, next_attempt, run_id)
    SELECT program, job, slot, 'done', 1, slot, run_id FROM runs WHERE state = 'done' AND slot IS NOT NULL;

-- What the operator was told. It is open until the job that it is about works again.
CREATE TABLE alerts (
    program TEXT NOT NULL,
    alert TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('failed', 'late', 'missed', 'unusual', 'broken', 'recovered')),
    job TEXT NOT NULL,
    headline TEXT NOT NULL,
    body TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    cleared_at INTEGER,
    PRIMARY KEY (program, alert)
) WITHOUT ROWID;
CREATE INDEX alerts_open ON alerts (program, job) WHERE cleared_at IS NULL;

-- Which way a letter goes: a mail to a creator, a mail to the operator, or JSON to the operator's webhook.
ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'statement'
    CHECK (channel IN ('statement', 'operator', 'webhook'));
