//! Caps: the most that an order pays, then the most that a creator earns in a month (`RULES.md`, section 8).

use std::collections::HashMap;

use anyhow::Result;
use foldhash::fast::FixedState;

use super::commission::Earned;
use super::shares::Shares;
use super::visible::Orders;
use crate::calendar::period_number;
use crate::money::{Overflow, split_in_proportion};
use crate::program::{Period, Program};

/// A row of an order: the fixed amount of a creator, or a share.
#[derive(Clone, Copy)]
enum Row {
    PerOrder(u32),
    Share(usize),
}

/// Cuts what was earned to the program's caps.
pub(super) fn capped(program: &Program, orders: &Orders<'_>, shares: &Shares, mut earned: Earned) -> Result<Earned> {
    let (per_order, per_month) = (program.commission.cap_per_order, program.commission.cap_per_month);
    if per_order.is_none() && per_month.is_none() {
        return Ok(earned);
    }
    let mut months: HashMap<(u32, i32), i64, FixedState> = HashMap::default();
    let mut start = 0;
    while start < shares.len() {
        let o = shares.o[start];
        let end = start + shares.o[start..].partition_point(|other| *other == o);
        let rows = rows_of(&earned, shares, o, start..end);
        if let Some(cap) = per_order {
            cap_order(cap, &rows, o, &mut earned)?;
        }
        if let Some(cap) = per_month {
            let month = period_number(Period::Month, orders.day[o as usize]);
            for row in rows {
                let creator = match row {
                    Row::PerOrder(c) => c,
                    Row::Share(r) => shares.c[r],
                };
                let amount = amount_of(&mut earned, o, row);
                let so_far = months.entry((creator, month)).or_insert(0);
                *amount = within_month(cap, *so_far, *amount);
                *so_far += *amount;
            }
        }
        start = end;
    }
    Ok(earned)
}

/// An order's rows by `line_id`, then creator, the fixed amounts first. Shares come so already.
fn rows_of(earned: &Earned, shares: &Shares, o: u32, range: std::ops::Range<usize>) -> Vec<Row> {
    let fixed = earned.per_order.range((o, 0)..=(o, u32::MAX)).map(|((_, c), _)| Row::PerOrder(*c));
    debug_assert!(range.clone().all(|r| shares.o[r] == o), "the range holds one order");
    fixed.chain(range.map(Row::Share)).collect()
}

fn cap_order(cap: i64, rows: &[Row], o: u32, earned: &mut Earned) -> Result<(), Overflow> {
    let amounts: Vec<i64> = rows.iter().map(|row| *amount_of(earned, o, *row)).collect();
    let Some(parts) = within_order(cap, &amounts)? else { return Ok(()) };
    for (row, part) in rows.iter().zip(parts) {
        *amount_of(earned, o, *row) = part;
    }
    Ok(())
}

/// What the cap of an order leaves of its rows' amounts: the cap, split over them in proportion. None if they fit.
pub fn within_order(cap: i64, amounts: &[i64]) -> Result<Option<Vec<i64>>, Overflow> {
    let sum = amounts.iter().try_fold(0i64, |sum, amount| sum.checked_add(*amount)).ok_or(Overflow)?;
    Ok((sum > cap).then(|| split_in_proportion(cap, amounts)))
}

/// What the cap of a month leaves of an amount, after what the creator's earlier rows of the month came to.
pub fn within_month(cap: i64, so_far: i64, amount: i64) -> i64 {
    amount.min(cap - so_far)
}

fn amount_of(earned: &mut Earned, o: u32, row: Row) -> &mut i64 {
    match row {
        Row::PerOrder(c) => &mut earned.per_order.get_mut(&(o, c)).expect("the row was listed from these").amount,
        Row::Share(r) => &mut earned.per_line[r],
    }
}
