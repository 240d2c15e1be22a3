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
//! | 5 | [`touches`], [`manual`], [`attribution`], [`eligibility`], [`lock`] | who gets credit |
//! | 6 | [`customers`], [`outcome`] | what excludes an order for which somebody would get credit |
//! | 7 | [`shares`] | the base, split among the creators with credit |
//! | 8 | [`rates`] | which rate a share falls under |
//! | 9 | [`progress`], [`tiers`], [`per_order`], [`commission`] | what a share earns |
//! | 10 | [`caps`] | the most that an order and a month pay |
//! | 11 | [`bonuses`], [`fees`], [`hold`], [`targets`] | all targets, and from when on they are payable |
//! | 12 | [`exceptions`] | what couldn't be used |
//!
//! The other files hold no rule: [`lines`] and [`creators`] lay tables out, [`credit`] and [`decided`] hand results from
//! step to step, [`frame`], [`order_frame`] and [`target_frame`] reach into frames and build them, [`unchanged_until`]
//! and [`day_counts`] say what the night's run wants to know besides.
//!
//! # How it computes
//!
//! Each step takes whole columns and gives whole columns, indexed by an order's place `o`, a line's `l`, a share's `r`, a
//! creator's `c` or a click's `k`. So a night of millions of orders is a few passes over memory, and nothing is copied
//! that one index can point to. What is money arithmetic (splits, refunds in sequence, exact rates and rounding) is a
//! small exact kernel of `money`.
//!
//! # How to add or change a rule
//!
//! 1. Say it in `RULES.md`, with an example.
//! 2. Write it in the file of its name here, and a second time, from that page alone, in the file of the same name in
//!    `explain`. The test `agreement` compares the two on random shops; the test `house` demands the second file.
//! 3. A new file gets its place in the table above, and in [`reconcile()`]. It takes columns and returns columns, and
//!    imports the types of earlier steps only.
//! 4. A new reason, kind or exception is declared in `vocabulary`.
//! 5. Add a worked shop to `fixtures/cases`, or cases to `tests/purser/rules`.
//!
//! # Alternatives
//!
//! One order at a time, as `explain` does it, is easier to read, and many times slower; it serves as the oracle. Rules as
//! queries of the data engine alone don't suit what depends on the rows before (refunds, tiers, caps, the lock): the
//! window functions would be harder to check than the loops. Posting each event as it comes, without computing
//! everything anew, makes the result depend on the order of arrival; a corrected code or a late refund would each be a
//! special case.

mod attribution;
mod base;
mod bonuses;
pub mod caps;
mod commission;
mod creators;
mod credit;
mod customers;
mod day_counts;
mod decided;
mod eligibility;
mod exceptions;
mod exchange;
mod fees;
pub(crate) mod frame;
pub mod hold;
mod lines;
mod listed;
mod lock;
mod manual;
mod order_frame;
mod outcome;
mod per_order;
mod progress;
mod rates;
mod reconciliation;
mod refunds;
mod shares;
mod target_frame;
mod targets;
pub mod tiers;
mod touches;
mod unchanged_until;
mod visible;

use anyhow::Result;

use crate::facts::{Credits, Facts};
use crate::program::{Bonus, Customers, Program};
use crate::vocabulary::OutcomeReason;
use decided::Decided;

pub use day_counts::DayCount;
pub use listed::ListedTarget;
pub(crate) use listed::for_each_listed;
pub use reconciliation::Reconciliation;

/// Applies the program's rules to the facts as they are visible at `as_of` (microseconds since 1970), and to the orders
/// that people gave to creators.
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
    let unusable = outcome::before_attribution(program, &orders, &lines, &exchanges);
    let refunded = refunds::refunded(program, facts, as_of, &orders, &lines, &unusable)?;
    let base = base::converted(program, &orders, &lines, &exchanges, &refunded.left)?;
    tracing::debug!("took refunds off");
    let clicks = touches::clicks(facts, as_of, &orders, &creators)?;
    tracing::debug!(clicks = clicks.len(), "laid out the clicks");
    let manual = manual::manual(credits, &orders, &creators, &unusable);
    let mut attribution = attribution::attribution(program, facts, &orders, &clicks, &creators, &unusable, &manual)?;
    tracing::debug!("found who gets credit");
    let customers = needs_customers(program).then(|| customers::customers(&orders));
    let original = base::converted(program, &orders, &lines, &exchanges, &lines.net)?;
    outcome::after_attribution(program, &orders, &lines, &original, customers.as_ref(), &mut attribution)?;
    drop(original);
    let shares = shares::shares(&attribution, &lines, &base);
    let rates = rates::rates(program, &orders, &lines, &creators, &shares);
    let earned = commission::earned(program, &orders, &attribution, &shares, &rates)?;
    let earned = caps::capped(program, &orders, &shares, earned)?;
    tracing::debug!(shares = shares.len(), "found what they earn");
    let decided = Decided {
        program,
        orders: &orders,
        lines: &lines,
        base: &base,
        clicks: &clicks,
        creators: &creators,
        attribution: &attribution,
        shares: &shares,
        rates: &rates,
        earned: &earned,
        by_id: &orders.by_id(),
        refund_day: &refunded.days(program.time_zone),
    };
    let (targets, fees) = targets::targets(&decided, facts, as_of, customers.as_ref())?;
    tracing::debug!(targets = targets.height(), "listed the targets");
    let reasons: &[OutcomeReason] = &attribution.reasons;
    Ok(Reconciliation {
        days: day_counts::day_counts(program, &orders, reasons, as_of),
        orders: order_frame::order_frame(facts, &orders, &lines, reasons, decided.by_id)?,
        unchanged_until: unchanged_until::unchanged_until(facts, &targets, as_of, fees.next)?,
        targets,
        exceptions: exceptions::exceptions(&orders, reasons, &refunded, &manual, &fees),
    })
}

/// Whether anything depends on who is a new customer.
fn needs_customers(program: &Program) -> bool {
    program.attribution.customers == Customers::New
        || program.commission.bonuses.iter().any(|bonus| matches!(bonus, Bonus::NewCustomer { .. }))
}
