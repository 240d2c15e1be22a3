//! What should be against what is posted, and the transfers that bring the two together.
//!
//! [`crate::reconcile`] says what every creator should have earned; the targets that the last run left posted are kept with it
//! ([`KeptOutcome`]). [`compare`] finds, key by key, what moves; [`Comparison::difference`] says how, why and under which day
//! (`causes.rs`), once it is known how the last run saw the orders that move ([`KeptOutcome::seen`]: only those are read). [`edits`]
//! finds what people edited, and [`restated`] what only that would move. Nothing here decides what somebody earns, and nothing in the
//! ledger knows of targets.
//!
//! The alternative, asking the database what is posted for each key, costs a query over all transfers every night; `purser
//! check` makes it, to prove that the kept targets agree with the journal ([`TargetTally`]). Each night only compares what they come
//! to for each creator ([`check_posted`]): targets that somebody exchanged would have money posted a second time.

mod basis;
mod brought;
mod causes;
mod cleared;
mod credited;
mod difference;
mod edits;
mod fees;
mod holds;
mod kept_outcome;
mod orders;
mod restatement;
mod sides;
mod tally;

pub use basis::{Basis, Last, last, last_basis, last_in, last_time, record_last};
pub use brought::Brought;
pub use causes::Circumstances;
pub use cleared::{ByDays, Cleared};
pub use credited::Credit;
pub use difference::{Comparison, Difference, PostedTargets, compare};
pub use edits::{Edits, Previous, edits};
pub use holds::OnHold;
pub use kept_outcome::{KeptOutcome, OutcomeCount, keep_outcome};
pub use orders::SeenOrders;
pub use restatement::{Moment, Restated, Unedited, restated};
pub use sides::{Owed, Standing};
pub use tally::{Tallied, TargetTally, check_posted};
