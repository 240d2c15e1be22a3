//! The scheduler: which jobs are due, which are late or were missed, and the run of one job for its slot.
//!
//! Schedules and slots are recorded in the database, so that servers, timers and commands see the same, whichever looks first.
//!
//! 1. [`look`] compares each job's schedule with what is recorded, records the slots that have come, and raises what is late or
//!    missed. Of several missed slots of a job only the latest is due: a nightly run sees all days, and statements close all
//!    months.
//! 2. The caller chooses what to start: the server, or a command with `--slot`. What pays creators, or tells them what they
//!    earned, waits for a good reconciliation ([`waits`]).
//! 3. [`run_slot`] runs one job for its slot through [`crate::app`].
//!
//! When to look is the business of the server, or of cron. A timer for each job inside the process was rejected: it forgets
//! what came while the process was down, and fires twice where two are up. A queue or broker would be one more thing to run.
//!
//! To change what counts as due, late or missed, start in `watch.rs` and `schedules.rs`; what waits for what, in `waits.rs`; a
//! figure for monitoring goes into `job_figures.rs`.

mod job_figures;
mod run_slot;
mod schedules;
mod waits;
mod watch;

pub use job_figures::{JobFigures, figures};
pub use run_slot::{Ended, run_slot};
pub use schedules::{Known, load as known};
pub use waits::{Books, Fate, Undone, Wait, WaitingJob, waits};
pub use watch::{look, look_for_gone, program_is_broken, programs_are_sound};
