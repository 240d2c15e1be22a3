//! Ledgers and the program files that they belong to: a file that is renamed, a ledger that ends.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::door::admit;
use super::environment::Environment;
use super::times::{last_posted, refuse_earlier};
use crate::adjustments;
use crate::alerts;
use crate::error::Conflict;
use crate::ledger::{
    Balance, Entry, EntryKind, Ledger, Ledgers, PostedEntry, check_currency_shown, checked_reason, last_reconciled, post,
    program_text, summed_balances,
};
use crate::money::Money;
use crate::payout::{Batch, BatchState, batches, draft};
use crate::program::Program;
use crate::store::Tx;
use crate::users::Act;

/// All ledgers of the database, with the program files that they belong to.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn list_ledgers(at: &Environment) -> Result<Ledgers> {
    Ledgers::read(&at.store).await
}

/// A program as its file says, with the ledger that it has: after a renaming, that of the file's old name.
///
/// # Errors
///
/// When the ledger of this name belongs to another file, or the database cannot be read.
pub async fn with_ledger(at: &Environment, program: Program) -> Result<Program> {
    let ledgers = Ledgers::read(&at.store).await?;
    let file = program.id.clone();
    Ok(program.of_ledger(ledgers.id_of(&file)?))
}

/// Who ends or renames a ledger, why, and when it is booked.
#[derive(Debug, Clone, Copy)]
pub struct Renaming<'a> {
    /// Their name.
    pub by: &'a str,
    /// Their reason.
    pub reason: &'a str,
    /// The time at which it is booked (microseconds since 1970).
    pub as_of: i64,
}

/// Records that the program file `old` has another name now: that of `program`, whose id is its file's name. The ledger goes on
/// as it is, under the new rules from the next run on. `here` are the names of all program files that are seen.
///
/// # Errors
///
/// When there is no such ledger, its old file is still there, or the new one has a ledger of its own; nothing is changed then.
pub async fn rename(
    at: &Environment,
    program: &Program,
    old: &str,
    here: &BTreeSet<String>,
    renaming: Renaming<'_>,
) -> Result<PostedEntry> {
    let new = program.id.as_str();
    let id = Ledgers::read(&at.store).await?.named(old)?.id.clone();
    let program = &program.clone().of_ledger(&id);
    let by = admit(at, program, renaming.by, renaming.as_of, Act::Decide).await?;
    let (mut tx, ledgers, renaming) = begin(at, program, Renaming { by: &by, ..renaming }).await?;
    let ledger = ledgers.named(&id)?;
    refuse_retired(ledger)?;
    ensure!(ledger.file != new, Conflict(format!("{new}.toml has the ledger {id} already; nothing was changed")));
    ensure!(
        !here.contains(&ledger.file),
        Conflict(format!(
            "{old}.toml is still there: a ledger has one program file. Rename or remove it first; nothing was changed",
            old = ledger.file
        ))
    );
    if let Some(other) = ledgers.0.iter().find(|other| other.id != id && (other.file == new || other.id == new)) {
        bail!(Conflict(format!(
            "{new} has a ledger of its own ({}) and cannot take over that of {old}: give the file another name; nothing was changed",
            other.id
        )));
    }
    let posted = record(&mut tx, program, EntryKind::Renamed, new, renaming).await?;
    // What was found wrong while the file had no ledger is over.
    let open = alerts::list_open(&at.store).await?;
    for raised in open.iter().filter(|raised| raised.program == new || (raised.program == id && raised.job.is_empty())) {
        alerts::clear(&mut tx, &raised.program, &raised.job, (at.clock)()).await?;
    }
    tx.commit("the new name of a program file").await?;
    Ok(posted)
}

/// What came of the wish to end a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retirement {
    /// The last payout is drafted: everything that is payable, whatever the minimum. The ledger ends once it is settled.
    LastPayout(Batch),
    /// It has ended.
    Retired(PostedEntry),
}

/// Ends a ledger: first with its last payout, and once nothing is owed, for good. Its program needs no file then.
/// `program` is what its file says, with the ledger's id; `here` are the names of all program files that are seen. What became
/// payable after its end, as a payment that came back, is drafted by a repeat.
///
/// # Errors
///
/// When its file is gone, and a last batch would have to be decided; when something is on hold, negative, or waits for somebody; names it. Nothing is changed then.
pub async fn retire(at: &Environment, program: &Program, here: &BTreeSet<String>, renaming: Renaming<'_>) -> Result<Retirement> {
    check_currency_shown(&at.store, program).await?;
    let by = admit(at, program, renaming.by, renaming.as_of, Act::Decide).await?;
    let (mut tx, ledgers, renaming) = begin(at, program, Renaming { by: &by, ..renaming }).await?;
    let id = program.id.as_str();
    let ledger = ledgers.named(id)?;
    refuse_waiting(&mut tx, at, program).await?;
    let balances = summed_balances(&mut tx, id).await?;
    for (creator, Balance { pending, payable, reserved, .. }) in &balances {
        let to_do = "nothing was changed";
        let money = |minor: i64| Money::from_minor(minor, program.currency);
        ensure!(
            *pending == 0,
            Conflict(format!("{id} still holds {} for {creator}: retire it once that is payable; {to_do}", money(*pending)))
        );
        ensure!(*reserved == 0, Conflict(format!("{id} has {} of {creator} reserved in a batch; {to_do}", money(*reserved))));
        ensure!(
            *payable >= 0,
            Conflict(format!(
                "{creator} owes {id} {}: write it off first with `purser write-off {creator} --by NAME --reason REASON`; {to_do}",
                money(payable.saturating_neg())
            ))
        );
    }
    // Nobody is active in a program that ends, so no balance is kept back.
    if let Some(batch) = draft(&mut tx, program, &[], renaming.as_of, renaming.by).await? {
        ensure!(
            here.contains(&ledger.file),
            Conflict(format!(
                "{id} still owes {}, and its last batch has to be approved and settled: put {}.toml back for as long as that takes; nothing \
                 was changed",
                Money::from_minor(batch.amount, program.currency),
                ledger.file
            ))
        );
        tx.commit("the last payout of a program").await?;
        return Ok(Retirement::LastPayout(batch));
    }
    // A payment may have come back after the ledger ended: then there was something to draft.
    refuse_retired(ledger)?;
    let posted = record(&mut tx, program, EntryKind::Retired, &ledger.file, renaming).await?;
    let open = alerts::list_open(&at.store).await?;
    for raised in open.iter().filter(|raised| raised.program == id) {
        alerts::clear(&mut tx, id, &raised.job, (at.clock)()).await?;
    }
    tx.commit("the end of a ledger").await?;
    Ok(Retirement::Retired(posted))
}

/// The program of a ledger whose file is gone, as its last reconciliation kept it.
///
/// # Errors
///
/// When its text is not kept, or this version cannot use it.
pub async fn kept_program(at: &Environment, ledger: &Ledger) -> Result<Program> {
    let id = ledger.id.as_str();
    let put_back = || format!("the program file of {id} is gone: put {}.toml back for as long as this takes", ledger.file);
    let (hash, ..) = last_reconciled(&at.store, id).await?.with_context(put_back)?;
    let text = program_text(&at.store, &hash).await?.with_context(put_back)?;
    Program::parse(id, &text, Path::new("/")).with_context(put_back)
}

/// Begins to write about a ledger, if the names, the time and the order of entries allow it.
async fn begin<'a>(at: &Environment, program: &Program, renaming: Renaming<'a>) -> Result<(Tx, Ledgers, Renaming<'a>)> {
    let renaming = Renaming { reason: checked_reason(renaming.reason)?, ..renaming };
    let mut tx = at.store.begin(&program.id).await?;
    let last = last_posted(&mut tx, &program.id).await?;
    refuse_earlier(at, program, renaming.as_of, last.as_ref())?;
    let ledgers = Ledgers::read_in(&mut tx).await?;
    Ok((tx, ledgers, renaming))
}

fn refuse_retired(ledger: &Ledger) -> Result<()> {
    let id = &ledger.id;
    ensure!(!ledger.retired, Conflict(format!("the ledger {id} was retired before; nothing was changed")));
    Ok(())
}

/// Refuses to end a ledger of which a batch or a proposal waits for somebody.
async fn refuse_waiting(tx: &mut Tx, at: &Environment, program: &Program) -> Result<()> {
    let is_open = |batch: &&Batch| matches!(batch.state, BatchState::Draft | BatchState::Approved | BatchState::Exported);
    if let Some(Batch { batch_id, state, .. }) = batches(&at.store, &program.id).await?.iter().find(is_open) {
        bail!(Conflict(format!(
            "{batch_id} is {}: retire the ledger once it is settled, rejected or voided; nothing was changed",
            state.words()
        )));
    }
    if let Some(waiting) =
        adjustments::proposals_in(tx, &program.id).await?.iter().find(|proposal| proposal.state == adjustments::State::Proposed)
    {
        bail!(Conflict(format!("{} is awaiting approval: approve or reject it first; nothing was changed", waiting.proposal_id)));
    }
    Ok(())
}

async fn record(tx: &mut Tx, program: &Program, kind: EntryKind, subject: &str, renaming: Renaming<'_>) -> Result<PostedEntry> {
    let Renaming { by, reason, as_of } = renaming;
    let entry = Entry { kind, subject, booked_at: as_of, actor: by, reason, program_text: "", facts: "" };
    post(tx, program, &entry, &[]).await
}
