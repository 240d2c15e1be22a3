//! Tiers: a percent that depends on how far the creator has come in the period (`RULES.md`, section 7).

use crate::money::{Overflow, Rate, Rounding};
use crate::program::{Metric, TierMode, Tiers};

/// What a share earns under tiers, rounded once, in minor units. `before` is the creator's progress before it, `total`
/// that of the whole period, which only retroactive tiers look up.
pub fn earned(tiers: &Tiers, base: i64, before: i64, total: i64, rounding: Rounding) -> Result<i64, Overflow> {
    match (tiers.mode, tiers.metric) {
        (TierMode::Retroactive, _) => percent_at(tiers, total).percent_of(base, rounding),
        (TierMode::Marginal, Metric::Orders) => percent_at(tiers, before).percent_of(base, rounding),
        (TierMode::Marginal, Metric::NetSales) => {
            let after = before.checked_add(base).ok_or(Overflow)?;
            Rate::percent_of_parts(&parts(tiers, before, after), rounding)
        }
    }
}

/// The percent of the highest tier that starts at or below this progress.
fn percent_at(tiers: &Tiers, progress: i64) -> Rate {
    let reached = tiers.tiers.partition_point(|tier| tier.from <= progress);
    tiers.tiers[reached.max(1) - 1].percent
}

/// How much of the stretch from `low` to `high` lies in each tier; a tier covers what lies beyond its start.
fn parts(tiers: &Tiers, low: i64, high: i64) -> Vec<(i64, Rate)> {
    let ends = tiers.tiers.iter().skip(1).map(|tier| tier.from).chain([i64::MAX]);
    let stretch = |from: i64, to: i64| (to.min(high) - from.max(low)).max(0);
    let parts = tiers.tiers.iter().zip(ends).map(|(tier, end)| (stretch(tier.from, end), tier.percent));
    parts.filter(|(part, _)| *part > 0).collect()
}
