//! Whatever is changed behind purser's back, `purser check` finds: one byte in any column of an entry, a transfer, a
//! batch or a kept fact, and a tail that was cut off. What is sound it calls sound.
//! Columns are those of the database's own catalog, so that a new column is tried too.

use crate::exchange_rates::pay_in_euros;
use crate::payment_files::with_key;
use crate::support::database::Kind;
use crate::support::{Shop, files_below, project};
use crate::unchecked::BEYOND;
use std::collections::BTreeSet;
use std::fs;

/// A table: how its rows are told apart, which checks look after it, and columns for which no check answers.
struct Table {
    name: &'static str,
    key: &'static str,
    check: &'static str,
    beyond: &'static [&'static str],
}

const fn table(name: &'static str, key: &'static str, check: &'static str) -> Table {
    Table { name, key, check, beyond: &[] }
}

const TABLES: &[Table] = &[
    table("entries", "program, entry", "chain"),
    table("transfers", "program, entry, position", "chain"),
    table("batches", "program, batch_id", "batches"),
    table("batch_lines", "program, batch_id, creator_id", "batches"),
    table("batch_payees", "program, batch_id, creator_id", "batches"),
    table("batch_conversions", "program, batch_id, creator_id", "batches"),
    table("balances", "program, creator_id", "balances"),
    table("proposals", "program, proposal_id", "proposals"),
    table("proposal_lines", "program, proposal_id, creator_id", "proposals"),
    table("programs", "program", "currency statements proposals"),
    table("program_texts", "hash", "program_texts"),
    table("statement_months", "program, month", "statements outbox"),
    // Of a body, what is about money is checked: see `a_statement_that_says_something_else_is_found`.
    Table { name: "statements", key: "program, creator_id, month", check: "statements", beyond: &["body"] },
    // A list also says what a source was called; its digest covers what was in it.
    Table { name: "manifests", key: "program, digest", check: "facts", beyond: &["body"] },
    table("reconciled", "program", "outcomes"),
    // When and where from a letter was tried last, and what was said: it decides only which of two data folders goes on with one that
    // was being sent. How far it has come is sealed.
    Table { name: "outbox", key: "program, message_key", check: "outbox", beyond: &["changed_at", "post_office", "error"] },
];

/// A shop whose ledger is tampered with, and can be put back as it was.
struct Victim {
    shop: Shop,
}

impl Victim {
    /// Plays the story, and disarms the database: triggers, constraints and foreign keys stop others, not us.
    fn new(kind: Kind) -> Self {
        let shop = Shop::small_on(kind);
        pay_in_euros(&shop);
        for step in Shop::story() {
            let done = with_key(&shop, &step);
            assert!(done.ok, "{step:?}: {}", done.err);
        }
        for name in shop.database.sql(disarming(kind)).lines() {
            shop.database.sql(name);
        }
        for table in TABLES {
            shop.database.sql(&format!("CREATE TABLE saved_{0} AS SELECT * FROM {0}", table.name));
        }
        let victim = Self { shop };
        assert_eq!(victim.broken(), BTreeSet::new(), "nothing is changed yet");
        victim
    }

    /// The names of the checks that find something.
    fn broken(&self) -> BTreeSet<String> {
        let done = self.shop.run(&["check", "--format", "json"]);
        let found: serde_json::Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}{}", done.out, done.err));
        let broken = |found: &&serde_json::Value| found["broken"].as_u64() != Some(0);
        let names = found.as_array().expect("a list").iter().filter(broken).map(|found| {
            assert!(found["advice"] != "" && found["records"][0] != "", "it says which record, and what to do: {found}");
            found["check"].as_str().expect("a name").to_owned()
        });
        let names: BTreeSet<String> = names.collect();
        assert_eq!(done.ok, names.is_empty(), "the exit code says whether something is broken");
        names
    }

    /// Runs statements as somebody whom no trigger stops; foreign keys and checks are off.
    fn try_behind_its_back(&self, sql: &str) -> Result<String, String> {
        let unguarded = match self.shop.database.kind {
            Kind::Sqlite => "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;",
            Kind::Postgres => "SET session_replication_role = replica;",
        };
        self.shop.database.try_sql(&format!("{unguarded} {sql}"))
    }

    fn behind_its_back(&self, sql: &str) {
        self.try_behind_its_back(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn restore(&self, table: &Table) {
        self.behind_its_back(&restoring(table));
    }

    /// The columns of a table, and whether each holds text.
    fn columns(&self, table: &Table) -> Vec<(String, bool)> {
        let sql = match self.shop.database.kind {
            Kind::Sqlite => format!("SELECT name || '|' || (type = 'TEXT') FROM pragma_table_info('{}')", table.name),
            Kind::Postgres => format!(
                "SELECT column_name || '|' || (data_type = 'text')::INT FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{}' ORDER BY ordinal_position",
                table.name
            ),
        };
        let columns = self.shop.database.sql(&sql);
        columns.lines().filter_map(|line| line.split_once('|')).map(|(name, text)| (name.to_owned(), text == "1")).collect()
    }

    fn rows(&self, table: &Table) -> usize {
        self.shop.database.sql(&format!("SELECT COUNT(*) FROM {}", table.name)).trim().parse().expect("a number")
    }
}

/// SQL that answers the SQL that takes away what guards the tables.
fn disarming(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
        Kind::Postgres => {
            "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname FROM pg_constraint \
             WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        }
    }
}

fn restoring(table: &Table) -> String {
    format!("DELETE FROM {0}; INSERT INTO {0} SELECT * FROM saved_{0};", table.name)
}

/// An expression for a column with one byte changed: the first, one in the middle, or the last.
fn changed(column: &str, place: usize) -> String {
    let at = ["0", "LENGTH(c) / 2", "LENGTH(c) - 1"][place].replace("(c)", &format!("({column})"));
    format!(
        "CASE WHEN COALESCE({column}, '') = '' THEN 'x' ELSE SUBSTR({column}, 1, {at}) || \
         CASE WHEN SUBSTR({column}, {at} + 1, 1) = 'x' THEN 'y' ELSE 'x' END || SUBSTR({column}, {at} + 2) END"
    )
}

/// Changes every column of the first, a middle and the last row of a table, one at a time. Answers how many it tried.
fn tamper_with(victim: &Victim, table: &Table) -> usize {
    let rows = victim.rows(table);
    let mut tried = 0;
    for (column, is_text) in victim.columns(table).into_iter().filter(|(column, _)| !table.beyond.contains(&column.as_str())) {
        for (place, row) in BTreeSet::from([0, rows / 2, rows - 1]).into_iter().enumerate() {
            // Where the neighbor has the number already, a greater one is taken.
            let values = if is_text {
                vec![changed(&column, place)]
            } else {
                // No number is above the greatest.
                let beside =
                    format!("CASE WHEN {column} > 9000000000000000000 THEN {column} - 1 ELSE COALESCE({column}, 0) + 1 END");
                vec![beside, format!("COALESCE({column}, 0) + 1000000")]
            };
            let Table { name, key, check, .. } = table;
            let tampered = values.iter().any(|value| {
                let sql = format!(
                    "{} UPDATE {name} SET {column} = {value} WHERE ({key}) = (SELECT {key} FROM {name} ORDER BY {key} LIMIT 1 OFFSET {row});",
                    restoring(table)
                );
                victim.try_behind_its_back(&sql).is_ok()
            });
            assert!(tampered, "{name}.{column} of row {row} could not be changed");
            let broken = victim.broken();
            let is_found = check.split(' ').any(|check| broken.contains(check));
            assert!(is_found, "{name}.{column} of row {row} of {rows} was changed, and found was {broken:?}");
            tried += 1;
        }
    }
    victim.restore(table);
    assert_eq!(victim.broken(), BTreeSet::new(), "{} is as it was", table.name);
    tried
}

fn on_both(test: impl Fn(Kind) + Sync) {
    std::thread::scope(|scope| {
        for kind in Kind::BOTH {
            let test = &test;
            scope.spawn(move || test(kind));
        }
    });
}

#[test]
fn one_byte_changed_in_any_column_is_found() {
    on_both(|kind| {
        let victim = Victim::new(kind);
        let tried: usize = TABLES.iter().map(|table| tamper_with(&victim, table)).sum();
        println!("{tried} changes were found on {kind:?}");
        assert!(tried > 150, "only {tried} changes were tried");
    });
}

/// A new table or column is tampered with, or named here with the reason why it may change: columns of tables that a check looks
/// after are those of the catalog, so a new one is tried as long as it is not named.
#[test]
fn every_column_is_checked_or_has_its_reason() {
    on_both(|kind| {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"]);
        let victim = Victim { shop };
        let tables = match kind {
            Kind::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            Kind::Postgres => {
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name"
            }
        };
        let found = victim.shop.database.sql(tables);
        // Which steps were done is the driver's: it refuses others than its own.
        let found: BTreeSet<&str> = found.lines().filter(|name| *name != "_sqlx_migrations").collect();
        let named = TABLES.iter().map(|table| table.name).chain(BEYOND.iter().map(|(name, ..)| *name));
        assert_eq!(found, named.collect(), "every table is named");
        for (name, columns, reason) in BEYOND {
            let listed: BTreeSet<String> = columns.iter().map(|column| (*column).to_owned()).collect();
            let there = victim.columns(&table(name, "", "")).into_iter().map(|(column, _)| column);
            assert_eq!(there.collect::<BTreeSet<_>>(), listed, "the columns of {name}");
            assert!(reason.ends_with('.'), "{name} has a reason");
        }
        for Table { name, beyond, .. } in TABLES {
            let there: BTreeSet<String> = victim.columns(&table(name, "", "")).into_iter().map(|(column, _)| column).collect();
            assert!(beyond.iter().all(|column| there.contains(*column)), "what is excepted of {name} is there");
        }
    });
}

/// Rows that are gone, or were never posted.
#[test]
fn rows_taken_out_or_put_in_are_found() {
    on_both(|kind| {
        let victim = Victim::new(kind);
        for table in TABLES {
            let Table { name, key, check, .. } = table;
            for row in BTreeSet::from([0, victim.rows(table) - 1]) {
                victim.behind_its_back(&format!(
                    "{} DELETE FROM {name} WHERE ({key}) = (SELECT {key} FROM {name} ORDER BY {key} LIMIT 1 OFFSET {row});",
                    restoring(table)
                ));
                let broken = victim.broken();
                assert!(!broken.is_empty(), "row {row} of {name}, which {check} looks after, is gone, and nothing was found");
            }
            victim.restore(table);
        }
        victim.behind_its_back(
            "INSERT INTO transfers SELECT program, entry, position + 1000, kind, 'o77', line_id, creator_id, detail, 0, source, target, \
             amount, effective_day, why, rule, base, touch FROM transfers WHERE entry = 1 AND position = 0;",
        );
        let broken = victim.broken();
        assert!(["chain", "balances", "targets", "statements"].iter().all(|check| broken.contains(*check)), "{broken:?}");
    });
}

/// A transfer and all that follows from it, hashes too: only a head that was noted elsewhere tells.
#[test]
fn a_tail_cut_off_is_found_by_a_head_noted_before() {
    on_both(|kind| {
        let whole = Shop::small_on(kind);
        whole.play(usize::MAX);
        let (entry, hash) = head(&whole);
        // The same shop, as a backup of some days before would bring it back.
        let cut = Shop::small_on(kind);
        cut.play(Shop::story().len() - 1);
        let (earlier, earlier_hash) = head(&cut);
        assert!(earlier < entry, "the chain is shorter");
        cut.must(&["check"]);
        for (shop, number, noted, ok) in [
            (&whole, entry, hash.clone(), true),
            (&whole, entry, hash[..12].to_owned(), true),
            (&whole, earlier, earlier_hash.clone(), true),
            (&whole, earlier, hash.clone(), false),
            (&cut, earlier, earlier_hash, true),
            (&cut, entry, hash, false),
        ] {
            let done = shop.run(&["check", "--head", &format!("{number}:{noted}")]);
            assert_eq!(done.ok, ok, "{number}:{noted}: {}{}", done.out, done.err);
            assert!(ok || done.out.contains("the head that was given is"), "{}", done.out);
            assert!(ok || done.out.contains("the chain itself is sound. Check how --head was typed"), "{}", done.out);
            assert!(!done.out.contains("restore the last backup"), "nothing else is wrong: {}", done.out);
        }
    });
}

/// The last entry alone, with its transfers: what rests on it tells, without any head.
#[test]
fn a_tail_cut_off_is_found_by_what_rests_on_it() {
    on_both(|kind| {
        let victim = Victim::new(kind);
        victim.behind_its_back("DELETE FROM transfers WHERE entry = (SELECT MAX(entry) FROM entries); DELETE FROM entries WHERE entry = (SELECT MAX(entry) FROM entries);");
        let broken = victim.broken();
        assert!(broken.contains("balances") && broken.contains("batches"), "{broken:?}");
        victim.behind_its_back("DELETE FROM transfers WHERE entry > 1; DELETE FROM entries WHERE entry > 1;");
        assert!(victim.broken().contains("chain"), "the reports of runs name heads that are gone");
    });
}

fn head(shop: &Shop) -> (i64, String) {
    let row = shop.database.sql("SELECT entry, hash FROM entries ORDER BY entry DESC LIMIT 1");
    let (entry, hash) = row.trim().split_once('|').expect("an entry and its hash");
    (entry.parse().expect("a number"), hash.to_owned())
}

/// What is about money in a statement, and which facts a run rests on.
#[test]
fn a_statement_that_says_something_else_is_found() {
    on_both(|kind| {
        let victim = Victim::new(kind);
        let [statements, manifests] =
            ["statements", "manifests"].map(|name| TABLES.iter().find(|t| t.name == name).expect("a table"));
        let changes = [
            (statements, "statements", r#""amount":"#),
            (statements, "statements", r#""effective_day":"#),
            (statements, "statements", r#""base":"#),
            (statements, "statements", r#""rule":""#),
            (statements, "statements", r#""touch":""#),
            (statements, "statements", r#""order_id":""#),
            (statements, "statements", r#""opening":"#),
            (statements, "statements", r#""closing":"#),
            (statements, "statements", r#""earned":"#),
            (statements, "statements", r#""paid":"#),
            (statements, "statements", r#""payable":"#),
            (statements, "statements", r#""through_entry":"#),
            (statements, "statements", r#""head":""#),
            (statements, "statements", r#""creator_id":""#),
            (statements, "statements", r#""month":""#),
            (statements, "currency", r#""currency":""#),
            (manifests, "facts", r#""content":""#),
            (manifests, "facts", r#""copy":""#),
            (manifests, "facts", r#""format":""#),
        ];
        for (table, check, before) in changes {
            let Table { name, .. } = table;
            let sql = format!("{} UPDATE {name} SET body = REPLACE(body, '{before}', '{before}1');", restoring(table));
            victim.behind_its_back(&sql);
            let broken = victim.broken();
            assert!(broken.contains(check), "{name} with a changed {before}: {broken:?}");
        }
    });
}

/// Kept facts of every night, and the outcome of the last.
#[test]
fn one_byte_changed_in_a_kept_file_is_found() {
    let shop = Shop::small();
    shop.play(6);
    let orders = shop.read("orders.csv");
    shop.write("orders.csv", format!("{orders}o5,2026-02-19T10:00:00Z,2026-02-19T10:00:00Z,paid,USD,p5,,,,BEN\n"));
    shop.must(&["run", "nightly", "--as-of", "2026-02-21T00:00:00Z"]);
    let mut files = files_below(&shop.path("ledger-data/facts"));
    assert!(files.len() == 10, "nine tables, one of them in two versions: {}", files.len());
    let facts = files.len();
    let outcome = shop.database.sql("SELECT outcome FROM reconciled");
    files.extend(files_below(&shop.path("ledger-data/outcomes")));
    for (number, file) in files.iter().enumerate() {
        let name = file.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        if number >= facts && !outcome.contains(name) {
            continue;
        }
        let check = if number < facts { "facts" } else { "outcomes" };
        let whole = fs::read(file).expect("it can be read");
        let middle = whole.len() / 2;
        for at in [0, middle, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(file, bytes).expect("it can be written");
            let done = shop.run(&["check"]);
            assert!(
                !done.ok && done.err.contains(check) && done.out.contains(name),
                "{}: {}{}",
                file.display(),
                done.out,
                done.err
            );
        }
        fs::remove_file(file).expect("it can be removed");
        let done = shop.run(&["check"]);
        assert!(!done.ok && done.err.contains(check) && done.out.contains(name), "{}: {}{}", file.display(), done.out, done.err);
        fs::write(file, whole).expect("it can be written");
    }
    shop.must(&["check"]);
}

/// Lists that were made before copies had hashes: the next night adds them, reads no copy twice, and the digest stays.
#[test]
fn older_lists_of_facts_get_the_hashes_of_their_copies() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let bodies = || shop.database.sql("SELECT digest, body FROM manifests");
    let new = bodies();
    let old = new.lines().map(without_copies).collect::<Vec<_>>().join("\n");
    let (digest, body) = old.split_once('|').expect("a digest and a body");
    shop.database.sql(&format!("UPDATE manifests SET body = '{body}' WHERE digest = '{digest}'"));
    assert!(!bodies().contains("\"copy\""), "{}", bodies());
    shop.must(&["check"]);
    shop.must(&["run", "nightly", "--as-of", "2026-02-02T00:00:00Z"]);
    assert_eq!(bodies(), new);
}

fn without_copies(line: &str) -> String {
    let mut parts = line.split(",\"copy\":\"");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += part.split_once('"').map_or("", |(_, rest)| rest);
    }
    text
}

/// No false alarm: the shop of the demo, with payouts, a refund after payment and statements.
#[test]
fn a_sound_ledger_is_called_sound() {
    on_both(|kind| {
        let shop = Shop::of_on(&project().join("jobs/glow.toml"), kind);
        for step in [
            "run nightly --as-of 2026-01-20T07:00:00Z --by rosa",
            "run nightly payout statements --as-of 2026-02-01T14:00:00Z --by rosa",
            "batch approve glow-0001 --by nadia --as-of 2026-02-02T14:00:00Z",
            "batch settle glow-0001 --by tom --as-of 2026-02-03T14:00:00Z --failed ingrid.solberg",
            "run nightly --as-of 2026-02-20T07:00:00Z --by rosa",
            "run nightly payout statements --as-of 2026-03-01T15:00:00Z --by rosa",
            "batch reject glow-0002 --by nadia --as-of 2026-03-02T14:00:00Z",
            "run nightly payout statements --as-of 2026-04-01T15:00:00Z --by rosa --dry-run",
            "run nightly payout statements --as-of 2026-05-01T15:00:00Z --by rosa",
        ] {
            shop.must(&step.split(' ').collect::<Vec<_>>());
            shop.must(&["check"]);
        }
    });
}
