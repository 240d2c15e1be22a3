//! Proposals as their entries tell them: what is decided is decided by these, and never by what the tables show alone.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::content::{State, digest};
use super::list::{Proposal, pick, shown};
use crate::ledger::{EntryKind, JournalEntry, entries_of_proposals};
use crate::store::Tx;

/// What the entries about a proposal say.
struct Told {
    /// Its place among all proposals.
    place: usize,
    reason: String,
    digest: String,
    proposed: (String, i64),
    state: State,
    decided: Option<(String, i64)>,
    /// The number of the entry that decided it.
    decision: Option<i64>,
}

impl Told {
    /// What a proposal shows otherwise, in a word; none where everything is as it was said.
    fn differing(&self, place: usize, shown: &Proposal) -> Option<&'static str> {
        let Proposal { proposal_id, kind, state, subject, reason, digest: digest_shown, proposed_at, proposed_by, .. } = shown;
        let is_same = [
            ("content", digest(proposal_id, *kind, subject, &shown.lines) == self.digest && *digest_shown == self.digest),
            ("state", *state == self.state),
            ("maker", (proposed_by, *proposed_at) == (&self.proposed.0, self.proposed.1)),
            ("decision", shown.decided == self.decided),
            ("reason", *reason == self.reason),
            ("place", place == self.place),
        ];
        is_same.into_iter().find(|(_, is_same)| !is_same).map(|(what, _)| what)
    }
}

/// A proposal of a program.
///
/// # Errors
///
/// When there is none of that id, or as [`read`] has.
pub(super) async fn find_in(tx: &mut Tx, program: &str, proposal_id: &str) -> Result<Proposal> {
    pick(read(tx, program).await?, program, proposal_id)
}

/// All proposals of a program, oldest first, in a transaction that decides something.
///
/// # Errors
///
/// When the tables show one otherwise than its entries say.
pub async fn read(tx: &mut Tx, program: &str) -> Result<Vec<Proposal>> {
    Ok(read_decided(tx, program).await?.into_iter().map(|(proposal, _)| proposal).collect())
}

/// As [`read`], each with the number of the entry that decided it.
pub(super) async fn read_decided(tx: &mut Tx, program: &str) -> Result<Vec<(Proposal, Option<i64>)>> {
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for entry in entries_of_proposals(tx, program).await? {
        tell(&mut told, entry)?;
    }
    let mut proposals = Vec::with_capacity(told.len());
    let changed = "nothing was changed. Something other than purser changed the database: run `purser check`";
    for (place, proposal) in shown(tx, program).await?.into_iter().enumerate() {
        let id = &proposal.proposal_id;
        let Some(told) = told.remove(id) else {
            bail!("the proposal {id} is shown, but no entry proposed it; {changed}");
        };
        if let Some(what) = told.differing(place, &proposal) {
            bail!("the {what} of the proposal {id} is not what its entries say; {changed}");
        }
        proposals.push((proposal, told.decision));
    }
    if let Some(id) = told.into_keys().next() {
        bail!("the proposal {id} was made, but is not shown; {changed}");
    }
    Ok(proposals)
}

/// Takes an entry into the account of its proposal.
fn tell(told: &mut BTreeMap<String, Told>, entry: JournalEntry) -> Result<()> {
    let JournalEntry { entry, kind, subject, booked_at, actor, reason, facts, .. } = entry;
    let state = match kind {
        EntryKind::Accepted => State::Approved,
        EntryKind::Declined => State::Rejected,
        _ => {
            let place = told.len();
            let (proposed, state) = ((actor, booked_at), State::Proposed);
            told.insert(subject, Told { place, reason, digest: facts, proposed, state, decided: None, decision: None });
            return Ok(());
        }
    };
    match told.get_mut(&subject).filter(|told| told.decided.is_none()) {
        Some(told) => (told.state, told.decided, told.decision) = (state, Some((actor, booked_at)), Some(entry)),
        None => bail!("entry {entry}: {subject} was {} without a proposal that waited; run `purser check`", kind.code()),
    }
    Ok(())
}
