//! Whether an amount is far above what was usual.

/// How many times the usual.
const TIMES: i64 = 10;

/// Below this nobody is asked to look again (minor units): an early ledger has only small amounts yet.
const MODEST: i64 = 100_000;

/// Whether an amount is far above what was usual (both minor units), so that it may be a slip of the keyboard, or worse: more than ten
/// times that, and not modest.
pub fn is_far_above(amount: i64, usual: i64) -> bool {
    is_far_above_from(MODEST, amount, usual)
}

/// The same where other amounts are still modest: up to `modest` (minor units).
pub fn is_far_above_from(modest: i64, amount: i64, usual: i64) -> bool {
    let amount = amount.unsigned_abs();
    amount > modest.unsigned_abs() && amount / TIMES.unsigned_abs() > usual.unsigned_abs()
}
