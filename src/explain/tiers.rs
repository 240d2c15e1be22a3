//! Tiers: a percent that depends on how far the creator has come in the period (`RULES.md`, section 7).

use super::calendar::Span;
use super::notes::{TierPartNote, TiersNote};
use super::progress::Progress;
use super::shop::Shop;
use crate::money::Rate;
use crate::program::{Metric, Tier, TierMode, Tiers};

/// Where a line stands when it is paid.
#[derive(Debug, Clone, Copy)]
pub struct Place {
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
pub fn parts(tiers: &Tiers, place: &Place) -> Vec<(i64, Tier)> {
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
pub fn percents(parts: &[(i64, Tier)]) -> Vec<(i64, Rate)> {
    parts.iter().map(|(amount, tier)| (*amount, tier.percent)).collect()
}

/// The place in the tiers as an explanation shows it.
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
