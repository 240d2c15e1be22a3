//! Step 12: caps, first per order, then per creator and month.

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
                let spent = months.entry((creator, month)).or_insert(0);
                *amount = (*amount).min(cap - *spent);
                *spent += *amount;
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

fn cap_order(cap: i64, rows: &[Row], o: u32, earned: &mut Earned) -> Result<()> {
    let mut amounts = Vec::with_capacity(rows.len());
    let mut sum: i64 = 0;
    for row in rows {
        let amount = *amount_of(earned, o, *row);
        sum = sum.checked_add(amount).ok_or(Overflow)?;
        amounts.push(amount);
    }
    if sum > cap {
        for (row, part) in rows.iter().zip(split_in_proportion(cap, &amounts)) {
            *amount_of(earned, o, *row) = part;
        }
    }
    Ok(())
}

fn amount_of(earned: &mut Earned, o: u32, row: Row) -> &mut i64 {
    match row {
        Row::PerOrder(c) => &mut earned.per_order.get_mut(&(o, c)).expect("the row was listed from these").amount,
        Row::Share(r) => &mut earned.per_line[r],
    }
}
