//! The calendar: instants, local days, months and periods, and how they are written.
//!
//! An instant is microseconds since 1970 in UTC; a local day is its number since 1970 in a program's time zone. Both are plain
//! integers, so that they stand in frames, keys and hashes as they are. A clock change moves the instant at which a day begins,
//! never the day's number; what lasts "a day" in the rules lasts 24 hours ([`crate::program::Micros`]).
//!
//! Types of a calendar library stay inside: columns of millions of days are compared and subtracted, and a stored number means
//! the same in every version. Days in UTC were rejected, as a brand's months end at its own midnight.
//!
//! To let a year or quarter begin in another month, change `period.rs`, and its second computation in `explain`, which has a
//! calendar of its own on purpose. To read or write times in another form, change `written_times.rs`.

mod day;
mod month;
mod period;
mod written_times;

pub use day::{day_number, day_of, day_of_epoch, last_day_before, start_of};
pub use month::Month;
pub use period::{Period, day_after_period, period_label, period_number};
pub use written_times::{format_day, format_local_time, format_time, parse_day, parse_time};
