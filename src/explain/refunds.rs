//! Refunds, taken off the lines one after the other (`RULES.md`, section 6).

use std::collections::HashSet;

use anyhow::{Context, Result};

use super::calendar::{duration_text, elapsed, utc_text};
use super::disputes;
use super::exceptions::Exceptions;
use super::notes::{RefundNote, TakenNote};
use super::shop::{Shop, minor_units};
use super::trace::Trace;
use super::visible::Visible;
use crate::facts::{AMOUNT_DECIMALS, Line, Refund};
use crate::money::{format_minor, split_in_proportion};
use crate::vocabulary::ExceptionKind;

/// How a buyer got money back; of two at one time with one id, the refund is taken off first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Means {
    Refund,
    Dispute,
}

/// Visible refunds of orders that are not visible are exceptions.
pub(super) fn without_order(shop: &Shop<'_>, orders: &[Visible<'_>], exceptions: &mut Exceptions) {
    let known: HashSet<u32> = orders.iter().map(|order| order.version.order).collect();
    for refund in shop.facts.refunds.iter().filter(|refund| refund.refunded_at < shop.as_of) {
        if refund.order.is_none_or(|order| !known.contains(&order)) {
            exceptions.add(ExceptionKind::RefundWithoutOrder, &refund.refund_id);
        }
    }
}

/// Takes the refunds and lost disputes of an order off what is left of its lines, in order of time and then id. Whether more was
/// refunded than there was, or a line that is not there.
pub(super) fn take_all(
    shop: &Shop<'_>,
    order: &Visible<'_>,
    lines: &[&Line],
    left: &mut [i64],
    trace: &mut Trace,
) -> Result<bool> {
    let mut over_refund = false;
    let lost = disputes::lost(shop, order.version);
    let refunds = shop.refunds(order.version.order).iter().map(|refund| (*refund, Means::Refund));
    let mut all: Vec<(&Refund, Means)> = refunds.chain(lost.iter().map(|refund| (refund, Means::Dispute))).collect();
    all.sort_by_key(|(refund, means)| (refund.refunded_at, refund.refund_id.as_str(), *means));
    for (refund, _) in all {
        if let Some(why) = why_ignored(shop, order, refund) {
            note_refund(order, refund, 0, why, trace);
            continue;
        }
        over_refund |= !take(order, lines, refund, left, trace)?;
    }
    Ok(over_refund)
}

fn why_ignored(shop: &Shop<'_>, order: &Visible<'_>, refund: &Refund) -> Option<String> {
    if refund.refunded_at >= shop.as_of {
        return Some("ignored, not visible: it is not before the as-of time".to_owned());
    }
    let clawback = shop.program.commission.clawback?;
    let after = elapsed(order.version.ordered_at, refund.refunded_at);
    (after > i128::from(clawback)).then(|| {
        let (after, clawback) = (duration_text(after), duration_text(i128::from(clawback)));
        format!("ignored: {after} after the order, later than the clawback of {clawback}")
    })
}

/// Takes one refund off what is left; whether there was as much, and such a line.
fn take(order: &Visible<'_>, lines: &[&Line], refund: &Refund, left: &mut [i64], trace: &mut Trace) -> Result<bool> {
    let amount = minor_units(refund.amount, order.version.currency)?;
    let (taken, available) = match &refund.line_id {
        Some(line_id) => {
            let Ok(index) = lines.binary_search_by(|line| line.line_id.as_str().cmp(line_id)) else {
                note_refund(order, refund, 0, "over_refund: the order has no such line".to_owned(), trace);
                return Ok(false);
            };
            let mut taken = vec![0; left.len()];
            taken[index] = amount.min(left[index]);
            (taken, left[index])
        }
        None => {
            let available = left.iter().try_fold(0i64, |sum, left| sum.checked_add(*left)).context("an order is too large")?;
            (split_in_proportion(amount.min(available), left), available)
        }
    };
    for (left, taken) in left.iter_mut().zip(&taken) {
        *left -= taken;
    }
    if let Some(note) = trace.of(order.version.order) {
        let decimals = order.version.currency.exponent();
        for (line, taken) in note.lines.iter_mut().zip(&taken).filter(|(_, taken)| **taken > 0) {
            line.refunds.push(TakenNote { refund_id: refund.refund_id.clone(), taken: format_minor(*taken, decimals) });
        }
    }
    let enough = amount <= available;
    let why = if enough { "taken off" } else { "over_refund: more than was left, which is now zero" };
    note_refund(order, refund, amount.min(available), why.to_owned(), trace);
    Ok(enough)
}

fn note_refund(order: &Visible<'_>, refund: &Refund, taken: i64, why: String, trace: &mut Trace) {
    let Some(note) = trace.of(order.version.order) else { return };
    let currency = order.version.currency;
    let amount = minor_units(refund.amount, currency).map(|amount| format_minor(amount, currency.exponent()));
    note.refunds.push(RefundNote {
        refund_id: refund.refund_id.clone(),
        refunded_at: utc_text(refund.refunded_at),
        line_id: refund.line_id.clone(),
        amount: amount.unwrap_or_else(|_| format_minor(refund.amount, AMOUNT_DECIMALS)),
        taken: format_minor(taken, currency.exponent()),
        why,
    });
}
