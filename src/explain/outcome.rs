//! What becomes of an order, and why: the first row that applies of the table in `RULES.md`, section 4.

use anyhow::{Context, Result};

use super::attribution::attribute;
use super::base::{LineBase, base};
use super::credit::Win;
use super::customer_lock::Sources;
use super::customers::Ordinals;
use super::exceptions::Exceptions;
use super::exchange::{Exchange, exchange};
use super::manual_attribution::without_creator;
use super::model::OrderOutcome;
use super::notes::MinimumNote;
use super::shop::{Shop, minor_units};
use super::trace::Trace;
use super::visible::Visible;
use crate::program::Customers;
use crate::vocabulary::{ExceptionKind, OutcomeReason};

/// An order and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Decided<'a> {
    /// The order.
    pub order: Visible<'a>,
    /// Why it has its outcome.
    pub reason: OutcomeReason,
    /// Who earns, and on what; only if attributed.
    pub earning: Option<(Win<'a>, Vec<LineBase<'a>>)>,
}

impl Decided<'_> {
    /// The order's row of the export.
    pub fn row(&self) -> OrderOutcome {
        OrderOutcome { order_id: self.order.version.order_id.clone(), reason: self.reason }
    }
}

/// Decides one order. Orders come in time order, as later ones may follow the lock of earlier ones.
pub(super) fn decide<'a>(
    shop: &Shop<'a>,
    order: Visible<'a>,
    ordinals: &Ordinals,
    sources: &mut Sources<'a>,
    exceptions: &mut Exceptions,
    trace: &mut Trace,
) -> Result<Decided<'a>> {
    let (reason, earning) = match usable(shop, &order, trace) {
        Err(reason) => (reason, None),
        Ok(_) if is_early(shop, &order) => {
            lock_customer(shop, &order, sources, trace);
            (OutcomeReason::BeforeStart, None)
        }
        Ok(exchange) => {
            let base = base(shop, &order, &exchange, trace)?;
            if base.over_refund {
                exceptions.add_to(&order, ExceptionKind::OverRefund, &order.version.order_id, trace);
            }
            if let Some(credit_id) = without_creator(shop, &order) {
                exceptions.add_to(&order, ExceptionKind::CreditWithoutCreator, credit_id, trace);
            }
            match credit(shop, &order, &exchange, ordinals, sources, trace)? {
                Err(reason) => (reason, None),
                Ok(win) => (win.reason, Some((win, base.lines))),
            }
        }
    };
    if let Some(kind) = reason.exception() {
        exceptions.add_to(&order, kind, &order.version.order_id, trace);
    }
    if let Some(note) = trace.of(order.version.order) {
        note.outcome = Some(reason.outcome());
        (note.reason, note.because) = (Some(reason), because(reason).to_owned());
    }
    Ok(Decided { order, reason, earning })
}

/// Whether an order can be worked with: it is paid, has sound lines, and can be converted. One from before the program's
/// start is never rejected: nobody has to put right what earns nothing.
fn usable(shop: &Shop<'_>, order: &Visible<'_>, trace: &mut Trace) -> Result<Exchange, OutcomeReason> {
    match order.version.status.as_str() {
        "paid" => {}
        "test" => return Err(OutcomeReason::Test),
        "cancelled" => return Err(OutcomeReason::Cancelled),
        _ => return Err(OutcomeReason::Unpaid),
    }
    let unsound = |reason| if is_early(shop, order) { OutcomeReason::BeforeStart } else { reason };
    let lines = shop.lines(order.version.order);
    if lines.is_empty() {
        return Err(unsound(OutcomeReason::NoLines));
    }
    if lines.iter().any(|line| line.net_amount < 0) {
        return Err(unsound(OutcomeReason::NegativeAmount));
    }
    exchange(shop, order, trace).ok_or_else(|| unsound(OutcomeReason::NoFxRate))
}

fn is_early(shop: &Shop<'_>, order: &Visible<'_>) -> bool {
    shop.program.starts.is_some_and(|starts| order.day < starts)
}

/// An order that earns nothing still locks its customer to the creators who won it.
fn lock_customer<'a>(shop: &Shop<'a>, order: &Visible<'a>, sources: &mut Sources<'a>, trace: &mut Trace) {
    if let Ok(win) = attribute(shop, order, sources, trace) {
        sources.add(order, &win);
    }
}

/// Who gets credit for a usable order, if it may earn at all.
fn credit<'a>(
    shop: &Shop<'a>,
    order: &Visible<'a>,
    exchange: &Exchange,
    ordinals: &Ordinals,
    sources: &mut Sources<'a>,
    trace: &mut Trace,
) -> Result<Result<Win<'a>, OutcomeReason>> {
    let win = match attribute(shop, order, sources, trace) {
        Ok(win) => win,
        Err(reason) => return Ok(Err(reason)),
    };
    // Also an order that is excluded below locks its customer to the creators who won it.
    sources.add(order, &win);
    if is_below_minimum(shop, order, exchange, trace)? {
        return Ok(Err(OutcomeReason::BelowMinimum));
    }
    let only_new = matches!(shop.program.attribution.customers, Customers::New);
    if only_new && ordinals.get(order).is_some_and(|ordinal| ordinal > 1) {
        return Ok(Err(OutcomeReason::ExistingCustomer));
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

fn because(reason: OutcomeReason) -> &'static str {
    match reason {
        OutcomeReason::Test => "it is a test order",
        OutcomeReason::Cancelled => "it was cancelled",
        OutcomeReason::Unpaid => "it is not paid yet",
        OutcomeReason::BeforeStart => {
            "it was placed before the program's start: it earns nothing, but it can lock its customer to a creator"
        }
        OutcomeReason::NoLines => "it has no lines; the shop has to provide them",
        OutcomeReason::NegativeAmount => "a line's net amount is below zero; the shop has to correct it",
        OutcomeReason::NoFxRate => "there is no exchange rate for its currency dated on its local day or up to 7 days before",
        OutcomeReason::SelfPurchase => "nobody gets credit: a creator's own purchase earns nothing",
        OutcomeReason::CreatorInactive => {
            "nobody gets credit: the creator is unknown or was not active when the order was placed"
        }
        OutcomeReason::Campaign => "nobody gets credit: it came through a link or code that is a campaign's own",
        OutcomeReason::NoTouch => "nobody gets credit: no click or code points to a creator",
        OutcomeReason::BelowMinimum => "its lines add up to less than the program's minimum order",
        OutcomeReason::ExistingCustomer => "only new customers' orders earn, and this customer has an earlier paid order",
        OutcomeReason::Link => "a click on a creator's link won",
        OutcomeReason::Code => "a creator's code won",
        OutcomeReason::Lock => "the customer is locked to the creators of an earlier order",
        OutcomeReason::Credit => "somebody attributed it to the creator manually",
    }
}
