//! What the lines of an order earn on, from what an export says of them and of the order.

use crate::money::{Rounding, split_in_proportion};

/// What an export says of a whole order, in minor units.
pub(super) struct Sums {
    /// The goods after all discounts; with tax where prices hold it.
    pub subtotal: i64,
    pub shipping: i64,
    pub taxes: i64,
    pub total: i64,
    /// Of goods, shipping and taxes together.
    pub refunded: i64,
    pub is_refunded_whole: bool,
}

/// What is left to earn on, in minor units.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Amounts {
    /// Each line after discounts, without tax.
    pub nets: Vec<i64>,
    /// How much of these was given back.
    pub refunded: i64,
}

impl Amounts {
    /// From the lines' prices times quantities, before and after the discounts of each. Discounts of the order and tax are taken off in
    /// proportion, so that the lines come to what the order says of its goods. Where prices hold tax, goods and shipping hold it in
    /// proportion to what they cost; a refund of a sum holds goods, and tax beside them, but no shipping: of that the export says nothing.
    pub(super) fn of(prices: &[(i64, i64)], sums: &Sums) -> Result<Self, String> {
        let sum = |weights: &[i64]| weights.iter().try_fold(0i64, |sum, weight| sum.checked_add(*weight));
        let (full, discounted): (Vec<i64>, Vec<i64>) = prices.iter().copied().unzip();
        // Some exports name a discount of the whole order with each line as well, others do not.
        let is_told = discounted.iter().all(|price| *price >= 0) && sum(&discounted).is_some_and(|sum| sum >= sums.subtotal);
        let weights = if is_told { discounted } else { full };
        let whole = sum(&weights).ok_or("the lines are too large")?;
        if sums.subtotal < 0 || sums.subtotal > whole {
            return Err("Subtotal: is more than the lines cost, or below zero; the export lacks lines of this order".to_owned());
        }
        let is_tax_inside = sums.taxes > 0 && sums.total == sums.subtotal + sums.shipping;
        let goods = match is_tax_inside {
            true => sums.subtotal - share(sums.taxes, sums.subtotal, sums.subtotal + sums.shipping),
            false => sums.subtotal,
        };
        let nets = if whole == 0 { vec![0; weights.len()] } else { split_in_proportion(goods, &weights) };
        let refunded = match sums.refunded {
            _ if sums.is_refunded_whole => goods,
            refunded if is_tax_inside => share(refunded, goods, sums.subtotal),
            refunded => share(refunded, goods, goods + sums.taxes),
        };
        Ok(Self { nets, refunded: refunded.min(goods) })
    }
}

/// The part of an amount that falls to `part` of `whole`, half even.
fn share(amount: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let exact = i128::from(amount) * i128::from(part);
    i64::try_from(Rounding::HalfEven.divide(exact, i128::from(whole))).unwrap_or(amount)
}
