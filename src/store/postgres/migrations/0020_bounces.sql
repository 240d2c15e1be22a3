-- Mails to creators that came back: which letter, by what evidence, and to which address. While a hard one is not lifted, its address is
-- suppressed. Who is erased has no address here any more. `told` says whether the operator was told.
CREATE TABLE bounces (
    program TEXT COLLATE "C" NOT NULL,
    message_key TEXT COLLATE "C" NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    is_hard BIGINT NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    said TEXT COLLATE "C" NOT NULL,
    found_at BIGINT NOT NULL,
    told BIGINT NOT NULL,
    lifted_at BIGINT NOT NULL,
    lifted_by TEXT COLLATE "C" NOT NULL,
    lift_reason TEXT COLLATE "C" NOT NULL,
    seal TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (program, message_key, evidence, is_hard)
);
CREATE TRIGGER bounces_are_never_deleted BEFORE DELETE ON bounces FOR EACH STATEMENT EXECUTE FUNCTION purser_refuse('bounces are lifted, never deleted');

-- What an alert is about is told by the code: a list of it here had to be changed for each new thing, such as addresses that are
-- suppressed.
ALTER TABLE alerts DROP CONSTRAINT alerts_kind_check;
