//! Payout batches: drafted by one person or the runner, approved by another, then exported as a payment list and settled, or
//! rejected.
//!
//! 1. [`draft`] reserves what is payable, a line for each creator.
//! 2. [`decide`] approves (another person), rejects, or settles, after checking that the lines are still those that were
//!    drafted.
//! 3. [`export`] writes the payment list of an approved batch. From then on somebody may be paying it.
//! 4. [`take_back`] books a payment that came back. A [`Voidable`] is an exported batch that nobody paid; two people end it.
//!
//! What a batch is, its entries say ([`BatchState::after`]); the tables `batches` and `batch_lines` show it. Where the money of
//! a line is, its transfers say. Money is reserved at the draft and not at the payment, so that nothing is paid twice while a
//! batch waits; and the journal records an export before the file is there, so that no payment list is unknown to the
//! ledger.
//!
//! Paying through a provider was rejected for now: a file and the bank's own approval work for everybody. Editing a batch was
//! rejected: it would no longer be what was approved. Reject it; the next one has the right sums.
//!
//! To add a payment file, make its bytes beside the list in `export.rs`; a state or another approver begins with
//! [`BatchState::after`] and `decide.rs`. `ARCHITECTURE.md` has the other files of both.

mod batch;
mod current;
mod decide;
mod digest;
mod draft;
mod export;
mod line;
mod list;
mod movement;
mod returned;
mod state;
mod void;

pub use batch::{Batch, BatchLine};
pub use decide::{Decision, decide};
pub use digest::BatchDigest;
pub use draft::draft;
pub use export::{Exported, export};
pub use line::LineState;
pub use list::{batches, counts, find, last_drafted};
pub use returned::{ReturnedPayment, take_back};
pub use state::BatchState;
pub use void::Voidable;
