//! Deciding: a pure function from program, facts and `as_of` to outcomes, targets and exceptions.
//!
//! No clock, no order of arrival and no history of runs enters (`SPEC.md`, "Facts in, targets out"). Each step of the
//! rules has its place, in the order in which they apply:
//!
//! 1. [`visible`]: which version of each order counts, in time order;
//! 2. [`exchange`]: what its currency is worth;
//! 3. [`lines`]: its lines;
//! 4. [`outcome`]: what excludes or rejects it, whoever sent the customer;
//! 5. [`base`]: net amounts less refunds, converted;
//! 6. [`clicks`], [`attribution`]: who gets credit;
//! 7. [`customers`]: whether the customer is new;
//! 8. [`shares`]: the credit, split per line;
//! 9. [`rules`]: the rate each share falls under;
//! 10. [`progress`]: how far each creator has come;
//! 11. [`commission`]: what each share earns;
//! 12. [`caps`]: the most an order and a month pay;
//! 13. [`extras`]: bonuses and fees;
//! 14. [`targets`]: all of it, line by line.

mod attribution;
mod base;
mod caps;
mod clicks;
mod commission;
mod creators;
mod credited;
mod customers;
mod difference;
mod exchange;
mod extras;
mod frame;
mod kept;
mod lines;
pub(crate) mod local;
mod outcome;
mod progress;
mod rules;
mod shares;
mod targets;
mod visible;

use std::collections::BTreeSet;

use anyhow::Result;
use polars::prelude::{Column, DataFrame};

use crate::facts::Facts;
use crate::program::{Bonus, Customers, Program};
use frame::{column, texts};

pub use credited::Credit;
pub use difference::{Circumstances, Difference, Movement, Owed, PostedTargets, What, Why, difference};
pub use kept::{KeptOutcome, ListedTarget, OutcomeCount, keep_outcome};
use outcome::Fate;

/// What the rules make of the facts at one time.
#[derive(Debug, Clone)]
pub struct Reconciliation {
    /// Every visible order, by id: `order_id` str, `outcome` str, `reason` str, `currency` str, `net` i64 (the sum of
    /// its original net amounts in minor units of its currency).
    pub orders: DataFrame,
    /// What should have been earned, one row for each target key, in the byte order of the keys. The key: `kind` str,
    /// `order_id` str (or the period, or the fee id), `line_id` str, `creator_id` str, `detail` str (tells bonuses of
    /// one order or period apart). Then `touch` str, `rule` str (what it pays under, for people), `base` i64,
    /// `commission` i64 (minor units of the program's currency), `payable_from` i64 (microseconds since 1970),
    /// `day` i32 (the local day it belongs to), `refund_day` i32 or null (that of the order's latest refund).
    pub targets: DataFrame,
    /// Kind and subject of everything that could not be used, without repeats, sorted.
    pub exceptions: BTreeSet<(String, String)>,
    /// The result is the same for every later `as_of` before this instant (microseconds since 1970), as long as
    /// program and facts are.
    pub unchanged_until: i64,
}

/// Applies the program's rules to the facts as they are visible at `as_of` (microseconds since 1970).
///
/// # Errors
///
/// Only when an amount leaves the range in which it can be kept exactly.
pub fn reconcile(program: &Program, facts: &Facts, as_of: i64) -> Result<Reconciliation> {
    let creators = creators::creators(facts)?;
    let orders = visible::orders(program, facts, as_of)?;
    tracing::debug!(orders = orders.len(), "found the visible orders");
    let exchanges = exchange::exchanges(program, facts, &orders)?;
    let lines = lines::lines(facts, &orders)?;
    tracing::debug!(lines = lines.o.len(), "found their lines");
    let decided = outcome::before_attribution(&orders, &lines, &exchanges);
    let refunded = base::refunded(program, facts, as_of, &orders, &lines, &decided)?;
    let base = base::converted(program, &orders, &lines, &exchanges, &refunded.left)?;
    tracing::debug!("took refunds off");
    let clicks = clicks::clicks(facts, as_of, &orders, &creators)?;
    tracing::debug!(clicks = clicks.at.len(), "laid out the clicks");
    let mut attribution = attribution::attribution(program, facts, &orders, &clicks, &creators, &decided)?;
    tracing::debug!("found who gets credit");
    let customers = needs_customers(program).then(|| customers::customers(&orders)).transpose()?;
    if program.commission.min_order.is_some() {
        let original = base::converted(program, &orders, &lines, &exchanges, &lines.net)?;
        for o in 0..orders.len() {
            if attribution.fates[o].is_attributed()
                && shares::is_below_minimum(program.commission.min_order, &lines, &original, o)?
            {
                attribution.fates[o] = Fate::BelowMinimum;
            }
        }
    }
    if let (Customers::New, Some(customers)) = (program.attribution.customers, &customers) {
        for (fate, _) in
            attribution.fates.iter_mut().zip(&customers.is_later).filter(|(fate, later)| fate.is_attributed() && **later)
        {
            *fate = Fate::ExistingCustomer;
        }
    }
    let shares = shares::shares(&attribution, &lines, &base);
    let rules = rules::rules(program, &orders, &lines, &creators, &shares)?;
    let earned = commission::earned(program, &orders, &attribution, &shares, &rules)?;
    let earned = caps::capped(program, &orders, &shares, earned)?;
    tracing::debug!(shares = shares.len(), "found what they earn");
    let by_id = by_id(&orders)?;
    let mut rank = vec![0; orders.len()];
    for (place, o) in (0..).zip(&by_id) {
        rank[*o as usize] = place;
    }
    let refund_day: Vec<Option<i32>> =
        refunded.latest.iter().map(|at| at.map(|at| local::day_of(program.time_zone, at))).collect();
    let mut builder = targets::Builder::new();
    if !shares.c.is_empty() {
        extras::net_sales(program, &orders, &creators, &shares, &rules, &mut builder)?;
    }
    if let Some(customers) = &customers {
        extras::new_customer(
            program,
            &orders,
            &lines,
            &creators,
            &attribution,
            customers,
            &base,
            &by_id,
            &refund_day,
            &mut builder,
        )?;
    }
    let parts = targets::Parts {
        program,
        orders: &orders,
        lines: &lines,
        clicks: &clicks,
        creators: &creators,
        attribution: &attribution,
        shares: &shares,
        rules: &rules,
        earned: &earned,
        rank: &rank,
        refund_day: &refund_day,
    };
    parts.push_kind(Fate::Code, &mut builder)?;
    let (fees_without_creator, next_fee) = extras::fees(program, facts, as_of, &creators, &mut builder)?;
    parts.push_kind(Fate::Link, &mut builder)?;
    parts.push_kind(Fate::Lock, &mut builder)?;
    let targets = builder.finish()?;
    tracing::debug!(targets = targets.height(), "listed the targets");
    let mut exceptions = BTreeSet::new();
    let order_ids = texts(&orders.frame, "order_id")?;
    for (o, fate) in attribution.fates.iter().enumerate() {
        let subject = || order_ids.get(o).unwrap_or_default().to_owned();
        if fate.is_rejected() {
            exceptions.insert((fate.reason().to_owned(), subject()));
        }
        if refunded.over_refunded[o] {
            exceptions.insert(("over_refund".to_owned(), subject()));
        }
    }
    exceptions.extend(refunded.without_order.iter().map(|id| ("refund_without_order".to_owned(), id.clone())));
    exceptions.extend(fees_without_creator.into_iter().map(|id| ("fee_without_creator".to_owned(), id)));
    Ok(Reconciliation {
        orders: order_frame(&orders, &lines, &attribution.fates, &by_id)?,
        unchanged_until: unchanged_until(facts, &targets, as_of, next_fee)?,
        targets,
        exceptions,
    })
}

fn needs_customers(program: &Program) -> bool {
    program.attribution.customers == Customers::New
        || program.commission.bonuses.iter().any(|b| matches!(b, Bonus::NewCustomer { .. }))
}

/// The orders in byte order of their ids.
fn by_id(orders: &visible::Orders) -> Result<Vec<u32>> {
    use rayon::slice::ParallelSliceMut;
    let ids = texts(&orders.frame, "order_id")?;
    let mut by_id: Vec<(&str, u32)> = (0..orders.len() as u32).map(|o| (ids.get(o as usize).unwrap_or_default(), o)).collect();
    by_id.par_sort_unstable();
    Ok(by_id.into_iter().map(|(_, o)| o).collect())
}

fn order_frame(orders: &visible::Orders, lines: &lines::Lines, fates: &[Fate], by_id: &[u32]) -> Result<DataFrame> {
    let net = |o: usize| extras::checked_sum(lines.net[lines.of(o)].iter().copied());
    let nets: Vec<i64> = by_id.iter().map(|o| net(*o as usize)).collect::<Result<_, _>>()?;
    let words = |name: &str, word: fn(Fate) -> &'static str| -> Column {
        column(name, by_id.iter().map(|o| word(fates[*o as usize])).collect())
    };
    Ok(DataFrame::new_infer_height(vec![
        frame::take_column(&orders.frame, "order_id", by_id, "order_id")?,
        words("outcome", Fate::outcome),
        words("reason", Fate::reason),
        frame::take_column(&orders.frame, "currency", by_id, "currency")?,
        column("net", nets),
    ])?)
}

/// The first instant after `as_of` at which something not yet visible shows, a hold ends or a fee falls due.
fn unchanged_until(facts: &Facts, targets: &DataFrame, as_of: i64, next_fee: Option<i64>) -> Result<i64> {
    // What happens at t is visible just after t.
    let hidden = |frame: &DataFrame, name: &str| -> Result<Option<i64>> {
        Ok(frame::i64s(frame, name)?.iter().filter(|at| **at >= as_of).min().map(|at| at.saturating_add(1)))
    };
    let (ordered, updated) = (frame::i64s(&facts.orders, "ordered_at")?, frame::i64s(&facts.orders, "updated_at")?);
    let versions = ordered.iter().zip(updated).map(|(ordered, updated)| *ordered.max(updated));
    let version = versions.filter(|at| *at >= as_of).min().map(|at| at.saturating_add(1));
    let held = frame::i64s(targets, "payable_from")?.iter().filter(|from| **from > as_of).min().copied();
    let moments = [version, hidden(&facts.refunds, "refunded_at")?, hidden(&facts.clicks, "clicked_at")?, held, next_fee];
    Ok(moments.into_iter().flatten().min().unwrap_or(i64::MAX))
}
