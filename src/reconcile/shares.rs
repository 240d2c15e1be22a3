//! Shares: the base of each line, split equally among the creators with credit (`RULES.md`, section 6).

use std::ops::Range;

use super::creators::Place;
use super::credit::Attribution;
use super::lines::Lines;
use crate::money::split_equally;

/// Rows in time order, then by creator; every slice is indexed by the row, called `r`.
#[derive(Default)]
pub(super) struct Shares {
    /// The line.
    pub l: Vec<u32>,
    /// The order.
    pub o: Vec<u32>,
    /// The creator.
    pub c: Vec<Place>,
    /// The creator's position among the order's.
    pub part: Vec<u32>,
    /// The creator's share of the line's base, in minor units of the program's currency.
    pub base: Vec<i64>,
    /// Where the rows of each order begin; one more entry than orders.
    starts: Vec<u32>,
}

impl Shares {
    pub(super) fn len(&self) -> usize {
        self.l.len()
    }

    /// The rows of an order.
    pub(super) fn of(&self, o: usize) -> Range<usize> {
        self.starts[o] as usize..self.starts[o + 1] as usize
    }
}

/// Splits the base of every line of an attributed order over its creators.
pub(super) fn shares(attribution: &Attribution, lines: &Lines<'_>, base: &[i64]) -> Shares {
    let mut shares = Shares::default();
    for (o, reason) in attribution.reasons.iter().enumerate() {
        shares.starts.push(shares.len() as u32);
        if !reason.is_attributed() {
            continue;
        }
        let credits = &attribution.credits[o];
        for l in lines.of(o) {
            let parts = if credits.len() == 1 { vec![base[l]] } else { split_equally(base[l], credits.len()) };
            for (part, (credit, base)) in credits.iter().zip(parts).enumerate() {
                shares.l.push(l as u32);
                shares.o.push(o as u32);
                shares.c.push(credit.creator);
                shares.part.push(part as u32);
                shares.base.push(base);
            }
        }
    }
    shares.starts.push(shares.len() as u32);
    shares
}
