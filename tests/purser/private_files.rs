//! What purser writes names creators, customers and amounts: only its owner reads it, and none of it lies outside the data
//! folder unless somebody asked for it there.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::database::Kind;
use crate::support::held::{Held, steps};
use crate::support::{Done, Shop, files_below};

/// A command under a umask that lets everybody read and write.
fn open_to_all(shop: &Shop, arguments: &[&str]) -> String {
    let command = shop.command(arguments);
    let mut sh = Command::new("sh");
    sh.current_dir(shop.folder.path()).args(["-c", "umask 000; exec \"$@\"", "sh"]);
    sh.arg(command.get_program()).args(command.get_args());
    command.get_envs().for_each(|(name, value)| match value {
        Some(value) => drop(sh.env(name, value)),
        None => drop(sh.env_remove(name)),
    });
    let done = Done::from(sh.output().expect("there is sh"));
    assert!(done.ok, "purser {}: {}", arguments.join(" "), done.err);
    done.out
}

/// All files and folders below a folder.
fn everything_below(folder: &Path) -> BTreeSet<PathBuf> {
    let files = files_below(folder);
    let folders = files.iter().flat_map(|file| file.ancestors().skip(1)).map(Path::to_owned);
    let below = folders.filter(|path| path.starts_with(folder) && path != folder).collect::<BTreeSet<_>>();
    files.iter().cloned().chain(below).collect()
}

#[test]
fn every_file_is_readable_by_its_owner_only_whatever_the_umask() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        let given = everything_below(shop.folder.path());
        // What an older purser left is replaced by what only its owner reads.
        shop.write("journal.csv", "old");
        fs::set_permissions(shop.path("journal.csv"), fs::Permissions::from_mode(0o666)).expect("its rights can be set");
        open_to_all(&shop, &["validate"]);
        for step in Shop::story() {
            open_to_all(&shop, &step);
        }
        for command in [
            "batch approve shop-0003 --by lee --as-of 2026-03-02T10:00:00Z",
            "batch export shop-0003 --by lee --as-of 2026-03-02T10:00:00Z",
            "batch export shop-0003 --by lee --as-of 2026-03-02T11:00:00Z --out out/list.csv",
            "export journal --out journal.csv",
            "export commissions --out out/deep/commissions.csv",
            "export dump --out dump",
            "man --out out/man",
            "init other",
            "erase customer p4 --by mia --reason asked",
        ] {
            open_to_all(&shop, &command.split(' ').collect::<Vec<_>>());
        }
        let made: Vec<PathBuf> = everything_below(shop.folder.path()).into_iter().filter(|path| !given.contains(path)).collect();
        for path in &made {
            let mode = fs::metadata(path).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
        }
        let is_made = |name: &str| made.iter().any(|path| path.ends_with(name));
        for name in
            ["journal.csv", "out/list.csv", "out/deep", "dump", "payments/shop-0003.csv", "outbox", "erasure.key", "other/jobs"]
        {
            assert!(is_made(name), "{name} is among {made:#?}");
        }
        assert!(kind != Kind::Sqlite || is_made("ledger.db"), "{made:#?}");
        let listed = made.iter().filter(|path| path.starts_with(shop.path("ledger-data/scratch"))).count();
        assert_eq!(listed, 0, "what was needed for a moment is gone");
    }
}

#[test]
fn the_files_that_sqlite_makes_beside_the_database_are_as_private_as_it_is() {
    let shop = Shop::small();
    open_to_all(&shop, &["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let night = ["run", "nightly", "--as-of", "2026-02-02T00:00:00Z"];
    let (_, reached) = steps(&mut shop.copy().command(&night));
    let commit = reached.iter().find(|step| step.starts_with("commit")).expect("a night commits");
    let held = Held::at(&mut shop.command(&night), "hold-after", commit);
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let mode = fs::metadata(shop.path(name)).expect("it is there while the database is open").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    held.kill();
}

/// Checking facts copies all orders and customers for a moment.
#[test]
fn what_a_killed_check_left_lies_in_the_data_folder_and_goes_at_the_next_start() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let temporary = shop.path("temporary");
    fs::create_dir(&temporary).expect("the test can make folders");
    let validate = |shop: &Shop| {
        let mut command = shop.command(&["validate"]);
        command.env("TMPDIR", &temporary).env("TEMP", &temporary);
        command
    };
    let (done, reached) = steps(&mut validate(&shop));
    assert!(done.ok, "{}", done.err);
    let kept = reached.iter().find(|step| step.starts_with("rename orders/")).expect("it copies the orders");
    let left = || files_below(&shop.path("ledger-data/scratch"));
    let killed = Held::at(&mut validate(&shop), "hold-after", kept);
    let living = Held::at(&mut validate(&shop), "hold-after", kept);
    killed.kill();
    assert!(left().iter().any(|file| file.extension().is_some_and(|end| end == "parquet")), "{:?}", left());
    shop.must(&["status"]);
    assert!(!left().is_empty(), "a check that is still at work keeps its files");
    let done = living.go_on();
    assert!(done.ok, "{}", done.err);
    assert!(left().is_empty(), "{:?}", left());
    Held::at(&mut validate(&shop), "hold-after", kept).kill();
    assert!(!left().is_empty());
    shop.must(&["status"]);
    assert!(left().is_empty(), "{:?}", left());
    assert!(files_below(&temporary).is_empty(), "nothing lies where the system keeps temporary files");
}

#[test]
fn checking_facts_before_the_first_run_leaves_nothing() {
    let shop = Shop::small();
    shop.must(&["validate"]);
    assert!(!shop.path("ledger-data").exists(), "looking makes nothing that stays");
}

#[test]
fn the_doctor_names_what_an_older_purser_left_for_all_to_read() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let said = |shop: &Shop| shop.must(&["doctor", "--format", "csv"]);
    assert!(!said(&shop).contains("file permissions"), "{}", said(&shop));
    let open = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it can be set");
    open(&shop.path("ledger.db"), 0o644);
    open(shop.folder.path(), 0o700);
    assert!(!said(&shop).contains("file permissions"), "the folder above it keeps others out: {}", said(&shop));
    open(shop.folder.path(), 0o755);
    let said = said(&shop);
    assert!(said.contains("warning,file permissions,every user of this machine can read"), "{said}");
    assert!(said.contains("ledger.db,chmod -R go= ") && !said.contains("ledger-data,chmod"), "{said}");
}
