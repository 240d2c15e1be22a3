//! PostgreSQL: many writers, one at a time for each program; bulk loads by COPY.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::migrate::Migration;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Connection, Postgres as Driver, Row as _, Transaction, TypeInfo, ValueRef};

use super::bulk;
use super::failure::{explained, not_migrated, refused, server};
use super::guards::{Guards, made_by, missing, plain};
use super::migrate::{SEALED, migrate, newest, step};
use super::value::{Cell, Row, Value};

/// How many bytes of a bulk load are sent at a time.
const CHUNK: usize = 1 << 18;

/// How long opening a connection may take.
const CONNECTING: Duration = Duration::from_secs(15);

#[derive(Clone)]
pub(super) struct Postgres {
    pool: PgPool,
    options: PgConnectOptions,
}

pub(super) struct PostgresTx {
    inner: Transaction<'static, Driver>,
}

const CLOCK: &str = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT";

/// How many connections at most, opened as they are needed: a server with many jobs at once needs two or three for each.
const CONNECTIONS: u32 = 30;

/// A connection whose life is that of a lock.
pub(super) struct Session {
    _connection: PgConnection,
}

/// What a lock is for. Locks are numbers that all databases of a server keep apart.
#[derive(Clone, Copy)]
enum Lock {
    /// To write what belongs to a program.
    Write,
    /// See [`super::Store::hold`].
    Hold,
}

impl Lock {
    fn number(self, name: &str) -> i64 {
        let purpose = match self {
            Self::Write => "write",
            Self::Hold => "hold",
        };
        let hash = blake3::hash(format!("purser {purpose} {name}").as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        i64::from_le_bytes(first)
    }
}

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| anyhow::anyhow!("write postgres://USER:PASSWORD@HOST:PORT/DATABASE, special characters as %XX"))
            .with_context(|| format!("\"{}\" is not the address of a database", super::address::secretless(url)))?
            .application_name("purser");
        let pool =
            PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(CONNECTING).connect_with(options.clone()).await;
        let pool = pool.map_err(explained).with_context(|| format!("cannot open {}", server(url)))?;
        Ok(Self { pool, options })
    }

    /// Migrates the database by the steps below a version; answers whether others are left.
    pub(super) async fn migrate(&self, below: i64) -> Result<bool> {
        migrate_pool(&self.pool, below).await
    }

    /// The triggers and their functions that are not there as the migrations make them, or are disabled.
    pub(super) async fn missing_guards(&self) -> Result<Vec<String>> {
        let triggers = "SELECT t.tgname::TEXT, REPLACE(pg_get_triggerdef(t.oid), n.nspname || '.', '') FROM pg_trigger t \
                        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
                        WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND n.nspname = current_schema()";
        let functions = "SELECT p.proname::TEXT, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
                         WHERE n.nspname = current_schema()";
        let mut there = Guards::new();
        for sql in [triggers, functions] {
            for row in self.rows(sql, &[]).await? {
                there.insert(row.text(0)?.to_owned(), plain(row.text(1)?));
            }
        }
        Ok(missing(&made_by(&steps(), ";"), &there))
    }

    pub(super) async fn begin(&self, program: &str) -> Result<PostgresTx> {
        let mut tx = self.transaction("BEGIN").await?;
        // Each statement sees what was committed before it: what is read after this lock is the latest.
        tx.rows("SELECT 1::BIGINT FROM pg_advisory_xact_lock($1)", &[Lock::Write.number(program).into()])
            .await
            .context("cannot begin to write to the database")?;
        Ok(tx)
    }

    /// None where somebody else writes what belongs to the program.
    pub(super) async fn begin_at_once(&self, program: &str) -> Result<Option<PostgresTx>> {
        let mut tx = self.transaction("BEGIN").await?;
        let sql = "SELECT CASE WHEN pg_try_advisory_xact_lock($1) THEN 1 ELSE 0 END::BIGINT";
        let got = tx.rows(sql, &[Lock::Write.number(program).into()]).await.context("cannot begin to write to the database")?;
        Ok((got.first().context("the database answers with one row")?.int(0)? == 1).then_some(tx))
    }

    /// A transaction that takes no lock but those of the rows it writes.
    pub(super) async fn begin_beside(&self) -> Result<PostgresTx> {
        self.transaction("BEGIN").await
    }

    pub(super) async fn snapshot(&self) -> Result<PostgresTx> {
        self.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    async fn transaction(&self, begin: &'static str) -> Result<PostgresTx> {
        let inner = self.pool.begin_with(begin).await.map_err(explained).context("cannot begin a transaction of the database")?;
        Ok(PostgresTx { inner })
    }

    pub(super) async fn rows(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>> {
        let query = sqlx::query_with(sql, arguments(parameters)?);
        let rows = query.fetch_all(&self.pool).await.map_err(|error| refused(error, sql))?;
        rows.iter().map(row).collect()
    }

    pub(super) async fn clock(&self) -> Result<i64> {
        let rows = self.rows(CLOCK, &[]).await?;
        rows.first().context("the database answers with one row")?.int(0)
    }

    pub(super) async fn hold(&self, name: &str) -> Result<Option<Session>> {
        let connection = PgConnection::connect_with(&self.options).await;
        let mut connection = connection.map_err(explained).context("cannot open a connection for a lock")?;
        let query = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(Lock::Hold.number(name));
        let got: bool = query.fetch_one(&mut connection).await.map_err(explained).context("cannot ask for a lock")?;
        Ok(got.then_some(Session { _connection: connection }))
    }

    pub(super) async fn evict(&self, program: &str, silent: Duration) -> Result<()> {
        let sql = "SELECT COUNT(pg_terminate_backend(l.pid)) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                   JOIN pg_stat_activity a ON a.pid = l.pid \
                   WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted AND l.pid <> pg_backend_pid() \
                   AND l.objsubid = 1 AND ((l.classid::BIGINT << 32) | l.objid::BIGINT) = $1 \
                   AND a.state_change < clock_timestamp() - $2 * INTERVAL '1 microsecond'";
        let silent = i64::try_from(silent.as_micros())?;
        self.rows(sql, &[Lock::Write.number(program).into(), silent.into()]).await.map(|_| ())
    }
}

impl PostgresTx {
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
        let refused = |error| refused(error, &format!("rows of {table}"));
        let sql = format!("COPY {table} ({}) FROM STDIN (FORMAT BINARY)", columns.join(","));
        let mut copy = self.inner.copy_in_raw(&sql).await.map_err(refused)?;
        let mut bytes = Vec::with_capacity(CHUNK * 2);
        bytes.extend_from_slice(bulk::HEADER);
        let mut cells = Vec::with_capacity(columns.len());
        for row in 0..rows {
            cells.clear();
            fill(row, &mut cells);
            bulk::row(&mut bytes, &cells)?;
            if bytes.len() > CHUNK {
                copy.send(bytes.as_slice()).await.map_err(refused)?;
                bytes.clear();
            }
        }
        bytes.extend_from_slice(bulk::TRAILER);
        copy.send(bytes.as_slice()).await.map_err(refused)?;
        copy.finish().await.map_err(refused)?;
        Ok(())
    }

    pub(super) async fn clock(&mut self) -> Result<i64> {
        let rows = self.rows(CLOCK, &[]).await?;
        rows.first().context("the database answers with one row")?.int(0)
    }

    pub(super) async fn commit(self) -> Result<()> {
        self.inner.commit().await.map_err(explained)
    }
}

fn arguments(parameters: &[Value]) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for parameter in parameters {
        let added = match parameter {
            Value::Int(value) => arguments.add(*value),
            Value::Text(value) => arguments.add(value.as_deref()),
        };
        added.map_err(|e| anyhow::anyhow!("{e}")).context("a parameter cannot be passed to the database")?;
    }
    Ok(arguments)
}

fn row(row: &PgRow) -> Result<Row> {
    let value = |column: usize| -> Result<Value> {
        let name = row.try_get_raw(column)?.type_info().name().to_owned();
        Ok(match name.as_str() {
            "TEXT" | "VARCHAR" => Value::Text(row.try_get(column)?),
            "INT4" => Value::Int(row.try_get::<Option<i32>, _>(column)?.map(i64::from)),
            _ => Value::Int(row.try_get(column)?),
        })
    };
    (0..row.len()).map(value).collect::<Result<_>>().map(Row)
}

/// Migrates the database; of several that start at once, the others wait for the first.
async fn migrate_pool(pool: &PgPool, below: i64) -> Result<bool> {
    let steps = steps();
    let mut connection = pool.acquire().await.map_err(explained)?;
    let failed = |error: anyhow::Error| match error.downcast() {
        Ok(error) => not_migrated(error, newest(&steps)),
        Err(other) => other,
    };
    migrate(&mut *connection, &steps, below).await.map_err(failed)
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
