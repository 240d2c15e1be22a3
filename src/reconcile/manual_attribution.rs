//! Manual attribution: orders that a person gave to a creator, whatever was clicked or entered (`RULES.md`, section 5).

use anyhow::Result;
use polars::prelude::{DataFrame, LazyFrame, col};

use super::frame::{among, inner, query, without};
use crate::facts::{Credits, Facts};

/// The manual credits of the `open` orders, for which nothing is decided yet: `o` u32, `creator_id` str, `touch` str (the credit's id).
/// Nobody asks whether the creator is active at the order, or bought it: a person decided.
pub(super) fn manual(facts: &Facts, credits: &Credits, open: &DataFrame) -> Result<LazyFrame> {
    Ok(among(of_open(credits, open)?, query(&facts.creators), ["creator_id"]))
}

/// The same of credits that name a creator without any row; they are not used.
pub(super) fn without_creator(facts: &Facts, credits: &Credits, open: &DataFrame) -> Result<LazyFrame> {
    Ok(without(of_open(credits, open)?, query(&facts.creators), ["creator_id"]))
}

fn of_open(credits: &Credits, open: &DataFrame) -> Result<LazyFrame> {
    let credits = query(&credits.frame()?).rename(["credit_id"], ["touch"], true);
    Ok(inner(credits, query(open).select([col("o"), col("order_id")]), ["order_id"])
        .select(["o", "creator_id", "touch"].map(col)))
}
