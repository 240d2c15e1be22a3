//! Records of runs: what ran, for which scheduled time, how it ended, and its report.
//!
//! A report is stored as data, in the form of the version that ran: nothing here knows the types that made it, and what is read
//! back is a few figures ([`Reconciled`]). So old reports can be read, and new ones may say more.
//!
//! A slot is a scheduled time of a job. It is recorded when it comes, each attempt is counted, and it is closed in the
//! transaction that ends the run that did it; so it is done once, by a server, a timer or a person. Computing what is due from
//! the last success alone was rejected: after an edit of the schedule nobody could tell a missed time from one that never was.
//!
//! Who may run is the business of [`crate::leases`], when something is due that of [`crate::scheduler`]. To record more of a
//! run, add it to the report in [`crate::app`]; a column is only for what is searched by.

mod record;
mod slots;
mod stored_report;

pub use record::{Ending, NewRun, RunRecord, RunState, finish, last_done, list, programs, start};
pub use slots::{
    Slot, SlotState, close_slots, give_slot_up, has_open_slot, open_slots, pause_after, record_attempt, record_slot,
    slot_done_by, take_attempt_back,
};
pub use stored_report::{Reconciled, exceptions_before, reconciled, reconciled_of};
