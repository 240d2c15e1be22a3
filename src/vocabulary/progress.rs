//! How far long work has come, told as events of tracing: a terminal adds them up, and nothing else pays for them.

/// The target of the events. Each has the field `unit`, and one of `planned` and `done`: how many more there are of it.
pub const PROGRESS: &str = "purser::progress";

/// So many more are to be done; `unit` is what they are, as people read it.
pub fn planned(unit: &'static str, count: usize) {
    tracing::trace!(target: PROGRESS, unit, planned = count as u64);
}

/// So many more are done. Where nothing was planned, nobody knows how many there will be.
pub fn done(unit: &'static str, count: usize) {
    tracing::trace!(target: PROGRESS, unit, done = count as u64);
}
