//! Rows in parts that threads work on at once.

use std::ops::Range;

use anyhow::Result;
use rayon::prelude::*;

/// Rows that one thread works on at a time.
const PART_ROWS: usize = 16_384;

/// Works on parts of `rows` rows at once and returns the results in order, or the error of the first part that has one.
pub(super) fn in_parts<T: Send>(rows: usize, work: impl Fn(Range<usize>) -> Result<T> + Sync) -> Result<Vec<T>> {
    let starts: Vec<usize> = (0..rows).step_by(PART_ROWS).collect();
    let parts: Vec<Result<T>> = starts.into_par_iter().map(|from| work(from..rows.min(from + PART_ROWS))).collect();
    parts.into_iter().collect()
}
