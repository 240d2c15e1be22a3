//! What statements read from the ledger: the transfers that are on none yet, and where the money stands.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::Result;

use super::labels::Mentioned;
use super::model::Held;
use crate::calendar::Month;
use crate::ledger::{Balance, Posted, balances_at, select_transfers, transfers};
use crate::program::Program;
use crate::store::{Row, Store, Tx, Value};

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

/// The statements of one creator so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SoFar {
    /// Where the latest closed.
    pub closing: i64,
    /// How many there are.
    pub count: i64,
}

/// The statements of each creator so far.
pub(super) async fn statements_so_far(tx: &mut Tx, program: &str) -> Result<HashMap<String, SoFar>> {
    let sql = "SELECT s.creator_id, s.closing, l.number FROM statements s \
               JOIN (SELECT creator_id, MAX(month) AS month, COUNT(*) AS number FROM statements WHERE program = $1 GROUP BY creator_id) l \
               ON l.creator_id = s.creator_id AND l.month = s.month WHERE s.program = $1";
    let rows = tx.rows(sql, &[program.into()]).await?;
    let so_far = |row: &Row| Ok((row.text(0)?.to_owned(), SoFar { closing: row.int(1)?, count: row.int(2)? }));
    rows.iter().map(so_far).collect()
}

/// What the transfers are about that are on no statement yet, in the month or before it: of all creators, or of one.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn mentioned(store: &Store, program: &str, month: Month, creator: Option<&str>) -> Result<Mentioned> {
    let mut tx = store.snapshot().await?;
    let sql = "SELECT DISTINCT t.kind, t.order_id, t.touch FROM transfers t \
               WHERE t.program = $1 AND t.effective_day <= $2 AND ($4 = '' OR t.creator_id = $4) \
               AND t.kind IN ('link', 'code', 'lock', 'credit', 'bonus_new_customer') AND NOT EXISTS \
               (SELECT 1 FROM statement_months m WHERE m.program = t.program AND m.month < $3 \
               AND m.through_entry >= t.entry AND m.last_day >= t.effective_day)";
    let parameters =
        [program.into(), i64::from(month.last_day()).into(), i64::from(month.number()).into(), creator.unwrap_or("").into()];
    let mut mentioned = Mentioned::default();
    for row in tx.rows(sql, &parameters).await? {
        mentioned.orders.insert(row.text(1)?.to_owned());
        if row.text(0)? == "link" {
            mentioned.clicks.insert(row.text(2)?.to_owned());
        }
    }
    let sql = "SELECT subject, reason FROM entries WHERE program = $1 AND kind = 'proposed'";
    for row in tx.rows(sql, &[program.into()]).await? {
        mentioned.notes.insert(row.text(0)?.to_owned(), row.text(1)?.to_owned());
    }
    Ok(mentioned)
}

/// The program file as it was when the last month was closed; none where none was, or the file cannot be read any more.
pub(super) async fn program_before(tx: &mut Tx, program: &Program) -> Result<Option<Program>> {
    let sql = "SELECT p.body FROM statement_months m JOIN entries e ON e.program = m.program AND e.entry = m.through_entry \
               JOIN program_texts p ON p.hash = e.program_text WHERE m.program = $1 ORDER BY m.month DESC LIMIT 1";
    let rows = tx.rows(sql, &[program.id.as_str().into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    // Another version may have read it otherwise; then nothing is compared. What was agreed then is not kept beside it.
    let agreed = program.commission.rates.iter().filter(|rate| rate.is_agreed).cloned().collect();
    let before = Program::parse(&program.id, row.text(0)?, Path::new("/")).ok();
    Ok(before.map(|before| before.with_rates(agreed)))
}
