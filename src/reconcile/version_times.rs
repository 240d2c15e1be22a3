//! By which version an order became what it is. It moves no money, only the day of what moves (`RULES.md`, section 12).

use anyhow::Result;
use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::frame::{column, i64s, texts, u32s};
use super::visible::is_late;
use crate::facts::Facts;
use crate::program::Program;

/// For each order when (all `updated_at`, microseconds since 1970) the version came that counts, and the first of those that it
/// only repeats.
pub(super) struct VersionTimes {
    /// The one that counts.
    pub version: Vec<i64>,
    /// The first of the last ones that say the same, so far as it decides. Lines have no versions: they may be others since.
    pub edited: Vec<i64>,
    /// A hash of what they say, the same in every run, and for all that are not paid. It is short: by a longer one, what is kept of
    /// an order would tell whether a guess at the buyer's email is right, also after the buyer was erased.
    pub says: Vec<i64>,
    /// The first of the last ones that are all paid, or all not.
    pub turned: Vec<i64>,
}

/// Looks through the versions that are visible. Where a late cancellation doesn't count, it is as if it weren't there.
pub(super) fn version_times(program: &Program, facts: &Facts, as_of: i64, orders: &DataFrame) -> Result<VersionTimes> {
    let frame = &facts.orders;
    let (ordered_at, updated_at) = (i64s(frame, "ordered_at")?, i64s(frame, "updated_at")?);
    let (numbers, status) = (u32s(frame, "order")?, texts(frame, "status")?);
    let named = |name| texts(frame, name);
    let [currency, customer, email] = [named("currency")?, named("customer_id")?, named("email")?];
    let deciding = [currency, customer, email, named("click_id")?, named("codes")?, named("visitor_id")?];
    let is_paid = |row: usize| status.get(row) == Some("paid");
    let is_same = |a: usize, b: usize| {
        let unpaid = !is_paid(a) && !is_paid(b);
        unpaid
            || (is_paid(a) == is_paid(b)
                && ordered_at[a] == ordered_at[b]
                && deciding.iter().all(|column| column.get(a) == column.get(b)))
    };
    let says = |said: &mut Vec<u8>, row: usize| {
        if !is_paid(row) {
            return 0;
        }
        said.clear();
        said.extend_from_slice(&ordered_at[row].to_le_bytes());
        for text in deciding.iter().map(|column| column.get(row)) {
            // No text is that long: an empty one and none differ.
            let length = text.map_or(u64::MAX, |text| text.len() as u64);
            said.extend_from_slice(&length.to_le_bytes());
            said.extend_from_slice(text.unwrap_or_default().as_bytes());
        }
        let [first, second, ..] = *blake3::hash(said).as_bytes();
        i64::from(u16::from_le_bytes([first, second]))
    };
    let rows = u32s(orders, "row")?;
    let version: Vec<i64> = rows.iter().map(|row| updated_at[*row as usize]).collect();
    // In the order in which the versions stand: in that of time each text would be far from the one before.
    let mut counts = vec![false; frame.height()];
    rows.iter().for_each(|row| counts[*row as usize] = true);
    let said = (0..frame.height()).into_par_iter().map_init(Vec::new, |said, row| if counts[row] { says(said, row) } else { 0 });
    let said: Vec<i64> = said.collect();
    let said: Vec<i64> = rows.iter().map(|row| said[*row as usize]).collect();
    let (mut edited_at, mut turned_at) = (version.clone(), version.clone());
    if frame.height() == rows.len() {
        return Ok(VersionTimes { version, edited: edited_at, turned: turned_at, says: said });
    }
    let late = |row: usize| is_late(program, ordered_at[row], updated_at[row], status.get(row));
    let mut places = vec![u32::MAX; numbers.iter().max().map_or(0, |number| *number as usize + 1)];
    (0..).zip(rows).for_each(|(o, row)| places[numbers[*row as usize] as usize] = o);
    // Earlier versions that count or not as the one that counts does: their order, and whether they say something else.
    let visible = (0..frame.height()).filter(|row| ordered_at[*row] < as_of && updated_at[*row] < as_of);
    let earlier: Vec<(usize, i64, bool, bool)> = visible
        .filter_map(|row| {
            let o = places[numbers[row] as usize];
            let counted = (o != u32::MAX).then(|| rows[o as usize] as usize)?;
            (row != counted && late(row) == late(counted))
                .then(|| (o as usize, updated_at[row], is_paid(row) != is_paid(counted), !is_same(row, counted)))
        })
        .collect();
    let never = || vec![i64::MIN; rows.len()];
    let (mut other, mut opposite) = (never(), never());
    for (o, at, turned, edited) in &earlier {
        other[*o] = if *edited { other[*o].max(*at) } else { other[*o] };
        opposite[*o] = if *turned { opposite[*o].max(*at) } else { opposite[*o] };
    }
    for (o, at, ..) in earlier {
        edited_at[o] = if at > other[o] { edited_at[o].min(at) } else { edited_at[o] };
        turned_at[o] = if at > opposite[o] { turned_at[o].min(at) } else { turned_at[o] };
    }
    Ok(VersionTimes { version, edited: edited_at, turned: turned_at, says: said })
}

impl VersionTimes {
    /// One row for each order: `version_at`, `edited_at` and `turned_at` i64 (the last two null where they are the first), `says` i64.
    pub(super) fn frame(self) -> Result<DataFrame> {
        let unless_last = |times: Vec<i64>| -> Vec<Option<i64>> {
            times.into_iter().zip(&self.version).map(|(at, version)| Some(at).filter(|at| at != version)).collect()
        };
        let [edited, turned] = [self.edited, self.turned].map(unless_last);
        Ok(DataFrame::new_infer_height(vec![
            column("version_at", self.version),
            column("edited_at", edited),
            column("turned_at", turned),
            column("says", self.says),
        ])?)
    }
}
