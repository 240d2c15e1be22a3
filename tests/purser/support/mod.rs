//! A shop in a temporary folder, and the binary that is run on it.

pub mod bucket_server;
pub mod database;
pub mod exports;
pub mod file_server;
pub mod gcs_server;
pub mod held;
pub mod http_server;
pub mod mail_server;
pub mod mariadb;
pub mod picture;
pub mod shops;
pub mod tally;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use purser::facts::{Bounds, Erased, Facts, Manifest};
use purser::program::Program;
use purser::sources::Remote;
use tempfile::TempDir;

use database::{Database, Kind};

/// The project's folder. It is asked for when tests run: a target folder may be shared by several checkouts.
pub fn project() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests").into())
}

/// The folders of all worked shops, by name.
pub fn worked_shops() -> Vec<PathBuf> {
    let entries = fs::read_dir(project().join("fixtures/cases")).expect("the cases are there");
    let mut shops: Vec<PathBuf> =
        entries.map(|entry| entry.expect("they can be listed").path()).filter(|path| path.is_dir()).collect();
    shops.sort();
    assert!(!shops.is_empty(), "the cases are there");
    shops
}

/// The binary.
pub fn purser() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_purser"));
    for name in [
        "PURSER_JOBS",
        "PURSER_DATABASE",
        "PURSER_DATA",
        "PURSER_SMTP_URL",
        "PURSER_SMTP_RATE",
        "PURSER_RETURN_PATH",
        "PURSER_BOUNCES",
        "PURSER_DKIM_KEY",
        "PURSER_DKIM_KEY_FILE",
        "PURSER_LEASE",
        "PURSER_KEY",
        "PURSER_KEY_FILE",
        "PURSER_OPERATOR_MAIL",
        "PURSER_WEBHOOK_URL",
        "PURSER_TRIAL",
        "PURSER_PAGES",
        "PURSER_TOKEN",
        "PURSER_TOKEN_FILE",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    command
}

/// The facts of a program, by way of copies in a folder.
pub fn facts_of(program: &Program, folder: &Path) -> anyhow::Result<Facts> {
    purser::facts::load(program, &kept(program, folder)?, folder, &Bounds::NONE)
}

/// Keeps the sources of a program in a folder.
pub fn kept(program: &Program, folder: &Path) -> anyhow::Result<Manifest> {
    Ok(purser::facts::keep(program, Remote::default(), folder, None, &Erased::default(), 0)?.0)
}

/// A program that `tests/tools` installs: beside the build, or in the system.
pub fn tool(name: &str) -> Command {
    let target = Path::new(env!("CARGO_BIN_EXE_purser")).ancestors().nth(2).expect("the binary lies in the build's folder");
    let own = target.join("tools/bin").join(name);
    Command::new(if own.exists() { own } else { name.into() })
}

/// A folder in memory where `tests/postgres` found enough of it: no test needs what it wrote to outlive the machine, and syncing to a
/// disk takes longer than all that most of them do.
pub fn in_memory() -> TempDir {
    let folder = std::env::var_os("PURSER_TEST_FOLDER").map_or_else(TempDir::new, TempDir::new_in);
    folder.expect("a temporary folder")
}

/// A shop with a ledger of its own.
pub struct Shop {
    pub folder: TempDir,
    program: PathBuf,
    pub database: Database,
}

/// What a command came to.
pub struct Done {
    pub ok: bool,
    /// The exit code; none after a signal.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("purser writes UTF-8");
        Self { ok: output.status.success(), code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Shop {
    /// A shop whose program file lies elsewhere, with a ledger in SQLite.
    pub fn of(program: &Path) -> Self {
        Self::of_on(program, Kind::Sqlite)
    }

    /// A shop whose program file lies elsewhere.
    pub fn of_on(program: &Path, kind: Kind) -> Self {
        let folder = in_memory();
        let database = Database::new(kind, folder.path());
        Self { folder, program: program.to_owned(), database }
    }

    /// A small shop of its own, with a ledger in SQLite: three creators, four orders, two clicks, a code, a refund.
    pub fn small() -> Self {
        Self::small_on(Kind::Sqlite)
    }

    /// The small shop.
    pub fn small_on(kind: Kind) -> Self {
        let mut shop = Self::of_on(Path::new("shop.toml"), kind);
        shop.program = shop.path("shop.toml");
        for (table, text) in SMALL {
            shop.write(table, text);
        }
        let sources: String = SMALL.iter().map(|(file, _)| format!("{} = \"{file}\"\n", file.trim_end_matches(".csv"))).collect();
        shop.write("shop.toml", format!("{}{sources}{}", SMALL_PROGRAM.0, SMALL_PROGRAM.1));
        shop
    }

    /// The same shop under another program file, and so with another id.
    pub fn named(mut self, file: &str) -> Self {
        let program = self.path(file);
        fs::rename(&self.program, &program).expect("the program file can be renamed");
        self.program = program;
        self
    }

    /// The same shop with other program files: a file or a folder of the shop.
    pub fn at(mut self, jobs: &str) -> Self {
        self.program = self.path(jobs);
        self
    }

    /// The same shop with facts, ledger and mails, in a place of its own. Nobody may be at work on this one.
    pub fn copy(&self) -> Self {
        let folder = in_memory();
        copy_folder(self.folder.path(), folder.path());
        let inside = self.program.strip_prefix(self.folder.path());
        let program = inside.map_or_else(|_| self.program.clone(), |file| folder.path().join(file));
        let database = self.database.copy(folder.path());
        Self { folder, program, database }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).expect("the test can write its files");
    }

    /// Adds rows to a table.
    pub fn add(&self, name: &str, rows: &str) {
        self.write(name, self.read(name) + rows);
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file is there")
    }

    /// A command on this shop's program and ledger.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = purser();
        command.current_dir(self.folder.path()).arg("--jobs").arg(&self.program);
        command.arg("--database").arg(&self.database.url).arg("--data").arg(self.path("ledger-data")).args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        self.command(arguments).output().expect("the binary starts").into()
    }

    /// Runs a command that must succeed; answers what it wrote.
    pub fn must(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert!(done.ok, "purser {}: {}", arguments.join(" "), done.err);
        done.out
    }

    /// Two months of the small shop: commissions, a fee, a refund after payment, a batch of which one payment fails, one
    /// that is rejected, one that waits, and statements. Answers the steps, for whoever stops before the end.
    pub fn story() -> Vec<Vec<&'static str>> {
        [
            "run nightly --as-of 2026-02-01T00:00:00Z --by rosa",
            "run payout --as-of 2026-02-01T09:00:00Z --by rosa",
            "run statements --as-of 2026-02-01T10:00:00Z --by rosa",
            "batch approve shop-0001 --by mia --as-of 2026-02-02T09:00:00Z",
            "batch settle shop-0001 --by lee --failed ben --as-of 2026-02-03T09:00:00Z",
            "proposal approve shop-p0001 --by mia --as-of 2026-02-03T10:00:00Z",
            "run nightly --as-of 2026-02-20T00:00:00Z --by rosa",
            "run payout --as-of 2026-02-20T09:00:00Z --by rosa",
            "batch reject shop-0002 --by mia --as-of 2026-02-21T09:00:00Z",
            "batch return shop-0001 --creator ana --reason closed --by lee --as-of 2026-02-22T09:00:00Z",
            "proposal approve shop-p0002 --by mia --as-of 2026-02-22T09:30:00Z",
            "adjust ana -1.50 --reason sample --by mia --as-of 2026-02-22T10:00:00Z",
            "proposal approve shop-p0003 --by lee --as-of 2026-02-22T11:00:00Z",
            "credit o3 cho --reason banner --by mia --as-of 2026-02-23T09:00:00Z",
            "proposal approve shop-p0004 --by lee --as-of 2026-02-23T10:00:00Z",
            "adjust ben 2.00 --reason mistake --by mia --as-of 2026-02-23T11:00:00Z",
            "proposal reject shop-p0005 --by mia --as-of 2026-02-23T12:00:00Z",
            "adjust ben 3.00 --reason waits --by mia --as-of 2026-02-23T13:00:00Z",
            "run nightly --as-of 2026-03-01T00:00:00Z --by rosa",
            "run statements --as-of 2026-03-01T09:00:00Z --by rosa",
            "run payout --as-of 2026-03-02T09:00:00Z --by rosa",
        ]
        .iter()
        .map(|step| step.split(' ').collect())
        .collect()
    }

    /// Plays the first steps of the story.
    pub fn play(&self, steps: usize) {
        Self::story().iter().take(steps).for_each(|step| drop(self.must(step)));
    }

    /// Everything in the data folder was written two days before, so that housekeeping does not take it for new.
    pub fn age_files(&self) {
        let then = SystemTime::now() - Duration::from_secs(2 * 86_400);
        for path in files_below(&self.path("ledger-data")) {
            // Where several are at work, it may be gone since it was listed.
            if let Ok(file) = fs::File::open(&path) {
                file.set_modified(then).expect("its time can be set");
            }
        }
    }

    /// From now on `tidy` takes everything for old that is not of today.
    pub fn keep_nothing_for_long(&self) {
        let program = fs::read_to_string(&self.program).expect("the program file can be read");
        let retention = "\n[retention]\nfacts = \"0d\"\nmails = \"0d\"\nruns = \"0d\"\n";
        fs::write(&self.program, program + retention).expect("the program file can be written");
    }

    /// All exports, one after the other.
    pub fn exports(&self) -> String {
        ["orders", "commissions", "balances", "exceptions"].map(|what| self.must(&["export", what])).concat()
    }
}

/// The files of a folder and those below it, hidden ones too; none where it is not there.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("it can be listed").path());
    for path in entries {
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the test can make folders");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("it can be listed");
        let to = to.join(entry.file_name());
        match entry.file_type().expect("it is something").is_dir() {
            true => copy_folder(&entry.path(), &to),
            false => fs::copy(entry.path(), to).map(|_| ()).expect("a file can be copied"),
        }
    }
}

const SMALL_PROGRAM: (&str, &str) = (
    "[program]\nname = \"Small\"\ncurrency = \"USD\"\ntime_zone = \"UTC\"\n\n[sources]\n",
    "\n[attribution]\nwindow = \"14d\"\n\n[commission]\nhold = \"10d\"\n[[commission.rates]]\npercent = \"10\"\n",
);

const SMALL: &[(&str, &str)] = &[
    (
        "orders.csv",
        "order_id,ordered_at,updated_at,status,currency,customer_id,customer_email,visitor_id,click_id,codes\n\
         o1,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,paid,USD,p1,,v1,,\n\
         o2,2026-01-06T10:00:00Z,2026-01-06T10:00:00Z,paid,USD,p2,,,,BEN\n\
         o3,2026-01-07T10:00:00Z,2026-01-07T10:00:00Z,paid,USD,p3,,,,\n\
         o4,2026-02-08T10:00:00Z,2026-02-08T10:00:00Z,paid,USD,p4,,,,ANA\n",
    ),
    (
        "order_lines.csv",
        "order_id,line_id,sku,category,quantity,net_amount\no1,1,A,x,1,100.00\no1,2,B,y,1,20.50\no2,1,A,x,1,50.00\no3,1,A,x,1,50.00\no4,1,A,x,1,70.00\n",
    ),
    ("refunds.csv", "refund_id,order_id,line_id,refunded_at,amount\nr1,o1,2,2026-02-03T09:00:00Z,20.50\n"),
    (
        "clicks.csv",
        "click_id,clicked_at,visitor_id,link_key,sub_id\nk1,2026-01-04T10:00:00Z,v1,lana,story\nk2,2026-01-02T10:00:00Z,v1,lben,bio\n",
    ),
    (
        "creators.csv",
        "creator_id,name,email,group,active_from,active_to\nana,Ana,ana@example.com,,,\nben,Ben,ben@example.com,,,\ncho,Cho,cho@example.com,,,\n",
    ),
    ("links.csv", "link_key,creator_id,active_from,active_to\nlana,ana,,\nlben,ben,,\n"),
    ("codes.csv", "code,creator_id,active_from,active_to\nANA,ana,,\nBEN,ben,,\n"),
    ("fx.csv", "date,from,to,rate\n2026-01-01,EUR,USD,1.1\n"),
    ("fees.csv", "fee_id,creator_id,amount,due_on,memo\nf1,cho,15.00,2026-01-15,reel\n"),
];
