//! The step `payout`: draft a batch of what is due. Where the program file says by which rails it pays, a creator without
//! details for them is put on hold.

use anyhow::{Context, Result};

use super::batches::payment_lists;
use super::fetch::posted_facts;
use super::report::PayoutReport;
use super::session::Session;
use super::todays_payees::todays_payees;
use crate::facts::{Manifest, blocking, load_creators};
use crate::payout::{draft, refuse_lost};
use crate::posting::last_time;

/// Drafts a batch of every payable balance that is due; none where nobody has one.
pub(super) async fn payout(session: &Session<'_>, fetched: Option<&Manifest>) -> Result<PayoutReport> {
    let Session { at, program, options, .. } = *session;
    let mut tx = at.store.snapshot().await?;
    if last_time(&mut tx, &program.id).await?.is_none() {
        // Nothing is posted yet, so nothing is payable.
        return Ok(PayoutReport { batch: None });
    }
    drop(tx);
    let manifest = posted_facts(session, fetched).await?;
    let data = at.data.clone();
    let creators = blocking(move || load_creators(&manifest, &data)).await.context("reading the creators")?;
    let payees = if program.payout.rails.are_configured() { todays_payees(at, program).await? } else { None };
    let mut tx = session.begin().await?;
    let batch = draft(&mut tx, program, &creators, (options.actor.name(), options.as_of), payees.as_ref()).await?;
    if let Some(batch) = &batch {
        refuse_lost(&mut tx, program, batch, (&payment_lists(at), &at.keyring)).await?;
    }
    if !options.dry_run {
        session.commit(tx, "the draft of a batch").await?;
    }
    Ok(PayoutReport { batch })
}
