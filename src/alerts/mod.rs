//! Operator alerts: what is wrong, since when, what it means for money, what to do.
//!
//! An alert is raised in the transaction that finds it out, once however often that is found, and goes into the outbox with
//! it. It is open until the job that it is about works again; then the operator hears that, too. [`JobSlot`] and the functions
//! beside it put plain values into words; [`unusual`] decides which figures of a run are worth an alert.
//!
//! An alert for each failed attempt was rejected: who gets forty mails a night reads none. So was alerting from logs or metrics
//! alone: both work only where somebody has set them up, and neither knows what a missed payout means for creators.
//!
//! The module takes plain values, so that it knows no rules, runs or ledger, and what it says can be tested without them.
//!
//! People may say that they know of an alert, or of an exception, and who looks after it (`acknowledged.rs`): then the pages ask nobody
//! about it for a month. What banks' answers said that nothing followed from is kept here, too (`bank_problems.rs`), so that somebody says so of it.
//!
//! To add a kind of alert, add a variant to [`AlertKind`] and its words to `words.rs`; the caller that raises it hands in the
//! values. An unusual figure is a line in `unusual.rs` and a limit in `[alerts]` of the program file.

mod acknowledged;
mod alert;
mod answers;
mod bank_problems;
mod record;
mod render;
mod unusual;
mod words;

pub use acknowledged::{Acknowledgement, about_alert, about_exception, acknowledge, acknowledgements};
pub use alert::{Alert, AlertKind};
pub use answers::{BANK_FILES, BankFile};
pub use bank_problems::{KeptProblem, keep_problems, kept_problems};
pub use record::{Raised, clear, clear_one, is_about, list_open, open_about, raise, redact, send_now};
pub use unusual::{DayOrders, Figures, RUNS, stopped, unusual};
pub use words::{JobSlot, Missed, WaitsFor, broken, gone, suppressed};
