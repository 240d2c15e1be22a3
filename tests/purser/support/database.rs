//! The databases a ledger can live in: a file, or a database of its own on the server that `tests/run` starts.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
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
            Kind::Postgres => Self::created(""),
        }
    }

    /// Loads a dump of a database into this one, which is empty.
    pub fn load(&self, dump: &Path) {
        let loaded = match self.kind {
            Kind::Sqlite => said(Command::new("sqlite3").arg(&self.place).arg(format!(".read '{}'", dump.display()))),
            Kind::Postgres => said(client().args(["-q", "-v", "ON_ERROR_STOP=1", "-d", &self.url, "-f"]).arg(dump)),
        };
        loaded.unwrap_or_else(|why| panic!("{}: {why}", dump.display()));
    }

    /// One with the same content. That of a file has been copied to the folder already.
    pub fn copy(&self, folder: &Path) -> Self {
        match self.kind {
            Kind::Sqlite => Self::new(Kind::Sqlite, folder),
            Kind::Postgres => Self::created(&format!("TEMPLATE {}", self.name())),
        }
    }

    /// On the server, by what follows `CREATE DATABASE name`.
    fn created(how: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("shop_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        psql(&format!("{}/postgres", server()), &format!("CREATE DATABASE {name} {how}"));
        let url = format!("{}/{name}", server());
        Self { kind: Kind::Postgres, place: PathBuf::from(&url), url }
    }

    /// The last part of its address.
    pub fn name(&self) -> &str {
        self.url.rsplit_once('/').map_or(self.url.as_str(), |(_, name)| name)
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
            Kind::Postgres => try_psql(&self.url, sql),
        }
    }
}

impl Database {
    /// The database's own client in the middle of something: it has been told this, and waits for more.
    pub fn shell(&self, sql: &str) -> Child {
        let mut command = match self.kind {
            Kind::Sqlite => Command::new("sqlite3"),
            Kind::Postgres => client(),
        };
        let shell = command.arg(&self.place).stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        let mut shell = shell.expect("the client of the database starts");
        let told = shell.stdin.as_mut().map(|stdin| stdin.write_all(format!("{sql}\n").as_bytes()).and_then(|()| stdin.flush()));
        told.expect("it listens").expect("it is told");
        shell
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.kind == Kind::Postgres {
            // A test that failed may leave connections behind.
            psql(&format!("{}/postgres", server()), &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name()));
        }
    }
}

/// PostgreSQL's client.
fn client() -> Command {
    // Beside the server's programs lies the client itself, which starts faster than what Debian wraps around it.
    let client = std::env::var("PURSER_TEST_POSTGRES_BIN").map_or("psql".to_owned(), |bin| format!("{bin}/psql"));
    let mut command = Command::new(client);
    command.arg("-X");
    command
}

/// Runs SQL with PostgreSQL's client.
pub fn psql(url: &str, sql: &str) -> String {
    try_psql(url, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// As [`psql`]; an error is what the database says.
pub fn try_psql(url: &str, sql: &str) -> Result<String, String> {
    said(client().args(["-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]))
}

fn said(command: &mut Command) -> Result<String, String> {
    let done = command.output().expect("the client of the database starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is text");
    if done.status.success() { Ok(text(done.stdout)) } else { Err(text(done.stderr)) }
}

/// A server of its own, for tests that stop it.
pub struct PostgresServer {
    home: tempfile::TempDir,
    port: u16,
}

impl PostgresServer {
    pub fn new() -> Self {
        let home = tempfile::TempDir::new().expect("a temporary folder");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let server = Self { home, port: free.local_addr().expect("it has an address").port() };
        drop(free);
        if is_root() {
            assert!(Command::new("chown").arg("postgres").arg(server.home.path()).status().expect("it starts").success());
        }
        assert!(server.is_told("initdb", &["-U", "purser", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]));
        server.start();
        server
    }

    pub fn url(&self) -> String {
        format!("postgres://purser@127.0.0.1:{}/postgres", self.port)
    }

    pub fn start(&self) {
        let home = self.home.path().display();
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -k '{home}' -c fsync=off", self.port);
        assert!(self.is_told("pg_ctl", &["-s", "-w", "-l", &format!("{home}/log"), "-o", &options, "start"]));
    }

    /// At once, as if it crashed.
    pub fn stop(&self) {
        assert!(self.is_told("pg_ctl", &["-s", "-m", "immediate", "stop"]));
    }

    /// Runs one of the server's programs on its data. PostgreSQL refuses to run as root.
    fn is_told(&self, program: &str, arguments: &[&str]) -> bool {
        let bin = std::env::var("PURSER_TEST_POSTGRES_BIN").expect("tests need PostgreSQL's programs: start them with tests/run");
        let mut command = Command::new(if is_root() { "runuser" } else { "env" });
        if is_root() {
            command.args(["-u", "postgres", "--"]);
        }
        command.arg(format!("{bin}/{program}")).arg("-D").arg(self.home.path().join("data")).args(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::inherit()).status().expect("it starts").success()
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // A test that failed may have stopped it.
        self.is_told("pg_ctl", &["-s", "-m", "immediate", "stop"]);
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("there is id");
    id.stdout == b"0\n"
}
