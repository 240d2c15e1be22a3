//! Step 13: what stands beside the commissions of lines: bonuses and fees.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::creators::Place;
use super::customers::Customers;
use super::frame::{i32s, i64s, texts};
use super::local::{day_after_period, day_of, last_day_before, period_label, start_of};
use super::progress::progress;
use super::targets::{Builder, Decided, Target};
use crate::facts::{Facts, day_of_epoch};
use crate::money::{Overflow, format_minor, split_equally};
use crate::program::{Bonus, Metric, Period};

/// The days on which something earned on a day becomes payable at once.
const AT_ONCE: i64 = i64::MIN;

/// Tells several bonuses apart that would have one key: the first has no mark, the next `#2`.
fn mark(name: &str, nth: usize) -> String {
    if nth == 0 { name.to_owned() } else { format!("{name}#{}", nth + 1) }
}

/// Pushes the new-customer bonuses of the attributed orders, by order id, creator and bonus.
pub(super) fn new_customer(decided: &Decided<'_>, customers: &Customers, into: &mut Builder) -> Result<()> {
    let Decided { program, orders, lines, creators, attribution, base, .. } = decided;
    let amounts = program.commission.bonuses.iter().filter_map(|bonus| match bonus {
        Bonus::NewCustomer { amount } => Some(*amount),
        Bonus::NetSales { .. } => None,
    });
    let amounts: Vec<i64> = amounts.collect();
    for o in decided.by_id.iter().map(|o| *o as usize) {
        let has_base = || base[lines.of(o)].iter().any(|base| *base > 0);
        if !attribution.fates[o].is_attributed() || !customers.is_first[o] || !has_base() {
            continue;
        }
        let credits = &attribution.credits[o];
        let parts: Vec<Vec<i64>> = amounts.iter().map(|amount| split_equally(*amount, credits.len())).collect();
        for (part, credit) in credits.iter().enumerate() {
            for (nth, parts) in parts.iter().enumerate() {
                into.push(&Target {
                    kind: "bonus_new_customer",
                    order_id: orders.id(o),
                    line_id: "",
                    creator_id: &creators.ids[credit.creator as usize],
                    detail: &mark("", nth),
                    touch: "",
                    base: 0,
                    commission: parts[part],
                    payable_from: orders.ordered_at[o] + program.commission.hold,
                    rule: "new_customer bonus",
                    day: orders.day[o],
                    refund_day: decided.refund_day[o],
                });
            }
        }
    }
    Ok(())
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
    let Decided { program, orders, creators, shares, rules, .. } = decided;
    let exponent = program.currency.exponent();
    let mut seen: BTreeMap<(String, i64), usize> = BTreeMap::new();
    let mut found: BTreeMap<(String, Place, String), Reached> = BTreeMap::new();
    for bonus in &program.commission.bonuses {
        let Bonus::NetSales { over, period, amount } = *bonus else { continue };
        let nth = seen.entry((format!("{period:?}"), over)).or_insert(0);
        let detail = mark(&format_minor(over, exponent), *nth);
        *nth += 1;
        for ((c, number), total) in progress(program, orders, shares, rules, period, Metric::NetSales)?.total {
            if total > 0 && total >= over {
                found.insert((period_label(period, number), c, detail.clone()), Reached { over, amount, period, number });
            }
        }
    }
    for ((label, c, detail), Reached { over, amount, period, number }) in found {
        let Some(after) = day_after_period(period, number) else { continue };
        into.push(&Target {
            kind: "bonus_net_sales",
            order_id: &label,
            line_id: "",
            creator_id: &creators.ids[c as usize],
            detail: &detail,
            touch: &format_minor(over, exponent),
            base: 0,
            commission: amount,
            payable_from: start_of(program.time_zone, after) + program.commission.hold,
            rule: "net_sales bonus",
            day: last_day_before(after),
            refund_day: None,
        });
    }
    Ok(())
}

/// What became of the fees that are no targets.
#[derive(Default)]
pub(super) struct Fees {
    /// Those whose creator is unknown, whatever their day.
    pub without_creator: BTreeSet<String>,
    /// The start of the next local day on which another falls due (microseconds since 1970).
    pub next: Option<i64>,
}

/// Pushes the fees that are due, by fee id.
pub(super) fn fees(decided: &Decided<'_>, facts: &Facts, as_of: i64, into: &mut Builder) -> Result<Fees> {
    let Decided { program, creators, .. } = decided;
    let frame = &facts.fees;
    let (id, creator) = (texts(frame, "fee_id")?, texts(frame, "creator_id")?);
    let (amount, due_on) = (i64s(frame, "amount")?, i32s(frame, "due_on")?);
    let today = day_of(program.time_zone, as_of);
    let mut without_creator = BTreeSet::new();
    let mut next: Option<i32> = None;
    let mut rows: Vec<usize> = (0..frame.height()).collect();
    rows.sort_by_key(|row| id.get(*row));
    for row in rows {
        let fee_id = id.get(row).unwrap_or_default();
        let place = creator.get(row).and_then(|id| creators.place(id)).filter(|c| creators.is_known(*c));
        let Some(c) = place else {
            without_creator.insert(fee_id.to_owned());
            continue;
        };
        if due_on[row] > today {
            next = Some(next.map_or(due_on[row], |day| day.min(due_on[row])));
            continue;
        }
        into.push(&Target {
            kind: "fee",
            order_id: fee_id,
            line_id: "",
            creator_id: &creators.ids[c as usize],
            detail: "",
            touch: "",
            base: 0,
            commission: amount[row],
            payable_from: AT_ONCE,
            rule: "fee",
            day: due_on[row],
            refund_day: None,
        });
    }
    let next = next.and_then(day_of_epoch).map(|day| start_of(program.time_zone, day));
    Ok(Fees { without_creator, next })
}

/// A sum that cannot be kept exactly.
pub(super) fn checked_sum(amounts: impl Iterator<Item = i64>) -> Result<i64, Overflow> {
    amounts.into_iter().try_fold(0i64, |sum, amount| sum.checked_add(amount)).ok_or(Overflow)
}
