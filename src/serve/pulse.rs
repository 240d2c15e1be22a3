use std::sync::atomic::{AtomicI64, AtomicUsize};

/// How the server is, for monitoring.
pub(super) struct Pulse {
    /// When it looked last, whatever came of it; 0 before.
    pub last_look: AtomicI64,
    /// When it saw last what is due; 0 before.
    pub last_tick: AtomicI64,
    /// How many jobs are running.
    pub running: AtomicUsize,
    /// How many program files there are.
    pub programs: AtomicUsize,
    /// The clock.
    pub clock: fn() -> i64,
}

impl Pulse {
    /// That of a server that begins.
    pub(super) fn new(clock: fn() -> i64) -> Self {
        Self {
            last_look: AtomicI64::new(0),
            last_tick: AtomicI64::new(0),
            running: AtomicUsize::new(0),
            programs: AtomicUsize::new(0),
            clock,
        }
    }
}
