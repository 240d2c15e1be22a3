use super::state::BatchState;
use crate::money::Overflow;

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id, such as `glow-0003`.
    pub batch_id: String,
    /// Where it stands.
    pub state: BatchState,
    /// How many creators it pays.
    pub creators: i64,
    /// What it pays, in minor units of the program's currency.
    pub amount: i64,
    /// When it was drafted (microseconds since 1970).
    pub created_at: i64,
    /// Who drafted it.
    pub drafted_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// What is still reserved though the batch is settled, in minor units: somebody said that it failed.
    pub in_question: i64,
    /// The hash of its lines, which is what is approved.
    pub digest: String,
}

/// What a batch pays one creator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchLine {
    /// The creator.
    pub creator_id: String,
    /// Minor units of the program's currency.
    pub amount: i64,
}

/// What lines come to.
pub(super) fn sum(lines: &[BatchLine]) -> Result<i64, Overflow> {
    lines.iter().try_fold(0i64, |sum, line| sum.checked_add(line.amount)).ok_or(Overflow)
}
