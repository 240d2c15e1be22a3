-- When retention removed what a list of facts names (microseconds since 1970); its body is empty then. The row stays: runs
-- and entries name its digest.
ALTER TABLE manifests ADD COLUMN removed_at BIGINT;

-- Who was erased on request. `subject` is a creator's id, or the pseudonym that stands for a customer's id or for an email;
-- `fingerprint` is that of the key that made it, which lies in the data folder.
CREATE TABLE erasures (
    program TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('creator', 'customer', 'email')),
    subject TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    erased_at BIGINT NOT NULL,
    erased_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (program, kind, subject)
);
