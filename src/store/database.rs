//! An open database.

use std::fs::File;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::address::Address;
use super::failure::server;
use super::migrate::SEALED;
use super::postgres::{Postgres, Session};
use super::seals::seal_all;
use super::sqlite::Sqlite;
use super::transaction::{Transaction, Tx};
use super::value::{Row, Value};
use crate::effect::{Kind, effect};

/// An open database. Clones share its connections.
#[derive(Clone)]
pub struct Store(Database);

#[derive(Clone)]
enum Database {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

/// A lock that ends with the process that holds it, however that ends.
pub struct Hold {
    _held: Held,
}

#[expect(dead_code, reason = "what is held is only dropped")]
enum Held {
    File(File),
    Session(Session),
}

impl Store {
    /// Opens the database, creating and migrating it where needed.
    ///
    /// # Errors
    ///
    /// When it cannot be reached or written, or when a newer purser has migrated it.
    pub async fn open(address: &Address) -> Result<Self> {
        let (store, shown) = match address {
            Address::Sqlite(path) => {
                (Self(Database::Sqlite(Sqlite::open(path).await?)), format!("the database {}", path.display()))
            }
            Address::Postgres(url) => (Self(Database::Postgres(Box::new(Postgres::open(url).await?))), server(url)),
        };
        store.migrate().await.with_context(|| format!("cannot bring {shown} up to date"))?;
        Ok(store)
    }

    async fn migrate(&self) -> Result<()> {
        if self.migrate_below(SEALED).await? {
            seal_all(self.begin_beside().await?).await?;
            self.migrate_below(i64::MAX).await?;
        }
        Ok(())
    }

    async fn migrate_below(&self, version: i64) -> Result<bool> {
        match &self.0 {
            Database::Sqlite(sqlite) => sqlite.migrate(version).await,
            Database::Postgres(postgres) => postgres.migrate(version).await,
        }
    }

    /// Begins a transaction that may write what belongs to a program; it waits for others that do.
    pub async fn begin(&self, program: &str) -> Result<Tx> {
        Ok(Tx(match &self.0 {
            Database::Sqlite(sqlite) => Transaction::Sqlite(sqlite.begin().await?),
            Database::Postgres(postgres) => Transaction::Postgres(postgres.begin(program).await?),
        }))
    }

    /// Begins a transaction that may write while somebody else writes what belongs to the program, where the database can
    /// do that: to the rows that it writes, nobody else does anything for long. When its process does nothing for `at_most`, a database
    /// server ends it, so that one that froze keeps nobody from its rows.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn begin_brief(&self, at_most: Duration) -> Result<Tx> {
        let mut tx = self.begin_beside().await?;
        if let Transaction::Postgres(_) = &tx.0 {
            let sql = "SELECT set_config('idle_in_transaction_session_timeout', $1, TRUE)";
            tx.rows(sql, &[format!("{}ms", at_most.as_millis().max(1)).into()]).await?;
        }
        Ok(tx)
    }

    async fn begin_beside(&self) -> Result<Tx> {
        Ok(Tx(match &self.0 {
            Database::Sqlite(sqlite) => Transaction::Sqlite(sqlite.begin().await?),
            Database::Postgres(postgres) => Transaction::Postgres(postgres.begin_beside().await?),
        }))
    }

    /// Begins a transaction that only reads, and sees the database as it is at its first query. It waits for nobody.
    pub async fn snapshot(&self) -> Result<Tx> {
        Ok(Tx(match &self.0 {
            Database::Sqlite(sqlite) => Transaction::Sqlite(sqlite.snapshot().await?),
            Database::Postgres(postgres) => Transaction::Postgres(postgres.snapshot().await?),
        }))
    }

    /// The rows that a query answers. It only reads: writing is done in a transaction, whose commit is an effect.
    pub async fn rows(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>> {
        ensure!(sql.starts_with("SELECT"), "only a transaction writes: {sql}");
        match &self.0 {
            Database::Sqlite(sqlite) => sqlite.rows(sql, parameters).await,
            Database::Postgres(postgres) => postgres.rows(sql, parameters).await,
        }
    }

    /// The names of the triggers by which the database guards its tables that are gone, disabled or others than purser made.
    pub async fn missing_guards(&self) -> Result<Vec<String>> {
        match &self.0 {
            Database::Sqlite(sqlite) => sqlite.missing_guards().await,
            Database::Postgres(postgres) => postgres.missing_guards().await,
        }
    }

    /// The time on which all who use this database agree (microseconds since 1970).
    pub async fn clock(&self) -> Result<i64> {
        match &self.0 {
            Database::Sqlite(_) => Ok(chrono::Utc::now().timestamp_micros()),
            Database::Postgres(postgres) => postgres.clock().await,
        }
    }

    /// Begins a transaction as [`Store::begin`] does; none where it would have to wait for somebody, as far as the database
    /// tells: where it has one writer only, it waits.
    pub async fn begin_at_once(&self, program: &str) -> Result<Option<Tx>> {
        Ok(match &self.0 {
            Database::Sqlite(sqlite) => Some(Tx(Transaction::Sqlite(sqlite.begin().await?))),
            Database::Postgres(postgres) => postgres.begin_at_once(program).await?.map(|tx| Tx(Transaction::Postgres(tx))),
        })
    }

    /// Overwrites what was deleted, where the database would leave it in its file: a server's own housekeeping does that.
    pub async fn scrub(&self) -> Result<()> {
        match &self.0 {
            Database::Sqlite(sqlite) => effect(Kind::Commit, "the overwriting of what was deleted", sqlite.scrub()).await,
            Database::Postgres(_) => Ok(()),
        }
    }

    /// Takes the lock of a name, if no living process has it.
    pub async fn hold(&self, name: &str) -> Result<Option<Hold>> {
        let held = match &self.0 {
            Database::Sqlite(sqlite) => sqlite.hold(name)?.map(Held::File),
            Database::Postgres(postgres) => postgres.hold(name).await?.map(Held::Session),
        };
        Ok(held.map(|held| Hold { _held: held }))
    }

    /// Ends the connection of a process that is in the middle of writing what belongs to a program and has been silent for so long,
    /// where the database can do that: a frozen process would keep everybody waiting. What it has not committed is gone.
    pub async fn evict(&self, program: &str, silent: Duration) -> Result<()> {
        match &self.0 {
            Database::Sqlite(_) => Ok(()),
            Database::Postgres(postgres) => postgres.evict(program, silent).await,
        }
    }
}
