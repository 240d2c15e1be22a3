//! Who works on a program: one run at a time, the first that comes.
//!
//! A run holds its program's lease from its start to its end. Each lease has an epoch; a run that takes it over raises it, and
//! every transaction of a run checks that the epoch is still its own. So a runner that froze and wakes posts nothing.
//!
//! A lease is taken over at once when its holder is dead, which its lock shows (see [`crate::store::Store::hold`]), and when it
//! has sent no heartbeat for as long as a lease lasts. A slow run keeps sending them: its heartbeat does not
//! wait for its transactions, and where the database has one writer only, each transaction of the run ends with a heartbeat.
//!
//! A lock alone would not do: a frozen process keeps it. A time alone would not do either: after a kill, everybody would wait.
//! A service that elects a leader was rejected: the database is there anyway, and what must not happen twice happens in it.
//!
//! Work that must not run beside any job, such as erasing, takes an [`Exclusive`] and commits through it.

mod exclusive;
mod lease;

pub use exclusive::Exclusive;
pub use lease::Lease;
