//! Which of a customer's orders one is, counting the paid ones that can be seen (`RULES.md`, sections 4 and 9).

use anyhow::Result;
use polars::prelude::{DataFrame, LazyFrame, col, lit, when};

use super::frame::{beside, collect, query, with};
use crate::facts::Facts;
use crate::program::{Bonus, Customers, Program};

/// Whether a rule of the program asks.
pub(super) fn are_asked_for(program: &Program) -> bool {
    let commission = &program.commission;
    program.attribution.customers == Customers::New
        || commission.bonuses.iter().any(|bonus| matches!(bonus, Bonus::NewCustomer { .. }))
        || commission.rates.iter().any(|rate| rate.customer.is_some())
}

/// How the customers of orders are known: adds `customer` str or null with `by_id` bool (whether it is the shop's id, and not an email).
pub(super) fn with_customers(facts: &Facts, orders: &DataFrame) -> Result<DataFrame> {
    let named = query(&beside(&orders.select(["row"])?, "row", &facts.orders, &["customer_id", "email"])?);
    let customer = when(col("customer_id").is_not_null()).then(col("customer_id")).otherwise(col("email"));
    with(orders, &collect(named.select([customer.alias("customer"), col("customer_id").is_not_null().alias("by_id")]))?)
}

/// Which of a known customer's visible paid orders each one is, in time order: `o` u32, `ordinal` u32 from 1. Others are left out.
pub(super) fn ordinals(facts: &Facts, orders: &DataFrame) -> Result<LazyFrame> {
    let orders = with_customers(facts, &orders.select(["o", "row", "status"])?)?;
    let paid = query(&orders).filter(col("status").eq(lit("paid")).and(col("customer").is_not_null()));
    let ordinal = col("o").cum_count(false).over([col("customer"), col("by_id")])?.alias("ordinal");
    Ok(paid.with_column(ordinal).select([col("o"), col("ordinal")]))
}
