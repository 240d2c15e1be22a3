//! Spans of time, and instants.

/// Microseconds of absolute time: a day is 24 hours, also across a clock change.
pub type Micros = i64;
