//! Mails about something that happened to a creator, one for each event: a folder each, with what it says (`mod.rs`) and its words by
//! language. Subject, plain text and page are of the same words; `text.txt` and `page.html` lay all of them out.
//!
//! 1. [`happened`] decides after a run what there is to tell: from the journal since the entry it has seen last (`of_ledger.rs`), and by
//!    comparing facts, terms and payees with what was there before (`of_facts.rs`). What it has seen stands in the table `noticed`
//!    (`noticed.rs`), and is moved on in the transaction that puts the mails into the outbox.
//! 2. The first run after an event was switched on only remembers: nobody hears about what was before.
//!
//! To have it decided where it happens was rejected: a batch is settled, and a proposal approved, by commands that know nothing of
//! creators' addresses; and a night that is computed again would tell twice. The key of a mail says what it tells, so that the outbox
//! refuses a second one.
//!
//! To add one: a variant of [`crate::vocabulary::Event`], its folder here with the words of each language, a variant of [`About`] (`notice.rs`), its
//! line in `statement/words/mod.rs`, and where it is found out.

mod code_issued;
mod details_changed;
mod dispute_closed;
mod dispute_opened;
mod invited;
mod mail;
mod notice;
mod noticed;
mod of_facts;
mod of_ledger;
mod payout_failed;
mod payout_sent;
mod payout_skipped;
mod said;
mod seen;
mod terms_changed;
mod tier_reached;

use anyhow::Result;

pub use code_issued::CodeIssued;
pub use details_changed::DetailsChanged;
pub use dispute_closed::DisputeClosed;
pub use dispute_opened::DisputeOpened;
pub use invited::Invited;
pub use mail::notice_message;
pub use notice::{About, Notice};
pub use noticed::{are_noticed, count_letters, known_details, letters_written};
pub use payout_failed::PayoutFailed;
pub use payout_sent::PayoutSent;
pub use payout_skipped::{PayoutSkipped, Skipped};
pub use seen::{Disputed, Owned, Seen};

use crate::store::Tx;

/// What happened since the last time, of the events that are switched on, in the caller's transaction: it is remembered as seen.
///
/// # Errors
///
/// When the database cannot be used, or a sum cannot be kept exactly.
pub async fn happened(tx: &mut Tx, seen: &Seen<'_>) -> Result<Vec<Notice>> {
    noticed::switch_off(tx, &seen.program.id, &seen.program.mailing.notices).await?;
    let mut notices = of_ledger::notices(tx, seen).await?;
    notices.extend(of_facts::notices(tx, seen).await?);
    Ok(notices)
}
