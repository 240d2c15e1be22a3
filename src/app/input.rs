use anyhow::{Context, Result};

use super::environment::Environment;
use super::options::RunOptions;
use crate::facts::{self, Credits, Manifest, blocking};
use crate::program::Program;
use crate::reconcile::{self, Reconciliation};

/// What a reconciliation is decided from, beside the program.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub manifest: &'a Manifest,
    /// Orders given by hand.
    pub credits: &'a Credits,
}

/// What everybody should have earned, as of the time of the run.
pub(super) async fn decide(
    at: &Environment,
    program: &Program,
    options: &RunOptions,
    input: Input<'_>,
) -> Result<Reconciliation> {
    let (owned, data) = (program.clone(), at.data.clone());
    let (manifest, credits) = (input.manifest.clone(), input.credits.clone());
    let as_of = options.as_of;
    let work = move || {
        let facts = facts::load(&owned, &manifest, &data)?;
        tracing::debug!("read the facts");
        reconcile::reconcile(&owned, &facts, &credits, as_of).context("deciding who gets credit and what it pays")
    };
    blocking(work).await.with_context(|| format!("{}: nothing was posted", program.id))
}
