//! Payout batches: drafted by one person or the runner, approved by another, then exported as a payment list and settled,
//! or rejected.
//!
//! What a batch is, its entries say; the tables `batches` and `batch_lines` show it. Where the money of a line is, its
//! transfers say.

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
