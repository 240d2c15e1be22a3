use std::path::Path;

use anyhow::{Result, bail, ensure};

use super::content::{Kind, ProposalLine, State};
use super::known::{Known, KnownOrder, check_credit};
use super::list::Proposal;
use super::told::{find_in, read};
use super::{closing, opening, unusual};
use crate::calendar::{day_of, format_time};
use crate::error::{Conflict, Forbidden};
use crate::ledger::{
    Account, Entry, EntryKind, Moved, Particulars, PostedEntry, Transfer, checked_name, is_same_person, moves, post,
    refuse_before_last, summed_balances,
};
use crate::money::{Money, Overflow};
use crate::payout::{Reversal, mark_void};
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::{Kind as TransferKind, Reason};

/// What a person can decide about a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It takes effect at once. Not by the person who proposed it.
    Approve {
        /// An amount far above the usual is meant.
        unusual: bool,
    },
    /// Nothing happens. Anyone may; the proposer withdraws it this way.
    Reject,
}

/// A proposal that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The proposal, as it stands then.
    pub proposal: Proposal,
    /// The entry that records it.
    pub posted: PostedEntry,
    /// How it changed the balances of creators.
    pub moves: Vec<Moved>,
    /// What the order of a credit, or of its withdrawal, pays before and after.
    pub order: Option<KnownOrder>,
}

/// What a decision needs that the ledger does not hold.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'a> {
    /// The order of a credit as it is now: the one who approves decides about that, not about what it was when it was proposed.
    pub known: &'a Known,
    /// The folder of payment lists: that of a batch which is voided is marked just before. Dead without reason it is only
    /// written again; alive without reason it could be paid.
    pub lists: &'a Path,
}

/// Approves or rejects a proposal, whole or not at all.
///
/// # Errors
///
/// When it was decided before, when its proposer approves it, or when what it wants cannot be done any more; nothing is
/// changed then.
pub async fn decide(
    store: &Store,
    program: &Program,
    Grounds { known, lists }: Grounds<'_>,
    verdict: Verdict,
    proposal_id: &str,
    by: &str,
    as_of: i64,
) -> Result<Decided> {
    let by = checked_name(by)?;
    let mut tx = store.begin(&program.id).await?;
    let proposal = find_in(&mut tx, &program.id, proposal_id).await?;
    check(&proposal)?;
    refuse_before_last(&mut tx, &program.id, proposal_id, as_of).await?;
    let reversal;
    let (kind, state) = match verdict {
        Verdict::Approve { unusual } => {
            check_approval(&mut tx, program, known, &proposal, by, unusual).await?;
            (EntryKind::Accepted, State::Approved)
        }
        Verdict::Reject => (EntryKind::Declined, State::Rejected),
    };
    let (reversal, transfers) = match verdict {
        Verdict::Approve { .. } => {
            reversal = reversal_of(&mut tx, program, &proposal, as_of).await?;
            (reversal.as_ref(), transfers(program, &proposal, reversal.as_ref(), as_of)?)
        }
        Verdict::Reject => (None, Vec::new()),
    };
    let moves = moves(&mut tx, &program.id, &transfers).await?;
    let entry =
        Entry { kind, subject: proposal_id, booked_at: as_of, actor: by, reason: &proposal.digest, program_text: "", facts: "" };
    let posted = post(&mut tx, program, &entry, &transfers).await?;
    if (proposal.kind, state) == (Kind::Closing, State::Approved) {
        closing::record(&mut tx, program, &proposal, by, as_of).await?;
    }
    if let Some(reversal) = reversal {
        reversal.show(&mut tx, &program.id).await?;
    }
    let sql = "UPDATE proposals SET state = $3, decided_by = $4, decided_at = $5 WHERE program = $1 AND proposal_id = $2";
    tx.execute(sql, &[program.id.as_str().into(), proposal_id.into(), state.code().into(), by.into(), as_of.into()]).await?;
    if reversal.is_some() && proposal.kind == Kind::Void {
        mark_void(&lists.join(format!("{}.csv", proposal.subject)), &proposal.subject)?;
    }
    tx.commit("the decision about a proposal").await?;
    let decided = Some((by.to_owned(), as_of));
    Ok(Decided { proposal: Proposal { state, decided, ..proposal.clone() }, posted, moves, order: known.order.clone() })
}

/// Refuses a proposal that is decided.
fn check(proposal: &Proposal) -> Result<()> {
    let id = &proposal.proposal_id;
    if let Some((by, at)) = &proposal.decided {
        let at = format_time(*at);
        bail!(Conflict(format!(
            "{id} was {} by {by} at {at}; it cannot be decided again. To reverse an approved one, make another proposal",
            proposal.state.code()
        )));
    }
    Ok(())
}

async fn check_approval(
    tx: &mut Tx,
    program: &Program,
    known: &Known,
    proposal: &Proposal,
    by: &str,
    is_meant: bool,
) -> Result<()> {
    let id = &proposal.proposal_id;
    if is_same_person(&proposal.proposed_by, by) {
        bail!(Forbidden(format!(
            "{by} proposed {id} and cannot approve it; someone else has to. To cancel it yourself: \
             `purser proposal reject {id} --by NAME`"
        )));
    }
    match proposal.kind {
        Kind::WriteOff => {
            for line in &proposal.lines {
                check_debt(tx, program, id, line).await?;
            }
        }
        Kind::Opening => opening::check_approval(&read(tx, &program.id).await?, proposal)?,
        Kind::Credit => {
            for line in &proposal.lines {
                check_credit(program, known, &proposal.subject, &line.creator_id)?;
            }
        }
        Kind::Withdrawal => {
            let credit = find_in(tx, &program.id, &proposal.subject).await?;
            check_withdrawable(tx, program, &credit).await?;
        }
        Kind::Closing => closing::check(tx, program, known, closing::month_of(proposal)?, proposal.proposed_at).await?,
        _ => {}
    }
    unusual::check(tx, program, proposal.kind, &proposal.lines, is_meant).await
}

/// Refuses to withdraw what is no credit, was not approved, or was withdrawn before.
pub(super) async fn check_withdrawable(tx: &mut Tx, program: &Program, credit: &Proposal) -> Result<()> {
    let id = &credit.proposal_id;
    ensure!(
        credit.kind == Kind::Credit,
        Conflict(format!("{id} is not a manual attribution; to reverse it, propose the opposite adjustment"))
    );
    if credit.state != State::Approved {
        let state = credit.state.code();
        bail!(Conflict(format!(
            "{id} is {state}; only an approved manual attribution can be reversed. Before that: `purser proposal reject {id} --by NAME`"
        )));
    }
    let is_its_end = |other: &Proposal| other.kind == Kind::Withdrawal && other.state == State::Approved && other.subject == *id;
    if let Some(end) = read(tx, &program.id).await?.into_iter().find(is_its_end) {
        bail!(Conflict(format!("{id} was withdrawn before: {}; nothing was changed", end.proposal_id)));
    }
    Ok(())
}

/// A debt that was netted or paid since is not written off a second time.
async fn check_debt(tx: &mut Tx, program: &Program, id: &str, line: &ProposalLine) -> Result<()> {
    let payable = payable(tx, &program.id, &line.creator_id).await?;
    if payable.checked_add(line.amount).ok_or(Overflow)? > 0 {
        let money = |minor| Money::from_minor(minor, program.currency);
        bail!(Conflict(format!(
            "{id} would write off {} of {}, but the balance is now {}, so less is owed than the proposal would write off; reject it, and \
             propose a write-off of the current balance",
            money(line.amount),
            line.creator_id,
            money(payable)
        )));
    }
    Ok(())
}

/// What is payable to a creator, in minor units; below zero, a debt.
pub(super) async fn payable(tx: &mut Tx, program: &str, creator_id: &str) -> Result<i64> {
    Ok(summed_balances(tx, program).await?.get(creator_id).map_or(0, |balance| balance.payable))
}

/// The lines of a batch that an approval makes payable again, where it is about a batch.
pub(super) async fn reversal_of(tx: &mut Tx, program: &Program, proposal: &Proposal, as_of: i64) -> Result<Option<Reversal>> {
    let Some(cause) = proposal.kind.reverses() else { return Ok(None) };
    let creators: Vec<&str> = proposal.lines.iter().map(|line| line.creator_id.as_str()).collect();
    Reversal::find(tx, &program.id, cause, &proposal.subject, &creators, as_of).await.map(Some)
}

/// What an approval moves. A credit and its withdrawal move nothing: the next reconciliation pays by them.
pub(super) fn transfers<'a>(
    program: &Program,
    proposal: &'a Proposal,
    reversal: Option<&'a Reversal>,
    as_of: i64,
) -> Result<Vec<Transfer<&'a str>>> {
    if let Some(reversal) = reversal {
        return Ok(reversal.transfers(program, as_of));
    }
    let (kind, reason, other) = match proposal.kind {
        Kind::Adjustment => (TransferKind::Adjustment, Reason::Adjusted, Account::Expense),
        Kind::WriteOff => (TransferKind::WriteOff, Reason::WrittenOff, Account::Expense),
        Kind::Opening => (TransferKind::Opening, Reason::TakenOver, Account::Opening),
        _ => return Ok(Vec::new()),
    };
    let day = day_of(program.time_zone, as_of);
    let mut transfers = Vec::with_capacity(proposal.lines.len());
    for line in &proposal.lines {
        let (source, target) = if line.amount > 0 { (other, Account::Payable) } else { (Account::Payable, other) };
        let about = Particulars::of_balance(kind, &proposal.proposal_id, &line.creator_id, day, reason);
        transfers.push(Transfer { about, revision: 0, source, target, amount: line.amount.checked_abs().ok_or(Overflow)? });
    }
    Ok(transfers)
}
