//! What is left to earn on: amounts of lines in the program's currency (`RULES.md`, section 6).

use anyhow::Result;

use super::exchange::Exchange;
use super::lines::Lines;
use super::visible::Orders;
use crate::program::Program;

/// Lines of orders that may earn, in minor units of the program's currency, each converted half even.
pub(super) fn converted(
    program: &Program,
    orders: &Orders<'_>,
    lines: &Lines<'_>,
    exchanges: &[Exchange],
    amounts: &[i64],
) -> Result<Vec<i64>> {
    let convert = |(amount, o): (&i64, &u32)| {
        let o = *o as usize;
        Ok(exchanges[o].convert(*amount, orders.currency[o], program.currency)?)
    };
    amounts.iter().zip(&lines.o).map(convert).collect()
}
