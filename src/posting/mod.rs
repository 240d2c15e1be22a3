//! What should be against what is posted, and the transfers that bring the two together.
//!
//! [`crate::reconcile`] says what every creator should have earned; the targets that the last run left posted are kept with it
//! ([`KeptOutcome`]). [`difference`] compares the two, key by key, and says what has to move and why; [`restated`] finds what
//! only an edit of the rules or tables would move. Nothing here decides what somebody earns, and nothing in the ledger knows of
//! targets.
//!
//! The alternative, asking the database what is posted for each key, costs a query over all transfers every night; `purser
//! check` makes it, to prove that the kept targets agree with the journal ([`TargetTally`]).

mod basis;
mod credited;
mod difference;
mod kept;
mod restatement;
mod tally;

pub use basis::{Basis, Last, last, last_basis, last_time, record_last};
pub use credited::Credit;
pub use difference::{Circumstances, Difference, Owed, PostedTargets, difference};
pub use kept::{KeptOutcome, OutcomeCount, keep_outcome};
pub use restatement::{Restated, Standing, restated};
pub use tally::{Tallied, TargetTally};
