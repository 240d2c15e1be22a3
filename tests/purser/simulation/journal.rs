//! The journal as its tables hold it, read behind purser's back by SQL of our own.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail, ensure};
use chrono::{DateTime, Datelike};
use chrono_tz::Tz;
use purser::store::{Row, Store};

use super::books::{Key, Standing};

/// A transfer, as far as it is looked at.
#[derive(Debug, Clone)]
pub struct Transfer {
    pub key: Key,
    pub source: String,
    pub target: String,
    pub amount: i64,
    /// Days since 1970.
    pub day: i64,
    pub why: String,
}

/// What an entry has to say about itself.
pub struct Expected<'a> {
    pub kind: &'static str,
    pub subject: &'a str,
    pub as_of: i64,
    pub by: &'a str,
}

/// All that was read so far.
pub struct Journal {
    pub transfers: Vec<Transfer>,
    pub entries: i64,
    pub head: String,
    /// What stands for each key on pending and payable.
    standing: BTreeMap<Key, (i64, i64)>,
}

/// The local day of an instant, days since 1970.
pub fn local_day(zone: Tz, at: i64) -> i64 {
    let instant = DateTime::from_timestamp_micros(at).expect("an instant of this century");
    i64::from(instant.with_timezone(&zone).date_naive().num_days_from_ce()) - 719_163
}

impl Journal {
    pub fn new() -> Self {
        Self { transfers: Vec::new(), entries: 0, head: "0".repeat(64), standing: BTreeMap::new() }
    }

    /// Reads what is new: exactly the entries that are expected. Answers the first new transfer's place.
    pub async fn read_on(&mut self, store: &Store, program: &str, expected: &[Expected<'_>]) -> Result<usize> {
        let sql = "SELECT entry, kind, subject, booked_at, actor, transfers, previous, hash FROM entries \
                   WHERE program = $1 AND entry > $2 ORDER BY entry";
        let entries = store.rows(sql, &[program.into(), self.entries.into()]).await?;
        ensure!(entries.len() == expected.len(), "{} new entries in the journal", entries.len());
        let (first, read) = (self.transfers.len(), self.entries);
        let mut transfers = 0;
        for (entry, expected) in entries.iter().zip(expected) {
            ensure!(entry.int(0)? == self.entries + 1, "entry {} follows entry {}", entry.int(0)?, self.entries);
            ensure!(entry.text(6)? == self.head, "entry {} does not hold the hash of the one before", entry.int(0)?);
            let said = (entry.text(1)?, entry.text(2)?, entry.int(3)?, entry.text(4)?);
            ensure!(said == (expected.kind, expected.subject, expected.as_of, expected.by), "the new entry says {said:?}");
            (self.entries, self.head) = (entry.int(0)?, entry.text(7)?.to_owned());
            transfers += entry.int(5)?;
        }
        let sql = "SELECT kind, order_id, line_id, creator_id, detail, source, target, amount, effective_day, why \
                   FROM transfers WHERE program = $1 AND entry > $2 ORDER BY entry, position";
        for row in store.rows(sql, &[program.into(), read.into()]).await? {
            self.book(transfer(&row)?)?;
        }
        ensure!((self.transfers.len() - first) as i64 == transfers, "a new entry has lost transfers");
        Ok(first)
    }

    fn book(&mut self, transfer: Transfer) -> Result<()> {
        ensure!(transfer.amount > 0 && transfer.source != transfer.target, "an odd transfer: {transfer:?}");
        if transfer.key[0] != "batch" {
            let (pending, payable) = self.standing.entry(transfer.key.clone()).or_default();
            for (account, amount) in [(&transfer.source, -transfer.amount), (&transfer.target, transfer.amount)] {
                match account.as_str() {
                    "pending" => *pending += amount,
                    "payable" => *payable += amount,
                    "expense" => {}
                    other => bail!("a target is booked to {other}: {transfer:?}"),
                }
            }
        }
        self.transfers.push(transfer);
        Ok(())
    }

    /// Each target stands in the journal with what it is, on the account it belongs to.
    pub fn check_standing(&self, wanted: &Standing) -> Result<()> {
        let booked: BTreeMap<&Key, (i64, i64)> =
            self.standing.iter().map(|(key, sums)| (key, *sums)).filter(|(_, s)| *s != (0, 0)).collect();
        let wanted: BTreeMap<&Key, (i64, i64)> =
            wanted.iter().map(|(key, (amount, payable))| (key, if *payable { (0, *amount) } else { (*amount, 0) })).collect();
        let keys: BTreeSet<&&Key> = booked.keys().chain(wanted.keys()).collect();
        for key in keys {
            let (booked, wanted) = (booked.get(*key).copied().unwrap_or_default(), wanted.get(*key).copied().unwrap_or_default());
            ensure!(booked == wanted, "{key:?} stands in the journal with (pending, payable) {booked:?} instead of {wanted:?}");
        }
        Ok(())
    }

    /// What holds of all tables together: slow, so it is done now and then.
    pub async fn audit(&self, store: &Store, program: &str) -> Result<()> {
        for (what, sql) in AUDIT {
            let rows = store.rows(sql, &[program.into()]).await?;
            ensure!(rows.is_empty(), "{what}: {:?}", rows.first());
        }
        Ok(())
    }
}

fn transfer(row: &Row) -> Result<Transfer> {
    let text = |column: usize| row.text(column).map(str::to_owned);
    // Of several bonuses with one threshold, the second is marked with #2.
    let detail = row.text(4)?.split('#').next().unwrap_or_default().to_owned();
    Ok(Transfer {
        key: [text(0)?, text(1)?, text(2)?, text(3)?, detail],
        source: text(5)?,
        target: text(6)?,
        amount: row.int(7)?,
        day: row.int(8)?,
        why: text(9)?,
    })
}

/// Each answers nothing as long as all is well.
const AUDIT: [(&str, &str); 6] = [
    (
        "balances are not the sums of transfers",
        "SELECT a.creator_id FROM ( \
           SELECT m.program, m.creator_id, CAST(SUM(CASE WHEN m.account = 'pending' THEN m.amount ELSE 0 END) AS BIGINT) AS pending, \
           CAST(SUM(CASE WHEN m.account = 'payable' THEN m.amount ELSE 0 END) AS BIGINT) AS payable, \
           CAST(SUM(CASE WHEN m.account = 'reserved' THEN m.amount ELSE 0 END) AS BIGINT) AS reserved, \
           CAST(SUM(CASE WHEN m.account = 'cash' THEN m.amount ELSE 0 END) AS BIGINT) AS paid FROM ( \
             SELECT program, creator_id, target AS account, amount FROM transfers \
             UNION ALL SELECT program, creator_id, source, -amount FROM transfers) m \
           WHERE m.program = $1 GROUP BY m.program, m.creator_id) a \
         LEFT JOIN balances b ON b.program = a.program AND b.creator_id = a.creator_id \
         WHERE b.creator_id IS NULL OR b.pending <> a.pending OR b.payable <> a.payable OR b.reserved <> a.reserved OR b.paid <> a.paid",
    ),
    (
        "a clearing account is not empty",
        "SELECT order_id, CAST(SUM(CASE WHEN target = 'clearing' THEN amount WHEN source = 'clearing' THEN -amount ELSE 0 END) AS BIGINT) \
         FROM transfers WHERE program = $1 GROUP BY order_id \
         HAVING SUM(CASE WHEN target = 'clearing' THEN amount WHEN source = 'clearing' THEN -amount ELSE 0 END) <> 0",
    ),
    (
        "the chain is broken",
        "SELECT e.entry FROM entries e LEFT JOIN entries p ON p.program = e.program AND p.entry = e.entry - 1 \
         WHERE e.program = $1 AND e.previous <> COALESCE(p.hash, '0000000000000000000000000000000000000000000000000000000000000000')",
    ),
    (
        "an entry has not the transfers it says",
        "SELECT e.entry, e.transfers FROM entries e LEFT JOIN transfers t ON t.program = e.program AND t.entry = e.entry \
         WHERE e.program = $1 GROUP BY e.entry, e.transfers HAVING COUNT(t.position) <> e.transfers",
    ),
    (
        "a key's revisions have gaps",
        "SELECT kind, order_id, line_id, creator_id, detail FROM transfers WHERE program = $1 \
         GROUP BY kind, order_id, line_id, creator_id, detail HAVING MIN(revision) <> 0 OR MAX(revision) <> COUNT(*) - 1",
    ),
    ("a mail was not sent", "SELECT message_key, state FROM outbox WHERE program = $1 AND state <> 'sent'"),
];
