-- When retention removed what a list of facts names (microseconds since 1970); its body is empty then. The row stays: runs
-- and entries name its digest.
ALTER TABLE manifests ADD COLUMN removed_at INTEGER;

-- Who was erased on request. `subject` is a creator's id, or the pseudonym that stands for a customer's id or for an email;
-- `fingerprint` is that of the key that made it, which lies in the data folder.
CREATE TABLE erasures (
    program TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('creator', 'customer', 'email')),
    subject TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    erased_at INTEGER NOT NULL,
    erased_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (program, kind, subject)
) WITHOUT ROWID;
