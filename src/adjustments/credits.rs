//! The orders that people gave to creators, for the reconciliation.

use std::collections::BTreeMap;

use anyhow::Result;

use super::content::{Kind, State};
use super::list::Proposal;
use super::told::read_decided;
use crate::facts::{Credit, Credits};
use crate::store::Store;

/// The credits of a program that were approved and booked by `as_of` (microseconds since 1970), and not withdrawn by then. Of
/// several that give one order, the one that was booked last counts.
///
/// # Errors
///
/// When the tables show a proposal otherwise than its entries say.
pub async fn credits(store: &Store, program: &str, as_of: i64) -> Result<Credits> {
    credits_without(store, program, as_of, None).await
}

/// As [`credits`], as if the credit named were withdrawn.
///
/// # Errors
///
/// As there.
pub async fn credits_without(store: &Store, program: &str, as_of: i64, without: Option<&str>) -> Result<Credits> {
    let proposals = read_decided(&mut store.snapshot().await?, program).await?;
    let booked = |proposal: &Proposal, kind| {
        let at = proposal.decided.as_ref().map(|(_, at)| *at);
        at.filter(|at| proposal.kind == kind && proposal.state == State::Approved && *at <= as_of)
    };
    let is_withdrawn = |id: &str| {
        without == Some(id) || proposals.iter().any(|(end, _)| end.subject == id && booked(end, Kind::Withdrawal).is_some())
    };
    let mut credits = Vec::new();
    for (proposal, entry) in &proposals {
        if let Some(at) = booked(proposal, Kind::Credit).filter(|_| !is_withdrawn(&proposal.proposal_id)) {
            credits.extend(
                proposal.lines.iter().map(|line| (at, entry, &proposal.subject, &line.creator_id, &proposal.proposal_id)),
            );
        }
    }
    credits.sort();
    let mut last: BTreeMap<&str, Credit> = BTreeMap::new();
    for (_, _, order_id, creator_id, credit_id) in credits {
        let [order, creator_id, credit_id] = [order_id, creator_id, credit_id].map(String::clone);
        last.insert(order_id, Credit { order_id: order, creator_id, credit_id });
    }
    Credits::new(last.into_values().collect())
}
