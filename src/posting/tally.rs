//! The posted targets against the movements that posted them.

use std::cmp::Ordering;
use std::collections::HashMap;

use anyhow::{Result, bail};
use foldhash::fast::FixedState;
use polars::prelude::BooleanChunked;

use super::difference::PostedTargets;
use crate::ledger::reconciled_sums;
use crate::reconcile::frame::{TextColumn, i64s, texts};
use crate::store::Tx;

/// Counts movements by target key, to be compared with what the posted targets say.
pub struct TargetTally<'a> {
    key: [TextColumn<'a>; 5],
    commission: &'a [i64],
    payable: &'a BooleanChunked,
    revision: &'a [i64],
    counted: Vec<Counted>,
    /// The row that was found last: movements come in the order of their keys.
    last: usize,
}

#[derive(Clone, Copy, Default)]
struct Counted {
    pending: i128,
    payable: i128,
    movements: i64,
}

/// A key whose movements do not come to what its target says. Amounts are minor units of the program's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tallied<'a> {
    /// kind, order_id, line_id, creator_id, detail.
    pub key: [&'a str; 5],
    /// What the target says stands as pending, as payable, and how many movements posted it.
    pub wanted: (i128, i128, i64),
    /// What the movements come to.
    pub counted: (i128, i128, i64),
}

/// Refuses targets that do not come to what the ledger holds of each creator: comparing with them would post the difference. Key
/// by key, only `purser check` compares them.
///
/// # Errors
///
/// When they come to something else, or cannot be read.
pub async fn check_posted(tx: &mut Tx, program: &str, posted: Option<&PostedTargets>) -> Result<()> {
    let kept = posted.map_or_else(|| Ok(HashMap::default()), PostedTargets::sums)?;
    let held = reconciled_sums(tx, program).await?;
    let of_kept = |creator: &str| kept.get(creator).copied().unwrap_or_default();
    let differing = held.iter().find(|(creator, sums)| of_kept(creator) != **sums).map(|(creator, _)| creator.as_str());
    let unknown = || {
        kept.iter().filter(|(creator, sums)| !held.contains_key(**creator) && **sums != (0, 0)).map(|(creator, _)| *creator).min()
    };
    if let Some(creator) = differing.or_else(unknown) {
        bail!(
            "{program}: what the last reconciliation kept as posted for {creator} is not what the ledger holds; nothing was posted. \
             Something other than purser changed the database or the data folder: run `purser check`"
        );
    }
    Ok(())
}

impl PostedTargets {
    /// What the targets of each creator come to, on hold and due.
    fn sums(&self) -> Result<HashMap<&str, (i128, i128), FixedState>> {
        let (creators, commission) = (texts(&self.0, "creator_id")?, i64s(&self.0, "commission")?);
        let payable = self.0.column("payable")?.as_materialized_series().bool()?;
        let mut sums: HashMap<&str, (i128, i128), FixedState> = HashMap::default();
        for (row, commission) in commission.iter().enumerate() {
            let (pending, due) = sums.entry(creators.get(row).unwrap_or_default()).or_default();
            let side = if payable.get(row) == Some(true) { due } else { pending };
            *side += i128::from(*commission);
        }
        Ok(sums)
    }

    /// Begins to count.
    pub fn tally(&self) -> Result<TargetTally<'_>> {
        let frame = &self.0;
        let key = |name| texts(frame, name);
        Ok(TargetTally {
            key: [key("kind")?, key("order_id")?, key("line_id")?, key("creator_id")?, key("detail")?],
            commission: i64s(frame, "commission")?,
            payable: frame.column("payable")?.as_materialized_series().bool()?,
            revision: i64s(frame, "revision")?,
            counted: vec![Counted::default(); frame.height()],
            last: 0,
        })
    }
}

impl<'a> TargetTally<'a> {
    /// Counts a movement by what it changes on the two accounts; answers whether there is such a target.
    pub fn count(&mut self, key: [&str; 5], pending: i64, payable: i64) -> bool {
        let Some(row) = self.find(key) else { return false };
        self.last = row;
        let counted = &mut self.counted[row];
        counted.pending += i128::from(pending);
        counted.payable += i128::from(payable);
        counted.movements += 1;
        true
    }

    /// The keys whose movements do not come to what the target says.
    pub fn differences(&self) -> impl Iterator<Item = Tallied<'a>> {
        (0..self.counted.len()).filter_map(|row| {
            let commission = i128::from(self.commission[row]);
            let (pending, payable) = if self.payable.get(row) == Some(true) { (0, commission) } else { (commission, 0) };
            let Counted { pending: on_hold, payable: due, movements } = self.counted[row];
            let tallied = Tallied {
                key: self.key_of(row),
                wanted: (pending, payable, self.revision[row]),
                counted: (on_hold, due, movements),
            };
            (tallied.wanted != tallied.counted).then_some(tallied)
        })
    }

    /// How many targets there are.
    pub fn targets(&self) -> usize {
        self.counted.len()
    }

    fn key_of(&self, row: usize) -> [&'a str; 5] {
        self.key.map(|column| column.get(row).unwrap_or_default())
    }

    fn compare(&self, row: usize, key: [&str; 5]) -> Ordering {
        let mut parts = self.key.iter().zip(key).map(|(column, text)| column.get(row).unwrap_or_default().cmp(text));
        parts.find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
    }

    fn find(&self, key: [&str; 5]) -> Option<usize> {
        let height = self.counted.len();
        let near = (self.last..height.min(self.last + 2)).find(|row| self.compare(*row, key) == Ordering::Equal);
        if near.is_some() {
            return near;
        }
        let (mut low, mut high) = (0, height);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.compare(middle, key) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }
}
