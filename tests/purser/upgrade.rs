//! Databases of other versions: an older one is brought up to date with nothing lost, a newer one is refused.

use std::fs;
use std::path::Path;

use crate::support::database::Kind;
use crate::support::{Shop, project};

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

#[test]
fn an_older_database_is_brought_up_to_date_with_its_data_intact() {
    let versions = versions();
    assert!(versions.contains(&"1".to_owned()), "the first schema is kept: {versions:?}");
    for (version, kind) in versions.iter().flat_map(|version| Kind::BOTH.map(|kind| (version, kind))) {
        let shop = kept(version, kind);
        let entries = shop.database.sql("SELECT COUNT(*), MAX(hash) FROM entries");
        for what in ["orders", "commissions", "balances", "exceptions"] {
            let wanted = project().join(format!("fixtures/upgrade/{version}/expected/{what}.csv"));
            let wanted = fs::read_to_string(wanted).expect("what it said is kept");
            assert_eq!(shop.must(&["export", what]), wanted, "schema {version}, {kind:?}: {what}");
        }
        assert_eq!(shop.database.sql("SELECT COUNT(*), MAX(hash) FROM entries"), entries);
        // It goes on: the draft is approved, the next night finds nothing, a statement opens where the last one closed.
        let report = shop.must(&["run", "nightly", "--as-of", "2026-04-21T00:00:00Z"]);
        assert!(report.contains("posted: nothing"), "{report}");
        shop.must(&["batch", "approve", "shop-0002", "--by", "mia", "--as-of", "2026-04-22T00:00:00Z"]);
        shop.must(&["batch", "settle", "shop-0002", "--by", "lee", "--as-of", "2026-04-23T00:00:00Z"]);
        shop.must(&["run", "statements", "--as-of", "2026-05-01T00:00:00Z"]);
        assert!(shop.must(&["statement", "ana", "--month", "2026-04"]).contains("32.46"));
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
