//! How far the facts reach: a source that stopped looks like a shop without orders.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::frames::Facts;
use super::manifest::Manifest;
use crate::program::Table;

/// When the newest rows are from (microseconds since 1970); none where there are no rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// The newest version of any order.
    pub order: Option<i64>,
    /// The newest click, whether or not an order points to it.
    pub click: Option<i64>,
}

/// The newest rows that are visible at `as_of` (microseconds since 1970).
///
/// # Errors
///
/// When a frame lacks a column.
pub fn newest(manifest: &Manifest, facts: &Facts, as_of: i64) -> Result<Newest> {
    let before = |at: &i64| *at < as_of;
    let orders = facts.orders.column("updated_at")?.i64()?;
    let clicks = facts.clicks.column("clicked_at")?.i64()?;
    let checked = manifest.files(Table::Clicks).iter().filter_map(|file| file.checked.as_ref());
    // Of a replay, the last click of a copy may lie ahead: there are clicks up to the time that is looked at.
    let checked = checked.filter(|clicks| clicks.first_at < as_of).map(|clicks| clicks.last_at.min(as_of - 1));
    Ok(Newest {
        order: orders.iter().flatten().filter(before).max(),
        click: clicks.iter().flatten().chain(checked).filter(before).max(),
    })
}
