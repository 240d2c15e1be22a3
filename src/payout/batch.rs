use anyhow::Result;

use super::state::BatchState;
use crate::money::Overflow;
use crate::store::{Row, Value};

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
    /// Who signed it so far, where several people have to: those whose signatures count as it stands, the first one first.
    pub signatures: Vec<Signature>,
    /// Who approved it: the last of them.
    pub approved_by: Option<String>,
    /// What is still reserved though the batch is settled, in minor units: somebody said that it failed.
    pub in_question: i64,
    /// The hash of its lines, which is what is approved.
    pub digest: String,
}

/// What one person agreed to who approved a batch, alone or as one of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who.
    pub by: String,
    /// When (microseconds since 1970).
    pub at: i64,
    /// The entry that records it.
    pub(super) entry: i64,
    /// The digest of the batch's content that was signed.
    pub(super) digest: String,
    /// The digest of the payment details that were signed, with that of exchange rates where there are any; empty where the program
    /// named no payees. None where an older purser approved: it signed no details.
    pub(super) payees: Option<String>,
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

/// The lines of a batch as the table shows them, by creator.
pub(super) const LINES: &str =
    "SELECT creator_id, amount FROM batch_lines WHERE program = $1 AND batch_id = $2 ORDER BY creator_id";

/// A row of [`LINES`].
pub(super) fn line(row: &Row) -> Result<BatchLine> {
    Ok(BatchLine { creator_id: row.text(0)?.to_owned(), amount: row.int(1)? })
}

/// The parameters of a query about one batch.
pub(super) fn key(program: &str, batch_id: &str) -> [Value; 2] {
    [program.into(), batch_id.into()]
}
