use anyhow::{Result, bail, ensure};

use super::content::{Kind, ProposalLine, State, digest};
use super::list::{Proposal, find_in};
use super::propose::payable;
use crate::calendar::{day_of, format_time};
use crate::error::{Conflict, Forbidden};
use crate::ledger::{Account, Entry, EntryKind, Particulars, PostedEntry, Transfer, checked_name, is_same_person, post};
use crate::money::{Money, Overflow};
use crate::payout::Voidable;
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::{Kind as TransferKind, Reason};

/// What a person can decide about a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, at once. Not by the person who proposed it.
    Approve,
    /// Nothing is done. By anybody: who proposed it withdraws it so.
    Reject,
}

/// Approves or rejects a proposal, whole or not at all. Answers it as it stands then.
///
/// # Errors
///
/// When it was decided before, when its proposer approves it, or when what it wants cannot be done any more; nothing is
/// changed then.
pub async fn decide(
    store: &Store,
    program: &Program,
    verdict: Verdict,
    proposal_id: &str,
    by: &str,
    as_of: i64,
) -> Result<(Proposal, PostedEntry)> {
    let by = checked_name(by)?;
    let mut tx = store.begin(&program.id).await?;
    let proposal = find_in(&mut tx, &program.id, proposal_id).await?;
    check(&proposal, as_of)?;
    let (kind, state) = match verdict {
        Verdict::Approve => {
            check_approval(&mut tx, program, &proposal, by).await?;
            (EntryKind::Accepted, State::Approved)
        }
        Verdict::Reject => (EntryKind::Declined, State::Rejected),
    };
    let batch = match (verdict, proposal.kind) {
        (Verdict::Approve, Kind::Void) => Some(Voidable::find(&mut tx, &program.id, &proposal.subject, as_of).await?),
        _ => None,
    };
    let day = day_of(program.time_zone, as_of);
    let transfers = match (verdict, &batch) {
        (Verdict::Reject, _) => Vec::new(),
        (Verdict::Approve, Some(batch)) => batch.transfers(day),
        (Verdict::Approve, None) => transfers(&proposal, day)?,
    };
    let entry =
        Entry { kind, subject: proposal_id, booked_at: as_of, actor: by, reason: &proposal.digest, program_text: "", facts: "" };
    let posted = post(&mut tx, program, &entry, &transfers).await?;
    if let Some(batch) = &batch {
        batch.reject(&mut tx, &program.id).await?;
    }
    let sql = "UPDATE proposals SET state = $3, decided_by = $4, decided_at = $5 WHERE program = $1 AND proposal_id = $2";
    tx.execute(sql, &[program.id.as_str().into(), proposal_id.into(), state.code().into(), by.into(), as_of.into()]).await?;
    tx.commit("the decision about a proposal").await?;
    let decided = Some((by.to_owned(), as_of));
    Ok((Proposal { state, decided, ..proposal }, posted))
}

/// Refuses a proposal that is decided, is younger than the decision, or is not what was proposed.
fn check(proposal: &Proposal, as_of: i64) -> Result<()> {
    let id = &proposal.proposal_id;
    if let Some((by, at)) = &proposal.decided {
        let at = format_time(*at);
        bail!(Conflict(format!(
            "{id} was {} by {by} at {at}; a proposal is decided once. What is approved is undone by another proposal",
            proposal.state.code()
        )));
    }
    if as_of < proposal.proposed_at {
        let (time, proposed) = (format_time(as_of), format_time(proposal.proposed_at));
        bail!(Conflict(format!("{id} was proposed at {proposed}; it cannot be decided earlier, at {time}")));
    }
    ensure!(
        digest(id, proposal.kind, &proposal.subject, &proposal.lines) == proposal.digest,
        "the content of {id} is not what was proposed; nothing was changed"
    );
    Ok(())
}

async fn check_approval(tx: &mut Tx, program: &Program, proposal: &Proposal, by: &str) -> Result<()> {
    let id = &proposal.proposal_id;
    if is_same_person(&proposal.proposed_by, by) {
        bail!(Forbidden(format!(
            "{by} proposed {id} and cannot approve it; somebody else has to. Who proposed it may withdraw it: `purser proposal reject {id}`"
        )));
    }
    if proposal.kind == Kind::WriteOff {
        for line in &proposal.lines {
            check_debt(tx, program, id, line).await?;
        }
    }
    Ok(())
}

/// A debt that was netted or paid since is not written off a second time.
async fn check_debt(tx: &mut Tx, program: &Program, id: &str, line: &ProposalLine) -> Result<()> {
    let payable = payable(tx, &program.id, &line.creator_id).await?;
    if payable.checked_add(line.amount).ok_or(Overflow)? > 0 {
        let money = |minor| Money::from_minor(minor, program.currency);
        bail!(Conflict(format!(
            "{id} would write off {} of {}, but {} are payable now, so the debt is smaller; reject it, and propose anew what is left",
            money(line.amount),
            line.creator_id,
            money(payable)
        )));
    }
    Ok(())
}

/// What an approval moves. A credit moves nothing: the next reconciliation pays by it.
fn transfers(proposal: &Proposal, effective_day: i32) -> Result<Vec<Transfer<&str>>> {
    let (kind, reason, other) = match proposal.kind {
        Kind::Adjustment => (TransferKind::Adjustment, Reason::Adjusted, Account::Expense),
        Kind::WriteOff => (TransferKind::WriteOff, Reason::WrittenOff, Account::Expense),
        Kind::Opening => (TransferKind::Opening, Reason::TakenOver, Account::Opening),
        Kind::Credit | Kind::Void => return Ok(Vec::new()),
    };
    let mut transfers = Vec::with_capacity(proposal.lines.len());
    for line in &proposal.lines {
        let (source, target) = if line.amount > 0 { (other, Account::Payable) } else { (Account::Payable, other) };
        let about = Particulars {
            kind,
            order_id: proposal.proposal_id.as_str(),
            line_id: "",
            creator_id: line.creator_id.as_str(),
            detail: "",
            effective_day,
            reason,
            rule: "",
            base: 0,
            touch: "",
        };
        transfers.push(Transfer { about, revision: 0, source, target, amount: line.amount.checked_abs().ok_or(Overflow)? });
    }
    Ok(transfers)
}
