//! Rates that pay a fixed amount once for each order (`RULES.md`, section 7).

use std::collections::BTreeMap;

use super::creators::Place;
use super::credit::Attribution;
use crate::money::{Overflow, split_equally};
use crate::program::{Pays, Program};

/// What a creator gets once for an order: the row with the empty `line_id`.
#[derive(Debug, Clone)]
pub(super) struct PerOrder {
    pub amount: i64,
    /// The creator's position among the order's.
    pub part: u32,
    /// The last of the rates that pay into it, as its place in the file.
    pub rate: u32,
}

/// The fixed amounts by order and creator.
pub(super) type PerOrders = BTreeMap<(u32, Place), PerOrder>;

/// Which fixed amounts apply: by order, creator and rate, the creator's position among the order's.
#[derive(Default)]
pub(super) struct Applies(BTreeMap<(u32, Place, u32), u32>);

impl Applies {
    /// Notes that a rate has a line with base left. However many there are, it pays once.
    pub(super) fn add(&mut self, o: u32, c: Place, rate: u32, part: u32) {
        self.0.insert((o, c, rate), part);
    }

    /// The amounts. Each is split over all creators of its order first, then paid to those to whom it applies.
    pub(super) fn amounts(self, program: &Program, attribution: &Attribution) -> Result<PerOrders, Overflow> {
        let mut amounts = PerOrders::new();
        for ((o, c, rate), part) in self.0 {
            let Pays::PerOrder { amount, .. } = program.commission.rates[rate as usize].pays else { continue };
            let creators = attribution.credits[o as usize].len();
            let share = split_equally(amount, creators)[part as usize];
            let row = amounts.entry((o, c)).or_insert(PerOrder { amount: 0, part, rate });
            row.amount = row.amount.checked_add(share).ok_or(Overflow)?;
            row.rate = rate;
        }
        Ok(amounts)
    }
}
