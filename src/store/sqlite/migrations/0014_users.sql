-- Who may use purser: people, what proves who they are, and what was changed about them by whom. Secrets are here as hashes, or
-- encrypted. While there is no user, names are believed as before.
CREATE TABLE users (
    name TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'preparer', 'approver', 'admin')),
    user_groups TEXT NOT NULL,
    password TEXT NOT NULL,
    token TEXT,
    token_until INTEGER NOT NULL,
    second_factor TEXT,
    pending_factor TEXT,
    last_step INTEGER NOT NULL,
    disabled_at INTEGER,
    added_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER users_are_never_deleted BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'users are disabled, never deleted'); END;
CREATE TRIGGER users_use_no_code_twice BEFORE UPDATE ON users WHEN NEW.last_step < OLD.last_step
    BEGIN SELECT RAISE(ABORT, 'a code of the second factor counts once'); END;

CREATE TABLE sessions (
    hash TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL REFERENCES users (name),
    begun_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    is_whole INTEGER NOT NULL
) WITHOUT ROWID;

-- Attempts to sign in or to give a code, by hashed key.
CREATE TABLE attempts (
    attempt_key TEXT NOT NULL PRIMARY KEY,
    since INTEGER NOT NULL,
    failures INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE user_changes (
    number INTEGER NOT NULL PRIMARY KEY,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    name TEXT NOT NULL,
    change TEXT NOT NULL,
    state TEXT NOT NULL,
    hash TEXT NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER user_changes_are_never_updated BEFORE UPDATE ON user_changes BEGIN SELECT RAISE(ABORT, 'changes of users are never updated'); END;
CREATE TRIGGER user_changes_are_never_deleted BEFORE DELETE ON user_changes BEGIN SELECT RAISE(ABORT, 'changes of users are never deleted'); END;
