//! Whether a creator may earn on an order (`RULES.md`, section 5): touches of others are dropped.

use polars::prelude::{DataFrame, Expr, LazyFrame, col, lit, when};

use super::frame::{left, query};
use super::outcome::code;
use super::self_purchase::is_own_purchase;
use super::touches::is_active;
use crate::program::Program;
use crate::vocabulary::OutcomeReason::{Campaign, CreatorInactive, NoTouch, SelfPurchase};

/// What stands in `strength` where the creator may earn.
pub(super) const ELIGIBLE: u8 = 4;

/// Adds to touches `strength` u8: [`ELIGIBLE`], or why they are dropped: because the order is the creator's own (3), the creator is unknown
/// or not active at the order (2), or it is a campaign's own (1). The greater one is what the order shows if nobody gets credit.
/// A creator with several spans is there several times; one of them at most is eligible.
pub(super) fn judged(program: &Program, creators: &DataFrame, touches: LazyFrame) -> LazyFrame {
    let spans = query(creators).select([col("creator_id"), col("email").alias("emails"), col("active_from"), col("active_to")]);
    let is_active = is_active("ordered_at").fill_null(lit(false));
    let strength = when(col("creator_id").eq(lit("")))
        .then(lit(1u8))
        .when(is_active.not())
        .then(lit(2u8))
        .when(is_own_purchase(program.attribution.self_purchase))
        .then(lit(3u8))
        .otherwise(lit(ELIGIBLE));
    left(touches, spans, ["creator_id"]).with_column(strength.alias("strength"))
}

/// The reason of an order that nobody gets credit for, by the `strength` of what was dropped.
pub(super) fn unattributed() -> Expr {
    let is = |strength: u8| col("strength").eq(lit(strength));
    let reason = when(is(3)).then(code(SelfPurchase)).when(is(2)).then(code(CreatorInactive)).when(is(1)).then(code(Campaign));
    reason.otherwise(code(NoTouch))
}
