//! What people do about payout batches, and what they look at before.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::environment::Environment;
use crate::ledger::{PostedEntry, check_currency_shown};
use crate::payout::{self, Batch, BatchLine, Decision, Exported, LineState, ReturnedPayment};
use crate::program::Program;

/// All batches of a program, oldest first.
///
/// # Errors
///
/// When the database cannot be read, or holds the program in another currency.
pub async fn list_batches(at: &Environment, program: &Program) -> Result<Vec<Batch>> {
    check_currency_shown(&at.store, program).await?;
    payout::batches(&at.store, &program.id).await
}

/// A batch and its lines with their states, by creator.
///
/// # Errors
///
/// When there is no such batch; names the newest.
pub async fn find_batch(at: &Environment, program: &Program, batch_id: &str) -> Result<(Batch, Vec<(BatchLine, LineState)>)> {
    check_currency_shown(&at.store, program).await?;
    payout::find(&at.store, &program.id, batch_id).await
}

/// Approves, rejects or settles a batch, whole or not at all, as of a time (microseconds since 1970).
///
/// # Errors
///
/// When the batch is not in a state for it, when its drafter approves it, or when one of its creators has come to owe
/// money since; nothing is changed then.
pub async fn decide_batch(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    batch_id: &str,
    decision: Decision<'_>,
) -> Result<PostedEntry> {
    payout::decide(&at.store, program, decision, batch_id, by, as_of).await
}

/// Writes the payment list of an approved batch: to `out`, else into the data folder. Returns where it is, too.
///
/// # Errors
///
/// When the batch is not approved, or the file cannot be written; a repeat writes it then.
pub async fn export_batch(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    batch_id: &str,
    out: Option<&Path>,
) -> Result<(Exported, PathBuf)> {
    let path = match out {
        Some(path) => std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))?,
        None => at.data.join("payments").join(format!("{batch_id}.csv")),
    };
    let exported = payout::export(&at.store, program, batch_id, by, as_of, &path).await?;
    Ok((exported, path))
}

/// Books a payment that came back: it is payable again. Returns the amount too, in minor units.
///
/// # Errors
///
/// When the batch has no such line, the line was not paid, or the payment came back before; nothing is changed then.
pub async fn return_payment(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    payment: ReturnedPayment<'_>,
) -> Result<(PostedEntry, i64)> {
    payout::take_back(&at.store, program, payment, by, as_of).await
}
