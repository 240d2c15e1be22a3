//! When a job is due: counted in its zone, each time once, over every change of the clocks.

use chrono::{DateTime, TimeZone};
use chrono_tz::Tz;
use purser::calendar::{format_time, parse_time};
use purser::program::Schedule;

const MINUTE: i64 = 60_000_000;

fn at(text: &str) -> i64 {
    parse_time(text).expect("a time")
}

fn schedule(line: &str, zone: &str) -> Schedule {
    Schedule::read(line, zone).expect("a schedule")
}

/// The clock goes forward and back, by an hour and by half an hour, at night and at midnight.
#[test]
fn a_time_that_is_skipped_comes_after_the_gap_and_one_that_comes_twice_once() {
    for (line, zone, after, wanted) in [
        // 02:00 to 03:00 is skipped on 2026-03-08.
        ("0 2 * * *", "America/New_York", "2026-03-07T07:00:00Z", "2026-03-08T07:00:00Z"),
        ("30 2 * * *", "America/New_York", "2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z"),
        ("30 2 * * *", "America/New_York", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"),
        // 01:00 to 02:00 comes twice on 2026-11-01.
        ("30 1 * * *", "America/New_York", "2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z"),
        ("30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"),
        ("0 2 * * *", "Europe/Berlin", "2026-03-28T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("0 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", "2026-10-25T00:00:00Z"),
        ("0 2 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z"),
        // Half an hour back on 2026-04-05 at 02:00.
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-03T14:45:00Z", "2026-04-04T14:45:00Z"),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"),
        // Midnight is skipped on 2026-09-06.
        ("0 0 * * *", "America/Santiago", "2026-09-05T04:00:00Z", "2026-09-06T04:00:00Z"),
        ("0 9 1 * *", "Asia/Tokyo", "2026-02-15T00:00:00Z", "2026-03-01T00:00:00Z"),
    ] {
        let next = schedule(line, zone).next(at(after)).expect("it comes");
        assert_eq!(format_time(next), format_time(at(wanted)), "{line} in {zone} after {after}");
    }
}

/// Whoever asks at any minute, a fraction of a second in, is told the latest of the times that come one after the other.
#[test]
fn the_latest_slot_is_one_of_those_counted_forward() {
    let days = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-09-06", "2026-10-04", "2026-10-25", "2026-11-01"];
    let zones = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata", "UTC"];
    let mut asked = 0;
    for zone in zones {
        let tz: Tz = zone.parse().expect("a zone");
        for line in ["0 2 * * *", "30 2 * * *", "30 1 * * *", "0 0 * * *", "*/20 * * * *", "15 */2 * * 0"] {
            let schedule = schedule(line, zone);
            for day in days {
                let noon: DateTime<Tz> =
                    tz.from_local_datetime(&format!("{day}T12:00:00").parse().expect("a time")).single().expect("noon is clear");
                let start = noon.timestamp_micros() - 20 * 60 * MINUTE;
                let mut slots = vec![schedule.next(start - 8 * 24 * 60 * MINUTE).expect("it comes")];
                while *slots.last().expect("one") <= noon.timestamp_micros() {
                    slots.push(schedule.next(*slots.last().expect("one")).expect("it comes"));
                }
                assert!(slots.is_sorted_by(|a, b| a < b), "{line} in {zone} goes on");
                for minute in 0..20 * 60 {
                    let now = start + minute * MINUTE + 43_084;
                    let wanted = slots.iter().rev().find(|slot| **slot <= now).expect("one came before");
                    let latest = schedule.latest(now).expect("it came");
                    assert_eq!(format_time(latest), format_time(*wanted), "{line} in {zone} at {}", format_time(now));
                    asked += 1;
                }
            }
        }
    }
    println!("asked {asked} times");
}
