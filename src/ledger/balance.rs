use std::collections::BTreeMap;

use anyhow::Result;

use super::account::Account;
use crate::money::Overflow;
use crate::store::{Row, Store};

/// What a creator is owed and was paid, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// On hold.
    pub pending: i64,
    /// Due; negative after a clawback of paid money.
    pub payable: i64,
    /// In a batch.
    pub reserved: i64,
    /// Settled, less what came back.
    pub paid: i64,
}

impl Balance {
    /// Both together.
    ///
    /// # Errors
    ///
    /// When a sum cannot be kept exactly.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let add = |a: i64, b: i64| a.checked_add(b).ok_or(Overflow);
        Ok(Self {
            pending: add(self.pending, other.pending)?,
            payable: add(self.payable, other.payable)?,
            reserved: add(self.reserved, other.reserved)?,
            paid: add(self.paid, other.paid)?,
        })
    }

    /// Books one side of a transfer.
    pub(super) fn book(&mut self, account: Account, amount: i64) -> Result<(), Overflow> {
        let side = match account {
            Account::Pending => &mut self.pending,
            Account::Payable => &mut self.payable,
            Account::Reserved => &mut self.reserved,
            Account::Cash => &mut self.paid,
            Account::Expense | Account::Opening | Account::Clearing => return Ok(()),
        };
        *side = side.checked_add(amount).ok_or(Overflow)?;
        Ok(())
    }
}

/// The balances of all creators of a program who have any, by id.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn balances(store: &Store, program: &str) -> Result<BTreeMap<String, Balance>> {
    let sql = "SELECT creator_id, pending, payable, reserved, paid FROM balances WHERE program = $1 \
               AND (pending <> 0 OR payable <> 0 OR reserved <> 0 OR paid <> 0)";
    let rows = store.rows(sql, &[program.into()]).await?;
    let balance = |row: &Row| -> Result<(String, Balance)> {
        let balance = Balance { pending: row.int(1)?, payable: row.int(2)?, reserved: row.int(3)?, paid: row.int(4)? };
        Ok((row.text(0)?.to_owned(), balance))
    };
    rows.iter().map(balance).collect()
}

/// The sums of the balances of each program, with its currency, by program.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn totals(store: &Store) -> Result<Vec<(String, String, Balance)>> {
    let sql = "SELECT b.program, p.currency, CAST(SUM(b.pending) AS BIGINT), CAST(SUM(b.payable) AS BIGINT), \
               CAST(SUM(b.reserved) AS BIGINT), CAST(SUM(b.paid) AS BIGINT) FROM balances b \
               JOIN programs p ON p.program = b.program GROUP BY b.program, p.currency ORDER BY b.program";
    let total = |row: &Row| -> Result<(String, String, Balance)> {
        let balance = Balance { pending: row.int(2)?, payable: row.int(3)?, reserved: row.int(4)?, paid: row.int(5)? };
        Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), balance))
    };
    store.rows(sql, &[]).await?.iter().map(total).collect()
}
