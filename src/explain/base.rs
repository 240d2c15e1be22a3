//! What is left to earn on: net amounts less refunds, in the order's currency and then in the program's.

use anyhow::{Context, Result, ensure};

use super::calendar::{duration_text, elapsed, utc_text};
use super::exchange::Exchange;
use super::notes::{LineNote, RefundNote, TakenNote};
use super::shop::Shop;
use super::trace::Trace;
use super::visible::Visible;
use crate::facts::{AMOUNT_DECIMALS, Line, Refund};
use crate::money::{Currency, format_minor, split_in_proportion};

/// A line and what is left to earn on.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineBase<'a> {
    /// The line.
    pub line: &'a Line,
    /// What is left of it, in minor units of the program's currency.
    pub base: i64,
}

/// What is left of an order.
#[derive(Debug, Clone)]
pub(super) struct Base<'a> {
    /// The lines, by line_id.
    pub lines: Vec<LineBase<'a>>,
    /// Whether more was given back than there was, or for a line that is not there.
    pub over_refund: bool,
}

/// Minor units of a currency from the ten-thousandths in which facts keep order amounts.
pub(super) fn minor_units(amount: i64, currency: Currency) -> Result<i64> {
    let decimals = AMOUNT_DECIMALS.checked_sub(currency.exponent()).context("no currency has more decimals than facts keep")?;
    let scale = 10i64.pow(decimals);
    ensure!(amount % scale == 0, "{} has more than the decimals of {currency}", format_minor(amount, AMOUNT_DECIMALS));
    Ok(amount / scale)
}

/// Takes the refunds off the lines, in order of time and then refund_id, and converts what is left.
pub(super) fn base<'a>(shop: &Shop<'a>, order: &Visible<'a>, exchange: &Exchange, trace: &mut Trace) -> Result<Base<'a>> {
    let currency = order.version.currency;
    let lines = shop.lines(order.version.order);
    let mut left = Vec::with_capacity(lines.len());
    for line in lines {
        left.push(minor_units(line.net_amount, currency)?);
    }
    note_lines(order, lines, &left, trace);
    let mut over_refund = false;
    for refund in shop.refunds(order.version.order) {
        if let Some(why) = why_ignored(shop, order, refund) {
            note_refund(order, refund, 0, why, trace);
            continue;
        }
        over_refund |= !take(order, lines, refund, &mut left, trace)?;
    }
    let mut result = Vec::with_capacity(lines.len());
    for (line, left) in lines.iter().zip(left) {
        let base = exchange.convert(left, currency, shop.program.currency)?;
        if let Some(note) = trace.of(order.version.order).and_then(|n| n.lines.iter_mut().find(|n| n.line_id == line.line_id)) {
            note.left = format_minor(left, currency.exponent());
            note.base = shop.plain(base);
        }
        result.push(LineBase { line, base });
    }
    Ok(Base { lines: result, over_refund })
}

fn why_ignored(shop: &Shop<'_>, order: &Visible<'_>, refund: &Refund) -> Option<String> {
    if refund.refunded_at >= shop.as_of {
        return Some("ignored, not visible: it is not before the time looked from".to_owned());
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

fn note_lines(order: &Visible<'_>, lines: &[&Line], net: &[i64], trace: &mut Trace) {
    let Some(note) = trace.of(order.version.order) else { return };
    let currency = order.version.currency;
    for (line, net) in lines.iter().zip(net) {
        note.lines.push(LineNote {
            line_id: line.line_id.clone(),
            sku: line.sku.clone(),
            category: line.category.clone(),
            currency: currency.code(),
            net_amount: format_minor(*net, currency.exponent()),
            refunds: Vec::new(),
            left: String::new(),
            base: String::new(),
            shares: Vec::new(),
        });
    }
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
