//! Figures of all programs, for monitoring.

use anyhow::Result;

use super::environment::Environment;
use crate::alerts::{Alert, Raised, list_open, send_now};
use crate::ledger::{Balance, totals};
use crate::outbox::{Letters, Post, counts};
use crate::payout::BatchState;
use crate::{adjustments, payout};

/// What all programs of a database come to.
pub struct AllFigures {
    /// Program, currency, and the sums of its balances.
    pub balances: Vec<(String, String, Balance)>,
    /// Program, state of batches, and how many are in it.
    pub batches: Vec<(String, BatchState, i64)>,
    /// Program, and how many proposals wait for a second person.
    pub proposals: Vec<(String, i64)>,
    /// Letters in the outbox.
    pub letters: Vec<Letters>,
    /// The alerts that are open, oldest first.
    pub alerts: Vec<Raised>,
}

/// The figures of all programs.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn all_figures(at: &Environment) -> Result<AllFigures> {
    Ok(AllFigures {
        balances: totals(&at.store).await?,
        batches: payout::counts(&at.store).await?,
        proposals: adjustments::waiting(&at.store).await?,
        letters: counts(&at.store).await?,
        alerts: list_open(&at.store).await?,
    })
}

/// Whether the database answers.
///
/// # Errors
///
/// When it does not.
pub async fn ping(at: &Environment) -> Result<()> {
    at.store.rows("SELECT COUNT(*) FROM leases", &[]).await.map(|_| ())
}

/// Sends an alert at once, where there is no database to raise it in. Returns whether it was taken, or nobody ever will.
///
/// # Errors
///
/// When it cannot be written, or the outbox folder cannot be used.
pub async fn send_alert_now(post: &Post, data: &std::path::Path, alert: &Alert, now: i64) -> Result<bool> {
    send_now(post, data, alert, now).await
}
