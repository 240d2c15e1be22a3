//! Amounts, times and ages as pages show them.

use chrono_tz::Tz;

use crate::calendar::format_local_time;
use crate::money::{Currency, grouped};
use crate::program::Program;

/// An amount without its currency: with a real minus sign.
pub(super) fn amount(minor: i64, currency: Currency) -> String {
    grouped(minor, currency.exponent()).replace('-', "\u{2212}")
}

/// The same with a plus where it is above zero.
pub(super) fn change(minor: i64, currency: Currency) -> String {
    let sign = if minor > 0 { "+" } else { "" };
    format!("{sign}{}", amount(minor, currency))
}

/// An amount with its currency, which are never apart.
pub(super) fn money(minor: i64, program: &Program) -> String {
    format!("{}\u{a0}{}", amount(minor, program.currency), program.currency)
}

/// A time as people of the program's zone read it.
pub(super) fn local(zone: Tz, time: i64) -> String {
    format_local_time(zone, time)
}

/// How long ago something was, by the clock: `20 min`, `5 h`, `3 days`.
pub(super) fn age(now: i64, since: i64) -> String {
    match now.saturating_sub(since).max(0) / 60_000_000 {
        minutes @ ..120 => format!("{minutes} min"),
        minutes @ ..2_880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1_440),
    }
}
