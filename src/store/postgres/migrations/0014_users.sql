-- Who may use purser: people, what proves who they are, and what was changed about them by whom. Secrets are here as hashes, or
-- encrypted. While there is no user, names are believed as before.
CREATE TABLE users (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'preparer', 'approver', 'admin')),
    user_groups TEXT COLLATE "C" NOT NULL,
    password TEXT COLLATE "C" NOT NULL,
    token TEXT COLLATE "C",
    token_until BIGINT NOT NULL,
    second_factor TEXT COLLATE "C",
    pending_factor TEXT COLLATE "C",
    last_step BIGINT NOT NULL,
    disabled_at BIGINT,
    added_at BIGINT NOT NULL
);
CREATE TRIGGER users_are_never_deleted BEFORE DELETE ON users FOR EACH STATEMENT EXECUTE FUNCTION purser_refuse('users are disabled, never deleted');
CREATE TRIGGER users_use_no_code_twice BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.last_step < OLD.last_step)
    EXECUTE FUNCTION purser_refuse('a code of the second factor counts once');

CREATE TABLE sessions (
    hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL REFERENCES users (name),
    begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    is_whole BIGINT NOT NULL
);

-- Attempts to sign in or to give a code, by hashed key.
CREATE TABLE attempts (
    attempt_key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL,
    failures BIGINT NOT NULL
);

CREATE TABLE user_changes (
    number BIGINT NOT NULL PRIMARY KEY,
    changed_at BIGINT NOT NULL,
    changed_by TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    change TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL
);
CREATE TRIGGER user_changes_are_never_updated BEFORE UPDATE ON user_changes FOR EACH STATEMENT EXECUTE FUNCTION purser_refuse('changes of users are never updated');
CREATE TRIGGER user_changes_are_never_deleted BEFORE DELETE ON user_changes FOR EACH STATEMENT EXECUTE FUNCTION purser_refuse('changes of users are never deleted');
CREATE TRIGGER user_changes_are_never_truncated BEFORE TRUNCATE ON user_changes FOR EACH STATEMENT EXECUTE FUNCTION purser_refuse('changes of users are never truncated');
