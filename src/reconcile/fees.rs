//! Fees: fixed amounts for deliverables, owed from a local day on (`RULES.md`, section 10).

use std::collections::BTreeSet;

use anyhow::Result;
use polars::prelude::{DataFrame, DataType, LazyFrame, NULL, col, lit};

use super::frame::{among, collect, i32s, int, query, sorted, texts, without};
use super::hold::AT_ONCE;
use super::target_frame::target;
use crate::calendar::{day_of, day_of_epoch, start_of};
use crate::facts::Facts;
use crate::program::Program;
use crate::vocabulary::{FEE, Kind};

/// What became of the fees that are no targets.
pub(super) struct Fees {
    /// Those whose creator is unknown, whatever their day.
    pub without_creator: BTreeSet<String>,
    /// Those that are not due yet.
    pub later: BTreeSet<String>,
    /// The start of the next local day on which another falls due (microseconds since 1970).
    pub next: Option<i64>,
}

/// The fees that are due, in the columns of targets, by fee id.
pub(super) fn due(program: &Program, facts: &Facts, as_of: i64) -> LazyFrame {
    let today = day_of(program.time_zone, as_of);
    let due = among(query(&facts.fees), query(&facts.creators), ["creator_id"]).filter(col("due_on").lt_eq(lit(today)));
    let fees = sorted(due.rename(["fee_id", "amount", "due_on"], ["order_id", "commission", "day"], true), ["order_id"]);
    let none = lit(NULL).cast(DataType::Int32);
    target(
        fees,
        [
            ("kind", lit(Kind::Fee.code())),
            ("rule", lit(FEE)),
            ("line_id", lit("")),
            ("detail", lit("")),
            ("touch", lit("")),
            ("campaign", lit("")),
            ("base", int(0)),
            ("payable_from", int(AT_ONCE)),
            ("refund_day", none),
        ],
    )
}

/// The others.
pub(super) fn not_due(program: &Program, facts: &Facts, as_of: i64) -> Result<Fees> {
    let today = day_of(program.time_zone, as_of);
    let unknown = collect(without(query(&facts.fees), query(&facts.creators), ["creator_id"]))?;
    let known = among(query(&facts.fees), query(&facts.creators), ["creator_id"]);
    let later = collect(known.filter(col("due_on").gt(lit(today))))?;
    let next = i32s(&later, "due_on")?.iter().min().and_then(|day| day_of_epoch(*day));
    Ok(Fees { without_creator: ids(&unknown)?, later: ids(&later)?, next: next.map(|day| start_of(program.time_zone, day)) })
}

fn ids(fees: &DataFrame) -> Result<BTreeSet<String>> {
    Ok(texts(fees, "fee_id")?.iter().flatten().map(str::to_owned).collect())
}
