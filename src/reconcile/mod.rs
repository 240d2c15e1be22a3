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
//! 6. [`touches`], [`manual`], [`attribution`]: who gets credit;
//! 7. [`customers`]: whether the customer is new;
//! 8. [`shares`]: the credit, split per line;
//! 9. [`rates`]: the rate each share falls under;
//! 10. [`progress`]: how far each creator has come;
//! 11. [`commission`]: what each share earns;
//! 12. [`caps`]: the most an order and a month pay;
//! 13. [`bonuses`]: bonuses and fees;
//! 14. [`targets`]: all of it, line by line.

mod attribution;
mod base;
mod bonuses;
mod caps;
mod commission;
mod creators;
mod credited;
mod customers;
mod day_counts;
mod difference;
mod exchange;
mod frame;
mod kept;
mod lines;
mod listed;
pub(crate) mod local;
mod manual;
mod outcome;
mod progress;
mod rates;
mod restatement;
mod shares;
mod tally;
mod targets;
mod touches;
mod visible;

use std::collections::BTreeSet;

use anyhow::Result;
use polars::prelude::{Column, DataFrame};

use crate::facts::{Credits, Facts};
use crate::program::{Bonus, Customers, Program};
use frame::column;

pub use credited::{Credit, is_commission};
pub use day_counts::DayCount;
pub use difference::{Circumstances, Difference, Movement, Owed, PostedTargets, What, Why, difference};
pub use kept::{KeptOutcome, OutcomeCount, keep_outcome};
pub use listed::ListedTarget;
use outcome::Fate;
pub use restatement::{Restated, Standing, restated};
pub use tally::{Tallied, TargetTally};
use targets::{Builder, Decided};

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
    /// How many orders each of the last local days brought.
    pub days: Vec<DayCount>,
    /// The result is the same for every later `as_of` before this instant (microseconds since 1970), as long as
    /// program and facts are.
    pub unchanged_until: i64,
}

/// Applies the program's rules to the facts as they are visible at `as_of` (microseconds since 1970), and to the orders
/// that are given by hand.
///
/// # Errors
///
/// Only when an amount leaves the range in which it can be kept exactly.
pub fn reconcile(program: &Program, facts: &Facts, credits: &Credits, as_of: i64) -> Result<Reconciliation> {
    let creators = creators::creators(facts)?;
    let orders = visible::orders(program, facts, as_of)?;
    tracing::debug!(orders = orders.len(), "found the visible orders");
    let exchanges = exchange::exchanges(program, facts, &orders)?;
    let lines = lines::lines(facts, &orders)?;
    tracing::debug!(lines = lines.o.len(), "found their lines");
    let decided = outcome::before_attribution(program, &orders, &lines, &exchanges);
    let refunded = base::refunded(program, facts, as_of, &orders, &lines, &decided)?;
    let base = base::converted(program, &orders, &lines, &exchanges, &refunded.left)?;
    tracing::debug!("took refunds off");
    let clicks = touches::clicks(facts, as_of, &orders, &creators)?;
    tracing::debug!(clicks = clicks.len(), "laid out the clicks");
    let given = manual::given(credits, &orders, &creators, &decided);
    let mut attribution = attribution::attribution(program, facts, &orders, &clicks, &creators, &decided, &given)?;
    tracing::debug!("found who gets credit");
    let customers = needs_customers(program).then(|| customers::customers(&orders));
    let original = base::converted(program, &orders, &lines, &exchanges, &lines.net)?;
    exclude(program, &orders, &lines, &original, customers.as_ref(), &mut attribution)?;
    drop(original);
    let shares = shares::shares(&attribution, &lines, &base);
    let rules = rates::rules(program, &orders, &lines, &creators, &shares);
    let earned = commission::earned(program, &orders, &attribution, &shares, &rules)?;
    let earned = caps::capped(program, &orders, &shares, earned)?;
    tracing::debug!(shares = shares.len(), "found what they earn");
    let refund_day: Vec<Option<i32>> =
        refunded.latest.iter().map(|at| at.map(|at| local::day_of(program.time_zone, at))).collect();
    let decided = Decided {
        program,
        orders: &orders,
        lines: &lines,
        base: &base,
        clicks: &clicks,
        creators: &creators,
        attribution: &attribution,
        shares: &shares,
        rules: &rules,
        earned: &earned,
        by_id: &orders.by_id(),
        refund_day: &refund_day,
    };
    let (targets, fees) = list(&decided, facts, as_of, customers.as_ref())?;
    tracing::debug!(targets = targets.height(), "listed the targets");
    Ok(Reconciliation {
        days: day_counts::days(program, &orders, &attribution.fates, as_of),
        orders: order_frame(facts, &orders, &lines, &attribution.fates, decided.by_id)?,
        unchanged_until: unchanged_until(facts, &targets, as_of, fees.next)?,
        targets,
        exceptions: exceptions(&orders, &attribution.fates, &refunded, &given, &fees),
    })
}

/// Excludes paid orders from before the program's start, and attributed ones that are too small, or not a new customer's
/// where only those earn.
fn exclude(
    program: &Program,
    orders: &visible::Orders<'_>,
    lines: &lines::Lines<'_>,
    original: &[i64],
    customers: Option<&customers::Customers>,
    attribution: &mut attribution::Attribution,
) -> Result<()> {
    if program.starts.is_some() {
        let is_early = outcome::early(program, orders);
        for o in (0..orders.len()).filter(|o| orders.status[*o] == visible::Status::Paid && is_early(*o)) {
            attribution.fates[o] = Fate::BeforeStart;
        }
    }
    let only_new = program.attribution.customers == Customers::New;
    for o in (0..orders.len()).filter(|o| attribution.fates[*o].is_attributed()).collect::<Vec<_>>() {
        if shares::is_below_minimum(program.commission.min_order, lines, original, o)? {
            attribution.fates[o] = Fate::BelowMinimum;
        } else if only_new && customers.is_some_and(|customers| customers.is_later[o]) {
            attribution.fates[o] = Fate::ExistingCustomer;
        }
    }
    Ok(())
}

/// All targets, in the byte order of their kinds, and what became of the fees.
fn list(
    decided: &Decided<'_>,
    facts: &Facts,
    as_of: i64,
    customers: Option<&customers::Customers>,
) -> Result<(DataFrame, bonuses::Fees)> {
    let mut builder = Builder::new();
    bonuses::net_sales(decided, &mut builder)?;
    if let Some(customers) = customers {
        bonuses::new_customer(decided, customers, &mut builder)?;
    }
    decided.push_kind(Fate::Code, &mut builder)?;
    decided.push_kind(Fate::Credit, &mut builder)?;
    let fees = bonuses::fees(decided, facts, as_of, &mut builder)?;
    decided.push_kind(Fate::Link, &mut builder)?;
    decided.push_kind(Fate::Lock, &mut builder)?;
    Ok((builder.finish()?, fees))
}

/// Kind and subject of everything that could not be used.
fn exceptions(
    orders: &visible::Orders<'_>,
    fates: &[Fate],
    refunded: &base::Refunded,
    given: &manual::Given,
    fees: &bonuses::Fees,
) -> BTreeSet<(String, String)> {
    let mut exceptions = BTreeSet::new();
    for (o, fate) in fates.iter().enumerate() {
        let subject = || orders.id(o).to_owned();
        if fate.is_rejected() {
            exceptions.insert((fate.reason().to_owned(), subject()));
        }
        if refunded.over_refunded[o] && *fate != Fate::BeforeStart {
            exceptions.insert(("over_refund".to_owned(), subject()));
        }
    }
    let unused = given.without_creator.iter().filter(|(o, _)| fates[*o] != Fate::BeforeStart);
    exceptions.extend(unused.map(|(_, id)| ("credit_without_creator".to_owned(), id.clone())));
    exceptions.extend(refunded.without_order.iter().map(|id| ("refund_without_order".to_owned(), id.clone())));
    exceptions.extend(fees.without_creator.iter().map(|id| ("fee_without_creator".to_owned(), id.clone())));
    exceptions
}

fn needs_customers(program: &Program) -> bool {
    program.attribution.customers == Customers::New
        || program.commission.bonuses.iter().any(|b| matches!(b, Bonus::NewCustomer { .. }))
}

fn order_frame(
    facts: &Facts,
    orders: &visible::Orders<'_>,
    lines: &lines::Lines<'_>,
    fates: &[Fate],
    by_id: &[u32],
) -> Result<DataFrame> {
    let net = |o: usize| bonuses::checked_sum(lines.net[lines.of(o)].iter().copied());
    let nets: Vec<i64> = by_id.iter().map(|o| net(*o as usize)).collect::<Result<_, _>>()?;
    let words = |name: &str, word: fn(Fate) -> &'static str| -> Column {
        column(name, by_id.iter().map(|o| word(fates[*o as usize])).collect())
    };
    let rows: Vec<u32> = by_id.iter().map(|o| orders.row[*o as usize]).collect();
    Ok(DataFrame::new_infer_height(vec![
        frame::take_column(&facts.orders, "order_id", &rows, "order_id")?,
        words("outcome", Fate::outcome),
        words("reason", Fate::reason),
        frame::take_column(&facts.orders, "currency", &rows, "currency")?,
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
