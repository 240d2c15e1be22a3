-- Mails to creators that came back: which letter, by what evidence, and to which address. While a hard one is not lifted, its address is
-- suppressed. Who is erased has no address here any more. `told` says whether the operator was told.
CREATE TABLE bounces (
    program TEXT NOT NULL,
    message_key TEXT NOT NULL,
    evidence TEXT NOT NULL,
    is_hard INTEGER NOT NULL,
    address TEXT NOT NULL,
    status TEXT NOT NULL,
    said TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    told INTEGER NOT NULL,
    lifted_at INTEGER NOT NULL,
    lifted_by TEXT NOT NULL,
    lift_reason TEXT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (program, message_key, evidence, is_hard)
) WITHOUT ROWID;
CREATE TRIGGER bounces_are_never_deleted BEFORE DELETE ON bounces BEGIN SELECT RAISE(ABORT, 'bounces are lifted, never deleted'); END;

-- What an alert is about is told by the code: a list of it here had the table made anew for each new thing, such as addresses that are
-- suppressed.
ALTER TABLE alerts RENAME COLUMN kind TO kind_before;
ALTER TABLE alerts ADD COLUMN kind TEXT NOT NULL DEFAULT '';
UPDATE alerts SET kind = kind_before;
ALTER TABLE alerts DROP COLUMN kind_before;
