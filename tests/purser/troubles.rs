//! What goes wrong around purser: disks that are full, databases that go away, files that are locked. Each is told in
//! words that say what to do, and once it is over, a repeat completes the work.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::database::{Kind, PostgresServer, psql, server};
use crate::support::held::{Held, steps};
use crate::support::picture::Picture;
use crate::support::{Done, Shop, purser};

const NIGHT: &[&str] = &["run", "nightly", "--as-of", "2026-02-01T02:00:00Z"];

/// What the night leaves where there is no trouble.
fn calm(kind: Kind) -> Picture {
    let shop = Shop::small_on(kind).copy();
    shop.must(NIGHT);
    Picture::whole(&shop)
}

/// What purser said of a trouble: one line, that holds these words, and nobody's SQL.
#[track_caller]
fn says(done: &Done, words: &[&str]) {
    fails(done, 1, words);
}

/// As [`says`], of a trouble that may pass: whoever started it may try again.
fn says_for_now(done: &Done, words: &[&str]) {
    fails(done, 75, words);
}

fn fails(done: &Done, code: i32, words: &[&str]) {
    assert_eq!(done.code, Some(code), "{}{}", done.out, done.err);
    let said = done.err.lines().find_map(|line| line.strip_prefix("error: ")).unwrap_or_else(|| panic!("no error: {}", done.err));
    println!("    {said}");
    assert!(words.iter().all(|word| said.contains(word)), "{words:?} in {said}");
    let sql = ["SELECT", "INSERT", "UPDATE", "COPY", "BEGIN"];
    assert!(sql.iter().all(|word| !said.contains(word)), "an operator reads no SQL: {said}");
    assert!(!done.err.contains("panicked"), "{}", done.err);
}

/// Runs a command of the system; answers whether it could.
fn can(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|done| done.status.success())
}

/// A folder with a disk of its own that is soon full; none where the tests may not mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    const SIZE: usize = 4 << 20;

    fn at(folder: PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&folder).expect("the test can make folders");
        let size = format!("size={}", Self::SIZE);
        can("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", folder.to_str()?]).then_some(Self(folder))
    }

    /// Fills the disk but for so many bytes.
    fn leave(&self, free: usize) {
        std::fs::write(self.0.join("filler"), vec![0; 2 * Self::SIZE]).expect_err("it does not fit");
        let filler = std::fs::OpenOptions::new().write(true).open(self.0.join("filler")).expect("it is there");
        let there = filler.metadata().expect("it has a size").len();
        filler.set_len(there.saturating_sub(free as u64)).expect("it shrinks");
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).expect("it is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        can("umount", &["-l", &self.0.display().to_string()]);
    }
}

/// The shop with its database, or its data, elsewhere.
fn elsewhere(shop: &Shop, database: &Path, data: &Path, arguments: &[&str]) -> Command {
    let mut command = purser();
    command.arg("--jobs").arg(shop.path("shop.toml")).arg("--database").arg(format!("sqlite://{}", database.display()));
    command.arg("--data").arg(data).args(arguments);
    command
}

/// With less and less room, until there is none.
#[test]
fn a_full_disk_is_told_and_a_repeat_completes() {
    let wanted = {
        let shop = Shop::small().copy();
        shop.must(NIGHT);
        shop.exports()
    };
    for holds_database in [true, false] {
        let (mut full, mut tried) = (0, 0);
        for free in (0..64).map(|step| step * if holds_database { 16 << 10 } else { 4 << 10 }) {
            let shop = Shop::small().copy();
            let Some(disk) = SmallDisk::at(shop.path("disk")) else {
                return limited_files();
            };
            disk.leave(free);
            let (database, data) = match holds_database {
                true => (shop.path("disk/ledger.db"), shop.path("data")),
                false => (shop.path("ledger.db"), shop.path("disk/data")),
            };
            let run = |arguments: &[&str]| Done::from(elsewhere(&shop, &database, &data, arguments).output().expect("it starts"));
            let done = run(NIGHT);
            tried += 1;
            if !done.ok {
                full += 1;
                says_for_now(&done, &["disk", "full", "Free some space,", "run again"]);
            }
            disk.make_room();
            let again = run(NIGHT);
            assert!(again.ok, "{free} bytes: {}", again.err);
            let exports = ["orders", "commissions", "balances", "exceptions"].map(|what| run(&["export", what]).out).concat();
            assert_eq!(exports, wanted, "{free} bytes");
            if done.ok {
                break;
            }
        }
        println!("a disk for the {}: {full} of {tried} were full", if holds_database { "database" } else { "data" });
        assert!(full > 4, "only {full} were full");
    }
}

/// The same where the tests may not mount a disk: no file may grow beyond a limit, which the system tells otherwise.
fn limited_files() {
    println!("no disk can be mounted here; files are limited instead");
    for limit in (0..64).map(|step| step * 8) {
        let shop = Shop::small().copy();
        let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$@\"");
        let mut command = Command::new("bash");
        let purser = elsewhere(&shop, &shop.path("ledger.db"), &shop.path("ledger-data"), NIGHT);
        command.args(["-c", &script, "bash"]).arg(purser.get_program()).args(purser.get_args());
        let done = Done::from(command.output().expect("it starts"));
        if done.ok {
            break;
        }
        says_for_now(&done, &["disk"]);
        shop.must(NIGHT);
        Picture::whole(&shop).must_be(&calm(Kind::Sqlite), "a repeat completes");
    }
}

/// Folders in which nothing can be written: one that never could, and one that no longer can.
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let shop = Shop::small().copy();
    shop.must(NIGHT);
    let later = &["run", "nightly", "statements", "--as-of", "2026-03-01T02:00:00Z"];
    let read_only = |name: &str| ReadOnly::new(shop.path(name));
    let run = |database: &str, data: &str, arguments: &[&str]| {
        Done::from(elsewhere(&shop, &shop.path(database), &shop.path(data), arguments).output().expect("it starts"))
    };
    std::fs::create_dir_all(shop.path("new")).expect("the test can make folders");
    {
        let _held = read_only("new");
        says(&run("new/ledger.db", "ledger-data", NIGHT), &["cannot open the database", "new/ledger.db", "who owns"]);
        says(&run("new/deeper/ledger.db", "ledger-data", NIGHT), &["new/deeper", "who owns"]);
        says(&run("other.db", "new/data", NIGHT), &["cannot create the folder", "new/data", "who owns"]);
    }
    std::fs::create_dir_all(shop.path("old")).expect("the test can make folders");
    std::fs::copy(shop.path("ledger.db"), shop.path("old/ledger.db")).expect("it can be copied");
    {
        let _held = read_only("old");
        says(&run("old/ledger.db", "ledger-data", later), &["old/ledger.db", "who owns"]);
    }
    shop.add("refunds.csv", "r5,o1,1,2026-02-20T09:00:00Z,10.00\n");
    {
        let _held = read_only("ledger-data");
        says(&run("ledger.db", "ledger-data", later), &["cannot write", "ledger-data/facts/refunds", "who owns"]);
    }
    shop.must(later);
}

/// A folder in which nothing can be written for a while, by root neither.
struct ReadOnly {
    path: PathBuf,
    is_mounted: bool,
}

impl ReadOnly {
    fn new(path: PathBuf) -> Self {
        let shown = path.display().to_string();
        let is_mounted = can("mount", &["--bind", &shown, &shown]) && can("mount", &["-o", "remount,ro,bind", &shown]);
        assert!(is_mounted || can("chmod", &["-R", "a-w", &shown]));
        Self { path, is_mounted }
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let shown = self.path.display().to_string();
        if self.is_mounted {
            can("umount", &["-l", &shown])
        } else {
            can("chmod", &["-R", "u+w", &shown])
        };
    }
}

/// In SQLite one writes at a time. Purser waits half a minute for whoever does.
#[test]
fn a_locked_file_is_told_and_a_repeat_completes() {
    let wanted = calm(Kind::Sqlite);
    let locked_by_a_shell = || {
        let shop = Shop::small().copy();
        shop.write("ledger.db", "");
        shop.must(&["status"]);
        let mut shell = shop.database.shell("BEGIN EXCLUSIVE;");
        let since = Instant::now();
        says_for_now(&shop.run(NIGHT), &["ledger.db", "locked by another program", "close it and run again"]);
        println!("after {:?}", since.elapsed());
        shell.kill().expect("it can be killed");
        shell.wait().expect("it ends");
        shop.must(NIGHT);
        Picture::whole(&shop).must_be(&wanted, "a repeat completes");
    };
    let locked_by_a_frozen_run = || {
        let shop = Shop::small().copy();
        let night = || {
            let mut command = shop.command(NIGHT);
            command.env("PURSER_LEASE", "2");
            command
        };
        let frozen = Held::at(&mut night(), "hold-before", "commit the reconciliation#1");
        frozen.freeze();
        says_for_now(&Held::running(&mut night()).go_on(), &["ledger.db", "locked by another program", "a frozen run"]);
        frozen.thaw();
        let woken = frozen.go_on();
        assert!(woken.ok, "nobody could take over: {}", woken.err);
        shop.must(NIGHT);
        Picture::whole(&shop).must_be(&wanted, "a repeat finds nothing to do");
    };
    std::thread::scope(|scope| {
        scope.spawn(locked_by_a_shell);
        scope.spawn(locked_by_a_frozen_run);
    });
}

/// All connections are cut at each effect in turn, as by an administrator or a failover.
#[test]
fn a_database_that_cuts_its_connections_is_told_and_a_repeat_completes() {
    let wanted = calm(Kind::Postgres);
    let (_, effects) = steps(&mut Shop::small_on(Kind::Postgres).copy().command(NIGHT));
    let mut told = 0;
    for effect in &effects {
        let shop = Shop::small_on(Kind::Postgres).copy();
        let held = Held::at(&mut shop.command(NIGHT), "hold-before", effect);
        let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", shop.database.name());
        psql(&format!("{}/postgres", server()), &cut);
        let done = held.go_on();
        // Between two transactions nobody notices: the next one has a new connection.
        if !done.ok {
            says_for_now(&done, &["the connection to the database was lost", "Run again when it is back"]);
            told += 1;
        }
        shop.must(NIGHT);
        Picture::whole(&shop).must_be(&wanted, effect);
    }
    println!("{told} of {} were told", effects.len());
    assert!(told >= 5, "only {told} of {} were told", effects.len());
}

/// The server stops in the middle of a run, stays away for a command, and comes back.
#[test]
fn a_server_that_stops_is_told_and_a_repeat_completes() {
    let server = PostgresServer::new();
    let shop = Shop::small_on(Kind::Postgres).copy();
    let on_it = |arguments: &[&str]| {
        let mut command = purser();
        command.arg("--jobs").arg(shop.path("shop.toml")).arg("--database").arg(server.url());
        command.arg("--data").arg(shop.path("ledger-data")).args(arguments);
        command
    };
    let held = Held::at(&mut on_it(NIGHT), "hold-before", "commit the reconciliation#1");
    server.stop();
    let since = Instant::now();
    says_for_now(&held.go_on(), &["the connection to the database was lost", "Run again when it is back"]);
    says_for_now(
        &on_it(&["export", "balances"]).output().expect("it starts").into(),
        &["cannot open the database postgres://", "127.0.0.1"],
    );
    assert!(since.elapsed() < Duration::from_secs(60), "{:?} to say that nobody answers", since.elapsed());
    println!("both were told within {:?}", since.elapsed());
    server.start();
    let again = Done::from(on_it(NIGHT).output().expect("it starts"));
    assert!(again.ok, "{}", again.err);
    let exports = ["orders", "commissions", "balances", "exceptions"]
        .map(|what| Done::from(on_it(&["export", what]).output().expect("it starts")).out);
    shop.must(NIGHT);
    assert_eq!(exports.concat(), shop.exports());
}
