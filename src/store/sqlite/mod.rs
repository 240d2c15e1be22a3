//! SQLite: one file, one writer at a time, every commit synced to disk.

use std::fs::{File, TryLockError};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use sqlx::migrate::{MigrateError, Migration};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, Connection, Row as _, SqlSafeStr, Sqlite as Driver, Transaction, TypeInfo, ValueRef};

use super::failure::{explained, is_locked, is_read_only, locked, not_migrated, refused};
use super::guards::{Guards, made_by, missing, plain};
use super::migrate::{SEALED, migrate, newest, step};
use super::value::{Cell, Row, Value};
use crate::effect::{claim_file, create_folder, lock_file};

/// How many rows one statement inserts: enough to pay for itself, few enough to stay below SQLite's parameter limit.
const ROWS_PER_STATEMENT: usize = 1024;

/// How often a migration is tried.
const MIGRATION_ATTEMPTS: u32 = 5;

/// How many rows of an answer may be on their way from the thread that reads them: with few, two threads wait for each
/// other all the time.
const ROWS_ON_THEIR_WAY: usize = 2_048;

/// How long a writer waits for another.
const BUSY: Duration = Duration::from_secs(30);

/// How long to wait before a new database is tried again.
const AGAIN: Duration = Duration::from_millis(20);

/// How many connections at most, opened as they are needed: those who wait to write have one each. Each has a cache of its own.
const CONNECTIONS: u32 = 10;

#[derive(Clone)]
pub(super) struct Sqlite {
    pool: SqlitePool,
    path: PathBuf,
}

pub(super) struct SqliteTx {
    inner: Transaction<'static, Driver>,
}

impl Sqlite {
    pub(super) async fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            create_folder(folder).with_context(|| format!("cannot open the database {shown}"))?;
        }
        // SQLite gives the files that it makes beside it the rights of this one.
        claim_file(path).with_context(|| format!("cannot open the database {shown}"))?;
        let folder = std::path::absolute(path).ok().and_then(|path| path.parent().map(Path::to_owned)).unwrap_or_default();
        let options = SqliteConnectOptions::new()
            .filename(path)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-65536")
            .row_buffer_size(ROWS_ON_THEIR_WAY)
            .busy_timeout(BUSY);
        let to_write = options.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
        let pool = match connect_in_turn(&to_write, &folder).await {
            Err(error) if is_read_only(&error) && !is_in_use(path) => {
                // Nobody writes it, so that it needs no files beside it by which writers and readers agree.
                connect(options.read_only(true).immutable(true), &folder).await.map_err(|_| error)
            }
            pool => pool,
        };
        let pool = pool.map_err(explained).with_context(|| format!("cannot open the database {shown}"))?;
        Ok(Self { pool, path: path.to_owned() })
    }

    /// Migrates the database by the steps below a version; answers whether others are left.
    pub(super) async fn migrate(&self, below: i64) -> Result<bool> {
        migrate_pool(&self.pool, below).await
    }

    /// The triggers that are not there as the migrations make them.
    pub(super) async fn missing_guards(&self) -> Result<Vec<String>> {
        let mut there = Guards::new();
        for row in self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'", &[]).await? {
            there.insert(row.text(0)?.to_owned(), plain(row.text(1)?));
        }
        Ok(missing(&made_by(&steps(), "END;"), &there))
    }

    pub(super) async fn begin(&self) -> Result<SqliteTx> {
        let begun = self.transaction("BEGIN IMMEDIATE").await;
        begun.with_context(|| format!("cannot begin to write to the database {}", self.path.display()))
    }

    pub(super) async fn snapshot(&self) -> Result<SqliteTx> {
        let begun = self.transaction("BEGIN").await;
        begun.with_context(|| format!("cannot begin to read the database {}", self.path.display()))
    }

    async fn transaction(&self, begin: &'static str) -> Result<SqliteTx> {
        Ok(SqliteTx { inner: self.pool.begin_with(begin).await.map_err(explained)? })
    }

    /// Rewrites the file without its free pages, and empties the log beside it.
    pub(super) async fn scrub(&self) -> Result<()> {
        let still =
            || format!("what was deleted may still be found in the file {}; run the same command again", self.path.display());
        self.rows("VACUUM", &[]).await.with_context(still)?;
        // It is no error that somebody reads what is in the log: the answer says so.
        let emptied = self.rows("PRAGMA wal_checkpoint(TRUNCATE)", &[]).await.with_context(still)?;
        match emptied.first().map(|row| row.int(0)).transpose()? {
            Some(0) => Ok(()),
            _ => Err(locked()).with_context(still),
        }
    }

    /// The lock of a file beside the database: the system frees it when the process ends.
    pub(super) fn hold(&self, name: &str) -> Result<Option<File>> {
        let mut path = self.path.clone().into_os_string();
        path.push(format!(".{name}.lock"));
        let path = PathBuf::from(path);
        let file = lock_file(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    pub(super) async fn rows(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>> {
        let query = sqlx::query_with(sql, arguments(parameters)?);
        let rows = query.fetch_all(&self.pool).await.map_err(|error| refused(error, sql))?;
        rows.iter().map(row).collect()
    }
}

async fn connect(options: SqliteConnectOptions, folder: &Path) -> Result<SqlitePool, sqlx::Error> {
    let folder = folder.to_owned();
    // Where a full disk ended a transaction, the driver believes that it goes on, and begins no other: such a connection
    // is not used again.
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .after_connect(move |connection, _| {
            let folder = folder.clone();
            Box::pin(async move {
                sort_in(connection, &folder).await;
                Ok(())
            })
        })
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
    pool.connect_with(options).await
}

/// As [`connect`], when others make the same new database. While one of them gives it its log, SQLite refuses the others at
/// once, however long they said they would wait.
async fn connect_in_turn(options: &SqliteConnectOptions, folder: &Path) -> Result<SqlitePool, sqlx::Error> {
    let since = Instant::now();
    loop {
        match connect(options.clone(), folder).await {
            Err(error) if is_locked(&error) && since.elapsed() < BUSY => tokio::time::sleep(AGAIN).await,
            connected => return connected,
        }
    }
}

/// Whether somebody is at work on the database, or was stopped there: then a part of it is in the log beside it.
fn is_in_use(path: &Path) -> bool {
    ["-wal", "-shm"].iter().any(|end| {
        let mut beside = path.to_owned().into_os_string();
        beside.push(end);
        Path::new(&beside).exists()
    })
}

/// Has SQLite write what it sorts and rewrites beside the database, and not where the system keeps temporary files. Where that
/// cannot be written, it needs no such files either: the database is only read.
async fn sort_in(connection: &mut SqliteConnection, folder: &Path) {
    let folder = folder.display().to_string().replace('\'', "''");
    let sql = AssertSqlSafe(format!("PRAGMA temp_store_directory = '{folder}'"));
    if let Err(error) = sqlx::query(sql).execute(connection).await {
        tracing::debug!("temporary files of the database are not kept beside it: {error}");
    }
}

impl SqliteTx {
    /// As [`Self::rows`], for SQL that is put together by the store.
    pub(super) async fn rows_of(&mut self, sql: String, parameters: &[Value]) -> Result<Vec<Row>> {
        let query = sqlx::query_with(AssertSqlSafe(sql.clone()), arguments(parameters)?);
        let rows = query.fetch_all(&mut *self.inner).await.map_err(|error| refused(error, &sql))?;
        rows.iter().map(row).collect()
    }

    pub(super) async fn rows(&mut self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>> {
        let query = sqlx::query_with(sql, arguments(parameters)?);
        let rows = query.fetch_all(&mut *self.inner).await.map_err(|error| refused(error, sql))?;
        rows.iter().map(row).collect()
    }

    pub(super) async fn execute(&mut self, sql: &'static str, parameters: &[Value]) -> Result<u64> {
        let query = sqlx::query_with(sql, arguments(parameters)?);
        let done = query.execute(&mut *self.inner).await.map_err(|error| refused(error, sql))?;
        Ok(done.rows_affected())
    }

    pub(super) async fn insert_many<'a>(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        rows: usize,
        fill: impl Fn(usize, &mut Vec<Cell<'a>>),
    ) -> Result<()> {
        let full = insert_statement(table, columns, ROWS_PER_STATEMENT).into_sql_str();
        let mut encoder = Encoder { last: vec![None; columns.len()], cells: Vec::new() };
        let mut next = encoder.rows(0..rows.min(ROWS_PER_STATEMENT), &fill)?;
        for start in (0..rows).step_by(ROWS_PER_STATEMENT) {
            let end = rows.min(start + ROWS_PER_STATEMENT);
            let sql = match end - start {
                ROWS_PER_STATEMENT => full.clone(),
                count => insert_statement(table, columns, count).into_sql_str(),
            };
            let query = sqlx::query_with(sql, std::mem::take(&mut next));
            // The database works on a thread of its own: meanwhile the next rows are made ready.
            let following = async { encoder.rows(end..rows.min(end + ROWS_PER_STATEMENT), &fill) };
            let (inserted, following) = tokio::join!(query.execute(&mut *self.inner), following);
            inserted.map_err(|error| refused(error, &format!("rows of {table}")))?;
            next = following?;
        }
        Ok(())
    }

    pub(super) async fn commit(self) -> Result<()> {
        self.inner.commit().await.map_err(explained)
    }
}

/// Turns rows into arguments of a statement.
struct Encoder<'a> {
    /// The latest text of each column: sorted rows repeat most of them, and one copy serves all that follow each other.
    last: Vec<Option<Arc<str>>>,
    cells: Vec<Cell<'a>>,
}

impl<'a> Encoder<'a> {
    fn rows(&mut self, rows: Range<usize>, fill: &impl Fn(usize, &mut Vec<Cell<'a>>)) -> Result<SqliteArguments> {
        let mut arguments = SqliteArguments::default();
        arguments.reserve(rows.len() * self.last.len(), 0);
        for row in rows {
            self.cells.clear();
            fill(row, &mut self.cells);
            for (cell, last) in self.cells.iter().zip(&mut self.last) {
                let added = match cell {
                    Cell::Int(value) => arguments.add(*value),
                    Cell::Text(value) => arguments.add(shared(value, last)),
                };
                added.map_err(|e| anyhow::anyhow!("{e}")).context("a value cannot be stored")?;
            }
        }
        Ok(arguments)
    }
}

fn shared(text: &str, last: &mut Option<Arc<str>>) -> Arc<str> {
    if let Some(known) = last.as_ref().filter(|known| ***known == *text) {
        return known.clone();
    }
    last.insert(Arc::from(text)).clone()
}

fn insert_statement(table: &str, columns: &[&str], rows: usize) -> AssertSqlSafe<String> {
    let one = format!("({})", vec!["?"; columns.len()].join(","));
    AssertSqlSafe(format!("INSERT INTO {table} ({}) VALUES {}", columns.join(","), vec![one; rows].join(",")))
}

fn arguments(parameters: &[Value]) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for parameter in parameters {
        let added = match parameter {
            Value::Int(value) => arguments.add(*value),
            Value::Text(value) => arguments.add(value.as_deref()),
        };
        added.map_err(|e| anyhow::anyhow!("{e}")).context("a parameter cannot be passed to the database")?;
    }
    Ok(arguments)
}

fn row(row: &SqliteRow) -> Result<Row> {
    let value = |column: usize| -> Result<Value> {
        let raw = row.try_get_raw(column)?;
        if raw.is_null() {
            return Ok(Value::Int(None));
        }
        Ok(match raw.type_info().name() {
            "TEXT" => Value::Text(Some(row.try_get_unchecked(column)?)),
            _ => Value::Int(Some(row.try_get_unchecked(column)?)),
        })
    };
    (0..row.len()).map(value).collect::<Result<_>>().map(Row)
}

/// Migrates the database. Of several that start at once, those that come second find it done when they look again.
async fn migrate_pool(pool: &SqlitePool, below: i64) -> Result<bool> {
    let steps = steps();
    let mut attempt = 1;
    loop {
        let mut connection = pool.acquire().await.map_err(explained)?;
        let error = match migrate(&mut *connection, &steps, below).await {
            Ok(is_left) => return Ok(is_left),
            Err(error) => error.downcast::<MigrateError>()?,
        };
        let is_final = matches!(error, MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_));
        if is_final || attempt == MIGRATION_ATTEMPTS {
            return Err(not_migrated(error, newest(&steps)));
        }
        tokio::time::sleep(Duration::from_millis(100 * u64::from(attempt))).await;
        attempt += 1;
    }
}

fn steps() -> Vec<Migration> {
    vec![
        step(1, "ledger", include_str!("migrations/0001_ledger.sql")),
        step(2, "leases and proposals", include_str!("migrations/0002_leases_and_proposals.sql")),
        step(3, "schedules and alerts", include_str!("migrations/0003_schedules_and_alerts.sql")),
        step(4, "keeping", include_str!("migrations/0004_keeping.sql")),
        step(5, "rehearsals", include_str!("migrations/0005_rehearsals.sql")),
        step(6, "forms", include_str!("migrations/0006_forms.sql")),
        step(7, "controls", include_str!("migrations/0007_controls.sql")),
        step(8, "seals", include_str!("migrations/0008_seals.sql")),
        step(9, "people", include_str!("migrations/0009_people.sql")),
        step(10, "rules", include_str!("migrations/0010_rules.sql")),
        step(11, "registers", include_str!("migrations/0011_registers.sql")),
        step(SEALED, "sealed", include_str!("migrations/0012_sealed.sql")),
        step(13, "source cursors", include_str!("migrations/0013_source_cursors.sql")),
        step(14, "users", include_str!("migrations/0014_users.sql")),
        step(15, "batch payees", include_str!("migrations/0015_batch_payees.sql")),
        step(16, "closings", include_str!("migrations/0016_closings.sql")),
        step(17, "acknowledgements", include_str!("migrations/0017_acknowledgements.sql")),
        step(18, "bank problems", include_str!("migrations/0018_bank_problems.sql")),
        step(19, "batch conversions", include_str!("migrations/0019_batch_conversions.sql")),
        step(20, "bounces", include_str!("migrations/0020_bounces.sql")),
        step(21, "noticed", include_str!("migrations/0021_noticed.sql")),
    ]
}
