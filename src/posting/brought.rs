//! Which posted targets a campaign brought: what statements show beside a line.

use std::cmp::Ordering;
use std::path::Path;

use anyhow::Result;
use polars::prelude::{BooleanChunked, DataFrame};

use super::kept_outcome::KeptOutcome;
use crate::ledger::Particulars;
use crate::reconcile::frame::texts;

const COLUMNS: [&str; 6] = ["kind", "order_id", "line_id", "creator_id", "detail", "campaign"];

/// The targets that campaigns brought, those that were taken back too, in the order of their keys.
#[derive(Debug, Default)]
pub struct Brought(Option<DataFrame>);

impl KeptOutcome {
    /// The targets that campaigns brought.
    pub fn brought(&self, data: &Path) -> Result<Brought> {
        let frame = self.read_targets(data, &COLUMNS)?;
        let has_one: BooleanChunked = texts(&frame, "campaign")?.iter().map(|id| id.is_some_and(|id| !id.is_empty())).collect();
        let mut frame = frame.filter(&has_one)?;
        frame.rechunk_mut();
        Ok(Brought(Some(frame)))
    }
}

impl Brought {
    /// The campaign that brought what a transfer is about, as the last reconciliation saw it; empty for none.
    pub fn campaign(&self, about: &Particulars) -> Result<&str> {
        let Some(frame) = &self.0 else { return Ok("") };
        let [kind, order_id, line_id, creator_id, detail, campaign] = COLUMNS.map(|name| texts(frame, name));
        let columns = [kind?, order_id?, line_id?, creator_id?, detail?];
        let key = [about.kind.code(), &about.order_id, &about.line_id, &about.creator_id, &about.detail];
        let compare = |row: usize| {
            let mut parts = columns.iter().zip(key).map(|(column, text)| column.get(row).unwrap_or_default().cmp(text));
            parts.find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
        };
        let (mut low, mut high) = (0, frame.height());
        while low < high {
            let middle = low + (high - low) / 2;
            match compare(middle) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Ok(campaign?.get(middle).unwrap_or_default()),
                Ordering::Greater => high = middle,
            }
        }
        Ok("")
    }
}
