//! Bonuses, which stand beside commissions and outside the caps (`RULES.md`, section 9).

use std::collections::BTreeMap;

use anyhow::Result;

use super::creators::Place;
use super::customers::Customers;
use super::decided::Decided;
use super::hold::payable_from;
use super::progress::progress;
use super::target_frame::{Builder, Target};
use crate::calendar::{day_after_period, last_day_before, period_label, start_of};
use crate::money::{format_minor, split_equally};
use crate::program::{Bonus, Metric, Period};
use crate::vocabulary::{BONUS_NET_SALES, BONUS_NEW_CUSTOMER, Kind};

/// Tells several bonuses apart that would have one key: the first has no mark, the next `#2`.
fn mark(name: &str, nth: usize) -> String {
    if nth == 0 { name.to_owned() } else { format!("{name}#{}", nth + 1) }
}

/// Pushes the new-customer bonuses of the attributed orders, by order id, creator and bonus.
pub(super) fn new_customer(decided: &Decided<'_>, customers: &Customers, into: &mut Builder) {
    let Decided { program, orders, lines, creators, attribution, base, .. } = decided;
    let amounts = program.commission.bonuses.iter().filter_map(|bonus| match bonus {
        Bonus::NewCustomer { amount } => Some(*amount),
        Bonus::NetSales { .. } => None,
    });
    let amounts: Vec<i64> = amounts.collect();
    for o in decided.by_id.iter().map(|o| *o as usize) {
        let has_base = || base[lines.of(o)].iter().any(|base| *base > 0);
        if !attribution.reasons[o].is_attributed() || !customers.is_first[o] || !has_base() {
            continue;
        }
        let credits = &attribution.credits[o];
        let parts: Vec<Vec<i64>> = amounts.iter().map(|amount| split_equally(*amount, credits.len())).collect();
        for (part, credit) in credits.iter().enumerate() {
            for (nth, parts) in parts.iter().enumerate() {
                into.push(&Target {
                    kind: Kind::BonusNewCustomer,
                    order_id: orders.id(o),
                    line_id: "",
                    creator_id: &creators.ids[credit.creator as usize],
                    detail: &mark("", nth),
                    touch: "",
                    base: 0,
                    commission: parts[part],
                    payable_from: payable_from(orders.ordered_at[o], program.commission.hold),
                    rule: BONUS_NEW_CUSTOMER,
                    day: orders.day[o],
                    refund_day: decided.refund_day[o],
                });
            }
        }
    }
}

/// A threshold that a creator reached in a period.
struct Reached {
    over: i64,
    amount: i64,
    period: Period,
    number: i32,
}

/// Pushes the net-sales bonuses: for each creator and period whose progress is above zero and reaches the threshold.
pub(super) fn net_sales(decided: &Decided<'_>, into: &mut Builder) -> Result<()> {
    let Decided { program, orders, creators, shares, rates, .. } = decided;
    let exponent = program.currency.exponent();
    let mut seen: BTreeMap<(String, i64), usize> = BTreeMap::new();
    let mut found: BTreeMap<(String, Place, String), Reached> = BTreeMap::new();
    for bonus in &program.commission.bonuses {
        let Bonus::NetSales { over, period, amount } = *bonus else { continue };
        let nth = seen.entry((format!("{period:?}"), over)).or_insert(0);
        let detail = mark(&format_minor(over, exponent), *nth);
        *nth += 1;
        for ((c, number), total) in progress(program, orders, shares, rates, period, Metric::NetSales)?.total {
            if total > 0 && total >= over {
                found.insert((period_label(period, number), c, detail.clone()), Reached { over, amount, period, number });
            }
        }
    }
    for ((label, c, detail), Reached { over, amount, period, number }) in found {
        let Some(after) = day_after_period(period, number) else { continue };
        into.push(&Target {
            kind: Kind::BonusNetSales,
            order_id: &label,
            line_id: "",
            creator_id: &creators.ids[c as usize],
            detail: &detail,
            touch: &format_minor(over, exponent),
            base: 0,
            commission: amount,
            payable_from: payable_from(start_of(program.time_zone, after), program.commission.hold),
            rule: BONUS_NET_SALES,
            day: last_day_before(after),
            refund_day: None,
        });
    }
    Ok(())
}
