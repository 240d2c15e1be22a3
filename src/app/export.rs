//! Exports: figures of the last reconciliation, balances, the journal as books, everything as Parquet.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};

use super::environment::Environment;
use crate::dump::{Dumped, dump};
use crate::error::Conflict;
use crate::ledger::{Balance, Books, balances, check_currency_shown, write_books};
use crate::money::format_minor;
use crate::posting::{KeptOutcome, last_basis};
use crate::program::Program;

/// A table of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figures {
    /// What became of each order.
    Orders,
    /// What every creator should have earned, line by line.
    Commissions,
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
            Self::Balances => &["creator_id", "pending", "payable", "reserved", "paid"],
            Self::Exceptions => &["kind", "subject"],
        }
    }

    /// Which of its columns are amounts.
    pub fn amounts(self) -> &'static [usize] {
        match self {
            Self::Orders | Self::Exceptions => &[],
            Self::Commissions => &[5, 6],
            Self::Balances => &[1, 2, 3, 4],
        }
    }
}

/// Calls `each` with every row of a table of figures, sorted by all columns, left to right, as bytes.
///
/// # Errors
///
/// When the program was never reconciled, when the ledger is in another currency, or when kept files are missing.
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
    let basis = last_basis(&at.store, program).await?;
    let never = || Conflict(format!("{} was never reconciled; run `purser run nightly` first", program.id));
    let kept = basis.with_context(never)?.outcome;
    match what {
        Figures::Orders => kept.for_each_order(&at.data, |row| each(&row)),
        Figures::Exceptions => kept.exceptions(&at.data)?.iter().try_for_each(|(kind, subject)| each(&[kind.code(), subject])),
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
