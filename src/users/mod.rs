//! Who may use purser: people, what proves who they are, and what was changed about them by whom.
//!
//! While there is no user, names are believed as they are given with `--by`, as in a workshop of two people. The first user ends
//! that: from then on everybody who does something is one of the users, of a role that may do it ([`Role::may`]), and proves it.
//!
//! - A *password* opens a session on the pages ([`session`]); it is kept as an argon2id hash (`password.rs`).
//! - A *second factor* shows a code that changes every half minute (RFC 6238, `second_factor.rs`). Decisions on the pages ask for
//!   one each. Its secret has to be known here, so it is kept encrypted under the keys that payees have; without a key there is
//!   no second factor.
//! - A *token* stands for a user on the command line, where a password would be typed into scripts. It is kept as a hash (`secret.rs`).
//!
//! A name is unique by what tells people apart ([`crate::ledger::is_same_person`]), so that nobody is two users. A user is
//! disabled and never deleted: the ledger names them. Every change is recorded in the transaction that makes it, as a chain of its own
//! (`changes.rs`), with a digest of how the user is then: `purser check users` compares.
//!
//! Attempts to guess are counted before they are judged (`attempts.rs`), so that many at once are no way around.
//!
//! Rejected: a role that includes all others. Who makes users could make a second person and pay alone; an admin has to invent
//! two, and both stand in the record. Signed sessions without a table were rejected too: nobody could end them.

mod account;
mod attempts;
mod changes;
mod password;
mod role;
mod second_factor;
mod secret;
mod session;

pub use account::{Account, User, are_there_users, begin, find_account, list_accounts, write};
pub use attempts::{Attempt, count_attempt, forget_attempts};
pub use changes::{ChangeRow, changes, record_change};
pub use password::{PasswordHash, hash_password, is_password};
pub use role::{Act, Role};
pub use second_factor::{Enrolment, enrol, use_code};
pub use secret::{Secret, new_secret};
pub use session::{Session, begin_session, end_session, end_sessions, find_session, prune_sessions};
