//! What one person proposes and another approves.

use anyhow::{Result, ensure};

use super::basis::{Change, known, order_of};
use super::batches::payment_lists;
use super::door::admit;
use super::environment::Environment;
use crate::adjustments::{
    self, Decided, Grounds, Kind as ProposalKind, Known, Proposal, Proposed, Request, State as ProposalState, Verdict,
};
use crate::error::Invalid;
use crate::ledger::{Ledgers, check_currency_shown, is_same_person};
use crate::program::Program;
use crate::users::Act;

/// All proposals of a program, oldest first.
///
/// # Errors
///
/// When the database cannot be read, or holds the program in another currency.
pub async fn list_proposals(at: &Environment, program: &Program) -> Result<Vec<Proposal>> {
    check_currency_shown(&at.store, program).await?;
    adjustments::proposals(&at.store, &program.id).await
}

/// A proposal.
///
/// # Errors
///
/// When there is none of that id; names the newest.
pub async fn find_proposal(at: &Environment, program: &Program, proposal_id: &str) -> Result<Proposal> {
    check_currency_shown(&at.store, program).await?;
    adjustments::find(&at.store, &program.id, proposal_id).await
}

/// Proposes something for another person to approve, as of a time (microseconds since 1970). Nothing moves yet.
///
/// # Errors
///
/// When it names what is not known, or cannot be done as things stand; nothing is written then.
pub async fn propose(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    request: Request<'_>,
    reason: &str,
) -> Result<Proposed> {
    let by = admit(at, program, by, as_of, Act::Prepare).await?;
    propose_admitted(at, program, &by, as_of, request, reason).await
}

/// As [`propose`], by somebody who was let in.
pub(super) async fn propose_admitted(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    request: Request<'_>,
    reason: &str,
) -> Result<Proposed> {
    check_currency_shown(&at.store, program).await?;
    if let Request::Adjust { .. } | Request::WriteOff { .. } | Request::Open { .. } | Request::Credit { .. } = request {
        Ledgers::read(&at.store).await?.refuse_retired(&program.id)?;
    }
    let order = match request {
        Request::Credit { order_id, .. } => order_of(at, program, order_id).await?,
        _ => String::new(),
    };
    let request = match request {
        Request::Credit { creator_id, .. } => Request::Credit { order_id: &order, creator_id },
        other => other,
    };
    let known = match request {
        Request::Void { .. } | Request::Return { .. } | Request::Erase { .. } => Known::default(),
        Request::Credit { order_id, creator_id } => {
            known(at, program, Some(Change::Credit { order_id, creator_id }), as_of).await?
        }
        Request::Withdraw { credit_id } => {
            let credit = adjustments::find(&at.store, &program.id, credit_id).await?;
            changed(at, program, ProposalKind::Withdrawal, &credit, as_of).await?
        }
        _ => known(at, program, None, as_of).await?,
    };
    adjustments::propose(&at.store, program, &known, request, reason, by, as_of).await
}

/// What the order pays before and after the proposal of a credit, or the withdrawal of that, is approved; of other proposals,
/// nothing.
async fn changed(at: &Environment, program: &Program, kind: ProposalKind, credit: &Proposal, as_of: i64) -> Result<Known> {
    let change = match (kind, credit.kind, credit.lines.first()) {
        (ProposalKind::Credit, ProposalKind::Credit, Some(line)) => {
            Change::Credit { order_id: &credit.subject, creator_id: &line.creator_id }
        }
        (ProposalKind::Withdrawal, ProposalKind::Credit, _) => {
            Change::Withdrawal { order_id: &credit.subject, credit_id: &credit.proposal_id }
        }
        _ => return Ok(Known::default()),
    };
    known(at, program, Some(change), as_of).await
}

/// Approves or rejects a proposal, whole or not at all. Returns it as it stands then. An erasure is approved by who carries it
/// out, with [`super::erase()`].
///
/// # Errors
///
/// When it was decided before, when its proposer approves it, or when what it wants cannot be done any more; nothing is
/// changed then.
pub async fn decide_proposal(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    proposal_id: &str,
    verdict: Verdict,
) -> Result<Decided> {
    check_currency_shown(&at.store, program).await?;
    let is_own = |proposal: &Proposal| is_same_person(&proposal.proposed_by, by);
    let act = match verdict {
        // Who proposed something may take it back.
        Verdict::Reject if adjustments::find(&at.store, &program.id, proposal_id).await.is_ok_and(|own| is_own(&own)) => {
            Act::Prepare
        }
        _ => Act::Decide,
    };
    let by = admit(at, program, by, as_of, act).await?;
    let mut known = Known::default();
    if let Verdict::Approve { .. } = verdict {
        let proposal = adjustments::find(&at.store, &program.id, proposal_id).await?;
        ensure!(
            proposal.kind != ProposalKind::Erasure,
            Invalid(format!(
                "{proposal_id} is an erasure: who approves it also carries it out, and types again who is erased, with \
                 `purser erase creator ID --by NAME --approve` or `purser erase customer ID --by NAME --approve`; nothing was changed"
            ))
        );
        if proposal.state == ProposalState::Proposed {
            known = match proposal.kind {
                ProposalKind::Withdrawal => {
                    let credit = adjustments::find(&at.store, &program.id, &proposal.subject).await?;
                    changed(at, program, proposal.kind, &credit, as_of).await?
                }
                kind => changed(at, program, kind, &proposal, as_of).await?,
            };
        }
    }
    let grounds = Grounds { known: &known, lists: &payment_lists(at) };
    adjustments::decide(&at.store, program, grounds, verdict, proposal_id, &by, as_of).await
}
