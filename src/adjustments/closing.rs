//! Closing the books of a month: what is checked, and the entry that records it.

use anyhow::{Context, Result};

use super::known::Known;
use super::list::Proposal;
use crate::calendar::{Month, format_time};
use crate::ledger::{Entry, EntryKind, check_closable, post};
use crate::program::Program;
use crate::store::Tx;

/// Refuses to close the books of a month that is not over, not yet seen by the ledger, or closed.
pub(super) async fn check(tx: &mut Tx, program: &Program, known: &Known, month: Month, as_of: i64) -> Result<()> {
    check_closable(tx, program, month, as_of, known.seen_until).await
}

/// The month whose books a proposal closes.
pub(super) fn month_of(proposal: &Proposal) -> Result<Month> {
    let (id, subject) = (&proposal.proposal_id, &proposal.subject);
    Month::parse(subject)
        .with_context(|| format!("{id} closes the books of \"{subject}\", which is no month; run `purser check`"))
}

/// Posts the closing that was approved, after the entry that says so.
pub(super) async fn record(tx: &mut Tx, program: &Program, proposal: &Proposal, by: &str, as_of: i64) -> Result<()> {
    let month = month_of(proposal)?;
    let ends = format_time(month.span(program.time_zone).end);
    let entry = Entry {
        kind: EntryKind::Closed,
        subject: &month.label(),
        booked_at: as_of,
        actor: by,
        reason: &proposal.reason,
        program_text: "",
        facts: &ends,
    };
    post(tx, program, &entry, &[]).await.map(|_| ())
}
