-- A dry run that ended well is `rehearsed`, not `done`: it did nothing that anybody waits for. SQLite changes no constraint
-- in place, so the table is made anew.
CREATE TABLE runs_anew (
    run_id INTEGER PRIMARY KEY,
    program TEXT NOT NULL,
    job TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    actor TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'rehearsed', 'failed')),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    manifest TEXT,
    -- Whether it fetched that manifest from the sources, rather than replaying an earlier one.
    fetched INTEGER NOT NULL DEFAULT 0,
    report TEXT,
    error TEXT,
    slot INTEGER
);
INSERT INTO runs_anew (run_id, program, job, as_of, actor, state, started_at, ended_at, manifest, fetched, report, error, slot)
    SELECT run_id, program, job, as_of, actor,
        -- A quote inside a text of the report has a backslash before it, so this is the report's own word.
        CASE WHEN state = 'done' AND report LIKE '%,"dry_run":true,%' THEN 'rehearsed' ELSE state END,
        started_at, ended_at, manifest, fetched, report, error, slot
    FROM runs;
DROP TABLE runs;
ALTER TABLE runs_anew RENAME TO runs;
CREATE INDEX runs_by_program ON runs (program, run_id);
CREATE UNIQUE INDEX runs_by_slot ON runs (program, job, slot) WHERE state = 'done' AND slot IS NOT NULL;
