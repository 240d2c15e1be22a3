//! How much of an order's goods its refunds gave back, in minor units. `AMOUNTS.md` has worked orders, which a test reads.
//!
//! A refund's amount is what the customer got, whatever its lines come to. What the lines do not explain is a refund of the whole order.

use std::collections::BTreeMap;

use super::super::share::share;
use crate::money::split_in_proportion;

/// An order with all of its refunds, the earliest first.
pub(super) struct Sums {
    /// What all lines come to, without tax.
    pub goods: i64,
    /// The tax on them.
    pub taxes: i64,
    /// All that was to be paid.
    pub total: i64,
    pub refunds: Vec<RefundSums>,
}

/// A refund, with amounts above zero.
pub(super) struct RefundSums {
    /// What it was of each line, without tax, and the tax; of no line, where it does not name one.
    pub lines: Vec<(Option<u64>, i64, i64)>,
    /// Shipping and fees, with their tax.
    pub beside: i64,
    /// All that the customer got.
    pub amount: i64,
}

/// What was given back of goods, by line; of the whole order where there is none.
pub(super) type Back = BTreeMap<Option<u64>, i64>;

impl RefundSums {
    /// What its lines, shipping and fees come to.
    fn explained(&self) -> i64 {
        self.lines.iter().map(|(_, net, tax)| net + tax).sum::<i64>() + self.beside
    }

    /// Whether it has parts that do not come to its amount.
    pub(super) fn is_apart(&self) -> bool {
        self.explained() != 0 && self.explained() != self.amount
    }

    /// What lines gave back: their part of the amount, where they come to more than that.
    fn of_lines(&self) -> Vec<i64> {
        let nets: Vec<i64> = self.lines.iter().map(|(_, net, _)| (*net).max(0)).collect();
        let (sum, explained) = (nets.iter().sum::<i64>(), self.explained());
        if sum == 0 || self.amount >= explained {
            return nets;
        }
        split_in_proportion(share(sum, self.amount, explained).clamp(0, sum), &nets)
    }
}

impl Sums {
    /// What each refund gave back of goods.
    pub(super) fn given_back(&self) -> Vec<Back> {
        let (mut left, mut money) = (self.goods, 0);
        let mut all = Vec::new();
        for refund in &self.refunds {
            let mut back = Back::new();
            for ((line, ..), amount) in refund.lines.iter().zip(refund.of_lines()) {
                *back.entry(*line).or_default() += amount;
            }
            left = (left - back.values().sum::<i64>()).max(0);
            money += refund.amount;
            let beside = self.beside_lines(refund, money).min(left);
            *back.entry(None).or_default() += beside;
            left -= beside;
            back.retain(|_, amount| *amount > 0);
            all.push(back);
        }
        all
    }

    /// What a refund gave back of goods beside its lines, `money` being all that went back so far: nothing says how much of it is tax, so tax
    /// takes its part as it did of the order. Once all that was paid went back, so did all goods.
    fn beside_lines(&self, refund: &RefundSums, money: i64) -> i64 {
        let is_all = self.total > 0 && money >= self.total;
        if is_all { self.goods } else { share((refund.amount - refund.explained()).max(0), self.goods, self.goods + self.taxes) }
    }
}
