//! What there is to pay from: noted, and shown beside a batch.

use anyhow::Result;

use super::args::Places;
use super::context::{now, open};
use super::show::print;
use crate::app::{ApprovalSheet, FundsAvailable, enter_funds};
use crate::calendar::format_day;
use crate::money::{Money, Overflow};
use crate::program::Program;

pub(super) async fn funds(places: &Places, amount: &str, on: Option<i32>, (by, as_of): (&str, Option<i64>)) -> Result<()> {
    let (at, program) = open(places).await?;
    let (known, is_new) = enter_funds(&at, &program, by, as_of.unwrap_or_else(now), amount, on).await?;
    let entry = format!("(ledger entry {} of program {})", known.entry, program.id);
    let noted = noted(&program, &known);
    print(&if is_new { format!("{noted} {entry}") } else { format!("nothing was recorded; already known: {noted} {entry}") })
}

/// Funds in a few words.
pub(super) fn noted(program: &Program, funds: &FundsAvailable) -> String {
    let amount = Money::from_minor(funds.amount, program.currency);
    let whence = if funds.from_bank { "the bank's statement, imported" } else { "entered" };
    format!("{amount} available on {} ({whence} by {})", format_day(funds.day), funds.by)
}

/// Whether funds are enough for a batch and for what other batches still have to pay; nothing where none are known, or the batch has nothing
/// left to pay.
pub(super) fn beside(program: &Program, sheet: &ApprovalSheet) -> Result<String> {
    let Some(funds) = &sheet.funds else { return Ok(String::new()) };
    let money = |minor| Money::from_minor(minor, program.currency);
    let Some(left) = left(sheet)? else { return Ok(String::new()) };
    let others = if sheet.others == 0 { String::new() } else { format!(" and {} in other batches", money(sheet.others)) };
    let after =
        if left < 0 { format!("{} short", money(left.checked_neg().ok_or(Overflow)?)) } else { format!("{} left", money(left)) };
    Ok(format!("funds: {}; after this batch{others}: {after}\n", noted(program, funds)))
}

/// What is left of the funds, in minor units; none where they are not known, or the batch has nothing left to pay.
pub(super) fn left(sheet: &ApprovalSheet) -> Result<Option<i64>, Overflow> {
    use crate::app::BatchState::{Approved, Draft, Exported};
    let Some(funds) = sheet.funds.as_ref().filter(|_| matches!(sheet.batch.state, Draft | Approved | Exported)) else {
        return Ok(None);
    };
    let after = funds.amount.checked_sub(sheet.batch.amount).and_then(|left| left.checked_sub(sheet.others));
    after.ok_or(Overflow).map(Some)
}
