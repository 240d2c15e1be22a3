-- From when on the schedule of a job counts: a job that is new, or due at other times than before, missed nothing before.
CREATE TABLE schedules (
    program TEXT COLLATE "C" NOT NULL,
    job TEXT COLLATE "C" NOT NULL,
    schedule TEXT COLLATE "C" NOT NULL,
    time_zone TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (program, job)
);

-- The times at which jobs were due. One is done once; failed ones wait for somebody to mend something; in place of a
-- skipped one, a later one was done.
CREATE TABLE slots (
    program TEXT COLLATE "C" NOT NULL,
    job TEXT COLLATE "C" NOT NULL,
    slot BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('due', 'done', 'failed', 'skipped')),
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    run_id BIGINT,
    PRIMARY KEY (program, job, slot)
);
CREATE INDEX slots_due ON slots (program, slot) WHERE state = 'due';
INSERT INTO slots (program, job, slot, state, attempts, next_attempt, run_id)
    SELECT program, job, slot, 'done', 1, slot, run_id FROM runs WHERE state = 'done' AND slot IS NOT NULL;

-- What the operator was told. It is open until the job that it is about works again.
CREATE TABLE alerts (
    program TEXT COLLATE "C" NOT NULL,
    alert TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('failed', 'late', 'missed', 'unusual', 'broken', 'recovered')),
    job TEXT COLLATE "C" NOT NULL,
    headline TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    raised_at BIGINT NOT NULL,
    cleared_at BIGINT,
    PRIMARY KEY (program, alert)
);
CREATE INDEX alerts_open ON alerts (program, job) WHERE cleared_at IS NULL;

-- Which way a letter goes: a mail to a creator, a mail to the operator, or JSON to the operator's webhook.
ALTER TABLE outbox ADD COLUMN channel TEXT COLLATE "C" NOT NULL DEFAULT 'statement'
    CHECK (channel IN ('statement', 'operator', 'webhook'));
