//! The database: connection, migrations, transactions and bulk loading. It knows nobody's tables.
//!
//! Statements are written once, in SQL that SQLite and PostgreSQL both understand: `$1` parameters, `ON CONFLICT`, integers and
//! text only. What differs between databases lives in a module of its own beside its migrations; the versions of the two sets
//! of migrations go together.
//!
//! A writer begins with [`Store::begin`], one at a time for each program; so what a transaction reads stays true until it
//! commits, on either database. A reader takes [`Store::snapshot`], one moment of everything.
//!
//! Mapping rows to objects was rejected: the statements that matter move millions of rows, and an auditor can read SQL. Retries
//! inside were rejected too: a step is repeated as a whole. `failure.rs` says of the driver's errors what they mean, what to
//! do, and which are transient.
//!
//! To change a table: keep a ledger of today's version under `fixtures/upgrade`, then add a migration to each database, in
//! `migrations/` and among its steps. A migration that was released is never edited: databases remember its checksum.

mod address;
mod bulk;
mod failure;
mod migrate;
mod postgres;
mod sqlite;

use std::fs::File;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::effect::{Kind, effect};

pub use address::{Address, secretless};

/// A value of a row or a parameter. Nothing has a type too: PostgreSQL asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number: amounts in minor units, times in microseconds since 1970.
    Int(Option<i64>),
    /// Text.
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

/// A value on its way into a bulk load, borrowed where it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// A whole number.
    Int(i64),
    /// Text.
    Text(&'a str),
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(Vec<Value>);

impl Row {
    /// All of it.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The whole number in a column, by position.
    pub fn int(&self, column: usize) -> Result<i64> {
        match self.0.get(column) {
            Some(Value::Int(Some(value))) => Ok(*value),
            other => bail!("the database answered {other:?} where a number was asked for (column {column})"),
        }
    }

    /// The text in a column, by position.
    pub fn text(&self, column: usize) -> Result<&str> {
        match self.0.get(column) {
            Some(Value::Text(Some(value))) => Ok(value),
            other => bail!("the database answered {other:?} where text was asked for (column {column})"),
        }
    }

    /// The number in a column, or none.
    pub fn optional_int(&self, column: usize) -> Result<Option<i64>> {
        if self.is_nothing(column) { Ok(None) } else { self.int(column).map(Some) }
    }

    /// The text in a column, or none.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>> {
        if self.is_nothing(column) { Ok(None) } else { self.text(column).map(Some) }
    }

    fn is_nothing(&self, column: usize) -> bool {
        matches!(self.0.get(column), Some(Value::Int(None) | Value::Text(None)))
    }
}

/// A table to be read whole, in pages.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The table.
    pub table: &'static str,
    /// Which columns, in which order.
    pub columns: Vec<&'static str>,
    /// The columns of its key, in whose order rows come.
    pub key: &'static [&'static str],
    /// What holds of the rows that belong to `$1`.
    pub of: &'static str,
}

impl Listing {
    fn sql(&self, is_first: bool, rows: usize) -> String {
        let (columns, key) = (self.columns.join(", "), self.key.join(", "));
        let after: Vec<String> = (2..self.key.len() + 2).map(|place| format!("${place}")).collect();
        let after = if is_first { String::new() } else { format!(" AND ({key}) > ({})", after.join(", ")) };
        format!("SELECT {columns} FROM {} WHERE ($1 = '' OR {}){after} ORDER BY {key} LIMIT {rows}", self.table, self.of)
    }
}

/// An open database. Clones share its connections.
#[derive(Clone)]
pub struct Store(Database);

#[derive(Clone)]
enum Database {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgres::Postgres>),
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx(Transaction);

enum Transaction {
    Sqlite(sqlite::SqliteTx),
    Postgres(postgres::PostgresTx),
}

/// A lock that ends with the process that holds it, however that ends.
pub struct Hold {
    _held: Held,
}

#[expect(dead_code, reason = "what is held is only dropped")]
enum Held {
    File(File),
    Session(postgres::Session),
}

impl Store {
    /// Opens the database, creating and migrating it where needed.
    ///
    /// # Errors
    ///
    /// When it cannot be reached or written, or when a newer purser has migrated it.
    pub async fn open(address: &Address) -> Result<Self> {
        Ok(Self(match address {
            Address::Sqlite(path) => Database::Sqlite(sqlite::Sqlite::open(path).await?),
            Address::Postgres(url) => Database::Postgres(Box::new(postgres::Postgres::open(url).await?)),
        }))
    }

    /// Begins a transaction that may write what belongs to a program; it waits for others that do.
    pub async fn begin(&self, program: &str) -> Result<Tx> {
        Ok(Tx(match &self.0 {
            Database::Sqlite(sqlite) => Transaction::Sqlite(sqlite.begin().await?),
            Database::Postgres(postgres) => Transaction::Postgres(postgres.begin(program).await?),
        }))
    }

    /// Begins a transaction that may write while somebody else writes what belongs to the program, where the database can
    /// do that: to the rows that it writes, nobody else does anything for long.
    pub async fn begin_beside(&self) -> Result<Tx> {
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

    /// The rows that a query answers. It only reads: whoever writes does so in a transaction, whose commit is an effect.
    pub async fn rows(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>> {
        ensure!(sql.starts_with("SELECT"), "only a transaction writes: {sql}");
        match &self.0 {
            Database::Sqlite(sqlite) => sqlite.rows(sql, parameters).await,
            Database::Postgres(postgres) => postgres.rows(sql, parameters).await,
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

    /// Ends the connection of whoever is in the middle of writing what belongs to a program and has been silent for so long,
    /// where the database can do that: a frozen process would keep everybody waiting. What it has not committed is gone.
    pub async fn evict(&self, program: &str, silent: Duration) -> Result<()> {
        match &self.0 {
            Database::Sqlite(_) => Ok(()),
            Database::Postgres(postgres) => postgres.evict(program, silent).await,
        }
    }
}

impl Tx {
    /// The time on which all who use this database agree (microseconds since 1970). Whoever has a transaction asks here: two
    /// connections for one would leave none for others.
    pub async fn clock(&mut self) -> Result<i64> {
        match &mut self.0 {
            Transaction::Sqlite(_) => Ok(chrono::Utc::now().timestamp_micros()),
            Transaction::Postgres(tx) => tx.clock().await,
        }
    }

    /// The rows that a query answers.
    pub async fn rows(&mut self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>> {
        match &mut self.0 {
            Transaction::Sqlite(tx) => tx.rows(sql, parameters).await,
            Transaction::Postgres(tx) => tx.rows(sql, parameters).await,
        }
    }

    /// The next rows of a table after those up to a key (none for the first page): all of them, or those of an owner that is
    /// not empty.
    pub async fn page(&mut self, listing: &Listing, owner: &str, after: &[Value], rows: usize) -> Result<Vec<Row>> {
        let sql = listing.sql(after.is_empty(), rows);
        let parameters = [&[owner.into()], after].concat();
        match &mut self.0 {
            Transaction::Sqlite(tx) => tx.rows_of(sql, &parameters).await,
            Transaction::Postgres(tx) => tx.rows_of(sql, &parameters).await,
        }
    }

    /// Runs a statement; answers how many rows it changed.
    pub async fn execute(&mut self, sql: &'static str, parameters: &[Value]) -> Result<u64> {
        match &mut self.0 {
            Transaction::Sqlite(tx) => tx.execute(sql, parameters).await,
            Transaction::Postgres(tx) => tx.execute(sql, parameters).await,
        }
    }

    /// Inserts many rows. `fill` pushes the cells of a row, one for each column.
    pub async fn insert_many<'a>(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        rows: usize,
        fill: impl Fn(usize, &mut Vec<Cell<'a>>),
    ) -> Result<()> {
        if rows == 0 {
            return Ok(());
        }
        match &mut self.0 {
            Transaction::Sqlite(tx) => tx.insert_many(table, columns, rows, fill).await,
            Transaction::Postgres(tx) => tx.insert_many(table, columns, rows, fill).await,
        }
    }

    /// Makes everything that was written durable, at once. `what` says what it was, for the reader of an error.
    pub async fn commit(self, what: &str) -> Result<()> {
        let commit = async {
            match self.0 {
                Transaction::Sqlite(tx) => tx.commit().await,
                Transaction::Postgres(tx) => tx.commit().await,
            }
        };
        effect(Kind::Commit, what, commit).await.with_context(|| format!("cannot make {what} durable"))
    }
}
