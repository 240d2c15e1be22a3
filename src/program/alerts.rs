//! `[alerts]`: beyond which limits the operator is alerted.

use super::keys::{Key, keys};
use super::micros::Micros;
use super::reader::Section;
use super::values::{count, duration, unless_off};
use crate::money::{Currency, parse_minor};

keys! {
    LATE_AFTER = "alerts" "late", "duration", "1h", "How long after it was due a scheduled run counts as late.";
    ORDERS_BELOW = "alerts" "orders_below", "percent, or off", "50", "Alerts when a day has fewer orders than this share of the usual number: the median of the same weekday in the last four weeks.";
    EXCEPTIONS_ABOVE = "alerts" "exceptions_above", "percent, or off", "200", "Alerts when a run has more exceptions than this share of the usual number, and at least ten more: the median of the seven runs before.";
    UNATTRIBUTED_RISE = "alerts" "unattributed_rise", "percentage points, or off", "20", "Alerts when a day's share of unattributed orders is this much above the share in the four weeks before.";
    NO_ORDERS_FOR = "alerts" "no_orders_for", "duration, or off", "off", "Alerts when the newest order is older than this at a run: its source may have stopped.";
    NO_CLICKS_FOR = "alerts" "no_clicks_for", "duration, or off", "off", "Alerts when the newest click is older than this at a run.";
    TOTAL_BELOW = "alerts" "total_below", "amount, or off", "0", "Alerts when a run adds less than this to what creators are owed; may be negative.";
}

/// How long after it was due a run is late, unless `[alerts]` says otherwise.
pub const LATE: Micros = 3_600_000_000;

/// `[alerts]`: limits beyond which the operator is alerted. Where a limit is off, it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long after it was due a run is late.
    pub late: Micros,
    /// The least share of the usual number of orders of a day, in percent.
    pub orders_below: Option<i64>,
    /// The largest share of the usual number of exceptions, in percent.
    pub exceptions_above: Option<i64>,
    /// How much larger than usual the share of unattributed orders of a day may be, in percentage points.
    pub unattributed_rise: Option<i64>,
    /// How old the newest order may be.
    pub no_orders_for: Option<Micros>,
    /// How old the newest click may be.
    pub no_clicks_for: Option<Micros>,
    /// The least that creators are owed more after a run (minor units).
    pub total_below: Option<i64>,
}

impl Limits {
    /// Reads the section.
    pub(super) fn read(section: &Section<'_>, currency: Currency) -> Self {
        let share = |key: &Key, default: i64| section.read(key, unless_off(count)).unwrap_or(Some(default));
        let signed = unless_off(move |text| parse_minor(text, currency).map_err(|e| e.to_string()));
        Self {
            late: section.read(&LATE_AFTER, duration).unwrap_or(LATE),
            orders_below: share(&ORDERS_BELOW, 50),
            exceptions_above: share(&EXCEPTIONS_ABOVE, 200),
            unattributed_rise: share(&UNATTRIBUTED_RISE, 20),
            no_orders_for: section.read(&NO_ORDERS_FOR, unless_off(duration)).unwrap_or(None),
            no_clicks_for: section.read(&NO_CLICKS_FOR, unless_off(duration)).unwrap_or(None),
            total_below: section.read(&TOTAL_BELOW, signed).unwrap_or(Some(0)),
        }
    }
}
