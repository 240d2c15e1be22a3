use anyhow::{Context, Result};

use super::environment::Environment;
use super::options::RunOptions;
use crate::facts::{self, Bounds, Credits, Facts, Hints, Manifest, Newest, blocking};
use crate::posting::{Edits, Previous, edits};
use crate::program::Program;
use crate::reconcile::{self, Reconciliation};

/// What a reconciliation is decided from, beside the program.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub manifest: &'a Manifest,
    /// Manual attributions.
    pub credits: &'a Credits,
    /// Between what times events lie.
    pub bounds: &'a Bounds,
}

/// What everybody should have earned.
pub(super) struct Decision {
    pub now: Reconciliation,
    /// What people edited since the last reconciliation.
    pub edits: Edits,
    /// What it would be without the edits; none where there are none.
    pub unedited: Option<Reconciliation>,
    /// What of it all was probably not meant.
    pub hints: Hints,
    /// How far the facts reach.
    pub newest: Newest,
}

/// What everybody should have earned, as of the time of the run. Where something may have been edited since the rules and tables
/// that are `previous`, it is found out what, and the night is computed a second time without it.
pub(super) async fn decide(
    at: &Environment,
    program: &Program,
    options: &RunOptions,
    input: Input<'_>,
    previous: Option<Previous>,
) -> Result<Decision> {
    let (owned, data) = (program.clone(), at.data.clone());
    let (manifest, credits) = (input.manifest.clone(), input.credits.clone());
    let bounds = *input.bounds;
    let as_of = options.as_of;
    let work = move || {
        let windows = [Some(&owned), previous.as_ref().map(|previous| &previous.program)];
        let window = windows.into_iter().flatten().map(Program::longest_window).max().unwrap_or_default();
        let facts = facts::load_recent(&owned, &manifest, &data, &bounds, window)?;
        tracing::debug!("read the facts");
        let decided =
            || reconcile::reconcile(&owned, &facts, &credits, as_of).context("deciding who gets credit and what it pays");
        let looked_through = || {
            let hints = facts::hints(&owned, &facts)?;
            tracing::debug!(hints = hints.count, "looked for what was probably not meant");
            Ok((hints, facts::newest(&manifest, &facts, as_of)?))
        };
        let (now, (hints, newest)) = facts::both(decided, looked_through)?;
        tracing::debug!("decided what everybody earned");
        let Some(previous) = previous else {
            return Ok(Decision { now, edits: Edits::default(), unedited: None, hints, newest });
        };
        let mut edits = edits(&previous, &owned, facts, &now, as_of)?;
        let without = |facts: Box<Facts>| reconcile::reconcile(&previous.program, &facts, &credits, as_of);
        let unedited = edits.before.take().map(without).transpose().context("deciding as before the edit, to compare")?;
        Ok(Decision { now, edits, unedited, hints, newest })
    };
    blocking(work).await.with_context(|| format!("{}: nothing was posted", program.id))
}
