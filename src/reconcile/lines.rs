//! The lines of the visible orders, laid out in time order so that an order finds its own.

use std::ops::Range;

use anyhow::Result;

use super::frame::{TextColumn, i64s, texts, u32s};
use super::visible::Orders;
use crate::facts::{AMOUNT_DECIMALS, Facts};

/// Lines by order, then `line_id` as bytes; every slice is indexed by the line's place, called `l`.
pub(super) struct Lines<'f> {
    /// The row of each line in [`Facts::lines`].
    row: Vec<u32>,
    ids: TextColumn<'f>,
    skus: TextColumn<'f>,
    categories: TextColumn<'f>,
    /// The order of each line.
    pub o: Vec<u32>,
    /// Net amount in minor units of the order's currency.
    pub net: Vec<i64>,
    /// Where each order's lines begin; one more entry than orders.
    starts: Vec<u32>,
}

impl<'f> Lines<'f> {
    pub(super) fn id(&self, l: usize) -> &'f str {
        self.ids.get(self.row[l] as usize).unwrap_or_default()
    }

    pub(super) fn sku(&self, l: usize) -> &'f str {
        self.skus.get(self.row[l] as usize).unwrap_or_default()
    }

    pub(super) fn category(&self, l: usize) -> &'f str {
        self.categories.get(self.row[l] as usize).unwrap_or_default()
    }

    /// The places of an order's lines.
    pub(super) fn of(&self, o: usize) -> Range<usize> {
        self.starts[o] as usize..self.starts[o + 1] as usize
    }
}

/// The lines of visible orders; others are ignored.
pub(super) fn lines<'f>(facts: &'f Facts, orders: &Orders<'_>) -> Result<Lines<'f>> {
    let numbers = u32s(&facts.lines, "order")?;
    let place = |number: u32| orders.place.get(number as usize).copied().unwrap_or(u32::MAX);
    let mut starts = vec![0u32; orders.len() + 1];
    for o in numbers.iter().map(|n| place(*n)).filter(|o| *o != u32::MAX) {
        starts[o as usize + 1] += 1;
    }
    for o in 0..orders.len() {
        starts[o + 1] += starts[o];
    }
    // Lines are dealt to their orders; the few lines of each are then sorted by id.
    let mut next = starts.clone();
    let mut rows = vec![0u32; starts[orders.len()] as usize];
    for (row, o) in numbers.iter().map(|n| place(*n)).enumerate().filter(|(_, o)| *o != u32::MAX) {
        rows[next[o as usize] as usize] = row as u32;
        next[o as usize] += 1;
    }
    let ids = texts(&facts.lines, "line_id")?;
    for o in 0..orders.len() {
        let own = &mut rows[starts[o] as usize..starts[o + 1] as usize];
        if own.len() > 1 {
            own.sort_unstable_by(|a, b| ids.get(*a as usize).cmp(&ids.get(*b as usize)));
        }
    }
    let o: Vec<u32> = rows.iter().map(|row| place(numbers[*row as usize])).collect();
    let amounts = i64s(&facts.lines, "net_amount")?;
    let unscaled =
        |(row, o): (&u32, &u32)| amounts[*row as usize] / 10i64.pow(AMOUNT_DECIMALS - orders.currency[*o as usize].exponent());
    let net = rows.iter().zip(&o).map(unscaled).collect();
    let (skus, categories) = (texts(&facts.lines, "sku")?, texts(&facts.lines, "category")?);
    Ok(Lines { row: rows, ids, skus, categories, o, net, starts })
}
