//! Payout batches: drafted by one person or the runner, approved by another, then exported as a payment list and settled; or
//! rejected before the export, or voided after it.
//!
//! 1. [`draft`] reserves what is payable, a line for each creator.
//! 2. [`decide`] approves (another person) or rejects, after checking that the lines are still those that were drafted.
//! 3. [`export`] writes the payment list of an approved batch. From then on somebody may be paying it.
//!    [`export_files`] writes what banks take (`files/`): payees and files are kept encrypted, so that a repeat writes the same bytes.
//! 4. [`settle`] pays the lines out, but for those that failed. These stay reserved until two people agree that they failed:
//!    one person who says so would have the creator paid twice.
//!    [`read_answers`] reads what the bank says of each (`answers/`).
//! 5. A [`Reversal`] is money that two people make payable again: of a payment that failed or came back, or of an exported
//!    batch that nobody paid. `adjustments` proposes and decides them.
//!
//! [`sheet`] is what an approver looks at: whom a batch pays, how that differs from before (`earlier.rs`), and who is not in it.
//!
//! What a batch is, its entries say ([`BatchState::after`]); the tables `batches` and `batch_lines` show it, and nothing is decided
//! about a batch that they show otherwise (`current.rs`). Where the money of a line is, its transfers say. Money is reserved at the draft and not at the payment, so that nothing is paid twice while a
//! batch waits; and the journal records an export before the file is there, so that no payment list is unknown to the
//! ledger.
//!
//! Paying through a provider was rejected for now: a file and the bank's own approval work for everybody. Editing a batch was
//! rejected: it would no longer be what was approved. Reject it; the next one has the right sums.
//!
//! To add a payment file, see `files/`; a state or another approver begins with
//! [`BatchState::after`] and `decide.rs`. `ARCHITECTURE.md` has the other files of both.

mod answers;
mod batch;
mod current;
mod decide;
mod digest;
mod draft;
mod earlier;
mod export;
mod export_files;
mod files;
mod habit;
mod line;
mod list;
mod movement;
mod reversal;
mod settle;
mod sheet;
mod state;

pub use answers::{Answer, Answers, Outcome, read_answers};
pub use batch::{Batch, BatchLine};
pub use decide::{Decided, Decision, decide};
pub use digest::BatchDigest;
pub use draft::draft;
pub use earlier::{Change, Earlier};
pub use export::{Exported, export, mark_void, void_text};
pub use export_files::{ExportedFiles, FileRequest, erased_creators, export_files, forget_exports, refuse_inside};
pub use files::{FileFormat, LeftOut, Payment, Plan, payment_id, plan};
pub use habit::{is_far_above, is_far_above_from};
pub use line::LineState;
pub use list::{OpenLine, batches, counts, find, open_lines};
pub use reversal::{Cause, Reversal};
pub use settle::{Settled, settle};
pub use sheet::{Absent, Sheet, SheetLine, Why, draft_entry, sheet};
pub use state::BatchState;
