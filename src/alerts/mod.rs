//! Operator alerts: what is wrong, since when, what it means for money, what to do.
//!
//! An alert is raised in the transaction that finds it out, once however often that is found, and goes into the outbox with
//! it. It is open until the job that it is about works again. [`JobSlot`] and the functions beside it put plain values into
//! words; [`unusual`] decides which figures of a run are worth an alert.
//!
//! To add a kind of alert, add a variant to [`AlertKind`] and its words to `words.rs`; who raises it hands in the values.

mod alert;
mod record;
mod render;
mod unusual;
mod words;

pub use alert::{Alert, AlertKind};
pub use record::{Raised, clear, list_open, open_about, raise, redact, send_now};
pub use unusual::{DayOrders, Figures, RUNS, unusual};
pub use words::{JobSlot, Missed, WaitsFor, broken, gone};
