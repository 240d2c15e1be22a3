//! What is left to earn on: net amounts less refunds, in the program's currency (`RULES.md`, section 6).

use anyhow::Result;

use super::exchange::Exchange;
use super::notes::LineNote;
use super::refunds;
use super::shop::{Shop, minor_units};
use super::trace::Trace;
use super::visible::Visible;
use crate::facts::Line;
use crate::money::format_minor;

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
    /// Whether more was refunded than there was, or a line that is not there.
    pub over_refund: bool,
}

/// Takes the refunds off the lines, and converts what is left.
pub(super) fn base<'a>(shop: &Shop<'a>, order: &Visible<'a>, exchange: &Exchange, trace: &mut Trace) -> Result<Base<'a>> {
    let currency = order.version.currency;
    let lines = shop.lines(order.version.order);
    let mut left = Vec::with_capacity(lines.len());
    for line in lines {
        left.push(minor_units(line.net_amount, currency)?);
    }
    note_lines(order, lines, &left, trace);
    let over_refund = refunds::take_all(shop, order, lines, &mut left, trace)?;
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

fn note_lines(order: &Visible<'_>, lines: &[&Line], net: &[i64], trace: &mut Trace) {
    let Some(note) = trace.of(order.version.order) else { return };
    let currency = order.version.currency;
    for (line, net) in lines.iter().zip(net) {
        note.lines.push(LineNote {
            line_id: line.line_id.clone(),
            title: String::new(),
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
