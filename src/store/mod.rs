//! The database: connection, migrations, transactions and bulk loading. It knows nobody's tables.
//!
//! Statements are written once, in SQL that SQLite and PostgreSQL both understand: `$1` parameters, `ON CONFLICT`,
//! integers and text only. What differs between databases lives in a module of its own beside its migrations.

mod sqlite;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// A value of a row or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number: amounts in minor units, times in microseconds since 1970.
    Int(i64),
    /// Text.
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
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
    /// The whole number in a column, by position.
    pub fn int(&self, column: usize) -> Result<i64> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Ok(*value),
            other => bail!("the database answered {other:?} where a number was asked for (column {column})"),
        }
    }

    /// The text in a column, by position.
    pub fn text(&self, column: usize) -> Result<&str> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(value),
            other => bail!("the database answered {other:?} where text was asked for (column {column})"),
        }
    }

    /// The number in a column, or none.
    pub fn optional_int(&self, column: usize) -> Result<Option<i64>> {
        if self.0.get(column) == Some(&Value::Null) { Ok(None) } else { self.int(column).map(Some) }
    }

    /// The text in a column, or none.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>> {
        if self.0.get(column) == Some(&Value::Null) { Ok(None) } else { self.text(column).map(Some) }
    }
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A file.
    Sqlite(PathBuf),
}

impl Address {
    /// Reads `sqlite://path`, `sqlite:path`, or a plain path that ends in `.db` or `.sqlite`.
    pub fn parse(url: &str) -> Result<Self> {
        let plain = Path::new(url).extension().is_some_and(|e| e == "db" || e == "sqlite" || e == "sqlite3");
        let path = match url.strip_prefix("sqlite:") {
            Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
            None if plain && !url.contains("://") => url,
            None if url.starts_with("postgres") => bail!("PostgreSQL is not supported by this version; use sqlite://FILE"),
            None => bail!("\"{}\" is not the address of a database; write sqlite://FILE", shown(url)),
        };
        let path = path.split('?').next().unwrap_or(path);
        if path.is_empty() || path == ":memory:" {
            bail!("a ledger is kept in a file: write sqlite://FILE");
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

/// An address without what might be a password.
fn shown(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}://…{}", &url[..scheme], &url[at..]),
        _ => url.to_owned(),
    }
}

/// An open database.
pub struct Store(sqlite::Sqlite);

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx(sqlite::SqliteTx);

impl Store {
    /// Opens the database, creating and migrating it where needed.
    pub async fn open(address: &Address) -> Result<Self> {
        let Address::Sqlite(path) = address;
        Ok(Self(sqlite::Sqlite::open(path).await?))
    }

    /// Begins a transaction that may write; it waits for others that do.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(self.0.begin().await?))
    }

    /// The rows that a query answers.
    pub async fn rows(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>> {
        self.0.rows(sql, parameters).await
    }
}

impl Tx {
    /// The rows that a query answers.
    pub async fn rows(&mut self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>> {
        self.0.rows(sql, parameters).await
    }

    /// Runs a statement; answers how many rows it changed.
    pub async fn execute(&mut self, sql: &'static str, parameters: &[Value]) -> Result<u64> {
        self.0.execute(sql, parameters).await
    }

    /// Inserts many rows. `fill` pushes the cells of a row, one for each column.
    pub async fn insert_many<'a>(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        rows: usize,
        fill: impl Fn(usize, &mut Vec<Cell<'a>>),
    ) -> Result<()> {
        self.0.insert_many(table, columns, rows, fill).await
    }

    /// Makes everything that was written durable, at once.
    pub async fn commit(self) -> Result<()> {
        self.0.commit().await
    }
}
