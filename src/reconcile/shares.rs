//! Shares: the base of each line, split equally among the creators with credit (`RULES.md`, section 6).

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, Expr, Int64Chunked, IntoColumn, LazyFrame, col, len};

use super::frame::{beside, collect, computed, inner_in_order, left, query, with};
use crate::money;

/// Adds to credits, which stand by order and creator, `p` u32 (the place), `part` i64 (the creator's position among the order's, from 0) and
/// `parts` i64 (how many there are).
pub(super) fn parts(credits: LazyFrame) -> Result<DataFrame> {
    let credits = collect(credits.with_row_index("p", None))?;
    let first = col("p").min().cast(DataType::Int64).alias("first");
    let of_order = query(&credits).group_by([col("o")]).agg([first, len().cast(DataType::Int64).alias("parts")]);
    let part = (col("p").cast(DataType::Int64) - col("first")).alias("part");
    let parts = left(query(&credits).select([col("o"), col("p")]), of_order, ["o"]).select([part, col("parts")]);
    with(&credits, &collect(parts)?)
}

/// The equal part of the amount in the column `of` that falls to `part` of `parts`: `name` i64.
pub(super) fn equal_part(name: &'static str, of: &'static str) -> Expr {
    computed(name, [of, "part", "parts"], DataType::Int64, |columns| {
        let [amounts, places, counts] = [0, 1, 2].map(|n| columns[n].i64());
        let (amounts, places, counts) = (amounts?, places?, counts?);
        let rows = amounts.iter().zip(places.iter()).zip(counts.iter());
        let parts: Int64Chunked = rows.map(|((amount, place), count)| Some(money::equal_part(amount?, place?, count?))).collect();
        Ok(parts.into_column())
    })
}

/// Every line of an attributed order for each of its creators, in time order, then by creator: `r` u32 (the place), `l` u32, `o` u32, `p` u32 (its
/// credit), `part` i64, `parts` i64, `base` i64 (the creator's share in minor units of the program's currency), and what rates look at: the
/// columns of lines `line_id`, `sku`, `category`, and those of credits `creator_id`, `campaign`, `group`, `buyer`, `day`.
pub(super) fn shares(credits: &DataFrame, lines: &DataFrame) -> Result<DataFrame> {
    let parts = query(credits).select(["o", "p", "part", "parts"].map(col));
    let shares = inner_in_order(query(lines).select(["l", "o", "base"].map(col)), parts, ["o"]);
    let shares = collect(shares.with_column(equal_part("base", "base")).with_row_index("r", None))?;
    let shares = beside(&shares, "l", lines, &["line_id", "sku", "category"])?;
    beside(&shares, "p", credits, &["creator_id", "campaign", "group", "buyer", "day"])
}
