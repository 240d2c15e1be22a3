//! The rules of money a second time: one order at a time, in plain Rust, in words.
//!
//! It serves two purposes. [`model()`] says for a whole shop what every creator should have earned, to be compared with
//! `reconcile`, which does the work. And [`explain()`] says why one order pays what it pays, by listening while the same
//! code runs.
//!
//! Written from `src/reconcile/RULES.md` alone, without looking at `reconcile`: to stay unseen, a mistake has to be made
//! twice, in two different ways of computing. So the two share facts, the program, money arithmetic and the names
//! in `vocabulary`, and never each other's code. They even have a calendar each.
//!
//! # The steps, in the order in which they apply
//!
//! 1. [`visible`]: the version of each order that counts. What follows is done order by order, in time order.
//! 2. [`outcome`]: the first outcome that applies. On its way it asks [`exchange`], [`base`] and [`refunds`], then
//!    [`attribution`] with [`manual`], [`touches`], [`eligibility`], [`self_purchase`] and [`lock`], then [`customers`].
//! 3. [`shares`]: the base of attributed orders, split among their creators, each part with its rate from [`rates`].
//! 4. [`progress`] of all creators, first as a whole and then as it runs.
//! 5. [`per_order`], [`commission`] with [`tiers`], and [`caps`].
//! 6. [`bonuses`], [`fees`], [`disputes`] and [`hold`] complete the [`targets`]; [`exceptions`] were collected on the way.
//!
//! The other files hold no rule: [`shop`] finds one order's surroundings among the facts, [`calendar`] knows local days
//! and periods, [`credit`] and [`paid`] are handed from step to step, [`mod@model`] is the result. [`trace`] records
//! [`notes`] while the steps run, and [`render`] writes them as text.
//!
//! # How to add or change a rule
//!
//! 1. Say it in `RULES.md`, with an example, and write it in `reconcile`.
//! 2. Write it here, from that page alone, in the file of the same name.
//! 3. What somebody asking "why?" wants to know is a sentence: the reason's in [`outcome`], or a `why` of a note that is there.
//!    Only what is laid out, or read as JSON, is a note of its own: a type in [`notes`], filled through the [`trace`], rendered.
//! 4. Run the tests `agreement`, `model` and `explain`. Random shops have to reach the new rule; `support/tally.rs` lists
//!    what they reach.
//!
//! # Alternatives
//!
//! Asking the frames of `reconcile` why they hold what they hold would explain a mistake as if it were right. Recording
//! each decision of the night for millions of orders costs more than the night. Computing a single order by itself isn't
//! possible: tiers, caps, locks and new customers depend on all the orders before it.

mod attribution;
mod base;
mod bonuses;
mod calendar;
pub mod caps;
mod commission;
mod credit;
mod customer_lock;
mod customers;
mod disputes;
mod eligibility;
mod exceptions;
mod exchange;
mod fees;
pub mod hold;
mod manual_attribution;
mod model;
mod notes;
mod outcome;
mod paid;
mod per_order;
pub mod progress;
mod rates;
mod refunds;
mod render;
mod self_purchase;
mod shares;
mod shop;
mod targets;
pub mod tiers;
mod touches;
mod trace;
mod visible;

use anyhow::{Context, Result};

use crate::facts::{Credits, Rows, agreed_rules};
use crate::program::{Micros, Program};
use customers::Ordinals;
use exceptions::Exceptions;
use paid::Paid;
use progress::Tally;
use shares::{Shared, share};
use shop::Shop;
use trace::Trace;

pub use model::{Model, OrderOutcome};
pub use notes::*;
pub use targets::Target;

/// What every creator of a shop should have earned at `as_of` (microseconds since 1970).
///
/// # Errors
///
/// An amount that leaves the range in which amounts are kept exactly, or a time out of range.
pub fn model(program: &Program, facts: &Rows, credits: &Credits, as_of: Micros) -> Result<Model> {
    run(program, facts, credits, as_of, &mut Trace::off())
}

/// Why an order pays what it pays, or nobody, at `as_of` (microseconds since 1970).
///
/// # Errors
///
/// As [`model`]; and when the facts have no order of this id.
pub fn explain(program: &Program, facts: &Rows, credits: &Credits, as_of: Micros, order_id: &str) -> Result<Explanation> {
    let known = facts.orders.iter().find(|order| order.order_id == order_id);
    let order = known
        .with_context(|| {
            crate::error::NotFound(format!("order \"{order_id}\" was not found in the facts of program {}", program.id))
        })?
        .order;
    let mut trace = Trace::on(program, as_of, order, order_id);
    run(program, facts, credits, as_of, &mut trace)?;
    Ok(trace.finish())
}

fn run(program: &Program, facts: &Rows, credits: &Credits, as_of: Micros, trace: &mut Trace) -> Result<Model> {
    let program = &program.with_rates(agreed_rules(&facts.rates)?);
    let shop = Shop::new(program, facts, credits, as_of);
    let mut exceptions = Exceptions::default();
    let orders = visible::orders(&shop, trace)?;
    refunds::without_order(&shop, &orders, &mut exceptions);
    disputes::without_order(&shop, &orders, &mut exceptions);
    let ordinals = Ordinals::of(&orders);

    let mut sources = customer_lock::Sources::default();
    let mut outcomes = Vec::with_capacity(orders.len());
    let mut earning: Vec<Shared<'_>> = Vec::new();
    for order in orders {
        begin_note(&shop, &order, trace);
        let decided = outcome::decide(&shop, order, &ordinals, &mut sources, &mut exceptions, trace);
        let decided = decided.with_context(|| shown(&order))?;
        outcomes.push(decided.row());
        if let Some((win, lines)) = decided.earning {
            earning.push(share(&shop, order, win, &lines, &ordinals, trace).with_context(|| shown(&order))?);
        }
    }

    let mut targets = pay(&shop, &earning, &ordinals, trace)?;
    fees::fees(&shop, &mut targets, &mut exceptions)?;
    targets.sort_unstable();
    outcomes.sort_unstable();
    Ok(Model { orders: outcomes, commissions: targets, exceptions: exceptions.sorted() })
}

/// Commission, caps and bonuses of the attributed orders, which come in time order.
fn pay<'a>(shop: &Shop<'a>, orders: &[Shared<'a>], ordinals: &Ordinals, trace: &mut Trace) -> Result<Vec<Target>> {
    let mut total = Tally::of(shop.program);
    for shared in orders {
        for credit in 0..shared.win.credits.len() {
            total.add_order(shop, shared, credit).with_context(|| shown(&shared.order))?;
        }
    }
    let mut targets = Vec::new();
    let mut running = Tally::of(shop.program);
    let mut months = caps::Months::default();
    for shared in orders {
        let paid = earned(shop, shared, &mut running, &total, &mut months, trace).with_context(|| shown(&shared.order))?;
        let begun = targets.len();
        for row in paid {
            if let Some(note) = trace.earning(shared.order.version.order, row.line_id, &row.credit.creator.creator_id) {
                note.commission = shop.plain(row.commission);
            }
            targets.push(targets::of_order(shop, shared, row)?);
        }
        bonuses::new_customer(shop, shared, ordinals, &mut targets, trace)?;
        bonuses::note_net_sales(shop, shared, &total, trace)?;
        end_note(shop, shared, &targets[begun..], trace)?;
    }
    bonuses::net_sales(shop, &total, &mut targets)?;
    Ok(targets)
}

/// What an order pays, after caps.
fn earned<'a>(
    shop: &Shop<'a>,
    shared: &Shared<'a>,
    running: &mut Tally<'a>,
    total: &Tally<'a>,
    months: &mut caps::Months<'a>,
    trace: &mut Trace,
) -> Result<Vec<Paid<'a>>> {
    // The fixed amounts come first, as in the export.
    let mut paid = per_order::per_order(shop, shared, trace)?;
    paid.extend(commission::pay(shop, shared, running, total, trace)?);
    caps::cap_order(shop, &shared.order, &mut paid, trace)?;
    months.cap(shop, &shared.order, &mut paid, trace)?;
    Ok(paid)
}

/// An order, as an error names it.
fn shown(order: &visible::Visible<'_>) -> String {
    format!("order {}", order.version.order_id)
}

fn begin_note(shop: &Shop<'_>, order: &visible::Visible<'_>, trace: &mut Trace) {
    let Some(note) = trace.of(order.version.order) else { return };
    note.ordered_at = Some(calendar::utc_text(order.version.ordered_at));
    note.local_day = Some(order.day.to_string());
    note.attribution_rule = attribution::rule_text(shop.program);
}

fn end_note(shop: &Shop<'_>, shared: &Shared<'_>, targets: &[Target], trace: &mut Trace) -> Result<()> {
    let Some(note) = trace.of(shared.order.version.order) else { return Ok(()) };
    note.hold = Some(hold::note_of_order(shop, shared.order.version)?);
    note.rows = targets
        .iter()
        .map(|row| RowNote {
            kind: row.kind,
            line_id: row.line_id.clone(),
            creator_id: row.creator_id.clone(),
            touch: row.touch.clone(),
            base: shop.plain(row.base),
            commission: shop.plain(row.commission),
            state: hold::state(row.payable),
            rule: row.rule.clone(),
        })
        .collect();
    // Lines were noted first; the fixed amounts belong before them, as in the export.
    note.earnings.sort_by(|a, b| (&a.line_id, &a.creator_id).cmp(&(&b.line_id, &b.creator_id)));
    Ok(())
}
