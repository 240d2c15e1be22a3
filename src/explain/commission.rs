//! What the lines of an attributed order pay, before caps.

use anyhow::{Context, Result};

use super::attribution::{Credit, Win};
use super::base::LineBase;
use super::calendar::Span;
use super::notes::ShareNote;
use super::rates::{candidates, choose, counts, pays_text};
use super::shop::Shop;
use super::tiers::{self, Place, Progress, Tally};
use super::trace::Trace;
use super::visible::Visible;
use crate::money::{Rate, Rounding, split_equally};
use crate::program::{Pays, Tiers};

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

/// A row of an order as it will be exported, but for its hold.
#[derive(Debug, Clone)]
pub(super) struct Paid<'a> {
    /// The line; empty for the fixed amounts of the order.
    pub line_id: &'a str,
    /// The creator.
    pub credit: Credit<'a>,
    /// What it is paid on, minor units of the program's currency.
    pub base: i64,
    /// What it pays, minor units of the program's currency.
    pub commission: i64,
    /// The names of the rates that pay it.
    pub rule: String,
}

/// Splits an order's lines equally among its creators and finds the rate of each part.
pub(super) fn share<'a>(
    shop: &Shop<'a>,
    order: Visible<'a>,
    win: Win<'a>,
    lines: &[LineBase<'a>],
    trace: &mut Trace,
) -> Result<Shared<'a>> {
    let mut shares = Vec::with_capacity(lines.len() * win.credits.len());
    let mut base: i64 = 0;
    for line in lines {
        base = base.checked_add(line.base).context("an order is too large to be kept")?;
        for (index, part) in split_equally(line.base, win.credits.len()).into_iter().enumerate() {
            let credit = &win.credits[index];
            let creator = credit.creator;
            let rate = choose(shop, line.line, credit, order.day);
            shares.push(Share { line_id: &line.line.line_id, credit: index, base: part, rate });
            if let Some(note) = trace.of(order.version.order)
                && let Some(note) = note.lines.iter_mut().find(|note| note.line_id == line.line.line_id)
            {
                note.shares.push(ShareNote { creator_id: creator.creator_id.clone(), amount: shop.plain(part) });
            }
            if let Some(note) = trace.earning(order.version.order, &line.line.line_id, &creator.creator_id) {
                note.candidates = candidates(shop, line.line, credit, order.day);
            }
        }
    }
    Ok(Shared { order, win, base, shares })
}

impl<'a> Shared<'a> {
    /// Adds one creator's part of the order to a tally: each line that counts, and the order if any base is left on them.
    pub fn count(&self, shop: &Shop<'a>, credit: usize, tally: &mut Tally<'a>) -> Result<()> {
        let creator_id = self.win.credits[credit].creator.creator_id.as_str();
        let mut sales: i64 = 0;
        for share in self.shares.iter().filter(|share| share.credit == credit && counts(shop, share.rate)) {
            sales = sales.checked_add(share.base).context("an order is too large to be kept")?;
        }
        tally.add(creator_id, self.order.day, Progress { sales, orders: i64::from(sales > 0) })
    }

    /// The rows of the order before caps: by line_id, then creator, the fixed amounts first.
    ///
    /// `running` holds the progress of all orders before this one in time order, and then of this one too.
    pub fn pay(&self, shop: &Shop<'a>, running: &mut Tally<'a>, total: &Tally<'a>, trace: &mut Trace) -> Result<Vec<Paid<'a>>> {
        let mut rows = self.per_order(shop, trace)?;
        let mut before_lines: Vec<i64> = vec![0; self.win.credits.len()];
        for share in &self.shares {
            let before = &mut before_lines[share.credit];
            let commission = self.pay_share(shop, share, *before, running, total, trace)?;
            if counts(shop, share.rate) {
                *before = before.checked_add(share.base).context("an order is too large to be kept")?;
            }
            rows.push(Paid {
                line_id: share.line_id,
                credit: self.win.credits[share.credit],
                base: share.base,
                commission,
                rule: share.rate.map_or_else(String::new, |rate| shop.rate_names[rate].clone()),
            });
        }
        for credit in 0..self.win.credits.len() {
            self.count(shop, credit, running)?;
        }
        Ok(rows)
    }

    /// What one part pays, rounded once. `before` is what the creator's earlier lines of this order add to progress.
    fn pay_share(
        &self,
        shop: &Shop<'a>,
        share: &Share<'a>,
        before: i64,
        running: &Tally<'a>,
        total: &Tally<'a>,
        trace: &mut Trace,
    ) -> Result<i64> {
        let creator_id = &self.win.credits[share.credit].creator.creator_id;
        let rounding = shop.program.commission.rounding;
        let rate = share.rate.map(|index| &shop.program.commission.rates[index]);
        let mut tiers_note = None;
        let percents: Vec<(i64, Rate)> = match rate.map(|rate| &rate.pays) {
            // Fixed amounts stand in a row of their own.
            None | Some(Pays::PerOrder { .. }) => Vec::new(),
            Some(Pays::Percent { percent, .. }) => vec![(share.base, *percent)],
            Some(Pays::Tiers(tiers)) => {
                let (span, place) = self.place(shop, share, tiers, before, running, total)?;
                let parts = tiers::parts(tiers, &place);
                if trace.listens_to(self.order.version.order) {
                    tiers_note = Some(tiers::note(shop, tiers, span, &place, &parts));
                }
                tiers::percents(&parts)
            }
        };
        let commission = Rate::percent_of_parts(&percents, rounding)?;
        if let Some(note) = trace.earning(self.order.version.order, share.line_id, creator_id) {
            note.base = shop.plain(share.base);
            note.rule = share.rate.map_or_else(String::new, |index| shop.rate_names[index].clone());
            note.pays = rate.map_or_else(|| "no rate matches, so nothing".to_owned(), |rate| pays_text(shop, rate));
            note.fixed = rate.is_some_and(|rate| matches!(rate.pays, Pays::PerOrder { .. }));
            note.tiers = tiers_note;
            note.exact = exact_text(&percents, shop.program.currency.exponent());
            note.rounding = rounding_name(rounding);
            note.rounded = shop.plain(commission);
        }
        Ok(commission)
    }

    fn place(
        &self,
        shop: &Shop<'a>,
        share: &Share<'a>,
        tiers: &Tiers,
        before: i64,
        running: &Tally<'a>,
        total: &Tally<'a>,
    ) -> Result<(Span, Place)> {
        let creator_id = self.win.credits[share.credit].creator.creator_id.as_str();
        let span = Span::holding(tiers.period, self.order.day);
        let mut progress = running.get(creator_id, span);
        progress.sales = progress.sales.checked_add(before).context("a creator's sales are too large to be kept")?;
        let mut own = self.shares.iter().filter(|other| other.credit == share.credit && counts(shop, other.rate));
        let order_counts = own.any(|other| other.base > 0);
        Ok((span, Place { base: share.base, before: progress, total: total.get(creator_id, span), order_counts }))
    }

    /// The fixed amounts: for each creator the sum over the rates under which that creator has base left.
    fn per_order(&self, shop: &Shop<'a>, trace: &mut Trace) -> Result<Vec<Paid<'a>>> {
        let mut rows = Vec::new();
        for (index, credit) in self.win.credits.iter().enumerate() {
            let mut sum: i64 = 0;
            let mut rules: Vec<&str> = Vec::new();
            let mut told: Vec<String> = Vec::new();
            for (position, rate) in shop.program.commission.rates.iter().enumerate() {
                let Pays::PerOrder { amount, .. } = rate.pays else { continue };
                let applies = |share: &Share<'_>| share.credit == index && share.rate == Some(position) && share.base > 0;
                if !self.shares.iter().any(applies) {
                    continue;
                }
                let part = split_equally(amount, self.win.credits.len())[index];
                sum = sum.checked_add(part).context("the fixed amounts of an order are too large")?;
                rules.push(&shop.rate_names[position]);
                told.push(format!("{} of {}", shop.plain(part), pays_text(shop, rate)));
            }
            if rules.is_empty() {
                continue;
            }
            let rule = rules.join(" + ");
            if let Some(note) = trace.earning(self.order.version.order, "", &credit.creator.creator_id) {
                note.base = shop.plain(0);
                note.rule.clone_from(&rule);
                note.pays = told.join(" + ");
                note.fixed = true;
                (note.exact, note.rounding, note.rounded) = (shop.plain(sum), "not rounded", shop.plain(sum));
            }
            rows.push(Paid { line_id: "", credit: *credit, base: 0, commission: sum, rule });
        }
        Ok(rows)
    }
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

fn rounding_name(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::HalfEven => "half_even",
        Rounding::HalfUp => "half_up",
        Rounding::Down => "down",
    }
}
