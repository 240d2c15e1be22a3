//! How the money of a batch's line moves.

use super::batch::BatchLine;
use crate::ledger::{Account, Particulars, Transfer};
use crate::vocabulary::{Kind, Reason};

/// The steps of a batch's line, which are the revisions of its transfers. Each is taken at most once. Where a line was taken out of
/// its draft and put back, the steps after the first come so many revisions later.
pub(super) const SET_ASIDE: i64 = 0;
/// To clearing, or back to payable.
pub(super) const LEFT_RESERVE: i64 = 1;
/// From clearing: paid.
pub(super) const REACHED_CASH: i64 = 2;
/// Back to clearing: the payment came back.
pub(super) const LEFT_CASH: i64 = 3;
/// From clearing.
pub(super) const REACHED_PAYABLE: i64 = 4;

/// A movement of a batch line. Its key is the batch and the creator; its revision says which of the line's steps it is.
pub(super) fn transfer<'a>(
    batch_id: &'a str,
    line: &'a BatchLine,
    revision: i64,
    source: Account,
    target: Account,
    effective_day: i32,
    reason: Reason,
) -> Transfer<&'a str> {
    let about = Particulars::of_balance(Kind::Batch, batch_id, &line.creator_id, effective_day, reason);
    Transfer { about, revision, source, target, amount: line.amount }
}
