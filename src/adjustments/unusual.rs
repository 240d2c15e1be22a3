//! Whether an amount is so far above all others that it is probably a slip of the keyboard.

use anyhow::{Result, bail};

use super::content::{Kind, ProposalLine};
use crate::error::Conflict;
use crate::ledger::{Balance, summed_balances};
use crate::money::{Money, Overflow};
use crate::payout;
use crate::program::Program;
use crate::store::Tx;

/// What is still modest of a balance that is brought forward (minor units): a ledger that begins knows nothing of what was usual
/// before.
const MODEST_OPENING: i64 = 10_000_000;

/// Refuses a proposal with an amount that is unusual, unless somebody says that it is meant.
pub(super) async fn check(tx: &mut Tx, program: &Program, kind: Kind, lines: &[ProposalLine], is_meant: bool) -> Result<()> {
    let is_far_above = |amount: i64, usual: i64| match kind {
        Kind::Adjustment => payout::is_far_above(amount, usual),
        Kind::Opening => payout::is_far_above_from(MODEST_OPENING, amount, usual),
        _ => false,
    };
    let Some(largest) = lines.iter().max_by_key(|line| line.amount.unsigned_abs()) else { return Ok(()) };
    // Where nothing was usual yet, it is not worth asking the database.
    if is_meant || !is_far_above(largest.amount, 0) {
        return Ok(());
    }
    let usual = usual(tx, &program.id).await?;
    if is_far_above(largest.amount, usual) {
        let money = |minor| Money::from_minor(minor, program.currency);
        bail!(Conflict(format!(
            "{} for {} is far larger than usual: the most any creator in {} has ever been paid at once, or is owed now, is {}. \
             Nothing was changed. Check the amount; if it is correct, confirm it with --unusual",
            money(largest.amount),
            largest.creator_id,
            program.id,
            money(usual)
        )));
    }
    Ok(())
}

/// The most that a creator was ever paid in a batch, or is owed now.
async fn usual(tx: &mut Tx, program: &str) -> Result<i64> {
    let paid = "SELECT MAX(amount) FROM transfers WHERE program = $1 AND kind = 'batch' AND target = 'reserved'";
    let paid = tx.rows(paid, &[program.into()]).await?.first().map_or(Ok(None), |row| row.optional_int(0))?;
    let mut most = paid.unwrap_or(0);
    for Balance { pending, payable, reserved, .. } in summed_balances(tx, program).await?.into_values() {
        let owed = pending.checked_add(payable).and_then(|sum| sum.checked_add(reserved)).ok_or(Overflow)?;
        most = most.max(owed.checked_abs().ok_or(Overflow)?);
    }
    Ok(most)
}
