//! Rows in parts that threads work on at once, and two pieces of work at once.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use anyhow::Result;
use rayon::prelude::*;
use tracing::Span;
use tracing::dispatcher::{get_default, with_default};

/// Rows that one thread works on at a time.
const PART_ROWS: usize = 16_384;

/// Works on parts of `rows` rows at once and returns the results in order, or the error of the first part that has one.
pub(super) fn in_parts<T: Send>(rows: usize, work: impl Fn(Range<usize>) -> Result<T> + Sync) -> Result<Vec<T>> {
    let starts: Vec<usize> = (0..rows).step_by(PART_ROWS).collect();
    let parts: Vec<Result<T>> = starts.into_par_iter().map(|from| work(from..rows.min(from + PART_ROWS))).collect();
    parts.into_iter().collect()
}

/// What a thread of its own may need: the engine goes deep into large queries.
const STACK: usize = 16 << 20;

/// Does two pieces of work at once, of which neither needs what the other makes. The engine alone keeps two processors busy for
/// half of the time. Where both fail, the first one's error is the answer.
pub(crate) fn both<A: Send, B: Send>(
    one: impl FnOnce() -> Result<A> + Send,
    other: impl FnOnce() -> Result<B> + Send,
) -> Result<(A, B)> {
    let (listener, span) = (get_default(Clone::clone), Span::current());
    thread::scope(|scope| {
        let beside = move || with_default(&listener, || span.in_scope(other));
        let beside = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, beside)?;
        let one = one();
        let other = beside.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok((one?, other?))
    })
}
