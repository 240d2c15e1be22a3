//! Which figures of a run are far from the usual, by the limits of the program file.

use std::collections::BTreeMap;

use crate::calendar::{day_of_epoch, format_local_time};
use crate::money::Money;
use crate::program::{Micros, Program};
use crate::vocabulary::counted;

/// In microseconds.
const HOUR: i64 = 3_600_000_000;

/// How many orders a usual day has at least, before a day is held against it.
const ORDERS: i64 = 10;

/// How many days a week has, and how many weeks are looked at.
const WEEK: i32 = 7;
const WEEKS: i32 = 4;

/// How many runs before are looked at, and how many of them there have to be.
pub const RUNS: i64 = 7;
const FEWEST_RUNS: usize = 3;

/// The orders of one local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOrders {
    /// The day, as days since 1970.
    pub day: i32,
    /// How many orders were placed on it; tests do not count.
    pub orders: i64,
    /// How many of them are unattributed.
    pub unattributed: i64,
}

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The orders of the last local days; days without orders are left out.
    pub days: Vec<DayOrders>,
    /// How many exceptions there are, by kind.
    pub exceptions: BTreeMap<String, i64>,
    /// What creators are owed more (or less) because of it, in minor units; none where that cannot be kept exactly.
    pub owed: Option<i64>,
    /// Which of its sources seem to have stopped (see [`stopped`]).
    pub stopped: Vec<String>,
}

/// Which sources have brought nothing for longer than the program file allows, a line for each. `orders` and `clicks` are from when the newest
/// are; times are microseconds since 1970.
pub fn stopped(program: &Program, orders: Option<i64>, clicks: Option<i64>, as_of: i64) -> Vec<String> {
    let limits = [("order", orders, program.alerts.no_orders_for), ("click", clicks, program.alerts.no_clicks_for)];
    let line = |(what, newest, limit): (&str, Option<i64>, Option<Micros>)| {
        let limit = limit?;
        let Some(newest) = newest else { return Some(format!("There is no {what}; check the source of {what}s.")) };
        let hours = (as_of - newest) / HOUR;
        let at = format_local_time(program.time_zone, newest);
        (as_of - newest > limit).then(|| {
            let ago = counted(hours, "hour", "hours");
            format!("The newest {what} is from {at}, {ago} before this run, longer ago than no_{what}s_for allows; check the source of {what}s.")
        })
    };
    limits.into_iter().filter_map(line).collect()
}

/// What is unusual about a run, a line for each; nothing when nothing is. `yesterday` is the last whole local day (days since
/// 1970), `exceptions_before` how many exceptions the runs before it had, the latest first.
pub fn unusual(program: &Program, figures: &Figures, yesterday: i32, exceptions_before: &[i64]) -> Vec<String> {
    let lines = [
        few_orders(program, &figures.days, yesterday),
        many_exceptions(program, figures, exceptions_before),
        many_unattributed(program, &figures.days, yesterday),
        low_total(program, figures),
    ];
    lines.into_iter().flatten().chain(figures.stopped.iter().cloned()).collect()
}

fn few_orders(program: &Program, days: &[DayOrders], yesterday: i32) -> Option<String> {
    let limit = program.alerts.orders_below?;
    let mut before: Vec<i64> = (1..=WEEKS).map(|weeks| orders_on(days, yesterday - weeks * WEEK).0).collect();
    let usual = middle(&mut before)?;
    let (orders, _) = orders_on(days, yesterday);
    (usual >= ORDERS && orders * 100 < usual * limit).then(|| {
        format!("{} on {}; about {usual} is usual for that weekday.", counted(orders, "order", "orders"), day(yesterday))
    })
}

fn many_exceptions(program: &Program, figures: &Figures, before: &[i64]) -> Option<String> {
    let limit = program.alerts.exceptions_above?;
    let mut before = before.to_vec();
    if before.len() < FEWEST_RUNS {
        return None;
    }
    let usual = middle(&mut before)?;
    let count = figures.exceptions.values().sum::<i64>();
    let kinds: Vec<String> = figures.exceptions.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    (count >= usual.saturating_add(ORDERS) && count > usual.saturating_mul(limit) / 100)
        .then(|| format!("{count} exceptions; about {usual} is usual: {}.", kinds.join(", ")))
}

fn many_unattributed(program: &Program, days: &[DayOrders], yesterday: i32) -> Option<String> {
    let limit = program.alerts.unattributed_rise?;
    let (orders, unattributed) = orders_on(days, yesterday);
    let before = (1..=WEEK * WEEKS).map(|back| orders_on(days, yesterday - back));
    let (all, without) = before.fold((0, 0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
    if orders < ORDERS || all < ORDERS {
        return None;
    }
    let (share, usual) = (unattributed * 100 / orders, without * 100 / all);
    (share - usual > limit)
        .then(|| format!("{share}% of orders on {} are unattributed; about {usual}% is usual.", day(yesterday)))
}

fn low_total(program: &Program, figures: &Figures) -> Option<String> {
    let limit = program.alerts.total_below?;
    let total = figures.owed?;
    let money = |minor| Money::from_minor(minor, program.currency);
    (total < limit).then(|| match total {
        ..0 => format!("Clawbacks exceed earnings by {} in this run.", money(-total)),
        _ => format!("Creators earned only {} in this run.", money(total)),
    })
}

/// How many orders a day brought, and how many of them are unattributed.
fn orders_on(days: &[DayOrders], day: i32) -> (i64, i64) {
    days.iter().find(|count| count.day == day).map_or((0, 0), |count| (count.orders, count.unattributed))
}

/// The middle one, the lower of two.
fn middle(values: &mut [i64]) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

fn day(number: i32) -> String {
    let date = day_of_epoch(number).unwrap_or_default();
    date.format("%A %Y-%m-%d").to_string()
}
