//! Databases of other versions: an older one is brought up to date with nothing lost, a newer one is refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::database::Kind;
use crate::support::{Shop, files_below, project};

/// A shop as an earlier schema left it, in a folder of its own.
fn kept(version: &str, kind: Kind) -> Shop {
    let from = project().join("fixtures/upgrade").join(version);
    let shop = Shop::of_on(Path::new("jobs/shop.toml"), kind);
    for (folder, name) in [("jobs", "jobs"), ("data", "data"), ("purser-data", "ledger-data")] {
        copy(&from.join(folder), &shop.path(name));
    }
    let dump = match kind {
        Kind::Sqlite => "sqlite.sql",
        Kind::Postgres => "postgres.sql",
    };
    shop.database.load(&from.join(dump));
    shop
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("it can be listed").path();
        let target = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("the file can be copied");
        }
    }
}

/// Every earlier schema of which a copy is kept.
fn versions() -> Vec<String> {
    let listed = fs::read_dir(project().join("fixtures/upgrade")).expect("the copies are there");
    let paths = listed.map(|entry| entry.expect("it can be listed").path()).filter(|path| path.is_dir());
    let mut versions: Vec<String> = paths.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    versions.sort();
    versions
}

/// Columns of words, which a newer version may put in another way. What is kept of them in the ledger stays.
const WORDS: &[&str] = &["why", "rule"];

/// A file of what an earlier version said; none where nothing of the kind is kept.
fn said(version: &str, name: &str) -> Option<String> {
    fs::read_to_string(project().join(format!("fixtures/upgrade/{version}/expected/{name}"))).ok()
}

/// The rows of a CSV text, header first, without columns of words.
fn without_words(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("it is CSV")).collect();
    let header = rows.first().cloned().unwrap_or_default();
    let kept = |row: &csv::StringRecord| {
        let values = header.iter().zip(row.iter()).filter(|(name, _)| !WORDS.contains(name));
        values.map(|(_, value)| value.to_owned()).collect()
    };
    rows.iter().map(kept).collect()
}

/// The amounts of a text for people that are not zero, without their signs: whatever has two decimals.
fn amounts(text: &str) -> BTreeSet<&str> {
    let is_amount = |word: &&str| {
        let parts = word.rsplit_once('.');
        parts.is_some_and(|(whole, cents)| cents.len() == 2 && format!("{whole}{cents}").chars().all(|c| c.is_ascii_digit()))
    };
    text.split_whitespace()
        .map(|word| word.trim_start_matches(['-', '$']).trim_end_matches(['%', ',', '.']))
        .filter(is_amount)
        .filter(|word| *word != "0.00")
        .collect()
}

/// The chain: each entry and its hash.
fn chain(shop: &Shop) -> Vec<String> {
    shop.database.sql("SELECT entry, hash FROM entries ORDER BY entry").lines().map(str::to_owned).collect()
}

/// The column of a list that a command shows as CSV.
fn column(shop: &Shop, command: &[&str], name: &str) -> Vec<String> {
    let text = shop.must(&[command, &["--format", "csv"]].concat());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let at = reader.headers().expect("it has a header").iter().position(|header| header == name).expect("it has the column");
    reader.records().map(|row| row.expect("it is CSV")[at].to_owned()).collect()
}

/// Those that are in a state, by their ids.
fn in_state(shop: &Shop, command: &[&str], id: &str, state: &str) -> Vec<String> {
    let states = column(shop, command, "state");
    column(shop, command, id).into_iter().zip(states).filter(|(_, is)| is == state).map(|(id, _)| id).collect()
}

/// What it says is what the earlier version said: exports, journal, statements.
fn says_what_it_said(shop: &Shop, version: &str) {
    for what in ["orders", "commissions", "balances", "exceptions"] {
        let wanted = said(version, &format!("{what}.csv")).expect("what it said is kept");
        assert_eq!(shop.must(&["export", what]), wanted, "schema {version}: {what}");
    }
    let journal = without_words(&shop.must(&["export", "journal"]));
    let rows = "SELECT (SELECT COUNT(*) FROM transfers) + (SELECT COUNT(*) FROM entries WHERE transfers = 0)";
    assert_eq!((journal.len() - 1).to_string(), shop.database.sql(rows).trim(), "schema {version}: the journal is whole");
    if let Some(wanted) = said(version, "journal.csv") {
        assert_eq!(journal, without_words(&wanted), "schema {version}: journal");
    }
    for (books, assertion) in [("hledger", " = "), ("beancount", " balance ")] {
        assert!(shop.must(&["export", "journal", "--format", books]).contains(assertion), "schema {version}: {books}");
    }
    let explained = shop.must(&["explain", "1001"]);
    assert!(explained.contains("c-103") && !explained.contains("DIFFER"), "schema {version}: {explained}");
    let folder = project().join(format!("fixtures/upgrade/{version}/expected/statements"));
    for path in files_below(&folder) {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a statement has a name");
        let (creator, month) = name.split_once('-').expect("it is a creator and a month");
        let wanted = fs::read_to_string(&path).expect("a statement is kept");
        if path.extension().is_some_and(|ending| ending == "csv") {
            let table = shop.must(&["statement", creator, "--month", month, "--format", "csv"]);
            assert_eq!(without_words(&table), without_words(&wanted), "schema {version}: {name}");
        } else {
            let text = shop.must(&["statement", creator, "--month", month]);
            // It is laid out in another way than then; what it says of money is all there.
            let (found, wanted) = (amounts(&text), amounts(&wanted));
            assert!(found.is_superset(&wanted), "schema {version}: {name}: {:?} in {text}", wanted.difference(&found));
        }
    }
}

/// It goes on: what waits is decided, holds end, and each statement opens where the one before it closed.
fn goes_on(shop: &Shop) {
    for batch in in_state(shop, &["batch", "list"], "batch_id", "draft") {
        shop.must(&["batch", "approve", &batch, "--by", "mia", "--as-of", "2026-04-22T00:00:00Z"]);
        shop.must(&["batch", "settle", &batch, "--by", "lee", "--as-of", "2026-04-23T00:00:00Z"]);
    }
    // Earlier schemas had none.
    for proposal in in_state(shop, &["proposal", "list"], "proposal_id", "proposed") {
        shop.must(&["proposal", "approve", &proposal, "--by", "lee", "--as-of", "2026-04-24T00:00:00Z"]);
    }
    shop.must(&["run", "nightly", "--as-of", "2026-05-01T00:00:00Z"]);
    shop.must(&["run", "statements", "--as-of", "2026-05-01T01:00:00Z"]);
    let mut of_april = 0;
    for creator in column(shop, &["export", "balances"], "creator_id") {
        // A month in which there was nothing to tell has none.
        let statement = |month: &str| {
            let done = shop.run(&["statement", &creator, "--month", month, "--format", "json"]);
            let statement: serde_json::Value = serde_json::from_str(&done.out).ok()?;
            let total = |name: &str| statement["totals"][name].as_i64().expect("a total is a number");
            Some((month.to_owned(), total("opening"), total("closing")))
        };
        let months: Vec<_> = ["2026-01", "2026-02", "2026-03", "2026-04"].into_iter().filter_map(statement).collect();
        of_april += usize::from(months.last().is_some_and(|(month, ..)| month == "2026-04"));
        assert!(months.windows(2).all(|pair| pair[0].2 == pair[1].1), "{creator}: {months:?}");
    }
    assert!(of_april > 0, "somebody has a statement for April");
}

#[test]
fn an_older_database_is_brought_up_to_date_with_its_data_intact() {
    let versions = versions();
    assert!(versions.contains(&"1".to_owned()), "the first schema is kept: {versions:?}");
    for (version, kind) in versions.iter().flat_map(|version| Kind::BOTH.map(|kind| (version, kind))) {
        println!("schema {version}, {kind:?}");
        let shop = kept(version, kind);
        let before = chain(&shop);
        let head = before.last().expect("something was posted").replace('|', ":");
        says_what_it_said(&shop, version);
        shop.must(&["check", "--head", &head]);
        // The next night reads the copies that the earlier version kept, and finds nothing to post and nothing to restate.
        shop.must(&["run", "nightly", "--as-of", "2026-04-21T00:00:00Z"]);
        assert_eq!(chain(&shop), before, "schema {version}, {kind:?}");
        says_what_it_said(&shop, version);
        goes_on(&shop);
        assert!(chain(&shop).starts_with(&before));
        shop.must(&["check", "--head", &head]);
    }
}

/// What was voided while a voided batch was called rejected is called voided, and nothing else is.
#[test]
fn batches_voided_before_there_was_a_state_for_it_are_voided() {
    for kind in Kind::BOTH {
        let shop = kept("6", kind);
        assert_eq!(in_state(&shop, &["batch", "list"], "batch_id", "voided"), ["shop-0003", "shop-0006"]);
        assert_eq!(in_state(&shop, &["batch", "list"], "batch_id", "rejected"), ["shop-0002", "shop-0005"]);
        assert!(shop.must(&["batch", "show", "shop-0007"]).contains("settled, 16.75 USD to 1 creator"));
        let failed = shop.must(&["batch", "show", "shop-0007", "--format", "csv"]);
        assert_eq!(failed, "creator_id,amount,state\nchi,16.75,failed\n");
        let settle = ["batch", "settle", "shop-0007", "--by", "lee", "--as-of", "2026-04-21T00:00:00Z"];
        assert!(shop.run(&settle).err.contains("it has no unresolved payments"), "what failed before is decided");
        shop.must(&["check"]);
    }
}

/// An upgrade happens once; whoever goes back to the old binary is told, and nothing is touched.
#[test]
fn a_database_of_a_newer_version_is_refused() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
        let (yes, bytes) = match kind {
            Kind::Sqlite => ("1", "X'00'"),
            Kind::Postgres => ("true", "'\\x00'"),
        };
        shop.database.sql(&format!(
            "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) \
             VALUES (99, 'of the future', '2027-01-01', {yes}, {bytes}, 0)"
        ));
        let runs = shop.database.sql("SELECT COUNT(*) FROM runs");
        let done = shop.run(&["run", "nightly", "--as-of", "2026-02-11T00:00:00Z"]);
        let wanted = "a newer purser has migrated this database to schema 99, and this one knows schema";
        assert!(!done.ok && done.err.contains(wanted) && done.err.contains("nothing was changed"), "{}", done.err);
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM runs"), runs);
    }
}

/// What an older version kept says nothing of versions: by what came since its last night, an order is known to be another one.
#[test]
fn a_cancellation_on_an_older_ledger_has_its_day() {
    for kind in Kind::BOTH {
        let shop = kept("6", kind);
        let orders = shop.read("data/orders.csv");
        let paid = orders.lines().find(|line| line.starts_with("1013,")).expect("the order is there").to_owned();
        let cells: Vec<&str> = paid.split(',').collect();
        let cancelled = [&cells[..2], &["2026-04-22T15:00:00Z", "cancelled"], &cells[4..]].concat().join(",");
        shop.write("data/orders.csv", format!("{orders}{cancelled}\n"));
        shop.must(&["run", "nightly", "--as-of", "2026-05-01T00:00:00Z"]);
        let sql = "SELECT effective_day FROM transfers WHERE order_id = '1013' AND why = 'cancelled'";
        assert_eq!(shop.database.sql(sql).trim(), "20565", "22 April 2026");
    }
}
