use anyhow::{Result, bail};

use super::content::{Kind, ProposalLine, State};
use super::list::Proposal;
use super::propose::{Content, propose_in};
use super::told::read;
use crate::error::Conflict;
use crate::ledger::{checked_actor, checked_reason};
use crate::payout::{self, Decided};
use crate::program::Program;
use crate::store::{Store, Tx};

/// What somebody says of a batch that the bank has paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement<'a> {
    /// The batch.
    pub batch_id: &'a str,
    /// The creators whose payment failed.
    pub failed: &'a [String],
    /// The creators of whose payment nothing is known yet: they stay reserved, and can be settled later.
    pub open: &'a [String],
    /// Why these failed, in one line.
    pub reason: &'a str,
}

/// A batch that was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What was paid.
    pub decided: Decided,
    /// What was proposed of payments that failed, for somebody else to approve.
    pub failed: Option<Proposal>,
}

/// Settles a batch: its lines were paid, but for those that failed. These stay reserved under a proposal, made in the same
/// transaction: until somebody else approves it, no other payout pays them.
///
/// # Errors
///
/// When the batch is in no state for it, when it waits for another proposal about it to be decided, or when a creator named
/// has no line that could have failed; nothing is changed then.
pub async fn settle(store: &Store, program: &Program, settlement: Settlement<'_>, by: &str, as_of: i64) -> Result<Settled> {
    let Settlement { batch_id, failed, open, reason } = settlement;
    let (by, reason) = (checked_actor(by)?, checked_reason(reason)?);
    let mut tx = store.begin(&program.id).await?;
    refuse_waiting(&mut tx, &program.id, batch_id, &[Kind::Void, Kind::FailedPayment], "settled").await?;
    let payout::Settled { decided, failed } = payout::settle(&mut tx, program, batch_id, (failed, open), by, as_of).await?;
    let failed = if failed.is_empty() {
        None
    } else {
        let line = |line: payout::BatchLine| ProposalLine { creator_id: line.creator_id, amount: line.amount };
        let lines = failed.into_iter().map(line).collect();
        let content = Content { kind: Kind::FailedPayment, subject: batch_id.to_owned(), lines };
        Some(propose_in(&mut tx, program, content, reason, by, as_of).await?)
    };
    tx.commit("the settlement of a batch").await?;
    Ok(Settled { decided, failed })
}

/// Refuses to write the payment list of a batch while somebody says that nobody was paid by it. A void that is proposed just
/// after finds the list, and marks it.
///
/// # Errors
///
/// When it is so.
pub async fn check_export(store: &Store, program: &str, batch_id: &str) -> Result<()> {
    refuse_waiting(&mut store.snapshot().await?, program, batch_id, &[Kind::Void], "exported").await
}

/// Refuses what is to be done with a batch while a proposal of these kinds about it waits: that it was not paid, or that some
/// of it was not.
async fn refuse_waiting(tx: &mut Tx, program: &str, batch_id: &str, kinds: &[Kind], verb: &str) -> Result<()> {
    let waits =
        |proposal: &Proposal| proposal.state == State::Proposed && proposal.subject == batch_id && kinds.contains(&proposal.kind);
    let Some(proposal) = read(tx, program).await?.into_iter().find(waits) else { return Ok(()) };
    let what = match proposal.kind {
        Kind::FailedPayment => {
            let creators: Vec<&str> = proposal.lines.iter().map(|line| line.creator_id.as_str()).take(5).collect();
            format!("recording the payment of batch {batch_id} to {} as failed", creators.join(", "))
        }
        _ => format!("voiding batch {batch_id} as not paid"),
    };
    let (id, by) = (&proposal.proposal_id, &proposal.proposed_by);
    bail!(Conflict(format!(
        "{by} has proposed ({id}) {what}; the batch cannot be {verb} until that proposal is approved or rejected: \
         `purser proposal approve {id} --by NAME` or `purser proposal reject {id} --by NAME`"
    )))
}
