//! From when on earnings may be paid out (`RULES.md`, section 11).

use polars::prelude::{Expr, col, lit, when};

use crate::program::{Micros, Program};

/// From when on something is payable that was never on hold: since ever.
pub const AT_ONCE: i64 = i64::MIN;

/// From which instant on something earned at `since` (both microseconds since 1970) is payable: once the hold is over.
pub fn payable_from(since: i64, hold: Micros) -> i64 {
    since + hold
}

/// The same with the program's hold.
pub(super) fn end_of_hold(program: &Program, since: i64) -> i64 {
    payable_from(since, program.commission.hold)
}

/// The same for what an order earned, which also waits for the end of every dispute of it: `payable_from` i64. Looks at `ordered_at` and
/// `open_until`.
pub(super) fn of_order(program: &Program) -> Expr {
    let end = || col("ordered_at") + lit(program.commission.hold);
    when(col("open_until").gt(end())).then(col("open_until")).otherwise(end()).alias("payable_from")
}
