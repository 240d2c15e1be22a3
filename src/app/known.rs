//! What the last reconciliation knows, for a proposal that names a creator or an order.

use anyhow::{Context, Result};

use super::environment::Environment;
use crate::adjustments::Known;
use crate::error::Conflict;
use crate::facts::{blocking, load_creators};
use crate::posting::last_basis;
use crate::program::Program;

/// The creators that the last posted reconciliation read, and whether it saw an order, where one is named.
///
/// # Errors
///
/// When the program was never reconciled, or kept files are missing.
pub(super) async fn known(at: &Environment, program: &Program, order_id: Option<&str>) -> Result<Known> {
    let basis = last_basis(&at.store, program).await?;
    let basis = basis.with_context(|| {
        Conflict(format!("{} was never reconciled, so nobody is known yet; run `purser run nightly` first", program.id))
    })?;
    let (data, wanted) = (at.data.clone(), order_id.map(str::to_owned));
    let read = move || {
        let creators = load_creators(&basis.manifest, &data).context("reading the creators")?;
        let mut order = false;
        if let Some(wanted) = wanted {
            basis.outcome.for_each_order(&data, |[order_id, ..]| {
                order |= order_id == wanted;
                Ok(())
            })?;
        }
        Ok(Known { creators: creators.into_iter().map(|creator| creator.creator_id).collect(), order })
    };
    blocking(read).await
}
