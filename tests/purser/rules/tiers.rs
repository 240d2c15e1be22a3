//! Tiers, with the examples of `RULES.md` and their edges.

use purser::explain::progress::Progress;
use purser::explain::tiers::{Place, parts, percents};
use purser::money::{Rate, Rounding};
use purser::program::{Metric, Period, Tier, TierMode, Tiers};
use purser::reconcile::tiers::earned;

const HALF_EVEN: Rounding = Rounding::HalfEven;

fn tiers(mode: TierMode, metric: Metric, tiers: &[(i64, &str)]) -> Tiers {
    let tier = |(from, percent): &(i64, &str)| Tier { from: *from, percent: percent.parse().expect("a percent") };
    Tiers { period: Period::Month, metric, mode, tiers: tiers.iter().map(tier).collect() }
}

/// What a base earns after `before` of a period's `total`, by both computations.
fn pays(tiers: &Tiers, base: i64, before: i64, total: i64) -> i64 {
    let paid = earned(tiers, base, before, total, HALF_EVEN).expect("it can be computed");
    let progress = |n: i64| match tiers.metric {
        Metric::NetSales => Progress { sales: n, orders: 0 },
        Metric::Orders => Progress { sales: 0, orders: n },
    };
    let place = Place { base, before: progress(before), total: progress(total), order_counts: true };
    let explained = Rate::percent_of_parts(&percents(&parts(tiers, &place)), HALF_EVEN).expect("it can be computed");
    assert_eq!(paid, explained, "{tiers:?}: {base} after {before} of {total}");
    paid
}

#[test]
fn each_part_of_the_sales_earns_the_percent_of_its_tier() {
    let marginal = tiers(TierMode::Marginal, Metric::NetSales, &[(0, "12"), (150_000, "15"), (400_000, "18")]);
    for (base, before, commission) in [
        (12_000, 145_000, 600 + 1050),
        // Exactly up to a limit, and from it on.
        (5_000, 145_000, 600),
        (12_000, 150_000, 1800),
        // Over two limits at once, and beyond the last.
        (300_000, 140_000, 1200 + 37_500 + 7200),
        (10_000, 1_000_000, 1800),
        (0, 145_000, 0),
        // Parts are summed exactly and rounded once: 0.24 + 0.45 of a cent.
        (5, 149_998, 1),
    ] {
        assert_eq!(pays(&marginal, base, before, 999_999_999), commission, "{base} after {before}");
    }
}

#[test]
fn the_whole_period_picks_a_retroactive_tier() {
    let retroactive = tiers(TierMode::Retroactive, Metric::NetSales, &[(0, "12"), (150_000, "15"), (400_000, "18")]);
    for (base, total, commission) in
        [(157_000, 157_000, 23_550), (10_000, 149_999, 1200), (10_000, 150_000, 1500), (10_000, 400_000, 1800)]
    {
        assert_eq!(pays(&retroactive, base, 0, total), commission, "{base} of {total}");
    }
}

#[test]
fn orders_are_counted_from_the_first() {
    let of_orders = |mode| tiers(mode, Metric::Orders, &[(0, "10"), (10, "20")]);
    // The eleventh order has ten before it.
    assert_eq!(pays(&of_orders(TierMode::Marginal), 1000, 9, 99), 100);
    assert_eq!(pays(&of_orders(TierMode::Marginal), 1000, 10, 99), 200);
    // Ten orders in all are enough, and then the first earns it too.
    assert_eq!(pays(&of_orders(TierMode::Retroactive), 1000, 0, 9), 100);
    assert_eq!(pays(&of_orders(TierMode::Retroactive), 1000, 0, 10), 200);
}
