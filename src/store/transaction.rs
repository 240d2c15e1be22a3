//! Transactions: what is read and written together.

use anyhow::{Context, Result};

use super::listing::Listing;
use super::postgres::PostgresTx;
use super::sqlite::SqliteTx;
use super::value::{Cell, Row, Value};
use crate::effect::{Kind, effect};

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx(pub(super) Transaction);

pub(super) enum Transaction {
    Sqlite(SqliteTx),
    Postgres(PostgresTx),
}

impl Tx {
    /// The time on which all who use this database agree (microseconds since 1970). Code that has a transaction asks here: two
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
