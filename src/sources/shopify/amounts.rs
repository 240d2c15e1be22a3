//! What an order's lines earn on, and how much of that was given back, in minor units of the shop's currency. `FACTS.md` has a table of
//! worked amounts, which a test compares.

use std::collections::BTreeMap;

use super::super::share::share;
use crate::money::split_in_proportion;

/// A line, as Shopify has it.
#[derive(Debug, Clone, Default)]
pub(super) struct LineSums {
    pub id: String,
    /// Price times quantity.
    pub total: i64,
    /// What all discounts took off it, also those of the whole order.
    pub discounts: i64,
    pub taxes: i64,
    pub quantity: i64,
    /// What is left of the quantity after refunds and edits.
    pub current: i64,
}

/// A refund, as Shopify has it.
#[derive(Debug, Clone, Default)]
pub(super) struct RefundSums {
    /// Of each line: how many pieces, their subtotal and the tax on that.
    pub lines: Vec<(String, i64, i64, i64)>,
    /// What more was given back than the lines (below zero) or less, and the tax on that.
    pub adjustments: Vec<(i64, i64)>,
    pub has_shipping: bool,
    /// All money that went back.
    pub money: i64,
}

/// An order's lines and refunds.
pub(super) struct Sums {
    pub taxes_included: bool,
    pub lines: Vec<LineSums>,
    pub refunds: Vec<RefundSums>,
}

/// What was given back of goods: of a line, or of the whole order where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Back {
    pub line: Option<String>,
    pub amount: i64,
}

impl LineSums {
    /// What was paid for it, with tax where prices hold it.
    pub(super) fn price(&self) -> i64 {
        self.total - self.discounts
    }

    fn net(&self, taxes_included: bool) -> i64 {
        self.price() - if taxes_included { self.taxes } else { 0 }
    }
}

impl Sums {
    /// The net amount of each line, and of how many pieces; none of a line that an edit took out. What an edit took out was never sold,
    /// what a refund took back was: the quantity that is left says both, so refunds are counted out of it.
    pub(super) fn nets(&self) -> Vec<Option<(i64, i64)>> {
        let mut refunded: BTreeMap<&str, i64> = BTreeMap::new();
        for (line, quantity, ..) in self.refunds.iter().flat_map(|refund| &refund.lines) {
            *refunded.entry(line).or_default() += quantity;
        }
        let net = |line: &LineSums| {
            let removed = line.quantity - line.current - refunded.get(line.id.as_str()).copied().unwrap_or_default();
            let left = line.quantity - removed.max(0);
            let net = line.net(self.taxes_included);
            match removed > 0 {
                true => (left > 0).then(|| (share(net, left, line.quantity), left)),
                false => Some((net, line.quantity)),
            }
        };
        self.lines.iter().map(net).collect()
    }

    /// What each refund gave back of goods.
    pub(super) fn given_back(&self) -> Vec<Vec<Back>> {
        self.refunds.iter().map(|refund| self.given_back_by(refund)).collect()
    }

    fn given_back_by(&self, refund: &RefundSums) -> Vec<Back> {
        let net = |(_, _, subtotal, tax): &(String, i64, i64, i64)| subtotal - if self.taxes_included { *tax } else { 0 };
        let of_lines: Vec<i64> = refund.lines.iter().map(|line| net(line).max(0)).collect();
        let sum: i64 = of_lines.iter().sum();
        let beside = self.beside(refund);
        let kept = if beside < 0 { (sum + beside).max(0) } else { sum };
        let of_lines = if sum == 0 { of_lines } else { split_in_proportion(kept, &of_lines) };
        let lines = refund.lines.iter().zip(of_lines).map(|(line, amount)| Back { line: Some(line.0.clone()), amount });
        lines.chain(Some(Back { line: None, amount: beside.max(0) })).filter(|back| back.amount > 0).collect()
    }

    /// What a refund gave back of goods beside its lines; below zero, what it held back of them.
    fn beside(&self, refund: &RefundSums) -> i64 {
        let is_sum_alone = refund.lines.is_empty() && refund.adjustments.is_empty() && !refund.has_shipping;
        if is_sum_alone {
            return self.goods_in(refund.money);
        }
        let goods = |(amount, tax): &(i64, i64)| if *tax == 0 { self.goods_in(-amount) } else { -amount };
        refund.adjustments.iter().map(goods).sum()
    }

    /// The part of a sum of money that is goods, where nothing says how much of it is tax: tax takes its part as it did of the order.
    fn goods_in(&self, money: i64) -> i64 {
        let goods: i64 = self.lines.iter().map(|line| line.net(self.taxes_included)).sum();
        let taxes: i64 = self.lines.iter().map(|line| line.taxes).sum();
        if goods <= 0 { money } else { share(money, goods, goods + taxes) }
    }
}
