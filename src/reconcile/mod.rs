//! The rules of money: a pure function from program, facts and `as_of` to outcomes, targets and exceptions.
//!
//! The rules themselves are written down in `RULES.md` beside this file, for people; every file here names its section.
//! No clock, no order of arrival and no history of runs enters: the same facts give the same money. What the ledger
//! already holds is compared with the result elsewhere.
//!
//! # The steps, in the order in which they apply
//!
//! | step | file | what it decides |
//! | --- | --- | --- |
//! | 1 | [`visible`] | which version of each order counts, in time order |
//! | 2 | [`exchange`] | what an order's currency is worth |
//! | 3 | [`outcome`] | what excludes or rejects an order, whatever its touches |
//! | 4 | [`refunds`], [`base`] | what is left to earn on, in the program's currency |
//! | 5 | [`touches`], [`manual_attribution`], [`attribution`], [`eligibility`], [`self_purchase`], [`customer_lock`] | who gets credit |
//! | 6 | [`customers`], [`outcome`] | what excludes an order for which somebody would get credit |
//! | 7 | [`shares`] | the base, split among the creators with credit |
//! | 8 | [`rates`] | which rate a share falls under |
//! | 9 | [`progress`], [`tiers`], [`per_order`], [`commission`] | what a share earns |
//! | 10 | [`caps`] | the most that an order and a month pay |
//! | 11 | [`bonuses`], [`fees`], [`disputes`], [`hold`], [`targets`] | all targets, and from when on they are payable |
//! | 12 | [`exceptions`] | what couldn't be used |
//!
//! The other files hold no rule: [`lines`] puts the lines in order, [`decided`] hands results on to the last steps, [`frame`] has what queries
//! are written with, [`order_frame`] and [`target_frame`] give the result its columns, [`version_times`], [`unchanged_until`],
//! [`day_counts`] and [`first_orders`] say what the night's run wants to know besides.
//!
//! # How it computes
//!
//! Each step is a query: it takes frames with named columns and gives frames with named columns. Joins, groups, sorts and windows are the
//! engine's; `PLAN.md` beside this file shows them all, as the engine prints them. Once orders are in time order their places, called
//! `o`, are their keys, and so are those of lines `l`, credits `p` and shares `r`: a place sorts as time does, and looking up the row at
//! a place, or of a place, needs no hashing ([`frame::beside`], [`frame::at_places`]): a join takes several times as long.
//!
//! What no query can say is a small exact function of the core, applied to whole columns ([`frame::computed`]): local days, exact rates and
//! rounding, equal parts, refunds in sequence, caps in proportion. The engine's sums wrap without a word, so amounts are refused
//! before they are summed where all of them together would not fit 64 bits (`refuse_inexact`).
//!
//! Queries run in memory, where they take half the time that the streaming engine needs for them; only clicks, which may be many times
//! as many as the rest, are streamed. Steps of which neither needs what the other gives are done at once ([`frame::both`]).
//!
//! # How to add or change a rule
//!
//! 1. Say it in `RULES.md`, with an example.
//! 2. Write it in the file of its name here, and a second time, from that page alone, in the file of the same name in
//!    `explain`. The test `agreement` compares the two on random shops; the test `house` demands the second file.
//! 3. A new file gets its place in the table above, and in [`reconcile()`]. It says which columns it looks at and which it gives.
//! 4. A new reason, kind or exception is declared in `vocabulary`.
//! 5. Where the same program file and facts may come to other money than before, raise [`VERSION`].
//! 6. Add a worked shop to `fixtures/cases`, or cases to `tests/purser/rules`.
//!
//! # Alternatives
//!
//! One order at a time, as `explain` does it, is easier to read, and many times slower; it serves as the oracle. Loops over index
//! arithmetic and hash maps of our own were here before: they took half the time and two thirds of the memory for this step, and hid what a rule says
//! behind how it was found. Posting each
//! event as it comes, without computing everything again, makes the result depend on the order of arrival; a corrected code or a
//! late refund would each be a special case.

mod attribution;
mod base;
mod bonuses;
pub mod caps;
mod commission;
mod customer_lock;
mod customers;
mod day_counts;
mod decided;
mod disputes;
mod eligibility;
mod exceptions;
mod exchange;
mod fees;
mod first_orders;
pub(crate) mod frame;
pub mod hold;
mod lines;
mod listed;
mod manual_attribution;
mod order_frame;
mod outcome;
mod per_order;
mod progress;
mod rates;
mod reconciliation;
mod refunds;
mod self_purchase;
mod shares;
mod target_frame;
mod targets;
pub mod tiers;
mod touches;
mod unchanged_until;
mod version_times;
mod visible;

use anyhow::{Context, Result};
use polars::prelude::{DataFrame, col};

use crate::facts::{Credits, Facts};
use crate::money::Overflow;
use crate::program::Program;
use decided::Decided;
use frame::{collect, query, texts};

pub use day_counts::DayCount;
pub use first_orders::FirstOrders;
pub use listed::ListedTarget;
pub(crate) use listed::for_each_listed;
pub use reconciliation::Reconciliation;

/// The version of the rules. It is raised with every change by which the same program file and facts come to other money: the
/// first run by a new version decides the last one again, and asks before it changes what is payable. Zero is what was before there were
/// versions.
pub const VERSION: i64 = 3;

/// Applies the program's rules to the facts as they are visible at `as_of` (microseconds since 1970), and to the orders
/// that people gave to creators.
///
/// # Errors
///
/// Only when an amount leaves the range in which it can be kept exactly.
pub fn reconcile(program: &Program, facts: &Facts, credits: &Credits, as_of: i64) -> Result<Reconciliation> {
    let program = &facts.with_agreed_rates(program)?;
    let orders = exchange::exchanged(program, facts, &visible::orders(program, facts, as_of)?)?;
    tracing::debug!(orders = orders.height(), "found the visible orders");
    let lines = lines::lines(facts, &orders)?;
    refuse_inexact(&lines, "net", &orders)?;
    tracing::debug!(lines = lines.height(), "found their lines");
    let orders = outcome::before_attribution(program, &orders, &lines)?;
    let left = || {
        let refunded = refunds::refunded(program, facts, as_of, &orders, &lines)?;
        let lines = base::bases(program, &lines, &orders, &refunded)?;
        for amount in ["base", "original"] {
            refuse_inexact(&lines, amount, &orders)?;
        }
        tracing::debug!("took refunds off");
        Ok((refunded, lines, disputes::disputes(facts, as_of, &orders)?))
    };
    let credited = || {
        let open = open_orders(facts, &orders)?;
        let attribution = attribution::attribution(program, facts, credits, as_of, &orders, &open)?;
        tracing::debug!("found who gets credit");
        Ok((manual_attribution::without_creator(facts, credits, &open)?, attribution))
    };
    let ((refunded, mut lines, disputes), (unused, attribution)) = frame::both(left, credited)?;
    let orders = outcome::outcomes(program, facts, &orders, &lines, attribution.reasons()?, &refunded, &disputes)?;
    let attributed = query(&orders).filter(col("is_attributed")).select([col("o")]);
    let parts = shares::parts(frame::among(query(&attribution.credits), attributed, ["o"]))?;
    let first_orders = first_orders::first_orders(&orders, &attribution.credits)?;
    drop(attribution);
    let parts = rates::with_selectors(program, facts, &orders, &parts)?;
    let shares = rates::rated(program, &shares::shares(&parts, &lines)?)?;
    // What nobody looks at any more makes room for the targets.
    lines = lines.select(["o", "base"])?;
    let rows = collect(commission::earned(program, &shares)?)?;
    refuse_inexact(&rows, "earned", &orders)?;
    let rows = collect(caps::capped(program, &rows)?)?;
    tracing::debug!(rows = rows.height(), "found what they earn");
    let decided =
        Decided { program, orders: &orders, credits: &parts, lines: &lines, shares: &shares, rows: &rows, disputes: &disputes };
    let listed = || {
        let targets = targets::targets(&decided, facts, as_of)?;
        let fees = fees::not_due(program, facts, as_of)?;
        tracing::debug!(targets = targets.height(), "listed the targets");
        let unchanged_until = unchanged_until::unchanged_until(facts, &targets, as_of, fees.next)?;
        Ok((targets, fees, unchanged_until))
    };
    let seen = || {
        let versions = version_times::version_times(program, facts, as_of, &orders)?;
        tracing::debug!("looked at their versions");
        order_frame::order_frame(&orders, versions, &refunded, &disputes)
    };
    let ((targets, fees, unchanged_until), seen_orders) = frame::both(listed, seen)?;
    Ok(Reconciliation {
        days: day_counts::day_counts(program, &orders, as_of)?,
        orders: seen_orders,
        unchanged_until,
        targets,
        exceptions: exceptions::exceptions(&decided, &refunded, unused, &fees)?,
        first_orders,
        later_fees: fees.later,
    })
}

/// The orders for which nothing is decided yet, with what touches look at.
fn open_orders(facts: &Facts, orders: &DataFrame) -> Result<DataFrame> {
    let open = collect(query(orders).filter(col("reason").is_null()).select(["o", "row", "order_id", "ordered_at"].map(col)))?;
    frame::beside(&open, "row", &facts.orders, &["email", "visitor", "click_id", "codes"])
}

/// Refuses amounts that cannot be kept exactly, and such that no sum of them is certain to fit 64 bits: what adds them up afterwards need not
/// look. `rows` have `o`, `line_id` and the column.
fn refuse_inexact(rows: &DataFrame, name: &str, orders: &DataFrame) -> Result<()> {
    let amounts = rows.column(name)?.i64()?;
    let mut sum = 0i128;
    for (row, amount) in amounts.iter().enumerate() {
        sum += i128::from(amount.unwrap_or_default().unsigned_abs());
        if amount.is_none() || sum > i128::from(i64::MAX) {
            let o = frame::u32s(rows, "o")?[row] as usize;
            let (order, line) =
                (texts(orders, "order_id")?.get(o).unwrap_or_default(), texts(rows, "line_id")?.get(row).unwrap_or_default());
            let line = if line.is_empty() { String::new() } else { format!(", line {line}") };
            return Err(Overflow).with_context(|| format!("order {order}{line}"));
        }
    }
    Ok(())
}
