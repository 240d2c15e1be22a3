//! Payout batches: drafted by one person or the runner, approved by another, then exported as a payment list and settled,
//! or rejected.
//!
//! What a batch is, its entries say; the tables `batches` and `batch_lines` show it. Where the money of a line is, its
//! transfers say.

mod batch;
mod command;
mod current;
mod draft;
mod export;
mod line;
mod returned;
mod void;

pub use batch::{Batch, BatchLine, BatchState, batches, counts, find, last_drafted};
pub use command::{Decision, decide};
pub use draft::{BatchDigest, draft};
pub use export::{Exported, export};
pub use line::LineState;
pub use returned::{ReturnedPayment, take_back};
pub use void::Voidable;
