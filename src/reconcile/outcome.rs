//! What becomes of an order, and why (`RULES.md`, section 4): what is decided before anybody looks for a creator, and
//! what excludes an order for which somebody would get credit.

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, Expr, LazyFrame, NULL, col, lit, when};

use super::disputes::Disputes;
use super::frame::{at_places, collect, left, local_day, query, with};
use super::refunds::Refunded;
use super::{customers, hold};
use crate::calendar::day_number;
use crate::facts::Facts;
use crate::program::{Customers, Program};
use crate::vocabulary::OutcomeReason::{
    self, BeforeStart, BelowMinimum, Cancelled, ExistingCustomer, NegativeAmount, NoFxRate, NoLines, Test, Unpaid,
};

/// A reason's code in a column.
pub(super) fn code(reason: OutcomeReason) -> Expr {
    lit(reason.code())
}

/// Adds to orders `reason` str: why nobody can get credit, whatever the touches; null for the others. Sound orders from before the
/// program's start are among the others: they earn nothing, but their credit locks customers. Also `net` i64, the sum of what was
/// ordered, and `is_void` bool: whether an order that is sound is not paid, or not any more.
pub(super) fn before_attribution(program: &Program, orders: &DataFrame, lines: &DataFrame) -> Result<DataFrame> {
    let of_lines = collect(query(lines).group_by([col("o")]).agg([col("net").sum(), col("net").min().alias("least")]))?;
    let status = |status: &'static str| col("status").eq(lit(status));
    let rejected = |reason| {
        if program.starts.is_some() {
            when(is_early(program)).then(code(BeforeStart)).otherwise(code(reason))
        } else {
            code(reason)
        }
    };
    let reason = when(status("test"))
        .then(code(Test))
        .when(status("cancelled"))
        .then(code(Cancelled))
        .when(status("pending"))
        .then(code(Unpaid))
        .when(col("least").is_null())
        .then(rejected(NoLines))
        .when(col("least").lt(lit(0)))
        .then(rejected(NegativeAmount))
        .when(col("is_foreign").and(col("exchange").is_null()))
        .then(rejected(NoFxRate))
        .otherwise(lit(NULL));
    let is_void = status("paid").not().and(col("least").fill_null(lit(0)).gt_eq(lit(0)));
    let looked_at = orders.select(["status", "day", "is_foreign", "exchange"])?;
    let looked_at = with(&looked_at, &at_places(&of_lines, "o", orders.height(), &["net", "least"])?)?;
    let decided = query(&looked_at).select([reason.alias("reason"), col("net").fill_null(lit(0)), is_void.alias("is_void")]);
    with(orders, &collect(decided)?)
}

/// The orders with the reason of each one's outcome, and what targets need to know of them (see [`super::decided::Decided::orders`]).
/// `by_attribution` is what attribution made of the open ones: `o` u32, `by_attribution` str.
pub(super) fn outcomes(
    program: &Program,
    facts: &Facts,
    orders: &DataFrame,
    lines: &DataFrame,
    by_attribution: LazyFrame,
    refunded: &Refunded,
    disputes: &Disputes,
) -> Result<DataFrame> {
    let mut decided = orders.select(["o", "ordered_at", "status", "day", "reason"])?;
    let by_attribution = collect(by_attribution)?;
    for (other, name) in
        [(&by_attribution, "by_attribution"), (&refunded.orders, "refunded_at"), (&disputes.orders, "open_until")]
    {
        decided = with(&decided, &at_places(other, "o", orders.height(), &[name])?)?;
    }
    let mut decided = query(&decided);
    decided = match customers::are_asked_for(program) {
        true => left(decided, customers::ordinals(facts, orders)?, ["o"]),
        false => decided.with_column(lit(NULL).cast(DataType::UInt32).alias("ordinal")),
    };
    if program.commission.min_order.is_some() {
        let ordered = query(lines).group_by([col("o")]).agg([col("original").sum().alias("ordered")]);
        decided = left(decided, ordered, ["o"]);
    }
    let decided = decided
        .with_column(col("reason").fill_null(col("by_attribution")).alias("reason"))
        .with_column(is_attributed())
        .with_column(after_attribution(program))
        // What is excluded after all is not attributed any more.
        .with_column(is_attributed())
        .select([
            col("reason"),
            col("is_attributed"),
            col("ordinal"),
            local_day(program.time_zone, "refund_day", "refunded_at"),
            hold::of_order(program),
        ]);
    with(&orders.drop("reason")?, &collect(decided)?)
}

/// Excludes paid orders from before the program's start, and attributed ones that are too small, or not a new customer's where only
/// those earn. Looks at `ordered` (what was ordered, in the program's currency) and `ordinal`, where they are asked for.
fn after_attribution(program: &Program) -> Expr {
    let mut reason = col("reason");
    let is_attributed = || col("is_attributed");
    if program.attribution.customers == Customers::New {
        reason = when(is_attributed().and(col("ordinal").gt(lit(1)))).then(code(ExistingCustomer)).otherwise(reason);
    }
    if let Some(minimum) = program.commission.min_order {
        reason = when(is_attributed().and(col("ordered").lt(lit(minimum)))).then(code(BelowMinimum)).otherwise(reason);
    }
    if program.starts.is_some() {
        let is_paid = col("status").eq(lit("paid"));
        reason = when(is_paid.and(is_early(program))).then(code(BeforeStart)).otherwise(reason);
    }
    reason.alias("reason")
}

/// Whether the order's `reason` is one for which somebody gets credit: `is_attributed` bool.
fn is_attributed() -> Expr {
    let attributed = OutcomeReason::ALL.iter().filter(|reason| reason.is_attributed());
    attributed.fold(lit(false), |any, reason| any.or(col("reason").eq(code(*reason)))).alias("is_attributed")
}

/// Whether the local day of an order is before the program's start.
fn is_early(program: &Program) -> Expr {
    col("day").lt(lit(program.starts.map_or(i32::MIN, day_number)))
}
