//! What is sent: statements to creators, and alerts to the operator by mail and webhook.
//!
//! 1. [`put`]: a letter is put into the outbox in the transaction that makes it true, with the very bytes that will be sent.
//! 2. [`deliver`] takes every waiting one, records the attempt, and only then makes it.
//! 3. How it ended is recorded: sent, refused for good, to be tried again, or in doubt.
//!
//! Sending inside the transaction was rejected: a mail cannot be taken back when the commit fails. Sending after it without a
//! record would lose mails at a crash. "Exactly once" cannot be had over SMTP: where the answer was lost, nobody knows. A statement is
//! then kept apart, and sent again only when a person says so; an alert is sent again with the same bytes and Message-ID, by which the
//! receiver can tell. A letter is sealed when it is put here, and not sent when it was changed since. One process at a time sends from a data folder (`post_office.rs`).
//!
//! What came back is read from a mailbox (`returned.rs`): each attempt has a return path of its own, which says what it is about
//! (`return_path.rs`). An address to which nothing can be delivered is suppressed until a person lifts that (`bounces.rs`).
//!
//! To add a mail, render it where its content is known and put it here. A new addressee or way is a [`Channel`], with its
//! [`Transport`] in `post.rs`; `forget.rs` has to find its letters when a person is erased.

mod bounces;
mod deliver;
mod forget;
mod letter;
mod outage;
mod pace;
mod post;
mod post_office;
mod report;
mod return_path;
mod returned;
mod signer;
mod transport;

pub use bounces::{Bounce, Suppressed, lift, programs_with_untold, suppressed, take_untold, unsealed_bounces};
pub use deliver::Delivery;
pub use forget::{OperatorLetter, erase_mails, forget_mails, forgotten_mails, mail_addresses, operator_letters, reword};
pub use letter::{
    Channel, LetterState, Letters, NewLetter, Sealed, Unsent, counts, programs_with_letters, put, state_of, unsent, wait_again,
};
pub use pace::Pace;
pub use post::Post;
pub use post_office::mail_file;
pub use return_path::ReturnPath;
pub use returned::{Mailbox, Returned, open_mailbox, take_returned};
pub use signer::Signer;
pub use transport::{Transport, secrets_hidden};
