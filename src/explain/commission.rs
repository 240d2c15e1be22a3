//! What each share earns under its rate (`RULES.md`, section 7), before caps.

use anyhow::{Context, Result};

use super::calendar::Span;
use super::paid::Paid;
use super::progress::Tally;
use super::rates::counts;
use super::shares::{Share, Shared};
use super::shop::Shop;
use super::tiers::{self, Place};
use super::trace::Trace;
use crate::money::Rate;
use crate::program::{Pays, Tiers, what_it_pays};

/// What the shares of an order pay, before caps, by line_id, then creator.
///
/// `running` holds the progress of all orders before this one in time order, and then of this one too.
pub(super) fn pay<'a>(
    shop: &Shop<'a>,
    shared: &Shared<'a>,
    running: &mut Tally<'a>,
    total: &Tally<'a>,
    trace: &mut Trace,
) -> Result<Vec<Paid<'a>>> {
    let mut rows = Vec::with_capacity(shared.shares.len());
    let mut before_lines: Vec<i64> = vec![0; shared.win.credits.len()];
    for share in &shared.shares {
        let before = &mut before_lines[share.credit];
        let commission = pay_share(shop, shared, share, *before, running, total, trace)?;
        if counts(shop, share.rate) {
            *before = before.checked_add(share.base).context("an order is too large to compute exactly")?;
        }
        rows.push(Paid {
            line_id: share.line_id,
            credit: shared.win.credits[share.credit],
            base: share.base,
            commission,
            rule: share.rate.map_or_else(String::new, |rate| shop.rate_names[rate].clone()),
        });
    }
    for credit in 0..shared.win.credits.len() {
        running.add_order(shop, shared, credit)?;
    }
    Ok(rows)
}

/// What one part pays, rounded once. `before` is what the creator's earlier lines of this order add to progress.
fn pay_share<'a>(
    shop: &Shop<'a>,
    shared: &Shared<'a>,
    share: &Share<'a>,
    before: i64,
    running: &Tally<'a>,
    total: &Tally<'a>,
    trace: &mut Trace,
) -> Result<i64> {
    let creator_id = &shared.win.credits[share.credit].creator.creator_id;
    let rounding = shop.program.commission.rounding;
    let rate = share.rate.map(|index| &shop.program.commission.rates[index]);
    let mut tiers_note = None;
    let percents: Vec<(i64, Rate)> = match rate.map(|rate| &rate.pays) {
        // Fixed amounts stand in a row of their own.
        None | Some(Pays::PerOrder { .. }) => Vec::new(),
        Some(Pays::Percent { percent, .. }) => vec![(share.base, *percent)],
        Some(Pays::Tiers(tiers)) => {
            let (span, place) = place_of(shop, shared, share, tiers, before, running, total)?;
            let parts = tiers::parts(tiers, &place);
            if trace.listens_to(shared.order.version.order) {
                tiers_note = Some(tiers::note(shop, tiers, span, &place, &parts));
            }
            tiers::percents(&parts)
        }
    };
    let commission = Rate::percent_of_parts(&percents, rounding)?;
    if let Some(note) = trace.earning(shared.order.version.order, share.line_id, creator_id) {
        note.base = shop.plain(share.base);
        note.rule = share.rate.map_or_else(String::new, |index| shop.rate_names[index].clone());
        note.pays =
            rate.map_or_else(|| "no rate matches, so nothing".to_owned(), |rate| what_it_pays(rate, shop.program.currency));
        note.fixed = rate.is_some_and(|rate| matches!(rate.pays, Pays::PerOrder { .. }));
        note.tiers = tiers_note;
        note.exact = exact_text(&percents, shop.program.currency.exponent());
        note.rounding = rounding.name();
        note.rounded = shop.plain(commission);
    }
    Ok(commission)
}

/// Where a share stands in its tiers.
fn place_of<'a>(
    shop: &Shop<'a>,
    shared: &Shared<'a>,
    share: &Share<'a>,
    tiers: &Tiers,
    before: i64,
    running: &Tally<'a>,
    total: &Tally<'a>,
) -> Result<(Span, Place)> {
    let creator_id = shared.win.credits[share.credit].creator.creator_id.as_str();
    let span = Span::holding(tiers.period, shared.order.day);
    let mut progress = running.get(creator_id, span);
    progress.sales = progress.sales.checked_add(before).context("a creator's sales are too large to compute exactly")?;
    let mut own = shared.shares.iter().filter(|other| other.credit == share.credit && counts(shop, other.rate));
    let order_counts = own.any(|other| other.base > 0);
    Ok((span, Place { base: share.base, before: progress, total: total.get(creator_id, span), order_counts }))
}

/// The exact sum of several parts, each at its own percent, as decimal text in major units.
fn exact_text(parts: &[(i64, Rate)], exponent: u32) -> String {
    let scale = parts.iter().map(|(_, rate)| rate.fraction().1).max().unwrap_or(0);
    let numerator = parts.iter().try_fold(0i128, |sum, (minor, rate)| {
        let (mantissa, own) = rate.fraction();
        let product = i128::from(*minor).checked_mul(mantissa)?.checked_mul(10i128.pow(scale - own))?;
        sum.checked_add(product)
    });
    let Some(numerator) = numerator else { return "too large to be shown".to_owned() };
    // A percent is a hundredth: two more decimals than the product of amount and rate.
    let decimals = (scale + 2 + exponent) as usize;
    let digits = format!("{:0>width$}", numerator.to_string(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let needed = fraction.trim_end_matches('0').len().max(exponent as usize);
    if needed == 0 { whole.to_owned() } else { format!("{whole}.{}", &fraction[..needed]) }
}
