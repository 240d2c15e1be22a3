//! Rates that pay a fixed amount once for each order (`RULES.md`, section 7).

use polars::prelude::{DataFrame, DataType, Expr, LazyFrame, NULL, col, lit, when};

use super::frame::{int, query};
use super::shares::equal_part;
use crate::program::{Pays, Program, RateRule};

/// What a creator gets once for an order while a line under the rate has base left, in the columns of [`super::commission::earned`]: rows
/// without line. Each amount is split over all creators of its order first, then paid to those to whom it applies; several rates add
/// up in one row, which names the last of them.
pub(super) fn fixed_amounts(program: &Program, shares: &DataFrame) -> LazyFrame {
    let applies = query(shares).filter(col("base").gt(lit(0i64)).and(amount(program).is_not_null()));
    let once =
        applies.group_by(["o", "creator_id", "rate"].map(col)).agg(["p", "part", "parts", "day"].map(|name| col(name).first()));
    let paid = once.with_column(amount(program).alias("amount")).with_column(equal_part("earned", "amount"));
    let rows = paid.group_by(["o", "creator_id"].map(col)).agg([
        col("rate").max(),
        col("p").first(),
        col("day").first(),
        col("earned").sum(),
    ]);
    let none = lit(NULL).cast(DataType::UInt32).alias("l");
    rows.with_columns([none, lit("").alias("line_id"), int(0).alias("base")])
}

/// What the rate of a share pays for an order, where it does.
fn amount(program: &Program) -> Expr {
    let fixed = |(place, rate): (u32, &RateRule)| match rate.pays {
        Pays::PerOrder { amount, .. } => Some((place, amount)),
        Pays::Percent { .. } | Pays::Tiers(_) => None,
    };
    let rates = (0u32..).zip(&program.commission.rates).filter_map(fixed);
    rates.fold(lit(NULL).cast(DataType::Int64), |others, (place, amount)| {
        when(col("rate").eq(lit(place))).then(int(amount)).otherwise(others)
    })
}
