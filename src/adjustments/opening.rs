//! The file of opening balances.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail, ensure};

use super::content::{Kind, ProposalLine, State};
use super::list::Proposal;
use crate::error::{Conflict, Invalid, NotFound};
use crate::money::{Currency, parse_minor};
use crate::sources::{Format, SourceFile, read_csv};

/// Between the openings to which one adds. No id holds it.
const SEPARATOR: &str = ",";

/// A balance, and where it stands.
pub(super) struct OpeningRow {
    pub line: ProposalLine,
    /// File and row.
    pub place: String,
}

/// Reads a CSV file with the columns `creator_id` and `amount` (signed, in the currency's major units), each creator
/// once; by creator.
///
/// # Errors
///
/// Name file, row and column.
pub(super) fn read(file: &Path, currency: Currency) -> Result<Vec<OpeningRow>> {
    let shown = file.display().to_string();
    let source = SourceFile::whole(shown.clone(), file.to_owned(), Format::Csv);
    let mut rows: BTreeMap<String, OpeningRow> = BTreeMap::new();
    read_csv(&source, &["creator_id", "amount"], &[], |row, values| {
        let place = format!("{shown} row {row}");
        let [creator_id, amount] = values else { bail!(Invalid(format!("{place}: a row has two values"))) };
        ensure!(!creator_id.is_empty(), Invalid(format!("{place}, creator_id: is empty, but every row needs one")));
        let refused = |why| Invalid(format!("{place}, amount: \"{amount}\" {why}"));
        let amount = parse_minor(amount, currency).map_err(refused)?;
        ensure!(amount != 0, Invalid(format!("{place}, amount: is zero; leave out the row")));
        let line = ProposalLine { creator_id: (*creator_id).to_owned(), amount };
        if let Some(first) = rows.insert(line.creator_id.clone(), OpeningRow { line, place: place.clone() }) {
            bail!(Invalid(format!("{} and {place} both name {creator_id}; a creator has one opening balance", first.place)));
        }
        Ok(())
    })?;
    ensure!(!rows.is_empty(), Invalid(format!("{shown} has no rows, so there is nothing to propose")));
    Ok(rows.into_values().collect())
}

/// The subject of an opening that adds to others.
pub(super) fn subject(adds_to: &[String]) -> String {
    adds_to.join(SEPARATOR)
}

/// Refuses an opening of creators who had one before, unless it names that; rejected ones do not count. Refuses a name of
/// something else.
pub(super) fn check_new(proposals: &[Proposal], lines: &[ProposalLine], named: &[String]) -> Result<()> {
    let shared = |proposal: &Proposal| {
        let has = |line: &&ProposalLine| proposal.lines.iter().any(|own| own.creator_id == line.creator_id);
        lines.iter().find(has).map(|line| line.creator_id.clone())
    };
    let counts = |proposal: &&Proposal| proposal.kind == Kind::Opening && proposal.state != State::Rejected;
    let earlier = || proposals.iter().filter(counts).filter_map(|proposal| Some((proposal, shared(proposal)?)));
    for name in named {
        ensure!(
            earlier().any(|(proposal, _)| proposal.proposal_id == *name),
            NotFound(format!(
                "{name} is not an opening-balance proposal for any creator in this file; nothing was proposed. See `purser proposal list`"
            ))
        );
    }
    for (proposal, creator) in earlier() {
        let id = &proposal.proposal_id;
        if !named.contains(id) {
            bail!(Conflict(format!(
                "{id} already posts or proposes an opening balance for {creator}; a second one would be added to it. \
                 If that is intended, confirm it with --adds-to {id}; nothing was proposed"
            )));
        }
    }
    Ok(())
}

/// Refuses to approve an opening while one of the same creators was approved that it does not add to, or what it adds to
/// was not approved.
pub(super) fn check_approval(proposals: &[Proposal], opening: &Proposal) -> Result<()> {
    let named: Vec<&str> = opening.subject.split(SEPARATOR).filter(|name| !name.is_empty()).collect();
    let id = &opening.proposal_id;
    for other in proposals.iter().filter(|other| other.kind == Kind::Opening && other.proposal_id != *id) {
        let shares = |line: &&ProposalLine| opening.lines.iter().any(|own| own.creator_id == line.creator_id);
        let (other_id, is_approved) = (&other.proposal_id, other.state == State::Approved);
        let is_named = named.contains(&other_id.as_str());
        if let Some(line) = other.lines.iter().find(shares).filter(|_| is_approved && !is_named) {
            bail!(Conflict(format!(
                "{other_id} already posted an opening balance for {}, and {id} does not say that it adds to that; \
                 reject {id}, and if it is intended, propose it again with --adds-to {other_id}",
                line.creator_id
            )));
        }
        if is_named && !is_approved {
            let state = other.state.code();
            bail!(Conflict(format!("{id} adds to {other_id}, which is {state}; decide about that first, or reject {id}")));
        }
    }
    Ok(())
}
