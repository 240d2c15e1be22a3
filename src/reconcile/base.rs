//! What is left to earn on: amounts of lines in the program's currency (`RULES.md`, section 6).

use anyhow::Result;
use polars::prelude::{DataFrame, col};

use super::exchange::converted;
use super::frame::{beside, collect, left, query, with};
use super::refunds::Refunded;
use crate::program::Program;

/// Adds to lines `base` i64, what is left of them after refunds, and `original` i64, what was ordered; both in minor units of the
/// program's currency, null where that cannot be kept exactly.
pub(super) fn bases(program: &Program, lines: &DataFrame, orders: &DataFrame, refunded: &Refunded) -> Result<DataFrame> {
    let amounts = left(query(lines).select([col("l"), col("o"), col("net")]), query(&refunded.lines), ["l"]);
    let amounts = collect(amounts.with_column(col("left").fill_null(col("net"))))?;
    let amounts = query(&beside(&amounts, "o", orders, &["currency", "exchange"])?);
    with(lines, &collect(amounts.select([converted(program, "base", "left"), converted(program, "original", "net")]))?)
}
