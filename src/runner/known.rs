//! What the last reconciliation knows, for whoever proposes something.

use anyhow::{Context, Result};

use super::{Workplace, blocking, last_basis};
use crate::facts;
use crate::program::Program;
use crate::proposal::Known;

/// The creators that the last posted reconciliation read, and whether it saw an order, where one is named.
///
/// # Errors
///
/// When the program was never reconciled, or kept files are missing.
pub async fn known(at: &Workplace, program: &Program, order_id: Option<&str>) -> Result<Known> {
    let basis = last_basis(&at.store, program).await?;
    let basis = basis.with_context(|| {
        format!("{} was never reconciled, so nobody is known yet; run `purser run nightly` first", program.id)
    })?;
    let (data, wanted) = (at.data.clone(), order_id.map(str::to_owned));
    let read = move || {
        let creators = facts::load_creators(&basis.manifest, &data).context("reading the creators")?;
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
