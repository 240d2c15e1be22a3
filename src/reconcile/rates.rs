//! Which rate a line falls under for a creator: the most specific that matches (`RULES.md`, section 7).

use std::collections::BTreeMap;

use anyhow::Result;
use polars::prelude::{Column, DataFrame, DataType, Expr, JoinArgs, JoinType, NULL, col, lit, when};

use super::frame::{beside, collect, column, inner, left, query, union, with};
use super::touches::is_active;
use crate::calendar::day_number;
use crate::facts::Facts;
use crate::program::{Buyer, Program, RateRule};

/// The selectors of rates, by the columns of shares that they look at.
const SELECTORS: [&str; 6] = ["creator_id", "campaign", "group", "buyer", "sku", "category"];

/// What a rate wants of each of [`SELECTORS`].
fn wanted(rate: &RateRule) -> [Option<&str>; 6] {
    let texts = [&rate.creator, &rate.campaign, &rate.group].map(Option::as_deref);
    [texts[0], texts[1], texts[2], rate.customer.map(Buyer::name), rate.sku.as_deref(), rate.category.as_deref()]
}

/// Credits with what rates look at beside the line: `day` i32, `buyer` str or null, `group` str or null.
pub(super) fn with_selectors(program: &Program, facts: &Facts, orders: &DataFrame, credits: &DataFrame) -> Result<DataFrame> {
    let credits = beside(credits, "o", orders, &["day", "ordered_at", "ordinal"])?;
    let buyer = when(col("ordinal").eq(lit(1u32))).then(lit(Buyer::New.name())).when(col("ordinal").is_not_null());
    let buyer = buyer.then(lit(Buyer::Returning.name())).otherwise(lit(NULL).cast(DataType::String)).alias("buyer");
    let groups = if program.commission.rates.iter().any(|rate| rate.group.is_some()) {
        let spans = query(&facts.creators).select(["creator_id", "group", "active_from", "active_to"].map(col));
        let held = inner(query(&credits).select(["p", "creator_id", "ordered_at"].map(col)), spans, ["creator_id"]);
        held.filter(is_active("ordered_at")).select([col("p"), col("group")])
    } else {
        query(&credits).select([col("p"), lit(NULL).cast(DataType::String).alias("group")])
    };
    let groups = collect(left(query(&credits).select([col("p")]), groups, ["p"]).select([col("group")]))?;
    with(&with(&credits, &groups)?, &collect(query(&credits).select([buyer]))?)
}

/// Shares with `rate` u32: the place in the program of the most specific rate that matches, of equal ones the later; null where none does.
/// Looks at the columns that [`SELECTORS`] name and at `day`; of those, only the creator is left.
pub(super) fn rated(program: &Program, shares: &DataFrame) -> Result<DataFrame> {
    let rates = rates(program, shares)?;
    let others = SELECTORS.into_iter().filter(|selector| *selector != "creator_id").collect::<Vec<_>>();
    with(&shares.drop_many(others), &rates)
}

/// The rate of each share: `rate` u32 or null.
fn rates(program: &Program, shares: &DataFrame) -> Result<DataFrame> {
    // Rates that look at the same selectors are equally specific, and are looked up at once by what they want of them.
    let mut alike: BTreeMap<(u32, Vec<usize>), Vec<u32>> = BTreeMap::new();
    for (place, rate) in (0..).zip(&program.commission.rates) {
        let asked = (0..SELECTORS.len()).filter(|selector| wanted(rate)[*selector].is_some()).collect();
        alike.entry((rate.specificity(), asked)).or_default().push(place);
    }
    let mut matched = Vec::new();
    let mut default = lit(NULL).cast(DataType::UInt32);
    for ((specificity, asked), places) in &alike {
        if asked.is_empty() {
            default = places.iter().fold(default, |earlier, place| {
                when(holds(&program.commission.rates[*place as usize])).then(lit(*place)).otherwise(earlier)
            });
            continue;
        }
        let rates = table(program, asked, places)?;
        let keys: Vec<Expr> = asked.iter().map(|selector| col(SELECTORS[*selector])).collect();
        let days = col("from").lt_eq(col("day")).and(col("day").lt(col("until")));
        let shares = query(shares).select(keys.iter().cloned().chain([col("r"), col("day")]).collect::<Vec<_>>());
        let found = shares.join(query(&rates), &keys, &keys, JoinArgs::new(JoinType::Inner)).filter(days);
        matched.push(found.select([col("r"), col("rate"), lit(*specificity).alias("specificity")]));
    }
    if matched.is_empty() {
        return collect(query(shares).with_column(default.alias("rate")).select([col("rate")]));
    }
    // The more specific one wins, then the later: both in one number.
    let rank = (col("specificity").cast(DataType::UInt64) * lit(1u64 << 32) + col("rate").cast(DataType::UInt64)).max();
    let best = union(matched)?.group_by([col("r")]).agg([rank.alias("rank")]);
    let rate = (col("rank") % lit(1u64 << 32)).cast(DataType::UInt32).fill_null(default);
    collect(left(query(shares).select([col("r"), col("day")]), best, ["r"]).select([rate.alias("rate")]))
}

/// Rates that look at the same selectors: a column for each of these, `from` i32, `until` i32, `rate` u32.
fn table(program: &Program, asked: &[usize], places: &[u32]) -> Result<DataFrame> {
    let rates: Vec<&RateRule> = places.iter().map(|place| &program.commission.rates[*place as usize]).collect();
    let of =
        |selector: &usize| column(SELECTORS[*selector], rates.iter().map(|rate| wanted(rate)[*selector]).collect::<Vec<_>>());
    let mut columns: Vec<Column> = asked.iter().map(of).collect();
    columns.push(column("from", rates.iter().map(|rate| rate.from.map_or(i32::MIN, day_number)).collect::<Vec<_>>()));
    columns.push(column("until", rates.iter().map(|rate| rate.until.map_or(i32::MAX, day_number)).collect::<Vec<_>>()));
    columns.push(column("rate", places.to_vec()));
    Ok(DataFrame::new_infer_height(columns)?)
}

/// Whether the dates of a rate hold the order's local day.
fn holds(rate: &RateRule) -> Expr {
    let (from, until) = (rate.from.map_or(i32::MIN, day_number), rate.until.map_or(i32::MAX, day_number));
    lit(from).lt_eq(col("day")).and(col("day").lt(lit(until)))
}
