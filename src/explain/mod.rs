//! The rules of money a second time: one order at a time, in plain Rust.
//!
//! Written from `SPEC.md` alone, step by step in its order and without dataframes, for two purposes: [`model`] says for
//! a whole shop what every creator should have earned, to be compared with the pipeline that does the work; and
//! [`explain`] says why one order pays what it pays, by listening while the same code runs.

mod attribution;
mod base;
mod bonuses;
mod calendar;
mod caps;
mod commission;
mod exchange;
mod fees;
mod given;
mod hold;
mod lock;
mod notes;
mod outcome;
mod render;
mod rule;
mod shop;
mod tiers;
mod touches;
mod trace;
mod visible;

use std::collections::BTreeSet;

use anyhow::{Context, Result};

pub use notes::*;

use crate::facts::{Credits, Rows};
use crate::program::{Micros, Program};
use commission::{Paid, Shared, share};
use shop::Shop;
use tiers::Tally;
use trace::Trace;

/// What a whole shop comes to at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    /// Each visible order's outcome, by order_id.
    pub orders: Vec<OrderOutcome>,
    /// The rows of the export `commissions`, lines of zero included, sorted by their columns.
    pub commissions: Vec<Row>,
    /// Kind and subject of what could not be used, sorted, each once.
    pub exceptions: Vec<(&'static str, String)>,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderOutcome {
    /// The order.
    pub order_id: String,
    /// `excluded`, `rejected`, `unattributed` or `attributed`.
    pub outcome: &'static str,
    /// Why, as `SPEC.md` names it.
    pub reason: &'static str,
}

/// A target: what a creator should have earned for one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// `link`, `code`, `lock`, `credit`, `bonus_new_customer`, `bonus_net_sales` or `fee`.
    pub kind: &'static str,
    /// The order; of a net-sales bonus the period, of a fee its id.
    pub order_id: String,
    /// The line; empty for what is not of a line.
    pub line_id: String,
    /// Who earns it.
    pub creator_id: String,
    /// The click, the code as entered, the lock's order, or the credit's id; of a net-sales bonus its threshold.
    pub touch: String,
    /// What it is paid on, minor units of the program's currency.
    pub base: i64,
    /// What it pays, minor units of the program's currency.
    pub commission: i64,
    /// Whether its hold is over.
    pub payable: bool,
    /// The rate, bonus or fee that pays it: `rate 3 (group = "ambassador")`; empty if no rate matches.
    pub rule: String,
}

/// Kind and subject, each pair once.
type Exceptions = BTreeSet<(&'static str, String)>;

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
        .with_context(|| crate::error::NotFound(format!("there is no order \"{order_id}\" among the facts of {}", program.id)))?
        .order;
    let mut trace = Trace::on(program, as_of, order, order_id);
    run(program, facts, credits, as_of, &mut trace)?;
    Ok(trace.finish())
}

fn run(program: &Program, facts: &Rows, credits: &Credits, as_of: Micros, trace: &mut Trace) -> Result<Model> {
    let shop = Shop::new(program, facts, credits, as_of);
    let mut exceptions = Exceptions::new();
    let orders = visible::orders(&shop, trace)?;
    visible::stray_refunds(&shop, &orders, &mut exceptions);
    let first = outcome::first_orders(&orders);

    let mut sources = lock::Sources::default();
    let mut outcomes = Vec::with_capacity(orders.len());
    let mut earning: Vec<Shared<'_>> = Vec::new();
    for order in orders {
        begin_note(&shop, &order, trace);
        let decided = outcome::decide(&shop, order, &first, &mut sources, &mut exceptions, trace)?;
        outcomes.push(decided.row());
        if let Some((win, lines)) = decided.earning {
            earning.push(share(&shop, order, win, &lines, trace)?);
        }
    }

    let mut rows = pay(&shop, &earning, &first, trace)?;
    fees::fees(&shop, &mut rows, &mut exceptions)?;
    rows.sort_unstable();
    outcomes.sort_unstable();
    Ok(Model { orders: outcomes, commissions: rows, exceptions: exceptions.into_iter().collect() })
}

/// Commission, caps and bonuses of the attributed orders, which come in time order.
fn pay<'a>(shop: &Shop<'a>, orders: &[Shared<'a>], first: &outcome::FirstOrders<'a>, trace: &mut Trace) -> Result<Vec<Row>> {
    let mut total = Tally::of(shop.program);
    for shared in orders {
        for credit in 0..shared.win.credits.len() {
            shared.count(shop, credit, &mut total)?;
        }
    }
    let mut rows = Vec::new();
    let mut running = Tally::of(shop.program);
    let mut months = caps::Months::default();
    for shared in orders {
        let mut paid = shared.pay(shop, &mut running, &total, trace)?;
        caps::cap_order(shop, &shared.order, &mut paid, trace)?;
        months.cap(shop, &shared.order, &mut paid, trace)?;
        let begun = rows.len();
        for row in paid {
            rows.push(finished(shop, shared, row, trace)?);
        }
        bonuses::new_customer(shop, shared, first, &mut rows, trace)?;
        bonuses::note_net_sales(shop, shared, &total, trace)?;
        end_note(shop, shared, &rows[begun..], trace)?;
    }
    bonuses::net_sales(shop, &total, &mut rows)?;
    Ok(rows)
}

fn finished(shop: &Shop<'_>, shared: &Shared<'_>, paid: Paid<'_>, trace: &mut Trace) -> Result<Row> {
    let version = shared.order.version;
    if let Some(note) = trace.earning(version.order, paid.line_id, &paid.credit.creator.creator_id) {
        note.commission = shop.plain(paid.commission);
    }
    Ok(Row {
        kind: shared.win.kind,
        order_id: version.order_id.clone(),
        line_id: paid.line_id.to_owned(),
        creator_id: paid.credit.creator.creator_id.clone(),
        touch: paid.credit.touch.to_owned(),
        base: paid.base,
        commission: paid.commission,
        payable: hold::is_payable(shop, version.ordered_at)?,
        rule: paid.rule,
    })
}

fn begin_note(shop: &Shop<'_>, order: &visible::Visible<'_>, trace: &mut Trace) {
    let Some(note) = trace.of(order.version.order) else { return };
    note.ordered_at = Some(calendar::utc_text(order.version.ordered_at));
    note.local_day = Some(order.day.to_string());
    note.attribution_rule = attribution::rule_text(shop.program);
}

fn end_note(shop: &Shop<'_>, shared: &Shared<'_>, rows: &[Row], trace: &mut Trace) -> Result<()> {
    let Some(note) = trace.of(shared.order.version.order) else { return Ok(()) };
    note.hold = Some(hold::note(shop, shared.order.version.ordered_at)?);
    note.rows = rows
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
