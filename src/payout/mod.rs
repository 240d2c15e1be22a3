//! Payout batches: drafted by one person or the runner, approved by another, then exported as a payment list and settled; or
//! rejected before the export, or voided after it.
//!
//! 1. [`draft`] reserves what is payable, a line for each creator.
//!    Creators on hold ([`Hold`]) are left out.
//! 2. [`decide`] signs and, with the last signature that the program file asks for, approves (other people), or rejects, after checking
//!    that the lines are still those that were drafted. A signature is bound to the lines and to the payment details of the creators
//!    (`bound.rs`), with the rates at which those are paid whose account is in another currency (`conversion.rs`). [`change_line`] takes a line out of a draft, or puts it back; whatever was signed before is void then.
//! 3. [`export`] writes the payment list of an approved batch. From then on somebody may be paying it.
//!    [`export_files`] writes what banks take (`files/`): payees and files are kept encrypted, so that a repeat writes the same bytes.
//!    Of files that went out and are not in a ledger that was restored, nobody is paid again (`unrecorded.rs`).
//! 4. [`settle`] pays the lines out, but for those that failed. These stay reserved until two people agree that they failed:
//!    one person who says so would have the creator paid twice.
//!    [`read_answers`] reads what the bank says of each (`answers/`).
//!    What it took for them is booked by [`book_charges`] to accounts of its own, and [`note_funds`] keeps what there is to pay from.
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
//! Paying through a provider was rejected for now: a file and the bank's own approval work for everybody. Editing an approved batch
//! was rejected: it would no longer be what was approved. Reject it; the next one has the right sums.
//!
//! To add a payment file, see `files/`; a state or another condition of approval begins with
//! [`BatchState::after`] and `approve.rs`. `ARCHITECTURE.md` has the other files of both.

mod answers;
mod approve;
mod bank_files;
mod batch;
mod bound;
mod change;
mod charges;
mod conversion;
mod current;
mod decide;
mod decided;
mod digest;
mod draft;
mod earlier;
mod export;
mod export_files;
mod files;
mod funds;
mod habit;
mod hold;
mod kept;
mod line;
mod list;
mod movement;
mod reversal;
mod settle;
mod sheet;
mod state;
mod took;
mod unrecorded;

pub use answers::{Answer, Answers, BankAmount, LARGEST_ANSWER, Outcome, Problem, StatedBalance, read_answers};
pub use approve::{Grounds, missing, seen_digest};
pub use bank_files::{is_bank_file_known, note_bank_file};
pub use batch::{Batch, BatchLine, Signature};
pub use bound::changed_details;
pub use change::{Changed, LineChange, change_line};
pub use charges::{Charge, Charged, book_charges};
pub use conversion::{Conversion, Conversions, conversion_of, conversions, converts};
pub use current::Withheld;
pub use decide::{Decision, decide};
pub use decided::{Decided, Missing};
pub use digest::BatchDigest;
pub use draft::draft;
pub use earlier::{Change, Earlier};
pub use export::{Exported, export, mark_void, void_text};
pub use export_files::{
    ExportedFiles, FileRequest, KeptExport, erased_creators, export_files, forget_exports, kept_exports, refuse_inside,
};
pub use files::{FileFormat, LeftOut, Payment, Plan, converted_sums, is_payment_id, payment_id, plan};
pub use funds::{FundsAvailable, funds_available, note_funds, reserved_in_others};
pub use habit::{is_far_above, is_far_above_from};
pub use hold::{Hold, HoldKind, HoldRequest, hold, holds_of, holds_on, release};
pub use line::LineState;
pub use list::{OpenLine, SentLine, batches, batches_of, counts, drafts_without, find, open_lines, payments};
pub use reversal::{Cause, Reversal};
pub use settle::{Settled, settle};
pub use sheet::{Absent, Sheet, SheetLine, Why, draft_entry, sheet};
pub use state::BatchState;
pub use took::payouts_by_days;
pub use unrecorded::refuse_lost;
