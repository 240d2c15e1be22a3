//! Whom and where to pay, as it is now.

use anyhow::Result;

use super::environment::Environment;
use crate::facts::blocking;
use crate::payees::{Payees, read_payees};
use crate::payout::erased_creators;
use crate::program::Program;

/// Payees as their source has them now, without anybody who was erased; none where the program names none.
///
/// # Errors
///
/// When their source cannot be read, or something in it is wrong.
pub(super) async fn todays_payees(at: &Environment, program: &Program) -> Result<Option<Payees>> {
    let reads = program.clone();
    let Some(payees) = blocking(move || read_payees(&reads)).await? else { return Ok(None) };
    let mut tx = at.store.snapshot().await?;
    Ok(Some(payees.without(&erased_creators(&mut tx, &program.id).await?)))
}
