use anyhow::Result;

use crate::store::{Row, Store};

/// A transfer as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedTransfer {
    /// The journal entry that owns it.
    pub entry: i64,
    /// The kind of target.
    pub kind: String,
    /// The line, or empty.
    pub line_id: String,
    /// Whose accounts.
    pub creator_id: String,
    /// Where it came from.
    pub source: String,
    /// Where it went.
    pub target: String,
    /// In minor units of the program's currency.
    pub amount: i64,
    /// The local day it belongs to (days since 1970).
    pub effective_day: i32,
    /// Why.
    pub why: String,
}

/// Every transfer that an order caused, oldest first.
pub async fn transfers_of_order(store: &Store, program: &str, order_id: &str) -> Result<Vec<PostedTransfer>> {
    let sql = "SELECT entry, kind, line_id, creator_id, source, target, amount, effective_day, why FROM transfers \
               WHERE program = $1 AND kind IN ('link', 'code', 'lock', 'credit', 'bonus_new_customer') AND order_id = $2 ORDER BY entry, position";
    store.rows(sql, &[program.into(), order_id.into()]).await?.iter().map(transfer).collect()
}

fn transfer(row: &Row) -> Result<PostedTransfer> {
    let text = |column: usize| row.text(column).map(str::to_owned);
    Ok(PostedTransfer {
        entry: row.int(0)?,
        kind: text(1)?,
        line_id: text(2)?,
        creator_id: text(3)?,
        source: text(4)?,
        target: text(5)?,
        amount: row.int(6)?,
        effective_day: i32::try_from(row.int(7)?)?,
        why: text(8)?,
    })
}
