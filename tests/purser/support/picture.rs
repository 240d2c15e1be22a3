//! All that a shop's commands leave behind, but for clocks and counts of attempts: two ledgers are the same when their
//! pictures are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use super::Shop;
use super::database::Kind;

/// Tables and columns that tell of clocks and attempts, which differ between a run that was disturbed and one that was not.
const NOT_SHOWN: &[&str] = &[
    "_sqlx_migrations",
    "runs",
    "leases",
    "reconciled.run_id",
    // It covers the run's number too.
    "reconciled.seal",
    "erasures.erased_at",
    "programs.erasures_seal",
    "manifests.removed_at",
    "slots.attempts",
    "slots.next_attempt",
    "slots.run_id",
    "alerts",
    "bounces.found_at",
    "bounces.lifted_at",
    "bounces.seal",
    "outbox.attempts",
    // It covers the number of attempts too.
    "outbox.seal",
    "outbox.changed_at",
    "outbox.post_office",
    "outbox.error",
];

/// What there is, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture(BTreeMap<String, String>);

impl Picture {
    /// The rows of every table, and the files: facts, outcomes and mails.
    pub fn of(shop: &Shop) -> Self {
        let mut parts = BTreeMap::from([("rows".to_owned(), shop.database.sql(rows_of(shop)))]);
        files(shop.folder.path(), "", &mut parts);
        Self(parts)
    }

    /// That, and what the commands say of it.
    pub fn whole(shop: &Shop) -> Self {
        let mut picture = Self::of(shop);
        picture.0.insert("exports".to_owned(), shop.exports());
        picture.0.insert("batches".to_owned(), shop.must(&["batch", "list", "--format", "csv"]));
        picture
    }

    /// Fails with the first difference.
    #[track_caller]
    pub fn must_be(&self, wanted: &Self, when: &str) {
        let names = self.0.keys().chain(wanted.0.keys());
        if let Some(name) = names.into_iter().find(|name| self.0.get(*name) != wanted.0.get(*name)) {
            let lines = |picture: &Self| picture.0.get(name).cloned().unwrap_or_else(|| "(not there)".to_owned());
            let (found, wanted) = (lines(self), lines(wanted));
            let at = found.lines().zip(wanted.lines()).take_while(|(a, b)| a == b).count();
            let from = |text: &str| text.lines().skip(at).take(3).collect::<Vec<_>>().join("\n");
            panic!("{when}: {name} differs from line {}\nfound:\n{}\nwanted:\n{}", at + 1, from(&found), from(&wanted));
        }
    }
}

/// One statement for each table, as the schema has them; the schema is the same for every shop.
fn rows_of(shop: &Shop) -> &'static str {
    static SQL: [OnceLock<String>; 2] = [const { OnceLock::new() }; 2];
    let (place, columns) = match shop.database.kind {
        Kind::Sqlite => (
            &SQL[0],
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid",
        ),
        Kind::Postgres => (
            &SQL[1],
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' \
             ORDER BY table_name COLLATE \"C\", ordinal_position",
        ),
    };
    place.get_or_init(|| {
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in shop.database.sql(columns).lines() {
            let (table, column) = line.split_once('|').expect("two columns");
            if !NOT_SHOWN.contains(&table) && !NOT_SHOWN.contains(&format!("{table}.{column}").as_str()) {
                tables.entry(table.to_owned()).or_default().push(column.to_owned());
            }
        }
        assert!(tables.contains_key("transfers"), "the ledger has its tables: {tables:?}");
        let statement = |(table, columns): (String, Vec<String>)| {
            let places: Vec<String> = (2..columns.len() + 2).map(|place| place.to_string()).collect();
            format!("SELECT '{table}', {} FROM {table} ORDER BY {};", columns.join(", "), places.join(", "))
        };
        // Of the runs, only that each has said how it ended.
        let unfinished = "SELECT 'unfinished runs', COUNT(*) FROM runs WHERE state = 'running';".to_owned();
        tables.into_iter().map(statement).chain([unfinished]).collect()
    })
}

/// The digest of each file but for those of the database and hidden ones: locks, and what a killed writer leaves.
fn files(folder: &Path, within: &str, parts: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let entry = entry.expect("it can be listed");
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        if name.contains("/.") || name.starts_with('.') || name.starts_with("ledger.db") {
            continue;
        }
        if entry.file_type().expect("it is something").is_dir() {
            files(&entry.path(), &format!("{name}/"), parts);
        } else {
            let content = fs::read(entry.path()).expect("a file can be read");
            parts.insert(name, blake3::hash(&content).to_string());
        }
    }
}
