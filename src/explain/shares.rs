//! Shares: the base of each line, split equally among the creators with credit (`RULES.md`, section 6).

use anyhow::{Context, Result};

use super::base::LineBase;
use super::credit::Win;
use super::customers::Ordinals;
use super::notes::ShareNote;
use super::rates::{Bought, candidates, choose, others};
use super::shop::Shop;
use super::trace::Trace;
use super::visible::Visible;
use crate::money::split_equally;
use crate::program::Buyer;

/// A creator's part of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share<'a> {
    /// The line.
    pub line_id: &'a str,
    /// The creator, as a position among the order's credits.
    pub credit: usize,
    /// The part of the base, minor units of the program's currency.
    pub base: i64,
    /// The rate that pays it, as a position in the file from 0.
    pub rate: Option<usize>,
}

/// An attributed order, split among its creators.
#[derive(Debug, Clone)]
pub(super) struct Shared<'a> {
    /// The order.
    pub order: Visible<'a>,
    /// Who won it.
    pub win: Win<'a>,
    /// What is left of the whole order, minor units of the program's currency.
    pub base: i64,
    /// By line_id, then creator.
    pub shares: Vec<Share<'a>>,
}

/// Splits an order's lines equally among its creators and finds the rate of each part.
pub(super) fn share<'a>(
    shop: &Shop<'a>,
    order: Visible<'a>,
    win: Win<'a>,
    lines: &[LineBase<'a>],
    ordinals: &Ordinals,
    trace: &mut Trace,
) -> Result<Shared<'a>> {
    let mut shares = Vec::with_capacity(lines.len() * win.credits.len());
    let mut base: i64 = 0;
    let by = ordinals.get(&order).map(|ordinal| if ordinal == 1 { Buyer::New } else { Buyer::Returning });
    let bought = Bought { on: order.day, by };
    for line in lines {
        base = base.checked_add(line.base).context("an order is too large to compute exactly")?;
        for (index, part) in split_equally(line.base, win.credits.len()).into_iter().enumerate() {
            let credit = &win.credits[index];
            let creator = credit.creator;
            let rate = choose(shop, line.line, credit, bought);
            shares.push(Share { line_id: &line.line.line_id, credit: index, base: part, rate });
            if let Some(note) = trace.of(order.version.order)
                && let Some(note) = note.lines.iter_mut().find(|note| note.line_id == line.line.line_id)
            {
                note.shares.push(ShareNote { creator_id: creator.creator_id.clone(), amount: shop.plain(part) });
            }
            if let Some(note) = trace.earning(order.version.order, &line.line.line_id, &creator.creator_id) {
                note.candidates = candidates(shop, line.line, credit, bought);
                note.others = others(shop, line.line, credit, bought);
            }
        }
    }
    Ok(Shared { order, win, base, shares })
}
