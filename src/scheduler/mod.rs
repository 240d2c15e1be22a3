//! The scheduler: which jobs are due, which are late or were missed, and the run of one job for its slot.
//!
//! Schedules and slots are recorded in the database, so that servers, timers and commands see the same, whichever looks first.
//! [`look`] records which slots have come and raises what is late or missed; [`run_slot`] runs one of them through
//! [`crate::app`]. What pays or tells creators what they earned waits for a good reconciliation ([`waits`]). When to look is the business of the server, or of cron.

mod figures;
mod known;
mod turn;
mod waits;
mod watch;

pub use figures::{JobFigures, figures};
pub use known::{Known, load as known};
pub use turn::{Ended, run_slot};
pub use waits::{Books, Fate, Undone, Wait, WaitingJob, waits};
pub use crate::runs::Slot;
pub use watch::{look, look_for_gone, program_is_broken, programs_are_sound};
