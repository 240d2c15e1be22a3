//! From when on earnings may be paid out (`RULES.md`, section 11).

use anyhow::{Context, Result};

use super::calendar::utc_text;
use super::disputes;
use super::notes::HoldNote;
use super::shop::Shop;
use crate::facts::Order;
use crate::program::Micros;

/// The instant from which on something that happened at `since` (both microseconds since 1970) is payable.
pub fn payable_from(since: i64, hold: Micros) -> Result<i64> {
    since.checked_add(hold).context("the end of a hold is out of range")
}

/// The same with the program's hold.
fn end_of_hold(shop: &Shop<'_>, since: i64) -> Result<i64> {
    payable_from(since, shop.program.commission.hold)
}

/// Whether the hold that began at `since` is over.
pub(super) fn is_payable(shop: &Shop<'_>, since: i64) -> Result<bool> {
    Ok(end_of_hold(shop, since)? <= shop.as_of)
}

/// Whether what an order earned may be paid: its hold is over, and no dispute of it is open.
pub(super) fn is_order_payable(shop: &Shop<'_>, order: &Order) -> Result<bool> {
    Ok(is_payable(shop, order.ordered_at)? && disputes::open(shop, order).is_none())
}

/// `payable` or `pending`.
pub(super) fn state(payable: bool) -> &'static str {
    if payable { "payable" } else { "pending" }
}

/// The hold as an explanation shows it.
pub(super) fn note(shop: &Shop<'_>, since: i64) -> Result<HoldNote> {
    Ok(HoldNote { until: utc_text(end_of_hold(shop, since)?), dispute: None, state: state(is_payable(shop, since)?) })
}

/// The hold of an order as an explanation shows it.
pub(super) fn note_of_order(shop: &Shop<'_>, order: &Order) -> Result<HoldNote> {
    let held = note(shop, order.ordered_at)?;
    Ok(HoldNote { dispute: disputes::open(shop, order), state: state(is_order_payable(shop, order)?), ..held })
}
