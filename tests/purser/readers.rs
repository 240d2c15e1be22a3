//! A database that can only be read, such as a replica, serves who only looks.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::database::{Kind, psql};
use crate::support::{Done, Shop};

/// The database of a shop, which nobody can write meanwhile.
struct OnlyRead<'a>(&'a Shop);

impl<'a> OnlyRead<'a> {
    fn new(shop: &'a Shop) -> Self {
        match shop.database.kind {
            Kind::Postgres => Self::set(shop, "on"),
            Kind::Sqlite => {
                let folder = shop.path("books");
                fs::create_dir(&folder).expect("the test can make folders");
                // Not the file alone: a process that ended in the middle of folding its log in leaves a part of the database there.
                let copy = format!(".backup '{}'", folder.join("ledger.db").display());
                let copied = Command::new("sqlite3").arg(shop.path("ledger.db")).arg(copy).status().expect("sqlite3 starts");
                assert!(copied.success(), "the database is copied");
                let is_mounted = can("mount", &folder, &["--bind"]) && can("mount", &folder, &["-o", "remount,ro,bind"]);
                assert!(is_mounted || can("chmod", &folder, &["-R", "a-w"]));
            }
        }
        Self(shop)
    }

    fn set(shop: &Shop, value: &str) {
        let (server, name) = shop.database.url.rsplit_once('/').expect("a URL");
        psql(&format!("{server}/postgres"), &format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}"));
    }

    fn run(&self, arguments: &[&str]) -> Done {
        run(self.0, arguments)
    }
}

/// A command on the database that can only be read.
fn run(shop: &Shop, arguments: &[&str]) -> Done {
    let command = shop.command(arguments);
    let mut reader = Command::new(command.get_program());
    reader.current_dir(shop.folder.path());
    for argument in command.get_args() {
        let is_ledger = shop.database.kind == Kind::Sqlite && argument.to_string_lossy() == shop.database.url;
        reader.arg(if is_ledger { "sqlite://books/ledger.db".as_ref() } else { argument });
    }
    reader.output().expect("the binary starts").into()
}

impl Drop for OnlyRead<'_> {
    fn drop(&mut self) {
        match self.0.database.kind {
            Kind::Postgres => Self::set(self.0, "off"),
            Kind::Sqlite => {
                let folder = self.0.path("books");
                let _ = can("umount", &folder, &["-l"]) || can("chmod", &folder, &["-R", "u+w"]);
            }
        }
    }
}

fn can(program: &str, folder: &Path, options: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(options);
    if options.contains(&"--bind") {
        command.arg(folder);
    }
    command.arg(folder).output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_database_that_can_only_be_read_is_checked_and_looked_at() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.play(5);
        let figures = shop.must(&["export", "balances"]);
        let reader = OnlyRead::new(&shop);
        let checked = reader.run(&["check"]);
        assert!(checked.ok && checked.out.contains("chain"), "{kind:?}: {}{}", checked.out, checked.err);
        let looked = reader.run(&["export", "balances"]);
        assert!(looked.ok && looked.out == figures, "{kind:?}: {}{}", looked.out, looked.err);
        for arguments in [&["status"][..], &["batch", "list"], &["explain", "o1"]] {
            let looked = reader.run(arguments);
            assert!(looked.ok, "{kind:?} {arguments:?}: {}", looked.err);
        }
    }
}

#[test]
fn what_writes_is_refused_by_a_reader_with_the_reason() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.play(4);
        let reader = OnlyRead::new(&shop);
        let reason = match kind {
            Kind::Sqlite => "cannot be written",
            Kind::Postgres => "this database can only be read",
        };
        for arguments in [
            &["run", "nightly", "--as-of", "2026-02-20T00:00:00Z"][..],
            &["batch", "reject", "shop-0001", "--by", "lee", "--as-of", "2026-02-20T00:00:00Z"],
            &["adjust", "ana", "1.00", "--reason", "x", "--by", "lee"],
        ] {
            let done = reader.run(arguments);
            assert!(!done.ok && done.err.contains(reason), "{kind:?} {arguments:?}: {}", done.err);
            assert_eq!(done.code, Some(1), "trying again does not help");
        }
        drop(reader);
        shop.must(&["check"]);
    }
}

/// What was written last may be in the log beside the file, which cannot be read without writing beside it.
#[test]
fn a_database_whose_log_cannot_be_read_is_not_taken_for_whole() {
    let shop = Shop::small();
    shop.play(3);
    let reader = OnlyRead::new(&shop);
    drop(reader);
    let folder = shop.path("books");
    fs::write(folder.join("ledger.db-wal"), "").expect("the test can write");
    if can("mount", &folder, &["--bind"]) && can("mount", &folder, &["-o", "remount,ro,bind"]) {
        let done = run(&shop, &["check"]);
        can("umount", &folder, &["-l"]);
        assert!(!done.ok && done.err.contains("cannot be written"), "{}{}", done.out, done.err);
    }
}
