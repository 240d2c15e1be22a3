//! The audit, for those who ask for it.

use anyhow::Result;

use super::environment::Environment;
use crate::audit::{Found, Wanted, audit};

/// Checks the database and the data folder that belongs to it.
///
/// # Errors
///
/// When the database cannot be read at all, or what to check is not there. Broken records are no errors: they are found.
pub async fn check(at: &Environment, wanted: &Wanted<'_>) -> Result<Vec<Found>> {
    audit(&at.store, &at.data, wanted, (at.clock)()).await
}
