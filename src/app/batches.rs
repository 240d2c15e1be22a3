//! What people do about payout batches, and what they look at before.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::door::admit;
use super::environment::Environment;
use super::todays_payees::todays_payees;
use crate::adjustments::{self, Settled, Settlement};
use crate::error::NotFound;
use crate::ledger::check_currency_shown;
use crate::payout::{
    self, Batch, BatchLine, Changed, Decided as DecidedBatch, Decision, Exported, Grounds, LineChange, LineState,
};
use crate::program::Program;
use crate::users::Act;

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

/// Approves or rejects a batch, whole or not at all, as of a time (microseconds since 1970). Where the program file asks for several
/// people, an approval is one signature until the last: [`DecidedBatch::missing`] says who is left. `seen` is what the approval sheet that
/// somebody was shown called it ([`super::ApprovalSheet::seen`]): an approval is refused where the batch or the payment details of its
/// creators are others by now.
///
/// # Errors
///
/// When the time is after the clock or before the batch's last entry, when the batch is not in a state for it, when its
/// drafter, its last changer or somebody who signed approves it, when one of its creators has come to owe money since or is on hold, or
/// when the program names payees who cannot be read, or signed for lack of a key; nothing is changed then.
pub async fn decide_batch(
    at: &Environment,
    program: &Program,
    (by, as_of): (&str, i64),
    batch_id: &str,
    decision: Decision,
    seen: Option<&str>,
) -> Result<DecidedBatch> {
    let by = admit(at, program, by, as_of, Act::Decide).await?;
    let payees = match decision {
        Decision::Approve => todays_payees(at, program).await?,
        Decision::Reject => None,
    };
    let grounds = Grounds { payees: payees.as_ref(), keyring: &at.keyring, seen };
    payout::decide(&at.store, program, decision, batch_id, (&by, as_of), grounds).await
}

/// Takes a creator's line out of a draft, or puts it back. Signatures that were given are void.
///
/// # Errors
///
/// When the batch is no draft, has no such line, or would be left with none; when what would be put back is not payable any more, or
/// the creator is on hold. Nothing is changed then.
pub async fn change_line(
    at: &Environment,
    program: &Program,
    (by, as_of): (&str, i64),
    (batch_id, creator_id): (&str, &str),
    change: LineChange,
    reason: &str,
) -> Result<Changed> {
    let by = admit(at, program, by, as_of, Act::Prepare).await?;
    payout::change_line(&at.store, program, change, (batch_id, creator_id), (&by, as_of), reason).await
}

/// Settles a batch: its lines were paid, but for those that failed, which stay reserved until somebody else approves that.
///
/// # Errors
///
/// When the batch is in no state for it, waits for a proposal about it to be decided, or has no such line; nothing is changed
/// then.
pub async fn settle_batch(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    settlement: Settlement<'_>,
) -> Result<Settled> {
    let by = admit(at, program, by, as_of, Act::Decide).await?;
    adjustments::settle(&at.store, program, settlement, &by, as_of).await
}

/// The folder of payment lists.
pub(super) fn payment_lists(at: &Environment) -> PathBuf {
    at.data.join("payments")
}

/// Writes the payment list of an approved batch: to `out`, else into the data folder. Returns where it is, too.
///
/// # Errors
///
/// When the batch is not approved, when a proposal to void it waits, or when the file cannot be written; a repeat writes it then.
pub async fn export_batch(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    batch_id: &str,
    out: Option<&Path>,
) -> Result<(Exported, PathBuf)> {
    let by = admit(at, program, by, as_of, Act::Decide).await?;
    let path = match out {
        Some(path) => std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))?,
        None => payment_lists(at).join(format!("{batch_id}.csv")),
    };
    adjustments::check_export(&at.store, &program.id, batch_id).await?;
    let exported = payout::export(&at.store, program, batch_id, &by, as_of, &path).await?;
    Ok((exported, path))
}

/// The payment list of a batch that was exported as one, as it stands in the data folder. It writes nothing.
///
/// # Errors
///
/// When there is no such batch, or no list of it there.
pub async fn payment_list(at: &Environment, program: &Program, batch_id: &str) -> Result<Vec<u8>> {
    // The name of a file is that of a batch which is known, and no other.
    let (batch, _) = find_batch(at, program, batch_id).await?;
    let path = payment_lists(at).join(format!("{}.csv", batch.batch_id));
    std::fs::read(&path).with_context(|| {
        NotFound(format!(
            "batch {batch_id} was not exported as a list to the data folder: export it as a list, which writes the same bytes"
        ))
    })
}
