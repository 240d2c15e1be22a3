//! From when on earnings may be paid out (`RULES.md`, section 11).

use crate::program::Micros;

/// From when on something is payable that was never on hold: since ever.
pub const AT_ONCE: i64 = i64::MIN;

/// From which instant on something earned at `since` (both microseconds since 1970) is payable: once the hold is over.
pub fn payable_from(since: i64, hold: Micros) -> i64 {
    since + hold
}
