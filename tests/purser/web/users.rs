//! Users: the first one, one person once, and the record of what was changed.

use super::*;

#[test]
fn the_first_user_is_an_admin_and_adds_the_others() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
        for role in ["viewer", "preparer", "approver"] {
            let done = told(&mut keyed(&shop, &["user", "add", "mia", "--role", role]), PASSWORD);
            assert!(!done.ok && done.err.contains("the first user is an admin"), "{role}: {}", done.err);
        }
        must(&shop, PASSWORD, &["user", "add", "mia", "--role", "admin"]);
        let done = told(&mut keyed(&shop, &["user", "add", "lee", "--role", "approver", "--by", "mia"]), PASSWORD);
        assert!(!done.ok && done.err.contains("prove that you are mia"), "{}", done.err);
        let token = token(&shop, "mia");
        let mut add =
            keyed(&shop, &["user", "add", "lee", "--role", "approver", "--group", "board", "--group", "finance", "--by", "mia"]);
        assert!(told(add.env("PURSER_TOKEN", &token), PASSWORD).ok);
        let list = shop.must(&["user", "list", "--format", "csv"]);
        assert!(list.contains("lee,approver,board finance,no,,\n"), "{list}");
        assert!(with_token(&shop, &token, &["user", "groups", "lee", "--by", "mia"]).ok);
        let wrong = with_token(&shop, &token, &["user", "groups", "lee", "a b", "--by", "mia"]);
        assert!(!wrong.ok && wrong.err.contains("names no group"), "{}", wrong.err);
        let changes = shop.must(&["user", "changes", "--format", "json"]);
        let changes: serde_json::Value = serde_json::from_str(&changes).expect("it is JSON");
        let told: Vec<String> = changes
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| format!("{} {} by {}", row["name"], row["change"], row["changed_by"]).replace('"', ""))
            .collect();
        assert_eq!(
            told,
            [
                "mia added as an admin by ",
                "mia token made by mia",
                "lee added as an approver, in the groups board, finance by mia",
                "lee in no group by mia",
            ]
        );
    }
}

#[test]
fn one_person_is_one_user_however_spelled() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("Jos\u{e9} Garc\u{ed}a", "approver")]);
        let token = token(&shop, "mia");
        for name in ["jose garcia", "JOS\u{c9}  GARC\u{cd}A", "Jose\u{301} Garci\u{301}a", "\u{ff2d}\u{ff29}\u{ff21}", "M\u{ed}a"]
        {
            let done = told(
                keyed(&shop, &["user", "add", name, "--role", "preparer", "--by", "mia"]).env("PURSER_TOKEN", &token),
                PASSWORD,
            );
            assert!(!done.ok && done.err.contains("is a user already"), "{name}: {}", done.err);
        }
        for name in ["", "runner", "RUNNER", "ana\u{200b}", "a\nb"] {
            let done = told(
                keyed(&shop, &["user", "add", name, "--role", "preparer", "--by", "mia"]).env("PURSER_TOKEN", &token),
                PASSWORD,
            );
            assert!(!done.ok && done.err.contains("nothing was changed"), "{name}: {}", done.err);
        }
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM users").trim(), "2");
        // Under another spelling it is the same maker, who is no checker.
        let jose = self::token(&shop, "JOSE GARCIA");
        let adjust = ["adjust", "ana", "-1.00", "--reason", "sample", "--by", "Jose Garcia"];
        assert!(with_token(&shop, &jose, &adjust).ok);
        let own = with_token(&shop, &jose, &["proposal", "approve", "shop-p0001", "--by", "JOS\u{c9} GARC\u{cd}A"]);
        assert!(!own.ok && own.err.contains("cannot approve it"), "{}", own.err);
    }
}

/// Of many first users at once there is one.
#[test]
fn of_many_first_users_one_is_added() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
        let add = |name: String| told(&mut keyed(&shop, &["user", "add", &name, "--role", "admin"]), PASSWORD).ok;
        let add = &add;
        let done: Vec<bool> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|number| scope.spawn(move || add(format!("person {number}")))).collect();
            all.into_iter().map(|one| one.join().expect("it ends")).collect()
        });
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
    }
}

/// The record cannot be edited, and a user who was changed behind purser's back is found.
#[test]
fn what_was_changed_about_users_stays_recorded() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("lee", "viewer")]);
        for (sql, why) in [
            ("UPDATE user_changes SET changed_by = 'eve'", "changes of users are never updated"),
            ("DELETE FROM user_changes", "changes of users are never deleted"),
            ("DELETE FROM users WHERE name = 'lee'", "users are disabled, never deleted"),
        ] {
            let said = shop.database.try_sql(sql).expect_err("it is refused");
            assert!(said.contains(why), "{sql}: {said}");
        }
        shop.must(&["check"]);
        // What is neither in the record nor decides anything that a code would not.
        let beyond = ["users.pending_factor", "users.last_step"];
        let columns = [("users", "name", COLUMNS_OF_USERS), ("user_changes", "number", COLUMNS_OF_CHANGES)];
        disarm(&shop);
        for (table, key, columns) in columns {
            shop.database.sql(&format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}"));
            for (column, value) in columns.iter().filter(|(column, _)| !beyond.contains(&format!("{table}.{column}").as_str())) {
                let last = format!("(SELECT MAX({key}) FROM {table})");
                shop.database.sql(&format!("UPDATE {table} SET {column} = {value} WHERE {key} = {last}"));
                let found = shop.run(&["check", "users"]);
                assert!(!found.ok && found.out.contains("purser user changes"), "{table}.{column}: {}{}", found.out, found.err);
                shop.database.sql(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved_{table}"));
                shop.must(&["check", "users"]);
            }
            shop.database.sql(&format!("DELETE FROM {table} WHERE {key} = (SELECT MAX({key}) FROM {table})"));
            let found = shop.run(&["check", "users"]);
            assert!(!found.ok, "a row of {table} is gone: {}", found.out);
            shop.database.sql(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved_{table}"));
        }
    }
}

/// Columns, and what each is changed to.
const COLUMNS_OF_USERS: &[(&str, &str)] = &[
    ("name", "'mib'"),
    ("role", "'approver'"),
    ("user_groups", "'board'"),
    ("password", "password || 'x'"),
    ("token", "'ff'"),
    ("token_until", "token_until + 1"),
    ("second_factor", "'ff'"),
    ("pending_factor", "'ff'"),
    ("last_step", "last_step + 1"),
    ("disabled_at", "1"),
    ("added_at", "added_at + 1"),
];

const COLUMNS_OF_CHANGES: &[(&str, &str)] = &[
    ("number", "number + 1"),
    ("changed_at", "changed_at + 1"),
    ("changed_by", "'eve'"),
    ("name", "'eve'"),
    ("change", "'nothing'"),
    ("state", "'ff'"),
    ("hash", "'ff'"),
];

/// Takes away what guards the tables.
fn disarm(shop: &Shop) {
    match shop.database.kind {
        Kind::Sqlite => {
            for name in shop.database.sql("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'user%'").lines() {
                shop.database.sql(&format!("DROP TRIGGER {name}"));
            }
        }
        Kind::Postgres => {
            for table in ["users", "user_changes"] {
                shop.database.sql(&format!("ALTER TABLE {table} DISABLE TRIGGER USER"));
            }
        }
    }
}
