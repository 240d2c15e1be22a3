//! Statements: what a creator was owed when a month began, what changed it, and what is owed at its end.
//!
//! A month is closed once for the whole program. Its statements take every transfer that is in the journal by then, has its day
//! in the month or before, and is on no earlier statement; so each transfer is on exactly one statement, what comes late stands
//! on the next one under corrections, and what was sent never changes. The next statement opens where the last one closed.
//!
//! 1. [`plan`] says which months are to be closed.
//! 2. [`perform`] counts what a creator did in one: clicks, orders, net sales. It moves no money.
//!    What people call orders, links and products (`labels.rs`) is read with it, and until when money is on hold ([`holds`]).
//! 3. [`close`] builds the statements (`assemble.rs`), refuses any that does not add up to what the ledger says, and puts their
//!    mails into the outbox, all in one transaction.
//! 4. [`crate::outbox`] sends them. Shown again, a statement is read back and not computed.
//!
//! Statements by booked time alone were rejected: a refund of 31 January that is booked on 1 February would be February's.
//! Sending a corrected statement was rejected too, as nobody knows then which one holds.
//!
//! A statement begins with what will be paid, when and where to (`outlook.rs`), as its reader asks that first; how it came about
//! follows. What is shown and is not in the journal is kept on the statement, so that it reads the same when it is shown again: but for
//! the name and the account, which are a person's, and are looked up.
//!
//! Beside the monthly statement stand the mails about what happened, a folder each (`notices`).
//!
//! To add a figure or a line, change `model.rs`, where it must still add up. `render` makes one view of a statement, which the
//! templates and the document (`pdf`) lay out; all words stand in `words`, by language.

mod addressee;
mod assemble;
mod attachment;
mod close;
mod figures;
mod journal;
mod label;
mod labels;
mod list;
mod mail;
mod model;
mod notices;
mod outlook;
mod pdf;
mod performance;
mod reader;
mod render;
mod show;
mod stored;
mod terms;
mod tier;
mod words;

pub use addressee::Addressees;
pub use assemble::Background;
pub use attachment::csv;
pub use close::{Closed, Closing, close, plan};
pub use figures::{MonthFigures, Peers, PerformanceOf, ProductFigures, SourceFigures};
pub use journal::mentioned;
pub use label::Label;
pub use labels::Mentioned;
pub use list::{ClosedMonth, ListedStatement, closed_months, statements_of};
pub use mail::message;
pub use model::{Converted, Held, Line, Section, Statement, Totals};
pub use notices::{
    About, CodeIssued, DetailsChanged, DisputeClosed, DisputeOpened, Disputed, Invited, Notice, Owned, PayoutFailed, PayoutSent,
    PayoutSkipped, Seen, Skipped, are_noticed, count_letters, happened, known_details, letters_written, notice_message,
};
pub use outlook::{Coming, Holds, InBatch, Outlook, holds};
pub use pdf::pdf;
pub use performance::{Performances, perform};
pub use reader::{Postage, Reader};
pub use render::{Rendered, render};
pub use show::{Shown, built, preview};
pub use stored::read as read_statement;
pub use tier::{TierReached, TiersReached};
pub use words::{FILES as MESSAGE_FILES, Language, Locale};
