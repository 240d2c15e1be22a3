//! What creators got before a batch, and what came to be payable since.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use crate::money::Overflow;
use crate::store::{Row, Tx};
use crate::vocabulary::Kind;

/// What earlier batches paid a creator, or are about to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The last one.
    pub batch_id: String,
    /// Which of the program's batches that is.
    pub(super) number: i64,
    /// What it paid, in minor units.
    pub amount: i64,
    /// The most that any of them paid, in minor units.
    pub most: i64,
}

/// The lines of batches before one, by creator. Lines whose money went back by an entry do not count: of a batch that was rejected or
/// voided, of a payment that failed or came back.
pub(super) async fn earlier(tx: &mut Tx, program: &str, batch_id: &str, entry: i64) -> Result<BTreeMap<String, Earlier>> {
    let sql = "WITH kept AS (SELECT l.creator_id, l.amount, b.number, b.batch_id FROM batch_lines l \
               JOIN batches b ON b.program = l.program AND b.batch_id = l.batch_id WHERE l.program = $1 \
               AND b.number < (SELECT number FROM batches WHERE program = $1 AND batch_id = $2) \
               AND (l.batch_id, l.creator_id) NOT IN (SELECT t.order_id, t.creator_id FROM entries e \
               JOIN transfers t ON t.program = e.program AND t.entry = e.entry WHERE e.program = $1 AND e.entry <= $3 \
               AND e.kind IN ('rejected', 'settled', 'accepted', 'returned') AND t.kind = 'batch' AND t.target = 'payable')) \
               SELECT k.creator_id, k.batch_id, k.number, k.amount, m.most FROM kept k JOIN \
               (SELECT creator_id, MAX(number) AS newest, MAX(amount) AS most FROM kept GROUP BY creator_id) m \
               ON m.creator_id = k.creator_id AND m.newest = k.number";
    let line = |row: &Row| -> Result<(String, Earlier)> {
        let last = Earlier { batch_id: row.text(1)?.to_owned(), number: row.int(2)?, amount: row.int(3)?, most: row.int(4)? };
        Ok((row.text(0)?.to_owned(), last))
    };
    tx.rows(sql, &[program.into(), batch_id.into(), entry.into()]).await?.iter().map(line).collect()
}

/// How a payable balance changed, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// What was earned and came off hold.
    pub earned: i64,
    /// What was taken back of what was payable: after refunds and cancellations, say.
    pub clawed_back: i64,
    /// What people agreed on, and payments that failed or came back, with its sign.
    pub other: i64,
}

impl Change {
    /// All of it together.
    pub(super) fn sum(self) -> Result<i64, Overflow> {
        let kept = self.earned.checked_sub(self.clawed_back).ok_or(Overflow)?;
        kept.checked_add(self.other).ok_or(Overflow)
    }

    fn add(&mut self, kind: Kind, source: &str, target: &str, amount: i64) -> Result<(), Overflow> {
        let is_target = !matches!(
            kind,
            Kind::Adjustment | Kind::WriteOff | Kind::Opening | Kind::Batch | Kind::BankFee | Kind::ExchangeDifference
        );
        let to_payable = target == "payable";
        let signed = if to_payable { amount } else { amount.checked_neg().ok_or(Overflow)? };
        // What is put back on hold was not earned yet; it is not lost, either.
        let (side, amount) = match (is_target, to_payable || source == "payable" && target == "pending") {
            (false, _) => (&mut self.other, signed),
            (true, true) => (&mut self.earned, signed),
            (true, false) => (&mut self.clawed_back, amount),
        };
        *side = side.checked_add(amount).ok_or(Overflow)?;
        Ok(())
    }
}

/// How payable balances changed by what was posted between two entries, neither included; by creator.
pub(super) async fn changes(tx: &mut Tx, program: &str, after: i64, before: i64) -> Result<BTreeMap<String, Change>> {
    let sql = "SELECT creator_id, kind, source, target, CAST(SUM(amount) AS BIGINT) FROM transfers \
               WHERE program = $1 AND entry > $2 AND entry < $3 AND (source = 'payable' OR target = 'payable') \
               GROUP BY creator_id, kind, source, target";
    let mut changes: BTreeMap<String, Change> = BTreeMap::new();
    for row in tx.rows(sql, &[program.into(), after.into(), before.into()]).await? {
        let code = row.text(1)?;
        let kind = Kind::parse(code).with_context(|| format!("there is no kind \"{code}\""))?;
        let change = changes.entry(row.text(0)?.to_owned()).or_default();
        let added = change.add(kind, row.text(2)?, row.text(3)?, row.int(4)?);
        added.with_context(|| format!("what creator {} came to be owed", row.text(0).unwrap_or_default()))?;
    }
    Ok(changes)
}
