//! The databases a ledger can live in: a file, or a database of its own on the server that `tests/run` starts.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Each promise is tried on both.
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// An empty database for one test; gone with the value.
pub struct Database {
    pub kind: Kind,
    /// As purser takes it.
    pub url: String,
    /// What the client of the database opens: the file, or the URL.
    place: PathBuf,
}

/// The address of the server, which `tests/run` starts.
pub fn server() -> String {
    std::env::var("PURSER_TEST_POSTGRES").expect("tests need a PostgreSQL server: start them with tests/run")
}

impl Database {
    pub fn new(kind: Kind, folder: &Path) -> Self {
        match kind {
            Kind::Sqlite => {
                let place = folder.join("ledger.db");
                Self { kind, url: format!("sqlite://{}", place.display()), place }
            }
            Kind::Postgres => {
                static NEXT: AtomicU64 = AtomicU64::new(0);
                let name = format!("shop_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
                psql(&format!("{}/postgres", server()), &format!("CREATE DATABASE {name}"));
                let url = format!("{}/{name}", server());
                Self { kind, place: PathBuf::from(&url), url }
            }
        }
    }

    /// Loads a dump of a database into this one, which is empty.
    pub fn load(&self, dump: &Path) {
        let loaded = match self.kind {
            Kind::Sqlite => said(Command::new("sqlite3").arg(&self.place).arg(format!(".read '{}'", dump.display()))),
            Kind::Postgres => {
                said(Command::new("psql").args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &self.url, "-f"]).arg(dump))
            }
        };
        loaded.unwrap_or_else(|why| panic!("{}: {why}", dump.display()));
    }

    /// Runs SQL behind purser's back, with the database's own client; answers what it prints, columns with bars between.
    pub fn sql(&self, sql: &str) -> String {
        self.try_sql(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// As [`Database::sql`]; an error is what the database says.
    pub fn try_sql(&self, sql: &str) -> Result<String, String> {
        match self.kind {
            Kind::Sqlite => {
                said(Command::new("sqlite3").arg("-bail").arg("-cmd").arg(".timeout 30000").arg(&self.place).arg(sql))
            }
            Kind::Postgres => said(&mut client(&self.url, sql)),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.kind == Kind::Postgres
            && let Some((_, name)) = self.url.rsplit_once('/')
        {
            // A test that failed may leave connections behind.
            psql(&format!("{}/postgres", server()), &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn psql(url: &str, sql: &str) -> String {
    said(&mut client(url, sql)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn client(url: &str, sql: &str) -> Command {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]);
    command
}

fn said(command: &mut Command) -> Result<String, String> {
    let done = command.output().expect("the client of the database starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is text");
    if done.status.success() { Ok(text(done.stdout)) } else { Err(text(done.stderr)) }
}
