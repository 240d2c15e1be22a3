//! From when on earnings may be paid out.

use purser::calendar::{format_time, parse_time};
use purser::{explain, reconcile};

const HOUR: i64 = 3_600_000_000;

#[test]
fn a_hold_is_absolute_time() {
    for (since, hours, until) in [
        ("2026-02-10T14:00:00Z", 14 * 24, "2026-02-24T14:00:00Z"),
        ("2026-02-10T14:00:00Z", 0, "2026-02-10T14:00:00Z"),
        ("2026-02-10T14:00:00Z", 36, "2026-02-12T02:00:00Z"),
        // The clocks of New York went forward in between, from 09:00 to 10:00 local time.
        ("2026-03-01T14:00:00Z", 14 * 24, "2026-03-15T14:00:00Z"),
    ] {
        let at = parse_time(since).expect("a time");
        assert_eq!(format_time(reconcile::hold::payable_from(at, hours * HOUR)), until, "{since} + {hours}h");
        assert_eq!(explain::hold::payable_from(at, hours * HOUR).ok().map(format_time).as_deref(), Some(until));
    }
}

#[test]
fn what_was_never_on_hold_is_payable_at_any_time() {
    assert!(reconcile::hold::AT_ONCE < parse_time("1000-01-01T00:00:00Z").expect("a time"));
}
