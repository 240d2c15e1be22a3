//! A newer purser that decides otherwise by the same program file and facts restates, as an edit does.

use crate::support::Shop;
use crate::support::database::Kind;
use purser::reconcile::VERSION;

const NEXT: [&str; 4] = ["run", "nightly", "--as-of", "2026-02-02T00:00:00Z"];

/// A shop whose last night was decided by an older version of the rules.
fn posted(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    shop.database.sql("UPDATE reconciled SET rules = 0");
    shop
}

/// The ledger says that it followed the program file of now: so an older purser paid ten percent where this one reads twelve.
fn read_otherwise(shop: &Shop) {
    let text = shop.read("shop.toml");
    let now = text.replacen("percent = \"10\"", "percent = \"12\"", 1);
    assert_ne!(text, now, "there is a rate of ten percent");
    shop.write("shop.toml", &now);
    let [old, new] = [&text, &now].map(|text| blake3::hash(text.as_bytes()).to_hex().to_string());
    let drop = match shop.database.kind {
        Kind::Sqlite => "DROP TRIGGER entries_are_never_updated;",
        Kind::Postgres => "DROP TRIGGER entries_are_never_updated ON entries;",
    };
    let now = now.replace('\'', "''");
    shop.database.sql(&format!(
        "{drop} INSERT INTO program_texts (hash, body) VALUES ('{new}', '{now}'); \
         UPDATE entries SET program_text = '{new}' WHERE program_text = '{old}'; UPDATE reconciled SET program_text = '{new}'"
    ));
}

fn rules(shop: &Shop) -> String {
    shop.database.sql("SELECT rules FROM reconciled").trim().to_owned()
}

#[test]
fn what_a_newer_purser_reads_otherwise_is_not_posted_without_a_reason() {
    for kind in Kind::BOTH {
        let shop = posted(kind);
        read_otherwise(&shop);
        let (entries, balances) = (shop.database.sql("SELECT COUNT(*) FROM entries"), shop.must(&["export", "balances"]));
        let refused = shop.run(&NEXT);
        assert!(!refused.ok && refused.err.contains("this version of purser reaches different results"), "{}", refused.err);
        assert!(refused.err.contains("ana: ") && refused.err.contains("--restate REASON"), "{}", refused.err);
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM entries"), entries);
        assert_eq!((shop.must(&["export", "balances"]), rules(&shop).as_str()), (balances.clone(), "0"), "it is asked again");
        let said = shop.must(&[&NEXT[..], &["--restate", "twelve percent was always meant"]].concat());
        assert!(said.contains("restated"), "{said}");
        assert_ne!(shop.must(&["export", "balances"]), balances);
        assert_eq!(rules(&shop), VERSION.to_string());
    }
}

/// The facts are those of the last night, so that only the version of the rules says that there is something to compute.
#[test]
fn a_night_of_an_older_purser_is_not_taken_for_unchanged() {
    for kind in Kind::BOTH {
        let shop = posted(kind);
        let said = shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
        assert!(said.contains("nothing to post"), "{said}");
        assert_eq!(rules(&shop), VERSION.to_string(), "it was decided anew");
        shop.must(&["check"]);
    }
}

/// Where both decide the same, news is news: a refund of what is payable is posted without a word.
#[test]
fn a_newer_purser_that_decides_the_same_asks_for_nothing() {
    for kind in Kind::BOTH {
        let shop = posted(kind);
        shop.add("refunds.csv", "late,o1,1,2026-02-01T09:00:00Z,10.00\n");
        let said = shop.must(&NEXT);
        assert!(!said.contains("nothing to post"), "{said}");
        assert_eq!(rules(&shop), VERSION.to_string());
        shop.must(&["check"]);
    }
}
