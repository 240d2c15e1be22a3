//! The touches of an order: clicks on links, and codes, that had an owner (`RULES.md`, section 5).
//!
//! Finding the clicks of orders is the only step whose input can outgrow a machine, and the one that another engine could take over.
//! So it is narrow: orders go in, the touches of each come out.

use anyhow::Result;
use polars::prelude::{DataFrame, Expr, LazyFrame, col, lit};

use super::frame::{beside, column, inner, left, query, streamed, texts, u32s, union};
use crate::facts::{Facts, fold};
use crate::program::Program;

/// The columns of touches: `o` u32, `ordered_at` i64 and `email` str or null of the order, `at` i64 (the time of the click, or the place
/// of the code), `touch` str (as it is shown), `owner` u32 (a row of [`owners`]), `creator_id` str (empty where it is the campaign's own).
pub(super) const TOUCH: [&str; 7] = ["o", "ordered_at", "email", "at", "touch", "owner", "creator_id"];

/// The spans of time in which links or codes had an owner: `owner` u32 (its row), `key` str, `creator_id` str (empty where it is the
/// campaign's own), `campaign` str or null, `active_from` i64, `active_to` i64, `window` i64 (how old a click may be).
pub(super) fn owners(program: &Program, table: &DataFrame, key: &str) -> Result<LazyFrame> {
    let campaigns = DataFrame::new_infer_height(vec![
        column("campaign", program.campaigns.iter().map(|campaign| campaign.id.as_str()).collect::<Vec<_>>()),
        column("window", program.campaigns.iter().map(|campaign| program.window(Some(campaign))).collect::<Vec<_>>()),
    ])?;
    let named = query(table).with_row_index("owner", None).rename([key], ["key"], true);
    Ok(left(named, query(&campaigns), ["campaign"]).with_column(col("window").fill_null(lit(program.window(None)))))
}

/// The link touches of orders: visible clicks of the order's visitor, or the click it names, not after it and in the window of their
/// campaign, on links that had an owner at the click. A click that is both is there twice.
pub(super) fn of_links(program: &Program, facts: &Facts, as_of: i64, orders: &DataFrame) -> Result<LazyFrame> {
    let owned = owners(program, &facts.links, "link_key")?.rename(["key"], ["link_key"], true);
    let owned = owned.select(["link_key", "owner", "creator_id", "active_from", "active_to", "window"].map(col));
    let longest = program.longest_window();
    let age = || col("ordered_at") - col("clicked_at");
    let recent = |clicks: LazyFrame| {
        let found = clicks.filter(age().gt_eq(lit(0)).and(age().lt_eq(lit(longest))));
        found.select(["order", "ordered_at", "click", "clicked_at"].map(col))
    };
    // What is not looked at is not carried through the join: few of the clicks are left after it.
    let clicks = query(&facts.clicks).with_row_index("click", None).filter(col("clicked_at").lt(lit(as_of)));
    let open = query(orders).with_row_index("order", None);
    let somebody = || col("visitor").is_not_null();
    let visitors = open.clone().filter(somebody()).select(["order", "ordered_at", "visitor"].map(col));
    let of_visitors = clicks.clone().filter(somebody()).select(["click", "clicked_at", "visitor"].map(col));
    let mut found = vec![recent(inner(of_visitors, visitors, ["visitor"]))];
    if orders.column("click_id")?.null_count() < orders.height() {
        let named = open.filter(col("click_id").is_not_null()).select(["order", "ordered_at", "click_id"].map(col));
        found.push(recent(inner(clicks, named, ["click_id"])));
    }
    let found = streamed(union(found)?, facts.clicks.height())?;
    let found = beside(&found, "order", &orders.select(["o", "email"])?, &["o", "email"])?;
    let found = beside(&found, "click", &facts.clicks, &["click_id", "link_key"])?;
    let is_owned = is_active("clicked_at").and(age().lt_eq(col("window")));
    let touches = inner(query(&found), owned, ["link_key"]).filter(is_owned);
    Ok(touches.rename(["clicked_at", "click_id"], ["at", "touch"], true).select(TOUCH.map(col)))
}

/// The code touches of orders: codes on them that had an owner at the order.
pub(super) fn of_codes(program: &Program, facts: &Facts, orders: &DataFrame) -> Result<LazyFrame> {
    let owners =
        owners(program, &facts.codes, "code")?.select(["key", "owner", "creator_id", "active_from", "active_to"].map(col));
    let times = query(orders).select([col("o"), col("ordered_at"), col("email")]);
    let touches = inner(inner(query(&entered(orders)?), owners, ["key"]), times, ["o"]);
    Ok(touches.filter(is_active("ordered_at")).select(TOUCH.map(col)))
}

/// The codes of orders, one row each: `o` u32, `at` i64 (its place on the order), `touch` str (trimmed), `key` str (without case).
fn entered(orders: &DataFrame) -> Result<DataFrame> {
    let (o, codes) = (u32s(orders, "o")?, texts(orders, "codes")?);
    let (mut order, mut at, mut touch, mut key) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (o, codes) in o.iter().zip(codes.iter()) {
        for (place, code) in (0i64..).zip(codes.unwrap_or_default().split('|')).filter(|(_, code)| !code.trim().is_empty()) {
            order.push(*o);
            at.push(place);
            touch.push(code.trim());
            key.push(fold(code));
        }
    }
    Ok(DataFrame::new_infer_height(vec![column("o", order), column("at", at), column("touch", touch), column("key", key)])?)
}

/// Whether a span holds the time in this column.
pub(super) fn is_active(at: &str) -> Expr {
    col("active_from").lt_eq(col(at)).and(col(at).lt(col("active_to")))
}
