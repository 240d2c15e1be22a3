//! Letters that leave: statements to creators, and alerts to the operator by mail and webhook.
//!
//! A letter is put into the outbox in the transaction that makes it true, with the very bytes that will be sent, and
//! [`Post`] sends every waiting one once. Each attempt is recorded before it is made; what cannot be sent waits, and the log
//! says so once.

mod deliver;
mod forget;
mod letter;
mod outage;
mod post;
mod post_office;
mod transport;

pub use deliver::Delivery;
pub use forget::{Told, erase_mails, forget_mails, forgotten_mails, mail_addresses, reword, told_operator};
pub use letter::{Channel, Letters, NewLetter, counts, programs_with_letters, put, state_of};
pub use post::Post;
pub use post_office::mail_file;
pub use transport::{Transport, secrets_hidden};
