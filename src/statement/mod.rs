//! Statements: what a creator was owed when a month began, what changed it, and what is owed at its end.
//!
//! A month is closed once for the whole program. Its statements take every transfer that is in the journal by then, has its day
//! in the month or before, and is on no earlier statement; so each transfer is on exactly one statement, what comes late stands
//! on the next one under corrections, and what was sent never changes. The next statement opens where the last one closed.
//!
//! 1. [`plan`] says which months are to be closed.
//! 2. [`perform`] counts what a creator did in one: clicks, orders, net sales. It moves no money.
//! 3. [`close`] builds the statements (`assemble.rs`), refuses any that does not add up to what the ledger says, and puts their
//!    mails into the outbox, all in one transaction.
//! 4. [`crate::outbox`] sends them. Shown again, a statement is read back and not computed.
//!
//! Statements by booked time alone were rejected: a refund of 31 January that is booked on 1 February would be February's.
//! Sending a corrected statement was rejected too, as nobody knows then which one holds.
//!
//! To add a figure or a line, change `model.rs`, where it must still add up; words and layout are in `render.rs` and the
//! templates; another form (a page, PDF) is a file beside `mail.rs` that renders the same model.

mod addressee;
mod assemble;
mod attachment;
mod close;
mod journal;
mod list;
mod mail;
mod model;
mod performance;
mod render;
mod show;
mod stored;

pub use addressee::Addressees;
pub use attachment::csv;
pub use close::{Closed, Closing, close, plan};
pub use list::{ClosedMonth, ListedStatement, closed_months, statements_of};
pub use mail::{Rendered, render};
pub use model::{Held, Line, PerformanceOf, Section, SourceFigures, Statement, Totals};
pub use performance::{Performances, perform};
pub use render::{detail_of, title_of};
pub use show::{Shown, built, preview};
pub use stored::read as read_statement;
