//! What an order's currency is worth in the program's, on the order's local day (`RULES.md`, section 6).

use std::collections::HashMap;

use anyhow::Result;
use polars::prelude::{Column, DataFrame, DataType, Expr, Int64Chunked, IntoColumn, PolarsResult, col, lit};

use super::frame::{collect, column, computed, inner, last_of_each, left, query, sorted, with};
use crate::facts::Facts;
use crate::money::{Currency, Rate};
use crate::program::Program;

/// A rate may be this many days old.
const DAYS_A_RATE_HOLDS: i32 = 7;

/// Adds to orders `is_foreign` bool (they are in another currency than the program's) and `exchange` str or null: the latest rate
/// from their currency to the program's dated on their local day or up to seven days before. No inverse is taken.
pub(super) fn exchanged(program: &Program, facts: &Facts, orders: &DataFrame) -> Result<DataFrame> {
    let code = program.currency.code();
    let is_foreign = col("currency").neq(lit(code));
    let rates = query(&facts.fx).filter(col("to").eq(lit(code)).and(col("from").neq(lit(code))));
    let ages: Vec<i32> = (0..=DAYS_A_RATE_HOLDS).collect();
    let ages = DataFrame::new_infer_height(vec![column("to", vec![code; ages.len()]), column("age", ages)])?;
    let day = (col("day") + col("age")).alias("day");
    let on_days = inner(rates, query(&ages), ["to"]);
    let on_days = on_days.select([col("from").alias("currency"), day, col("day").alias("dated"), col("rate").alias("exchange")]);
    let latest = last_of_each(sorted(on_days, ["dated"]), ["currency", "day"], &["exchange"]);
    let exchange = left(query(orders).select([col("currency"), col("day")]), latest, ["currency", "day"]);
    with(orders, &collect(exchange.select([is_foreign.alias("is_foreign"), col("exchange")]))?)
}

/// Minor units in the column `from` of an order's currency in minor units of the program's, each converted half even: `name` i64,
/// null where that cannot be kept exactly. Without a rate there is nothing to earn on. Looks at `currency` and `exchange`.
pub(super) fn converted(program: &Program, name: &'static str, from: &'static str) -> Expr {
    let own = program.currency;
    computed(name, [from, "currency", "exchange"], DataType::Int64, move |columns| convert(own, columns))
}

fn convert(own: Currency, columns: &[Column]) -> PolarsResult<Column> {
    let (amounts, currencies, rates) = (columns[0].i64()?, columns[1].str()?, columns[2].str()?);
    let mut parsed: HashMap<(&str, &str), Option<(Currency, Rate)>> = HashMap::new();
    let parse = |currency: &str, rate: &str| Some((Currency::parse(currency).ok()?, rate.parse().ok()?));
    let mut converted = Vec::with_capacity(amounts.len());
    for ((amount, currency), rate) in amounts.iter().zip(currencies.iter()).zip(rates.iter()) {
        let exchange = currency
            .filter(|currency| *currency != own.code())
            .map(|currency| rate.map(|rate| *parsed.entry((currency, rate)).or_insert_with(|| parse(currency, rate))));
        converted.push(match exchange {
            None => amount,
            Some(None) => Some(0),
            Some(Some(exchange)) => exchange.and_then(|(from, rate)| rate.convert(amount?, from, own).ok()),
        });
    }
    Ok(Int64Chunked::from_iter(converted).into_column())
}
