//! Exports: figures of the last reconciliation, balances, the journal as books, everything as Parquet.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::{Result, ensure};

use super::basis::basis;
use super::environment::Environment;
use crate::dump::{Dumped, dump};
use crate::error::Conflict;
use crate::ledger::{Balance, Books, balances, check_currency_shown, write_books};
use crate::money::{Overflow, format_minor};
use crate::posting::KeptOutcome;
use crate::program::Program;
use crate::vocabulary::Kind;

/// A table of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figures {
    /// What became of each order.
    Orders,
    /// What every creator should have earned, line by line.
    Commissions,
    /// The same, summed by the campaign that brought it.
    Campaigns,
    /// What every creator is owed and was paid.
    Balances,
    /// What could not be used.
    Exceptions,
}

impl Figures {
    /// The names of its columns.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Orders => &["order_id", "outcome", "reason"],
            Self::Commissions => &["kind", "order_id", "line_id", "creator_id", "touch", "base", "commission", "state"],
            Self::Campaigns => &["campaign", "name", "orders", "lines", "base", "commission", "pending", "payable"],
            Self::Balances => &["creator_id", "pending", "payable", "reserved", "paid"],
            Self::Exceptions => &["kind", "subject"],
        }
    }

    /// Which of its columns are figures.
    pub fn figures(self) -> &'static [usize] {
        match self {
            Self::Orders | Self::Exceptions => &[],
            Self::Commissions => &[5, 6],
            Self::Campaigns => &[2, 3, 4, 5, 6, 7],
            Self::Balances => &[1, 2, 3, 4],
        }
    }
}

/// Calls `each` with every row of a table of figures, sorted by all columns, left to right, as bytes.
///
/// # Errors
///
/// When the program has never been reconciled, when the ledger is in another currency, or when kept files are missing.
pub async fn export_figures(
    at: &Environment,
    program: &Program,
    what: Figures,
    mut each: impl FnMut(&[&str]) -> Result<()>,
) -> Result<()> {
    check_currency_shown(&at.store, program).await?;
    let money = |minor: i64| format_minor(minor, program.currency.exponent());
    if what == Figures::Balances {
        for (creator, Balance { pending, payable, reserved, paid }) in balances(&at.store, &program.id).await? {
            let amounts = [pending, payable, reserved, paid].map(money);
            each(&[&creator, &amounts[0], &amounts[1], &amounts[2], &amounts[3]])?;
        }
        return Ok(());
    }
    let kept = basis(at, program).await?.outcome;
    match what {
        Figures::Orders => kept.for_each_order(&at.data, |row| each(&row)),
        Figures::Exceptions => kept.exceptions(&at.data)?.iter().try_for_each(|(kind, subject)| each(&[kind.code(), subject])),
        Figures::Campaigns => campaigns(&kept, at, program, money, each),
        Figures::Commissions | Figures::Balances => commissions(&kept, at, money, each),
    }
}

/// The targets come by key; rows of one key's order, line and creator are put in the order of all their columns.
fn commissions(
    kept: &KeptOutcome,
    at: &Environment,
    money: impl Fn(i64) -> String,
    mut each: impl FnMut(&[&str]) -> Result<()>,
) -> Result<()> {
    let mut group: Vec<[String; 8]> = Vec::new();
    let mut write = |group: &mut Vec<[String; 8]>| -> Result<()> {
        group.sort();
        group.drain(..).try_for_each(|row| each(&row.each_ref().map(String::as_str)))
    };
    kept.for_each_target(&at.data, |target| {
        let state = if target.payable { "payable" } else { "pending" };
        let texts = [target.kind, target.order_id, target.line_id, target.creator_id, target.touch];
        if group.first().is_some_and(|first| first[..4] != texts[..4]) {
            write(&mut group)?;
        }
        let [kind, order_id, line_id, creator_id, touch] = texts.map(str::to_owned);
        group.push([kind, order_id, line_id, creator_id, touch, money(target.base), money(target.commission), state.to_owned()]);
        Ok(())
    })?;
    write(&mut group)
}

/// What one campaign brought. Amounts are minor units.
#[derive(Default)]
struct Sums {
    orders: u64,
    lines: u64,
    base: i64,
    pending: i64,
    payable: i64,
    /// The order that was counted last: the lines of one come together.
    last: String,
}

/// One row for each campaign of the program file or of a line, and one for the lines without any: lines are rows of the export of
/// commissions, orders those that they are of.
fn campaigns(
    kept: &KeptOutcome,
    at: &Environment,
    program: &Program,
    money: impl Fn(i64) -> String,
    mut each: impl FnMut(&[&str]) -> Result<()>,
) -> Result<()> {
    ensure!(
        kept.campaigns || program.campaigns.is_empty(),
        Conflict(format!(
            "the last reconciliation of {} was by an older purser, which did not keep the campaigns; run `purser run nightly` first, \
             which posts nothing by that",
            program.id
        ))
    );
    let declared = program.campaigns.iter().map(|campaign| (campaign.id.clone(), Sums::default()));
    let mut by_campaign: BTreeMap<String, Sums> = declared.collect();
    kept.for_each_target(&at.data, |target| {
        if !by_campaign.contains_key(target.campaign) {
            by_campaign.insert(target.campaign.to_owned(), Sums::default());
        }
        let Some(sums) = by_campaign.get_mut(target.campaign) else { return Ok(()) };
        sums.lines += 1;
        // A bonus for an order stands beside commissions of the same order.
        if Kind::parse(target.kind).is_some_and(Kind::is_commission) && sums.last != target.order_id {
            sums.orders += 1;
            target.order_id.clone_into(&mut sums.last);
        }
        sums.base = sums.base.checked_add(target.base).ok_or(Overflow)?;
        let side = if target.payable { &mut sums.payable } else { &mut sums.pending };
        *side = side.checked_add(target.commission).ok_or(Overflow)?;
        Ok(())
    })?;
    for (id, Sums { orders, lines, base, pending, payable, .. }) in by_campaign {
        let commission = pending.checked_add(payable).ok_or(Overflow)?;
        let [base, commission, pending, payable] = [base, commission, pending, payable].map(&money);
        let (orders, lines) = (orders.to_string(), lines.to_string());
        each(&[&id, &program.campaign_name(&id), &orders, &lines, &base, &commission, &pending, &payable])?;
    }
    Ok(())
}

/// Writes the journal as books.
///
/// # Errors
///
/// When the ledger is in another currency than the program file says, or what is read or written fails.
pub async fn export_journal(at: &Environment, program: &Program, books: Books, out: impl Write) -> Result<()> {
    write_books(&mut at.store.snapshot().await?, program, books, out).await
}

/// Writes everything as Parquet to a folder that is not there yet; of one program, or of all.
///
/// # Errors
///
/// When the folder is there and not empty; when the program is not in the database; when kept files are missing.
pub async fn export_dump(at: &Environment, program: Option<&str>, folder: &Path) -> Result<Vec<Dumped>> {
    dump(&at.store, &at.data, program, folder).await
}
