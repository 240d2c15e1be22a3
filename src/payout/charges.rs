//! What banks took for payments beside their amounts, and what exchanging them cost or gave.
//!
//! Both are the brand's: they move between accounts of their own and the bank, and no creator's balance with them. Each stands under the
//! payment it was for, so that another file which tells of it again, or again as something else, is noticed.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use crate::calendar::day_of;
use crate::error::NotFound;
use crate::ledger::{Account, Entry, EntryKind, Particulars, PostedEntry, Transfer, post, refuse_before_last};
use crate::money::Overflow;
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::{Kind, Reason};

/// What a bank took for one payment, in minor units of the program's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// To whom the payment was.
    pub creator_id: String,
    /// A fee, or an exchange difference.
    pub kind: Kind,
    /// Whether it was for the payment's way back.
    pub returned: bool,
    /// Above zero, it cost that much; only a difference can be below.
    pub amount: i64,
}

/// What became of charges of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// The entry that books them; none where all were known.
    pub posted: Option<PostedEntry>,
    /// Fees that were booked, in minor units.
    pub fees: i64,
    /// Exchange differences that were booked, in minor units; above zero, they cost.
    pub exchange: i64,
    /// How many were booked before.
    pub known: usize,
    /// Those that were booked before as another amount, which stays.
    pub differing: Vec<(Charge, i64)>,
}

/// Which of a creator's payments it is about, as a transfer's detail says it.
fn detail(returned: bool) -> &'static str {
    if returned { "return" } else { "" }
}

/// Books what a bank took for payments of a batch, once each.
///
/// # Errors
///
/// When there is no such batch, a later entry is about it, or the database cannot be used; nothing is booked then.
pub async fn book_charges(
    store: &Store,
    program: &Program,
    batch_id: &str,
    charges: &[Charge],
    (by, as_of): (&str, i64),
) -> Result<Charged> {
    let mut tx = store.begin(&program.id).await?;
    let booked = booked(&mut tx, &program.id, batch_id).await?;
    let mut done = Charged { posted: None, fees: 0, exchange: 0, known: 0, differing: Vec::new() };
    let mut transfers = Vec::new();
    let day = day_of(program.time_zone, as_of);
    for charge in charges {
        let detail = detail(charge.returned);
        match booked.get(&(charge.kind.code().to_owned(), charge.creator_id.clone(), detail.to_owned())) {
            Some(before) if *before == charge.amount => done.known += 1,
            Some(before) => done.differing.push((charge.clone(), *before)),
            None => {
                let side = if charge.kind == Kind::BankFee { &mut done.fees } else { &mut done.exchange };
                *side = side.checked_add(charge.amount).ok_or(Overflow)?;
                transfers.push(transfer(batch_id, charge, day)?);
            }
        }
    }
    if !transfers.is_empty() {
        refuse_before_last(&mut tx, &program.id, batch_id, as_of).await?;
        let entry = Entry {
            kind: EntryKind::Charged,
            subject: batch_id,
            booked_at: as_of,
            actor: by,
            reason: "",
            program_text: "",
            facts: "",
        };
        done.posted = Some(post(&mut tx, program, &entry, &transfers).await?);
        tx.commit("what a bank took").await?;
    }
    Ok(done)
}

fn transfer<'a>(batch_id: &'a str, charge: &'a Charge, day: i32) -> Result<Transfer<&'a str>> {
    let account = match charge.kind {
        Kind::BankFee => Account::BankFees,
        Kind::ExchangeDifference => Account::Exchange,
        other => bail!("a bank takes no {other}"),
    };
    let about = Particulars::of_balance(charge.kind, batch_id, &charge.creator_id, day, Reason::Charged);
    let about = Particulars { detail: detail(charge.returned), ..about };
    let (source, target) = if charge.amount > 0 { (account, Account::Bank) } else { (Account::Bank, account) };
    Ok(Transfer { about, revision: 0, source, target, amount: charge.amount.checked_abs().ok_or(Overflow)? })
}

/// What was booked of a batch: by kind, creator and detail.
async fn booked(tx: &mut Tx, program: &str, batch_id: &str) -> Result<BTreeMap<(String, String, String), i64>> {
    let sql = "SELECT 1 FROM batches WHERE program = $1 AND batch_id = $2";
    if tx.rows(sql, &[program.into(), batch_id.into()]).await?.is_empty() {
        bail!(NotFound(format!("the program {program} has no batch {batch_id}")));
    }
    let sql = "SELECT kind, creator_id, detail, CASE WHEN target = 'bank' THEN amount ELSE -amount END FROM transfers \
               WHERE program = $1 AND kind IN ('bank_fee', 'exchange_difference') AND order_id = $2";
    let mut booked = BTreeMap::new();
    for row in tx.rows(sql, &[program.into(), batch_id.into()]).await? {
        let text = |column: usize| row.text(column).map(str::to_owned);
        booked.insert((text(0)?, text(1)?, text(2)?), row.int(3)?);
    }
    Ok(booked)
}
