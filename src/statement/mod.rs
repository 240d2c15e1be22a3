//! Statements: what a creator was owed when a month began, what changed it, and what is owed at its end.
//!
//! A month is closed once for the whole program. Its statements take every transfer that is in the journal by then, has
//! its day in the month or before, and is on no earlier statement; so each transfer is on exactly one statement, what
//! comes late stands on the next one under corrections, and what was sent never changes. The next statement opens where
//! the last one closed.
//!
//! [`plan`] says which months are to be closed, [`perform`] counts what a creator did in one, [`close`] writes its
//! statements and their mails in one transaction; [`crate::outbox`] sends them.

mod addressee;
mod assemble;
mod attachment;
mod close;
mod journal;
mod kept;
mod mail;
mod model;
mod perform;
mod render;
mod show;

pub use addressee::Addressees;
pub use attachment::csv;
pub use close::{Closed, Closing, close, plan};
pub use kept::read as read_statement;
pub use mail::{Rendered, render};
pub use model::{Held, Line, PerformanceOf, Section, SourceFigures, Statement, Totals};
pub use perform::{Performances, perform};
pub use show::{Shown, built, preview};
