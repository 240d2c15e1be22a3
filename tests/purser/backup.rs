//! The page on backups, tried as it stands: its commands are run, while purser works, and what they saved is a ledger.

use std::path::Path;
use std::process::Command;

use crate::support::database::{Database, Kind};
use crate::support::{Shop, project};

/// The commands under a mark of the page.
fn commands(mark: &str) -> String {
    let page = std::fs::read_to_string(project().join("deploy/BACKUP.md")).expect("the page is there");
    let (_, after) = page.split_once(&format!("<!-- {mark} -->\n```sh\n")).unwrap_or_else(|| panic!("the page has {mark}"));
    after.split_once("```").expect("the block ends").0.to_owned()
}

fn shell(folder: &Path, commands: &str, variables: &[(&str, &str)]) {
    let binary = Path::new(env!("CARGO_BIN_EXE_purser")).parent().expect("it lies in a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").expect("there is a PATH"));
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", commands]).current_dir(folder).env("PATH", path).envs(variables.iter().copied());
    let done = command.output().expect("a shell starts");
    assert!(done.status.success(), "{commands}{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_backup_taken_while_purser_works_is_restored_whole() {
    for kind in Kind::BOTH {
        let name = if kind == Kind::Sqlite { "sqlite" } else { "postgres" };
        let shop = Shop::small_on(kind);
        let purser = |arguments: &[&str]| {
            let mut command = crate::support::purser();
            command.current_dir(shop.folder.path()).args(["--jobs", "shop.toml"]).args(arguments);
            if kind == Kind::Postgres {
                command.env("PURSER_DATABASE", &shop.database.url);
            }
            command
        };
        let run = |arguments: &[&str]| assert!(purser(arguments).output().expect("it starts").status.success(), "{arguments:?}");
        run(&["run", "nightly", "payout", "--as-of", "2026-03-01T00:00:00Z", "--by", "rosa"]);
        run(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-03-02T00:00:00Z"]);
        let balances = purser(&["export", "balances"]).output().expect("it starts").stdout;
        // A night is under way while the copy is made; it posts nothing new.
        let mut night = purser(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
        let mut night = night.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().expect("it starts");
        let backup = shop.path("backup");
        let place = backup.to_str().expect("plain text");
        let database = if kind == Kind::Postgres { shop.database.url.as_str() } else { "sqlite://purser-data/purser.db" };
        let variables = [("BACKUP", place), ("PURSER_DATABASE", database), ("PURSER_JOBS", "shop.toml")];
        shell(shop.folder.path(), &commands(&format!("backup {name}")), &variables);
        assert!(night.wait().expect("it ends").success());

        let elsewhere = tempfile::TempDir::new().expect("a temporary folder");
        let fresh = Database::new(kind, elsewhere.path());
        let database = if kind == Kind::Postgres { fresh.url.as_str() } else { database };
        let jobs = shop.path("shop.toml");
        let jobs = jobs.to_str().expect("plain text");
        let variables = [("BACKUP", place), ("PURSER_DATABASE", database), ("PURSER_JOBS", jobs)];
        shell(elsewhere.path(), &commands(&format!("restore {name}")), &variables);
        let restored = |arguments: &[&str]| {
            let mut command = crate::support::purser();
            command.current_dir(elsewhere.path()).args(["--jobs", jobs, "--database", database]).args(arguments);
            let done = command.output().expect("it starts");
            assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
            done.stdout
        };
        assert_eq!(restored(&["export", "balances"]), balances);
        restored(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-03-03T00:00:00Z"]);
        restored(&["run", "nightly", "--as-of", "2026-03-04T00:00:00Z"]);
    }
}
