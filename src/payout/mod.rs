//! Payout batches: drafted by one person or the runner, approved by another, then settled or rejected.
//!
//! What a batch is, its entries say; the tables `batches` and `batch_lines` show it.

mod batch;
mod command;
mod draft;

pub use batch::{Batch, BatchLine, BatchState, batches, find};
pub use command::{Decision, decide};
pub use draft::{BatchDigest, draft};
