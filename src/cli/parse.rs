//! Reads what is typed: times, months, reasons, names of checks, heads of the chain.

use crate::app::{Check, Head, checked_reason};
use crate::calendar::{Month, parse_day, parse_time};
use crate::vocabulary::Event;

/// How many digits of a noted hash say which it is.
const DIGITS: usize = 8;

/// Reads a time given on the command line.
pub(super) fn time(text: &str) -> Result<i64, String> {
    parse_time(text).ok_or_else(|| "not a valid UTC time; write one such as 2026-02-01T02:00:00Z".to_owned())
}

/// Reads a reason given on the command line.
pub(super) fn reason(text: &str) -> Result<String, String> {
    checked_reason(text).map(str::to_owned).map_err(|error| error.to_string())
}

/// Reads a month given on the command line.
pub(super) fn month(text: &str) -> Result<Month, String> {
    Month::parse(text).ok_or_else(|| "not a valid month; write one such as 2026-03".to_owned())
}

/// Reads the name of an event given on the command line.
pub(super) fn event(text: &str) -> Result<Event, String> {
    let names: Vec<&str> = Event::ALL.iter().map(|event| event.code()).collect();
    Event::parse(text).ok_or_else(|| format!("the events are {}", names.join(", ")))
}

/// Reads a local day given on the command line.
pub(super) fn day(text: &str) -> Result<i32, String> {
    parse_day(text).ok_or_else(|| "not a valid day; write one such as 2026-03-31".to_owned())
}

/// Reads the name of a check.
pub(super) fn check(text: &str) -> Result<Check, String> {
    Check::parse(text).ok_or_else(|| format!("the checks are {}", Check::ALL.map(Check::name).join(", ")))
}

/// Reads a head of the chain, such as `96:bf7420fa5fc0…`.
pub(super) fn head(text: &str) -> Result<Head, String> {
    let head = text.split_once(':').and_then(|(entry, hash)| Some((entry.parse().ok()?, hash)));
    match head {
        Some((entry @ 1.., hash)) if (DIGITS..=64).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Ok(Head { entry, hash: hash.to_ascii_lowercase() })
        }
        _ => Err("write the entry number and its hash as shown in reports, such as 96:bf7420fa5fc0".to_owned()),
    }
}
