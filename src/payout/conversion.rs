//! What payees get whose account is in another currency than the program's. The rates are those of the program file when a batch is
//! signed, and its approval fixes them: what each payee gets is kept, the entry of who signs holds the hash of it, and files, answers of
//! banks and statements go by that, whatever the program file says later.
//!
//! Rates of the day of the export were rejected: nobody would have approved what is paid. So was conversion at the draft, as nothing
//! about a draft is decided yet.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, Result, bail};

use super::batch::{BatchLine, key};
use crate::error::Conflict;
use crate::money::{Currency, MAX_MINOR, Money, Overflow, Rate};
use crate::payees::{Payees, Rail};
use crate::program::Program;
use crate::store::{Cell, Row, Store, Tx};
use crate::vocabulary::counted;

const COLUMNS: &[&str] = &["program", "batch_id", "creator_id", "currency", "rate", "source", "amount"];

/// How many creators a message names.
const NAMED: usize = 5;

/// What a payee gets in the currency of their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// That currency.
    pub currency: Currency,
    /// What one unit of the program's currency is in it.
    pub rate: Rate,
    /// Where the rate is from.
    pub source: String,
    /// What they get, in minor units of that currency.
    pub amount: i64,
}

impl Conversion {
    /// As people read it: `11.09 EUR at 0.92 (ECB 2026-11-26)`.
    pub fn words(&self) -> String {
        format!("{} at {} ({})", Money::from_minor(self.amount, self.currency), self.rate, self.source)
    }
}

/// The conversions of a batch, by creator; those who are paid in the program's currency are not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversions(BTreeMap<String, Conversion>);

impl Conversions {
    /// Of these lines, as payees and the program file are now; payees in a currency for which there is no rate are left out.
    ///
    /// # Errors
    ///
    /// When an amount is too large in the other currency.
    pub fn today(program: &Program, lines: &[BatchLine], payees: &Payees) -> Result<Self, Overflow> {
        let mut all = BTreeMap::new();
        for (line, currency) in others(program, lines, payees) {
            let Some(known) = program.payout.exchange_rates.of(currency) else { continue };
            let (rate, rounding) = (known.rate, program.commission.rounding);
            let amount = rate.convert_rounded(line.amount, program.currency, currency, rounding)?;
            if amount > MAX_MINOR {
                return Err(Overflow);
            }
            let conversion = Conversion { currency, rate, source: known.source.clone(), amount };
            all.insert(line.creator_id.clone(), conversion);
        }
        Ok(Self(all))
    }

    /// What a creator gets; none where that is the line's amount.
    pub fn of(&self, creator_id: &str) -> Option<&Conversion> {
        self.0.get(creator_id)
    }

    /// What a creator gets: minor units of a currency. `line` is what that is where nothing is converted.
    pub fn paid(&self, creator_id: &str, line: (i64, Currency)) -> (i64, Currency) {
        self.of(creator_id).map_or(line, |conversion| (conversion.amount, conversion.currency))
    }

    /// What stands for all of them in the entry of who signs; none where there are none.
    fn digest(&self) -> Option<String> {
        let mut hasher = blake3::Hasher::new();
        for (creator_id, Conversion { currency, rate, source, amount }) in &self.0 {
            for text in [creator_id, currency.code(), &rate.to_string(), source, &amount.to_string()] {
                hasher.update(text.as_bytes()).update(b"\0");
            }
        }
        (!self.0.is_empty()).then(|| hasher.finalize().to_hex().to_string())
    }

    /// What the entry of who signs says beside the lines: the digest of payment details, and that of conversions where there are any.
    pub(super) fn beside(&self, payees: &str) -> String {
        self.digest().map_or_else(|| payees.to_owned(), |digest| format!("{payees} {digest}"))
    }

    /// Keeps them in place of what was signed before.
    pub(super) async fn keep(&self, tx: &mut Tx, program: &str, batch_id: &str) -> Result<()> {
        forget(tx, program, batch_id).await?;
        let rows: Vec<(&String, String, &Conversion)> = self.0.iter().map(|(id, one)| (id, one.rate.to_string(), one)).collect();
        tx.insert_many("batch_conversions", COLUMNS, rows.len(), |row, cells| {
            let (creator_id, rate, Conversion { currency, source, amount, .. }) = &rows[row];
            cells.extend([Cell::Text(program), Cell::Text(batch_id), Cell::Text(creator_id), Cell::Text(currency.code())]);
            cells.extend([Cell::Text(rate), Cell::Text(source), Cell::Int(*amount)]);
        })
        .await
    }

    /// Those that were signed last with a batch; none while nobody signed it as it stands.
    ///
    /// # Errors
    ///
    /// When they are not what the entry says.
    pub(super) async fn signed(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Self> {
        let sql = "SELECT creator_id, currency, rate, source, amount FROM batch_conversions WHERE program = $1 AND batch_id = $2";
        let mut kept = BTreeMap::new();
        for row in tx.rows(sql, &key(program, batch_id)).await? {
            kept.insert(row.text(0)?.to_owned(), conversion(&row, 1)?);
        }
        let kept = Self(kept);
        let sql = "SELECT kind, facts FROM entries WHERE program = $1 AND subject = $2 \
                   AND kind IN ('signed', 'approved', 'withheld', 'restored') ORDER BY entry DESC LIMIT 1";
        let last = tx.rows(sql, &key(program, batch_id)).await?;
        let said = match last.first() {
            // What was signed before a line was changed is void.
            Some(last) if matches!(last.text(0)?, "signed" | "approved") => parts(last.text(1)?).1.to_owned(),
            _ => String::new(),
        };
        if kept.digest().unwrap_or_default() != said {
            bail!(
                "the exchange rates of batch {batch_id} are kept otherwise than they were approved; nothing was changed. Something other than \
                 purser changed the database: run `purser check`"
            );
        }
        Ok(kept)
    }
}

/// What an entry of who signs says: the digest of payment details, and that of conversions.
pub(super) fn parts(said: &str) -> (&str, &str) {
    said.split_once(' ').unwrap_or((said, ""))
}

/// Columns from one on, as a conversion.
fn conversion(row: &Row, at: usize) -> Result<Conversion> {
    let rate = row.text(at + 1)?;
    Ok(Conversion {
        currency: Currency::parse(row.text(at)?)?,
        rate: rate.parse().with_context(|| format!("the exchange rate \"{rate}\" that is kept is none; run `purser check`"))?,
        source: row.text(at + 2)?.to_owned(),
        amount: row.int(at + 3)?,
    })
}

/// Forgets what was signed of a batch.
pub(super) async fn forget(tx: &mut Tx, program: &str, batch_id: &str) -> Result<()> {
    let sql = "DELETE FROM batch_conversions WHERE program = $1 AND batch_id = $2";
    tx.execute(sql, &key(program, batch_id)).await.map(|_| ())
}

/// The lines of payees whose account is in another currency than the program's, with that.
fn others<'a>(
    program: &'a Program,
    lines: &'a [BatchLine],
    payees: &'a Payees,
) -> impl Iterator<Item = (&'a BatchLine, Currency)> {
    lines.iter().filter_map(|line| {
        let currency = Currency::parse(&payees.of(&line.creator_id)?.currency).ok()?;
        (currency != program.currency).then_some((line, currency))
    })
}

/// Refuses lines of payees in currencies without a rate. Wise may do without: it exchanges what leaves the account.
pub(super) fn refuse_unrated(program: &Program, batch_id: &str, lines: &[BatchLine], payees: &Payees) -> Result<()> {
    let mut unrated: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (line, currency) in others(program, lines, payees) {
        let is_exchanged_there = payees.of(&line.creator_id).is_some_and(|payee| payee.rail == Rail::Wise);
        if program.payout.exchange_rates.of(currency).is_none() && !is_exchanged_there {
            unrated.entry(currency.code()).or_default().push(&line.creator_id);
        }
    }
    let Some(first) = unrated.keys().next() else { return Ok(()) };
    let mut named = String::new();
    for (currency, creators) in &unrated {
        let more = creators.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {}", counted(more, "other", "others")) } else { String::new() };
        write!(named, "\n{currency}: {}{more}", creators.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "))?;
    }
    bail!(Conflict(format!(
        "batch {batch_id} cannot be approved: the program file has no exchange rate for the accounts of{named}\nAdd [payout.exchange_rates.{first}] \
         with rate and source, and approve it then; or take these lines out, `purser batch hold {batch_id} --creator CREATOR`. Nothing was changed"
    )))
}

/// What the creators of a batch get in other currencies, as it was signed last.
///
/// # Errors
///
/// When that is kept otherwise than it was signed.
pub async fn conversions(store: &Store, program: &str, batch_id: &str) -> Result<Conversions> {
    Conversions::signed(&mut store.snapshot().await?, program, batch_id).await
}

/// Whether a batch of a program was ever signed that pays somebody in another currency.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn converts(tx: &mut Tx, program: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM batch_conversions WHERE program = $1 LIMIT 1";
    Ok(!tx.rows(sql, &[program.into()]).await?.is_empty())
}

/// What a creator got, or gets, in another currency from a batch; none where that was the line's amount.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn conversion_of(tx: &mut Tx, program: &str, batch_id: &str, creator_id: &str) -> Result<Option<Conversion>> {
    let sql =
        "SELECT currency, rate, source, amount FROM batch_conversions WHERE program = $1 AND batch_id = $2 AND creator_id = $3";
    let rows = tx.rows(sql, &[program.into(), batch_id.into(), creator_id.into()]).await?;
    rows.first().map(|row| conversion(row, 0)).transpose()
}
