//! What becomes of an order: the first outcome that applies, in the order of `SPEC.md`'s table.

use std::collections::HashMap;

use anyhow::{Context, Result};

use super::attribution::{Win, attribute};
use super::base::{LineBase, base, minor_units};
use super::exchange::{Exchange, exchange};
use super::lock::Sources;
use super::manual::without_creator;
use super::notes::MinimumNote;
use super::shop::Shop;
use super::trace::Trace;
use super::visible::Visible;
use super::{Exceptions, OrderOutcome};
use crate::program::Customers;

/// An order and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Decided<'a> {
    /// The order.
    pub order: Visible<'a>,
    /// `excluded`, `rejected`, `unattributed` or `attributed`.
    pub outcome: &'static str,
    /// Why.
    pub reason: &'static str,
    /// Who earns, and on what; only if attributed.
    pub earning: Option<(Win<'a>, Vec<LineBase<'a>>)>,
}

impl Decided<'_> {
    /// The order's row of the export.
    pub fn row(&self) -> OrderOutcome {
        OrderOutcome { order_id: self.order.version.order_id.clone(), outcome: self.outcome, reason: self.reason }
    }
}

/// The number of each known customer's first visible paid order.
pub(super) type FirstOrders<'a> = HashMap<&'a str, u32>;

/// Finds each customer's first paid order among the visible ones, which come in time order.
pub(super) fn first_orders<'a>(orders: &[Visible<'a>]) -> FirstOrders<'a> {
    let mut first = HashMap::new();
    for order in orders.iter().filter(|order| order.is_paid()) {
        if let Some(customer) = order.version.customer.as_deref() {
            first.entry(customer).or_insert(order.version.order);
        }
    }
    first
}

/// Whether an order is its known customer's first visible paid one.
pub(super) fn is_first_of_customer(first: &FirstOrders<'_>, order: &Visible<'_>) -> bool {
    order.version.customer.as_deref().is_some_and(|customer| first.get(customer) == Some(&order.version.order))
}

/// Decides one order. Orders come in time order, as later ones may follow the lock of earlier ones.
pub(super) fn decide<'a>(
    shop: &Shop<'a>,
    order: Visible<'a>,
    first: &FirstOrders<'a>,
    sources: &mut Sources<'a>,
    exceptions: &mut Exceptions,
    trace: &mut Trace,
) -> Result<Decided<'a>> {
    let (outcome, reason, earning) = match usable(shop, &order, trace) {
        Err((outcome, reason)) => (outcome, reason, None),
        Ok(_) if is_early(shop, &order) => {
            tie_customer(shop, &order, sources, trace);
            ("excluded", "before_start", None)
        }
        Ok(exchange) => {
            let base = base(shop, &order, &exchange, trace)?;
            if base.over_refund {
                except(exceptions, &order, "over_refund", &order.version.order_id, trace);
            }
            if let Some(credit_id) = without_creator(shop, &order) {
                except(exceptions, &order, "credit_without_creator", credit_id, trace);
            }
            match credit(shop, &order, &exchange, first, sources, trace)? {
                Err((outcome, reason)) => (outcome, reason, None),
                Ok(win) => ("attributed", win.kind, Some((win, base.lines))),
            }
        }
    };
    if outcome == "rejected" {
        except(exceptions, &order, reason, &order.version.order_id, trace);
    }
    if let Some(note) = trace.of(order.version.order) {
        (note.outcome, note.reason, note.because) = (Some(outcome), reason, because(outcome, reason).to_owned());
    }
    Ok(Decided { order, outcome, reason, earning })
}

type Other = (&'static str, &'static str);

/// Whether an order can be worked with: it is paid, has sound lines, and can be converted. One from before the program's
/// start is never rejected: nobody has to mend what earns nothing.
fn usable(shop: &Shop<'_>, order: &Visible<'_>, trace: &mut Trace) -> Result<Exchange, Other> {
    match order.version.status.as_str() {
        "paid" => {}
        "test" => return Err(("excluded", "test")),
        "cancelled" => return Err(("excluded", "cancelled")),
        _ => return Err(("excluded", "unpaid")),
    }
    let unsound = |reason| if is_early(shop, order) { ("excluded", "before_start") } else { ("rejected", reason) };
    let lines = shop.lines(order.version.order);
    if lines.is_empty() {
        return Err(unsound("no_lines"));
    }
    if lines.iter().any(|line| line.net_amount < 0) {
        return Err(unsound("negative_amount"));
    }
    exchange(shop, order, trace).ok_or_else(|| unsound("no_fx_rate"))
}

fn is_early(shop: &Shop<'_>, order: &Visible<'_>) -> bool {
    shop.program.starts.is_some_and(|starts| order.day < starts)
}

/// An order that earns nothing still ties its customer to the creators who won it.
fn tie_customer<'a>(shop: &Shop<'a>, order: &Visible<'a>, sources: &mut Sources<'a>, trace: &mut Trace) {
    if let Ok(win) = attribute(shop, order, sources, trace) {
        sources.add(order, &win);
    }
}

/// Who gets credit for a usable order, if it may earn at all.
fn credit<'a>(
    shop: &Shop<'a>,
    order: &Visible<'a>,
    exchange: &Exchange,
    first: &FirstOrders<'a>,
    sources: &mut Sources<'a>,
    trace: &mut Trace,
) -> Result<Result<Win<'a>, Other>> {
    let win = match attribute(shop, order, sources, trace) {
        Ok(win) => win,
        Err(reason) => return Ok(Err(("unattributed", reason))),
    };
    // Also an order that is excluded below ties its customer to the creators who won it.
    sources.add(order, &win);
    if is_below_minimum(shop, order, exchange, trace)? {
        return Ok(Err(("excluded", "below_minimum")));
    }
    let known = order.version.customer.is_some();
    if matches!(shop.program.attribution.customers, Customers::New) && known && !is_first_of_customer(first, order) {
        return Ok(Err(("excluded", "existing_customer")));
    }
    Ok(Ok(win))
}

fn is_below_minimum(shop: &Shop<'_>, order: &Visible<'_>, exchange: &Exchange, trace: &mut Trace) -> Result<bool> {
    let Some(minimum) = shop.program.commission.min_order else { return Ok(false) };
    let currency = order.version.currency;
    let mut sum: i64 = 0;
    for line in shop.lines(order.version.order) {
        let converted = exchange.convert(minor_units(line.net_amount, currency)?, currency, shop.program.currency)?;
        sum = sum.checked_add(converted).context("an order's sum is too large")?;
    }
    if let Some(note) = trace.of(order.version.order) {
        note.minimum = Some(MinimumNote { sum: shop.plain(sum), minimum: shop.plain(minimum), reached: sum >= minimum });
    }
    Ok(sum < minimum)
}

fn except(exceptions: &mut Exceptions, order: &Visible<'_>, kind: &'static str, subject: &str, trace: &mut Trace) {
    exceptions.insert((kind, subject.to_owned()));
    if let Some(note) = trace.of(order.version.order) {
        note.exceptions.push(kind);
    }
}

fn because(outcome: &str, reason: &str) -> &'static str {
    match (outcome, reason) {
        (_, "test") => "it is a test order",
        (_, "cancelled") => "it was cancelled",
        (_, "unpaid") => "it is not paid yet",
        (_, "before_start") => {
            "it was placed before the program's start: it earns nothing, and at most tells who brought its customer"
        }
        (_, "no_lines") => "it has no line; the shop has to deliver its lines",
        (_, "negative_amount") => "a line's net amount is below zero; the shop has to correct it",
        (_, "no_fx_rate") => "there is no exchange rate for its currency dated on its local day or up to 7 days before",
        (_, "self_purchase") => "nobody gets credit: a creator's own purchase earns nothing",
        (_, "creator_inactive") => "nobody gets credit: the creator is unknown or was not active at the order",
        (_, "no_touch") => "nobody gets credit: no click or code points to a creator",
        (_, "below_minimum") => "its lines come to less than the program's least order",
        (_, "existing_customer") => "only new customers' orders earn, and this customer has an earlier paid order",
        ("attributed", "link") => "a click on a creator's link won",
        ("attributed", "code") => "a creator's code won",
        ("attributed", "credit") => "a person gave it to the creator",
        ("attributed", "lock") => "the customer is locked to whoever brought them before",
        _ => "",
    }
}
