//! What statements read from the ledger: the transfers that are on none yet, and where the money stands.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;

use super::model::Held;
use crate::calendar::Month;
use crate::ledger::{Balance, Posted, balances_at, select_transfers, transfers};
use crate::store::{Row, Tx, Value};

/// How much of the journal a statement sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sight {
    /// Entries up to this one.
    pub through_entry: i64,
    /// Transfers whose local day lies in this month or before.
    pub month: Month,
}

impl Sight {
    /// Program, last entry, last day, as all queries take them.
    fn parameters(self, program: &str) -> [Value; 3] {
        [program.into(), self.through_entry.into(), i64::from(self.month.last_day()).into()]
    }
}

/// The last closed month of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LastClosed {
    pub month: Month,
    pub built_at: i64,
}

pub(super) async fn last_closed(tx: &mut Tx, program: &str) -> Result<Option<LastClosed>> {
    let sql = "SELECT month, built_at FROM statement_months WHERE program = $1 ORDER BY month DESC LIMIT 1";
    let closed = |row: &Row| Ok(LastClosed { month: Month::from_number(row.int(0)?)?, built_at: row.int(1)? });
    tx.rows(sql, &[program.into()]).await?.first().map(closed).transpose()
}

/// How many transfers of each creator are on no statement yet, in the database's order of their ids.
pub(super) async fn open_counts(tx: &mut Tx, program: &str, sight: Sight) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT t.creator_id, COUNT(*) FROM transfers t \
               WHERE t.program = $1 AND t.entry <= $2 AND t.effective_day <= $3 AND NOT EXISTS \
               (SELECT 1 FROM statement_months m WHERE m.program = t.program AND m.month < $4 \
               AND m.through_entry >= t.entry AND m.last_day >= t.effective_day) GROUP BY t.creator_id ORDER BY t.creator_id";
    let [program, through_entry, last_day] = sight.parameters(program);
    let rows = tx.rows(sql, &[program, through_entry, last_day, i64::from(sight.month.number()).into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
}

/// The transfers that are on no statement yet, of the creators between two ids in the database's order (both included).
pub(super) async fn open_transfers(
    tx: &mut Tx,
    program: &str,
    sight: Sight,
    first_creator: &str,
    last_creator: &str,
) -> Result<Vec<Posted>> {
    let sql = select_transfers!(
        "WHERE t.program = $1 AND t.entry <= $2 AND t.effective_day <= $3 AND t.creator_id >= $5 AND t.creator_id <= $6 \
         AND NOT EXISTS (SELECT 1 FROM statement_months m WHERE m.program = t.program AND m.month < $4 \
         AND m.through_entry >= t.entry AND m.last_day >= t.effective_day) ORDER BY t.entry, t.position"
    );
    let [_, through_entry, last_day] = sight.parameters(program);
    let month = i64::from(sight.month.number()).into();
    transfers(tx, program, sql, &[through_entry, last_day, month, first_creator.into(), last_creator.into()]).await
}

/// Where each creator's money stands, from all transfers in sight, whether on a statement or not.
pub(super) async fn standing(tx: &mut Tx, program: &str, sight: Sight) -> Result<BTreeMap<String, Held>> {
    let balances = balances_at(tx, program, sight.through_entry, sight.month.last_day()).await?;
    let held = |Balance { pending, payable, reserved, .. }| Held { pending, payable, reserved };
    Ok(balances.into_iter().map(|(creator, balance)| (creator, held(balance))).collect())
}

/// Where the latest statement of each creator closed.
pub(super) async fn closings(tx: &mut Tx, program: &str) -> Result<HashMap<String, i64>> {
    let sql = "SELECT s.creator_id, s.closing FROM statements s WHERE s.program = $1 AND s.month = \
               (SELECT MAX(l.month) FROM statements l WHERE l.program = s.program AND l.creator_id = s.creator_id)";
    let rows = tx.rows(sql, &[program.into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
}
