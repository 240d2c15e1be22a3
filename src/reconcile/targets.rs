//! The targets: what every creator should have earned, line by line, in the order of their keys (`RULES.md`,
//! section 12).

use anyhow::Result;
use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::bonuses;
use super::creators::Place;
use super::credit::Touch;
use super::customers::Customers;
use super::decided::Decided;
use super::fees::{Fees, fees};
use super::hold::payable_from;
use super::rates::NONE;
use super::target_frame::{Builder, Part, Target};
use crate::facts::Facts;
use crate::program::rate_code;
use crate::vocabulary::{Kind, NO_RATE};

/// How many targets one thread lists at a time.
const PART_ROWS: usize = 32_768;

/// All targets, and what became of the fees that are none. Kinds come in the byte order of their codes, as keys do.
pub(super) fn targets(
    decided: &Decided<'_>,
    facts: &Facts,
    as_of: i64,
    customers: Option<&Customers>,
) -> Result<(DataFrame, Fees)> {
    let mut builder = Builder::new();
    bonuses::net_sales(decided, &mut builder)?;
    if let Some(customers) = customers {
        bonuses::new_customer(decided, customers, &mut builder);
    }
    commissions(decided, Kind::Code, &mut builder)?;
    commissions(decided, Kind::Credit, &mut builder)?;
    let fees = fees(decided, facts, as_of, &mut builder)?;
    commissions(decided, Kind::Link, &mut builder)?;
    commissions(decided, Kind::Lock, &mut builder)?;
    Ok((builder.finish()?, fees))
}

/// A share, or a creator's fixed amount for an order.
#[derive(Clone, Copy)]
enum Row {
    Share(usize),
    PerOrder { o: u32, c: Place },
}

/// Pushes the commissions of one kind.
fn commissions(decided: &Decided<'_>, kind: Kind, into: &mut Builder) -> Result<()> {
    let program = decided.program;
    let codes: Vec<String> =
        (1..).zip(&program.commission.rates).map(|(position, rate)| rate_code(position, rate, program.currency)).collect();
    let list = |rows: &[Row]| {
        let mut part = Part::new();
        rows.iter().for_each(|row| commission(decided, kind, *row, &codes, &mut part));
        part
    };
    into.push_parts(rows(decided, kind).par_chunks(PART_ROWS).map(list).collect())
}

/// The rows of one kind by order id, line id and creator.
fn rows(decided: &Decided<'_>, kind: Kind) -> Vec<Row> {
    let Decided { attribution, shares, earned, .. } = decided;
    let mut rows = Vec::new();
    for o in decided.by_id.iter().filter(|o| attribution.reasons[**o as usize].commission() == Some(kind)) {
        // Within an order, places of lines and creators are in byte order of their ids; the empty line comes first.
        let fixed = earned.per_order.range((*o, 0)..=(*o, Place::MAX));
        rows.extend(fixed.map(|((o, c), _)| Row::PerOrder { o: *o, c: *c }));
        rows.extend(shares.of(*o as usize).map(Row::Share));
    }
    rows
}

fn commission(decided: &Decided<'_>, kind: Kind, row: Row, codes: &[String], into: &mut Part) {
    let Decided { program, orders, shares, earned, .. } = decided;
    let (o, c, part, line_id, base, commission, rate) = match row {
        Row::Share(r) => {
            let line_id = decided.lines.id(shares.l[r] as usize);
            (shares.o[r], shares.c[r], shares.part[r], line_id, shares.base[r], earned.per_line[r], decided.rates[r])
        }
        Row::PerOrder { o, c } => {
            let fixed = &earned.per_order[&(o, c)];
            (o, c, fixed.part, "", 0, fixed.amount, fixed.rate)
        }
    };
    let o = o as usize;
    let touch = match &decided.attribution.credits[o][part as usize].touch {
        Touch::Click(k) => decided.clicks.id(*k as usize),
        Touch::Code(code) => code,
        Touch::Manual(credit_id) => credit_id,
        Touch::Order(source) => orders.id(*source as usize),
    };
    into.push(&Target {
        kind,
        order_id: orders.id(o),
        line_id,
        creator_id: &decided.creators.ids[c as usize],
        detail: "",
        touch,
        base,
        commission,
        payable_from: payable_from(orders.ordered_at[o], program.commission.hold),
        rule: if rate == NONE { NO_RATE } else { &codes[rate as usize] },
        day: orders.day[o],
        refund_day: decided.refund_day[o],
    });
}
