//! Instants, local days, months and periods.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::calendar::{
    Month, Period, day_after_period, day_of, format_day, format_local_time, format_time, parse_day, parse_time, period_label,
    period_number, start_of,
};

fn zone(name: &str) -> Tz {
    name.parse().expect("a zone")
}

fn at(text: &str) -> i64 {
    parse_time(text).unwrap_or_else(|| panic!("{text} is a time"))
}

fn day(text: &str) -> i32 {
    parse_day(text).unwrap_or_else(|| panic!("{text} is a day"))
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn times_are_read_in_every_form_of_rfc_3339_and_written_in_one() {
    for (text, written) in [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("2026-02-01t09:30:00z", "2026-02-01T09:30:00Z"),
        ("2026-02-01T09:30:00+01:30", "2026-02-01T08:00:00Z"),
        ("2026-01-01T00:00:00-00:30", "2026-01-01T00:30:00Z"),
        ("2024-02-29T23:59:59.5Z", "2024-02-29T23:59:59.500Z"),
        ("2026-02-01T09:30:00.123456Z", "2026-02-01T09:30:00.123456Z"),
        // Finer digits are cut off, never rounded up into another day.
        ("2026-02-01T23:59:59.999999999Z", "2026-02-01T23:59:59.999999Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
    ] {
        assert_eq!(format_time(at(text)), written, "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        "2026-02-01",
        "2026-02-01 09:30:00Z",
        "2026-02-01T09:30:00",
        "2026-02-01T24:00:00Z",
        "2026-02-01T23:60:00Z",
        "2026-02-01T23:59:60Z",
        "2026-02-30T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-01T09:30:00+0130",
        "2026-02-01T09:30:00+24:00",
        "2026-02-01T09:30:00.Z",
        "2026-02-01T09:30:00ZZ",
        "26-02-01T09:30:00Z",
        "２０２６-02-01T09:30:00Z",
    ] {
        assert_eq!(parse_time(text), None, "{text}");
    }
    for text in ["", "2026-2-1", "2026-02-29", "2026/02/01", "2026-02-01T"] {
        assert_eq!(parse_day(text), None, "{text}");
    }
}

/// The clock goes forward and back at night; and in some zones at midnight, so that a day begins at one.
#[test]
fn a_local_day_begins_when_its_clock_says_so() {
    for (name, day_text, begins) in [
        ("UTC", "2026-03-08", "2026-03-08T00:00:00Z"),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z"),
        ("America/New_York", "2026-03-09", "2026-03-09T04:00:00Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z"),
        ("Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00Z"),
        // At midnight of that day the clocks of Santiago go from 24:00 to 01:00.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
        ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z"),
    ] {
        let (zone, begins) = (zone(name), at(begins));
        assert_eq!(start_of(zone, date(day_text)), begins, "{name} {day_text}");
        assert_eq!(day_of(zone, begins), day(day_text), "{name}: its first instant is of it");
        assert_eq!(day_of(zone, begins - 1), day(day_text) - 1, "{name}: the instant before is not");
    }
}

#[test]
fn days_before_1970_count_down() {
    assert_eq!((day("1970-01-01"), day("1969-12-31"), day("0000-03-01")), (0, -1, -719_468));
    for text in ["1900-02-28", "1900-03-01", "2000-02-29", "2100-12-31", "9999-12-31"] {
        assert_eq!(format_day(day(text)), text);
    }
    assert_eq!(day_of(zone("UTC"), -1), -1);
}

#[test]
fn a_month_knows_its_days_and_its_neighbours() {
    for (label, first, last, before, after, words) in [
        ("2026-02", "2026-02-01", "2026-02-28", "2026-01", "2026-03", "February 2026"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-01", "2024-03", "February 2024"),
        ("2025-12", "2025-12-01", "2025-12-31", "2025-11", "2026-01", "December 2025"),
        ("1970-01", "1970-01-01", "1970-01-31", "1969-12", "1970-02", "January 1970"),
    ] {
        let month = Month::parse(label).expect("a month");
        assert_eq!((month.first_day(), month.last_day()), (day(first), day(last)), "{label}");
        assert_eq!((month.previous().label(), month.next().label(), month.words()), (before.into(), after.into(), words.into()));
        assert_eq!(Month::of_day(day(first)), month);
        assert_eq!(Month::of_day(day(last)), month);
        assert_eq!(Month::from_number(i64::from(month.number())).expect("it is in range"), month);
    }
    for text in ["2026-2", "2026-13", "2026", "2026-02-01", "202602"] {
        assert_eq!(Month::parse(text), None, "{text}");
    }
    let march = Month::parse("2026-03").expect("a month").span(zone("America/New_York"));
    assert_eq!(
        (format_time(march.start), format_time(march.end)),
        ("2026-03-01T05:00:00Z".into(), "2026-04-01T04:00:00Z".into())
    );
}

#[test]
fn a_period_holds_the_days_up_to_the_next() {
    for (period, first, label, after) in [
        (Period::Month, "2026-12-01", "2026-12", "2027-01-01"),
        (Period::Quarter, "2026-01-01", "2026-Q1", "2026-04-01"),
        (Period::Quarter, "2026-10-01", "2026-Q4", "2027-01-01"),
        (Period::Year, "2024-01-01", "2024", "2025-01-01"),
    ] {
        let number = period_number(period, day(first));
        assert_eq!(period_label(period, number), label);
        assert_eq!(day_after_period(period, number), Some(date(after)), "{label}");
        assert_eq!(period_number(period, day(after) - 1), number, "{label}: its last day is of it");
        assert_eq!(period_number(period, day(first) - 1), number - 1, "{label}: the day before is of the one before");
        assert_eq!(period_number(period, day(after)), number + 1, "{label}: the day after is of the next");
    }
    assert_eq!(day_after_period(Period::Lifetime, period_number(Period::Lifetime, day("2026-01-01"))), None);
}

#[test]
fn people_read_times_as_in_their_zone() {
    assert_eq!(format_local_time(zone("America/New_York"), at("2026-03-08T07:00:00Z")), "2026-03-08 03:00 EDT");
    assert_eq!(format_local_time(zone("Europe/Berlin"), at("2026-03-08T07:00:59Z")), "2026-03-08 08:00 CET");
}
