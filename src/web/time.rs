//! Times as pages show them.

use crate::calendar::format_time;

/// A time in UTC, to the minute: `2026-03-02 09:15`.
pub(super) fn minute(time: i64) -> String {
    format_time(time).get(..16).unwrap_or_default().replace('T', " ")
}
