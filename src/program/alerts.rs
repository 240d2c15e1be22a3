//! `[alerts]`: beyond which limits the operator is alerted.

use super::micros::Micros;

/// How long after it was due a run is late, unless `[alerts]` says otherwise.
pub const LATE: Micros = 3_600_000_000;

/// `[alerts]`: beyond what the operator is told. Where a limit is off, it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long after it was due a run is late.
    pub late: Micros,
    /// The least share of the usual number of orders of a day, in percent.
    pub orders_below: Option<i64>,
    /// The largest share of the usual number of exceptions, in percent.
    pub exceptions_above: Option<i64>,
    /// How much larger than usual the share of unattributed orders of a day may be, in percentage points.
    pub unattributed_rise: Option<i64>,
    /// The least that creators are owed more after a run (minor units).
    pub total_below: Option<i64>,
}
