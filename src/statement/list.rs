//! Which statements there are.

use anyhow::{Context, Result};

use crate::calendar::Month;
use crate::store::{Row, Store, Tx};

/// A month whose statements were built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedMonth {
    /// Which.
    pub month: Month,
    /// Its last local day (days since 1970).
    pub last_day: i32,
    /// When they were built (microseconds since 1970).
    pub built_at: i64,
    /// The last journal entry that they have seen.
    pub through_entry: i64,
    /// How many there are.
    pub statements: i64,
    /// What they open with together, in minor units.
    pub opening: i64,
    /// What they close with together, in minor units.
    pub closing: i64,
}

/// The closed months of a program, oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn closed_months(tx: &mut Tx, program: &str) -> Result<Vec<ClosedMonth>> {
    let sql = "SELECT m.month, m.last_day, m.built_at, m.through_entry, COUNT(s.creator_id), \
               CAST(COALESCE(SUM(s.opening), 0) AS BIGINT), CAST(COALESCE(SUM(s.closing), 0) AS BIGINT) FROM statement_months m \
               LEFT JOIN statements s ON s.program = m.program AND s.month = m.month WHERE m.program = $1 \
               GROUP BY m.month, m.last_day, m.built_at, m.through_entry ORDER BY m.month";
    let closed = |row: &Row| -> Result<ClosedMonth> {
        Ok(ClosedMonth {
            month: Month::from_number(row.int(0)?)?,
            last_day: i32::try_from(row.int(1)?).context("the database holds a day that is out of range")?,
            built_at: row.int(2)?,
            through_entry: row.int(3)?,
            statements: row.int(4)?,
            opening: row.int(5)?,
            closing: row.int(6)?,
        })
    };
    tx.rows(sql, &[program.into()]).await?.iter().map(closed).collect()
}

/// A creator's statement in a list. Amounts are minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedStatement {
    /// Of which month.
    pub month: Month,
    /// What was owed when it began.
    pub opening: i64,
    /// What was owed at its end.
    pub closing: i64,
}

/// The statements that were built for a creator, newest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn statements_of(store: &Store, program: &str, creator_id: &str) -> Result<Vec<ListedStatement>> {
    let sql = "SELECT month, opening, closing FROM statements WHERE program = $1 AND creator_id = $2 ORDER BY month DESC";
    let listed =
        |row: &Row| Ok(ListedStatement { month: Month::from_number(row.int(0)?)?, opening: row.int(1)?, closing: row.int(2)? });
    store.rows(sql, &[program.into(), creator_id.into()]).await?.iter().map(listed).collect()
}
