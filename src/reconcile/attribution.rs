//! Who gets credit for an order (`RULES.md`, section 5): which kind of touch wins, and which of several touches.

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, LazyFrame, NULL, SortMultipleOptions, col, lit};

use super::customer_lock::of_lock;
use super::customers::with_customers;
use super::eligibility::{ELIGIBLE, judged, unattributed};
use super::frame::{collect, last_of_each, left, query, sorted, union, without};
use super::manual_attribution::manual;
use super::outcome::code;
use super::touches::{of_codes, of_links, owners};
use crate::facts::{Credits, Facts};
use crate::program::{Customers, Model, Program, TouchKind};
use crate::vocabulary::OutcomeReason::{self, Code, Credit, Link, Lock};
use crate::vocabulary::{done, planned};

/// Who gets credit.
pub(super) struct Attribution {
    /// One row for each part: `o` u32, `creator_id` str, `touch` str (as it is shown), `campaign` str (empty for none), `key` str or
    /// null (the link or the code, as the facts have it), `reason` str. By order, then creator as bytes.
    pub credits: DataFrame,
    /// The orders that nobody gets credit for: `o` u32, `reason` str.
    pub unattributed: DataFrame,
}

impl Attribution {
    /// What becomes of the open orders: `o` u32, `by_attribution` str.
    pub(super) fn reasons(&self) -> Result<LazyFrame> {
        let credited = query(&self.credits).group_by([col("o")]).agg([col("reason").first()]);
        Ok(union(vec![credited, query(&self.unattributed)])?.rename(["reason"], ["by_attribution"], true))
    }
}

/// Decides who gets credit for every order that is `open`: not excluded or rejected already.
pub(super) fn attribution(
    program: &Program,
    facts: &Facts,
    manual_credits: &Credits,
    as_of: i64,
    orders: &DataFrame,
    open: &DataFrame,
) -> Result<Attribution> {
    let all = open.height();
    planned("orders", all);
    let by_hand = collect(credit(Credit, manual(facts, manual_credits, open)?, false))?;
    let mut credits = vec![by_hand.clone()];
    let mut open = minus(open, &by_hand)?;
    let mut dropped = Vec::new();
    let mut won_by_touch = Vec::new();
    for kind in &program.attribution.precedence {
        let (reason, latest, touches, owners) = match kind {
            TouchKind::Link => (
                Link,
                program.attribution.model != Model::FirstClick,
                of_links(program, facts, as_of, &open)?,
                owners(program, &facts.links, "link_key")?,
            ),
            TouchKind::Code => (Code, false, of_codes(program, facts, &open)?, owners(program, &facts.codes, "code")?),
        };
        let is_split = *kind == TouchKind::Link && program.attribution.model == Model::Linear;
        let touches = judged(program, &facts.creators, touches);
        let (won, lost) = winners(collect(if is_split { latest_of_each_creator(touches) } else { strongest(touches, latest) })?)?;
        let owners = owners.select([col("owner"), col("campaign"), col("key")]);
        let won = collect(credit(reason, left(query(&won), owners, ["owner"]), true))?;
        open = minus(&open, &won)?;
        dropped.push(lost);
        won_by_touch.push(won);
    }
    if let Customers::Locked(lock) = program.attribution.customers {
        let won = collect(union(won_by_touch.iter().map(query).collect())?)?;
        if won.height() > 0 {
            let touches = of_lock(lock, &with_customers(facts, orders)?, &with_customers(facts, &open)?, &won)?;
            let (won, lost) = winners(collect(latest_of_each_creator(judged(program, &facts.creators, touches)))?)?;
            let won = collect(credit(Lock, query(&won), false))?;
            open = minus(&open, &won)?;
            dropped.push(lost);
            credits.push(won);
        }
    }
    credits.extend(won_by_touch);
    let dropped = union(dropped.iter().map(query).collect())?.group_by([col("o")]).agg([col("strength").max()]);
    let nobody = left(query(&open).select([col("o")]), dropped, ["o"]).select([col("o"), unattributed().alias("reason")]);
    done("orders", all);
    let credits = union(credits.iter().map(query).collect())?;
    Ok(Attribution { credits: collect(sorted(credits, ["o", "creator_id"]))?, unattributed: collect(nobody)? })
}

/// The orders for which nobody has won yet.
fn minus(open: &DataFrame, won: &DataFrame) -> Result<DataFrame> {
    if won.height() == 0 { Ok(open.clone()) } else { collect(without(query(open), query(won), ["o"])) }
}

/// Of each order's touches the one that wins, if one is eligible: the latest or the earliest; of equal ones the greater or the lesser.
/// Else the one that was dropped for the strongest reason.
fn strongest(touches: LazyFrame, latest: bool) -> LazyFrame {
    let order = SortMultipleOptions::default().with_order_descending_multi([false, false, !latest, !latest]);
    let sorted = touches.sort(["o", "strength", "at", "touch"], order);
    last_of_each(sorted, ["o"], &["strength", "touch", "owner", "creator_id"])
}

/// Of each order and creator the latest touch.
fn latest_of_each_creator(touches: LazyFrame) -> LazyFrame {
    let by_time = sorted(touches, ["o", "creator_id", "strength", "at", "touch"]);
    last_of_each(by_time, ["o", "creator_id"], &["strength", "touch", "owner"])
}

/// Those that win, and for the others' orders what was dropped: `o` u32, `strength` u8.
fn winners(found: DataFrame) -> Result<(DataFrame, DataFrame)> {
    let is_eligible = col("strength").eq(lit(ELIGIBLE));
    let lost = query(&found).filter(is_eligible.clone().not()).select([col("o"), col("strength")]);
    Ok((collect(query(&found).filter(is_eligible))?, collect(lost)?))
}

/// The columns of credit. What no link or code brought has no campaign, and nothing that was clicked or entered.
fn credit(reason: OutcomeReason, won: LazyFrame, is_owned: bool) -> LazyFrame {
    let none = || lit(NULL).cast(DataType::String);
    let (campaign, key) = if is_owned { (col("campaign"), col("key")) } else { (none(), none()) };
    let [campaign, key] = [campaign.fill_null(lit("")).alias("campaign"), key.alias("key")];
    won.select([col("o"), col("creator_id"), col("touch"), campaign, key, code(reason).alias("reason")])
}
