use anyhow::{Result, bail};

use super::content::{Kind, State};
use super::list::Proposal;
use super::told::read;
use crate::error::{Conflict, Forbidden};
use crate::ledger::{checked_name, is_same_person};
use crate::store::Store;

/// The proposal to erase somebody, as `subject` names them: the one that was approved, or that waits; none where there is
/// neither.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn proposed_erasure(store: &Store, program: &str, subject: &str) -> Result<Option<Proposal>> {
    let is_it = |proposal: &Proposal| {
        (proposal.kind, proposal.subject.as_str()) == (Kind::Erasure, subject) && proposal.state != State::Rejected
    };
    Ok(read(&mut store.snapshot().await?, program).await?.into_iter().find(is_it))
}

/// Refuses to carry out an erasure that nobody proposed, or that this person proposed and nobody else approved.
///
/// # Errors
///
/// When it is so, or the name is none.
pub fn check_erasure(program: &str, proposal: Option<&Proposal>, by: &str) -> Result<()> {
    let by = checked_name(by)?;
    let Some(proposal) = proposal else {
        bail!(Conflict(format!(
            "there is no proposal in {program} to erase this person, so there is nothing to approve; nothing was changed. To propose it, \
             replace --approve with --reason. Both people have to enter the same id or email"
        )));
    };
    if proposal.state == State::Proposed && is_same_person(&proposal.proposed_by, by) {
        bail!(Forbidden(format!(
            "{by} proposed {} and cannot approve it; someone else has to. Nothing was changed",
            proposal.proposal_id
        )));
    }
    Ok(())
}
