use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize};
use std::sync::{Mutex, PoisonError};

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
    /// How many postbacks came, by program and by what became of them.
    postbacks: Mutex<BTreeMap<(String, &'static str), u64>>,
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
            postbacks: Mutex::default(),
        }
    }

    /// Counts a postback to a program that is known, so that strangers make no names.
    pub(super) fn count_postback(&self, program: &str, state: &'static str) {
        *self.postbacks.lock().unwrap_or_else(PoisonError::into_inner).entry((program.to_owned(), state)).or_default() += 1;
    }

    /// How many postbacks came, by program and by what became of them.
    pub(super) fn postbacks(&self) -> BTreeMap<(String, &'static str), u64> {
        self.postbacks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
