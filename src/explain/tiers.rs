//! Progress of creators over periods, and the percents that follow from it.

use std::collections::HashMap;

use anyhow::{Context, Result};

use super::calendar::Span;
use super::notes::{TierPartNote, TiersNote};
use super::shop::Shop;
use crate::money::Rate;
use crate::program::{Bonus, Metric, Pays, Period, Program, Tier, TierMode, Tiers};

/// How far a creator came in a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Base that counts, in minor units of the program's currency.
    pub sales: i64,
    /// Orders with base left on lines that count.
    pub orders: i64,
}

/// The progress of every creator in every span that matters.
#[derive(Debug, Default)]
pub(super) struct Tally<'a> {
    kinds: Vec<Period>,
    spans: HashMap<(Span, &'a str), Progress>,
}

impl<'a> Tally<'a> {
    /// An empty tally of the kinds of period that a program asks for.
    pub fn of(program: &Program) -> Self {
        let tiers = program.commission.rates.iter().filter_map(|rate| match &rate.pays {
            Pays::Tiers(tiers) => Some(tiers.period),
            _ => None,
        });
        let bonuses = program.commission.bonuses.iter().filter_map(|bonus| match bonus {
            Bonus::NetSales { period, .. } => Some(*period),
            Bonus::NewCustomer { .. } => None,
        });
        let mut kinds: Vec<Period> = Vec::new();
        for kind in tiers.chain(bonuses) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        Self { kinds, spans: HashMap::new() }
    }

    /// Adds to a creator's progress in every kind of period that holds the day.
    pub fn add(&mut self, creator_id: &'a str, day: chrono::NaiveDate, more: Progress) -> Result<()> {
        for kind in &self.kinds {
            let progress = self.spans.entry((Span::holding(*kind, day), creator_id)).or_default();
            progress.sales = progress.sales.checked_add(more.sales).context("a creator's sales are too large to be kept")?;
            progress.orders = progress.orders.checked_add(more.orders).context("a creator has too many orders")?;
        }
        Ok(())
    }

    /// A creator's progress in a span.
    pub fn get(&self, creator_id: &str, span: Span) -> Progress {
        self.spans.get(&(span, creator_id)).copied().unwrap_or_default()
    }

    /// All that was counted, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Span, &'a str, Progress)> {
        self.spans.iter().map(|((span, creator_id), progress)| (*span, *creator_id, *progress))
    }
}

/// Where a line stands when it is paid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The creator's share of the line's base, minor units.
    pub base: i64,
    /// The progress before this line; its count of orders is before this order.
    pub before: Progress,
    /// The progress of the whole span.
    pub total: Progress,
    /// Whether the order is one of those that progress counts.
    pub order_counts: bool,
}

/// The parts of a base and the tier in which each lies; one part, unless tiers are marginal over net sales.
pub(super) fn parts(tiers: &Tiers, place: &Place) -> Vec<(i64, Tier)> {
    let reached = match (tiers.mode, tiers.metric) {
        (TierMode::Marginal, Metric::NetSales) => return marginal_parts(&tiers.tiers, place.before.sales, place.base),
        // The n-th order of the period has n - 1 before it.
        (TierMode::Marginal, Metric::Orders) => place.before.orders,
        (TierMode::Retroactive, Metric::NetSales) => place.total.sales,
        (TierMode::Retroactive, Metric::Orders) => place.total.orders,
    };
    tiers.tiers.iter().rev().find(|tier| tier.from <= reached).map(|tier| (place.base, *tier)).into_iter().collect()
}

fn marginal_parts(tiers: &[Tier], before: i64, base: i64) -> Vec<(i64, Tier)> {
    let after = before.saturating_add(base);
    let ends = tiers.iter().skip(1).map(|tier| tier.from).chain(std::iter::once(i64::MAX));
    let mut parts = Vec::new();
    for (tier, end) in tiers.iter().zip(ends) {
        let amount = after.min(end) - before.max(tier.from);
        if amount > 0 {
            parts.push((amount, *tier));
        }
    }
    parts
}

/// The parts as amounts and percents.
pub(super) fn percents(parts: &[(i64, Tier)]) -> Vec<(i64, Rate)> {
    parts.iter().map(|(amount, tier)| (*amount, tier.percent)).collect()
}

/// The place in the tiers as an explanation tells it.
pub(super) fn note(shop: &Shop<'_>, tiers: &Tiers, span: Span, place: &Place, parts: &[(i64, Tier)]) -> TiersNote {
    let count = |progress: i64| match tiers.metric {
        Metric::NetSales => shop.plain(progress),
        Metric::Orders => progress.to_string(),
    };
    let (before, after, total) = match tiers.metric {
        Metric::NetSales => (place.before.sales, place.before.sales.saturating_add(place.base), place.total.sales),
        Metric::Orders => (place.before.orders, place.before.orders + i64::from(place.order_counts), place.total.orders),
    };
    TiersNote {
        period: span.label(),
        metric: match tiers.metric {
            Metric::NetSales => "net_sales",
            Metric::Orders => "orders",
        },
        mode: match tiers.mode {
            TierMode::Marginal => "marginal",
            TierMode::Retroactive => "retroactive",
        },
        before: count(before),
        after: count(after),
        total: count(total),
        parts: parts
            .iter()
            .map(|(amount, tier)| TierPartNote {
                from: count(tier.from),
                amount: shop.plain(*amount),
                percent: tier.percent.to_string(),
            })
            .collect(),
    }
}
