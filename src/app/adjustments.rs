//! What one person proposes and another approves.

use anyhow::Result;

use super::environment::Environment;
use super::known::known;
use crate::adjustments::{self, Known, Proposal, Request, Verdict};
use crate::ledger::{PostedEntry, check_currency_shown};
use crate::program::Program;

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
) -> Result<Proposal> {
    check_currency_shown(&at.store, program).await?;
    let known = match request {
        Request::Void { .. } => Known::default(),
        Request::Credit { order_id, .. } => known(at, program, Some(order_id)).await?,
        _ => known(at, program, None).await?,
    };
    adjustments::propose(&at.store, program, &known, request, reason, by, as_of).await
}

/// Approves or rejects a proposal, whole or not at all. Returns it as it stands then.
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
) -> Result<(Proposal, PostedEntry)> {
    check_currency_shown(&at.store, program).await?;
    adjustments::decide(&at.store, program, verdict, proposal_id, by, as_of).await
}
