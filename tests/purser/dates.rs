//! Dates in facts lie within bounds, and many months are closed only when somebody means it.

use chrono::{Months, TimeDelta, Utc};

use crate::support::database::Kind;
use crate::support::picture::Picture;
use crate::support::{Done, Shop};

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// A row for a table, with a time or day, and the column that holds it.
const DATED: [(&str, &str, &str); 6] = [
    ("orders.csv", "ordered_at", "x,TIME,2026-01-05T10:00:00Z,paid,USD,p1,,,,ANA"),
    ("orders.csv", "updated_at", "x,2026-01-05T10:00:00Z,TIME,paid,USD,p1,,,,ANA"),
    ("refunds.csv", "refunded_at", "x,o1,1,TIME,1.00"),
    ("clicks.csv", "clicked_at", "x,TIME,v1,lana,"),
    ("clicks.csv", "clicked_at", "x,TIME,nobody,lana,"),
    ("fees.csv", "due_on", "x,ana,5.00,DAY,reel"),
];

/// The small shop, with `[program]` holding one line more.
fn with(kind: Kind, line: &str) -> Shop {
    let shop = Shop::small_on(kind);
    shop.write("shop.toml", shop.read("shop.toml").replace("time_zone = \"UTC\"\n", &format!("time_zone = \"UTC\"\n{line}\n")));
    shop
}

fn add_dated(shop: &Shop, table: &str, row: &str, time: &str) -> usize {
    shop.add(table, &(row.replace("TIME", time).replace("DAY", &time[..10]) + "\n"));
    shop.read(table).lines().count()
}

#[test]
fn events_and_due_dates_lie_within_bounds() {
    let later = |by: TimeDelta| (Utc::now() + Months::new(12) + by).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (beyond, within) = (later(TimeDelta::days(2)), later(TimeDelta::days(-2)));
    let early = ["is before 2000-01-01; correct it, or set `earliest` in [program]"];
    let late = ["is more than a year in the future (the clock says 20", "correct it"];
    for (table, column, row) in DATED {
        for (time, wanted) in [
            ("1026-01-15T10:00:00Z", &early[..]),
            ("1926-01-15T10:00:00Z", &early[..]),
            ("1999-12-31T23:59:59.999999Z", &early[..]),
            ("2062-02-02T02:00:00Z", &late[..]),
            (beyond.as_str(), &late[..]),
        ] {
            let shop = Shop::small();
            let line = add_dated(&shop, table, row, time);
            let value = if row.contains("DAY") { &time[..10] } else { time };
            let place = format!("{table} row {line}, {column}: \"{value}\"");
            for command in ["validate", "run nightly --as-of 2026-02-01T02:00:00Z", "run nightly --dry-run"] {
                let done = shop.run(&words(command));
                let told = format!("{}{}", done.out, done.err);
                assert!(!done.ok && told.contains(&place), "{command}: {place} in {told}");
                assert!(wanted.iter().all(|wanted| told.contains(wanted)), "{command}: {wanted:?} in {told}");
            }
            assert_eq!(shop.database.sql("SELECT COUNT(*) FROM entries").trim(), "0");
        }
        for time in ["2000-01-01T00:00:00Z", within.as_str()] {
            let shop = Shop::small();
            add_dated(&shop, table, row, time);
            shop.must(&["validate"]);
        }
    }
}

/// The bound is a local day: an instant before its midnight is refused, wherever that is.
#[test]
fn the_bounds_are_local_days() {
    let shop = with(Kind::Sqlite, "earliest = 2025-07-01");
    shop.write("shop.toml", shop.read("shop.toml").replace("\"UTC\"", "\"America/New_York\""));
    add_dated(&shop, "clicks.csv", "a,TIME,v1,lana,", "2025-07-01T04:00:00Z");
    shop.must(&["validate"]);
    let line = add_dated(&shop, "clicks.csv", "b,TIME,v1,lana,", "2025-07-01T03:59:59Z");
    let done = shop.run(&["validate"]);
    assert!(done.err.contains(&format!("row {line}, clicked_at")) && done.err.contains("is before 2025-07-01"), "{}", done.err);
}

#[test]
fn spans_and_exchange_rates_have_no_bounds() {
    let shop = Shop::small();
    shop.add("creators.csv", "old,Old,old@example.com,,0001-01-01T00:00:00Z,9999-12-31T00:00:00Z\n");
    shop.add("links.csv", "lold,old,1026-01-01T00:00:00Z,2062-01-01T00:00:00Z\n");
    shop.add("codes.csv", "OLD,old,1926-01-01T00:00:00Z,9999-01-01T00:00:00Z\n");
    shop.add("fx.csv", "1926-01-01,EUR,USD,1.1\n2062-01-01,EUR,USD,1.1\n");
    shop.must(&["validate"]);
    shop.must(&words("run nightly --as-of 2026-02-01T02:00:00Z"));
}

#[test]
fn a_program_says_what_its_earliest_day_is() {
    for (line, wanted) in [
        ("earliest = \"1900-13-01\"", "is not a date"),
        ("earliest = 12", "earliest"),
        ("earlyest = 1900-01-01", "earliest"),
        ("earliest = 1900-01-01T00:00:00Z", "is not a date"),
    ] {
        let done = with(Kind::Sqlite, line).run(&["validate"]);
        assert!(!done.ok && done.err.contains(wanted), "{line}: {}", done.err);
    }
    for kind in Kind::BOTH {
        let shop = with(kind, "earliest = 1900-01-01");
        add_dated(&shop, "fees.csv", "x,ana,5.00,DAY,reel", "1926-01-15");
        shop.must(&["validate"]);
        shop.must(&words("run nightly --as-of 2026-02-01T02:00:00Z"));
        // What was kept when the day was another is refused like what is new.
        let before = Picture::of(&shop);
        shop.write("shop.toml", shop.read("shop.toml").replace("earliest = 1900-01-01\n", ""));
        for command in ["run nightly --as-of 2026-02-02T02:00:00Z", "run nightly --as-of 2026-02-02T02:00:00Z --facts 1"] {
            let done = shop.run(&words(command));
            assert!(!done.ok && done.err.contains("due_on: \"1926-01-15\" is before 2000-01-01"), "{}", done.err);
        }
        shop.write("shop.toml", shop.read("shop.toml").replace("\"UTC\"\n", "\"UTC\"\nearliest = 1900-01-01\n"));
        Picture::of(&shop).must_be(&before, "nothing was changed");
    }
}

/// A shop with a fee that is so many months old at the end of January 2026.
fn months_old(kind: Kind, due_on: &str) -> Shop {
    let shop = with(kind, "earliest = 1000-01-01");
    shop.add("fees.csv", &format!("x,ana,5.00,{due_on},reel\n"));
    shop.must(&words("run nightly --as-of 2026-02-01T02:00:00Z"));
    shop
}

fn statements(shop: &Shop, more: &str) -> Done {
    shop.run(&words(&format!("run statements --as-of 2026-02-01T10:00:00Z{more}")))
}

#[test]
fn many_months_are_closed_only_when_somebody_means_it() {
    for kind in Kind::BOTH {
        for (due_on, months, mails) in [("1926-01-15", 1201, 3603), ("1026-01-15", 12001, 36003), ("2025-10-15", 4, 12)] {
            let shop = months_old(kind, due_on);
            let before = Picture::of(&shop);
            let done = statements(&shop, "");
            let first = &due_on[..7];
            let told = format!(
                "shop: statements for {months} months are to be issued at once, {first} to 2026-01: that would send up to {mails} emails to 3 creators"
            );
            assert!(!done.ok && done.err.contains(&told), "{}", done.err);
            assert!(
                done.err.contains(&format!("`purser run statements --program shop --close-months {months}`")),
                "{}",
                done.err
            );
            assert!(!statements(&shop, &format!(" --close-months {}", months - 1)).ok, "fewer than are meant");
            Picture::of(&shop).must_be(&before, "nothing was closed");
        }
        let shop = months_old(kind, "2025-10-15");
        let rehearsed = statements(&shop, " --dry-run");
        assert!(rehearsed.ok && rehearsed.out.contains("2025-10") && rehearsed.out.contains("2026-01"), "{}", rehearsed.err);
        let done = statements(&shop, " --close-months 4");
        assert!(done.ok && done.out.contains("6 emails "), "{}{}", done.out, done.err);
        let shop = months_old(kind, "2025-11-15");
        assert!(statements(&shop, "").ok, "three months go unasked");
    }
}

/// After a long downtime, or a mistake: the scheduled run says what to do, is not tried again, and ends when somebody did it.
#[test]
fn a_scheduled_run_that_would_close_many_months_waits_for_somebody() {
    for kind in Kind::BOTH {
        let shop = months_old(kind, "2025-10-15");
        let slot = words("run statements --slot 2026-02-01T10:00:00Z");
        let done = shop.run(&slot);
        assert!(done.code == Some(1) && done.err.contains("statements for 4 months are to be issued at once"), "{}", done.err);
        assert_eq!(shop.database.sql("SELECT state FROM slots WHERE job = 'statements'").trim(), "failed");
        assert!(shop.must(&["status"]).contains("--close-months 4"), "the alert says what to do");
        let done = statements(&shop, " --close-months 4");
        assert!(done.ok, "{}", done.err);
        assert_eq!(shop.database.sql("SELECT state FROM slots WHERE job = 'statements'").trim(), "done");
    }
}
