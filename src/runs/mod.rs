//! Records of runs: what ran, for which scheduled time, how it ended, and its report.
//!
//! A report is stored as data, in the form of whatever version ran: nothing here knows the types that made it, and what is
//! read back is a few figures ([`Reconciled`]). Who may run is the business of [`crate::leases`], when something is due that
//! of [`crate::scheduler`].

mod figures;
mod record;
mod slots;

pub use figures::{Reconciled, exceptions_before, reconciled, reconciled_of};
pub use record::{Ending, NewRun, RunRecord, RunState, finish, last_done, list, programs, start};
pub use slots::{
    Slot, SlotState, close_slots, give_slot_up, has_open_slot, open_slots, pause_after, record_attempt, record_slot,
    slot_done_by, take_attempt_back,
};
