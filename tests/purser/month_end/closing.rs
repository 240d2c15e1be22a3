//! Closing the books of a month: who may, when, and what it stops.

use super::{close, night, shop, two_months, two_months_with};
use crate::support::Shop;
use crate::support::database::Kind;

fn refused(shop: &Shop, command: &[&str], why: &str) {
    let before = shop.database.sql("SELECT COUNT(*) FROM entries");
    let done = shop.run(command);
    assert!(!done.ok && done.err.contains(why), "purser {}: {}{}", command.join(" "), done.out, done.err);
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM entries"), before, "nothing is posted");
}

fn propose<'a>(month: &'a str, by: &'a str, at: &'a str) -> [&'a str; 8] {
    ["close", month, "--reason", "month end", "--by", by, "--as-of", at]
}

fn approve<'a>(id: &'a str, by: &'a str, at: &'a str) -> [&'a str; 7] {
    ["proposal", "approve", id, "--by", by, "--as-of", at]
}

#[test]
fn books_are_closed_by_two_people_once_the_month_is_seen() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        night(&shop, "2026-01-20T02:00:00Z");
        assert!(shop.must(&["status"]).contains("\n  books: no month is closed"));
        refused(&shop, &propose("2026-01", "mia", "2026-01-31T23:59:59Z"), "cannot be closed before the month ends");
        refused(&shop, &propose("2026-01", "mia", "2026-02-01T00:00:00Z"), "the ledger has not seen the end of 2026-01");
        night(&shop, "2026-02-01T02:00:00Z");
        let done = shop.must(&propose("2026-01", "mia", "2026-02-03T08:00:00Z"));
        assert!(done.contains("shop-p0001 was proposed by mia: books of 2026-01 closed (month end)"), "{done}");
        let again = shop.must(&propose("2026-01", "MIA", "2026-02-03T08:00:00Z"));
        assert!(again.contains("the same proposal already exists"), "{again}");
        refused(&shop, &propose("2026-01", "lee", "2026-02-03T08:00:00Z"), "mia has already proposed this");
        refused(&shop, &approve("shop-p0001", "Mía", "2026-02-03T09:00:00Z"), "and cannot approve it");
        shop.must(&approve("shop-p0001", "lee", "2026-02-03T09:00:00Z"));
        refused(&shop, &approve("shop-p0001", "lee", "2026-02-03T09:00:00Z"), "it cannot be decided again");
        for month in ["2026-01", "2025-11"] {
            refused(&shop, &propose(month, "mia", "2026-02-04T08:00:00Z"), "books are never opened again");
        }
        assert!(!shop.run(&propose("2026-1", "mia", "2026-02-04T08:00:00Z")).ok, "a month is written in full");
        assert!(shop.must(&["status"]).contains("\n  books: closed through 2026-01"));
        shop.must(&["check"]);
        let journal = shop.must(&["export", "journal"]);
        let last = journal.lines().last().expect("it has rows");
        assert!(last.contains(",closed,2026-01,lee,month end,"), "{last}");
        assert!(last.contains(",2026-02-01T00:00:00Z,"), "when the month ended: {last}");
        let list = shop.must(&["proposal", "list", "--format", "csv"]);
        assert!(list.contains("shop-p0001,closing,approved,2026-01,0,,USD,mia,"), "{list}");
    }
}

/// Of two months that wait, the later closes the earlier with it; then there is nothing left to approve.
#[test]
fn closing_a_month_closes_all_before_it() {
    let shop = shop(Kind::Sqlite);
    night(&shop, "2026-03-01T02:00:00Z");
    shop.must(&propose("2026-01", "mia", "2026-03-02T08:00:00Z"));
    shop.must(&propose("2026-02", "mia", "2026-03-02T08:00:00Z"));
    shop.must(&approve("shop-p0002", "lee", "2026-03-02T09:00:00Z"));
    refused(&shop, &approve("shop-p0001", "lee", "2026-03-02T09:00:00Z"), "books are never opened again");
    shop.must(&["proposal", "reject", "shop-p0001", "--by", "lee", "--as-of", "2026-03-02T09:30:00Z"]);
    for month in ["2026-01", "2026-02"] {
        shop.must(&["export", "journal", "--format", "xero", "--month", month]);
    }
    shop.must(&["check"]);
}

#[test]
fn nothing_is_booked_in_a_closed_month() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        night(&shop, "2026-01-20T02:00:00Z");
        shop.must(&["run", "payout", "--by", "rosa", "--as-of", "2026-01-20T09:00:00Z"]);
        shop.must(&["adjust", "ana", "3.00", "--reason", "sample", "--by", "mia", "--as-of", "2026-01-21T10:00:00Z"]);
        night(&shop, "2026-02-01T02:00:00Z");
        close(&shop, "2026-01", "2026-02-03T08:00:00Z");
        let why = "the books of 2026-01 are closed";
        for command in [
            &["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-01-31T23:00:00Z"][..],
            &["batch", "reject", "shop-0001", "--by", "mia", "--as-of", "2026-01-31T23:00:00Z"],
            &["proposal", "approve", "shop-p0001", "--by", "lee", "--as-of", "2026-01-31T23:00:00Z"],
            &["adjust", "ana", "4.00", "--reason", "another", "--by", "mia", "--as-of", "2026-01-31T23:00:00Z"],
        ] {
            refused(&shop, command, why);
        }
        shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-01T00:00:00Z"]);
        shop.must(&["check"]);
    }
}

/// Books that go by booking and statements that go by days are what they would be without closings.
#[test]
fn closing_changes_no_other_export() {
    let closed = two_months(Kind::Sqlite);
    let open = two_months_with(Kind::Sqlite, |_, _, _| {});
    assert_eq!(closed.exports(), open.exports());
    for month in ["2026-01", "2026-02", "2026-03"] {
        let statement = |shop: &Shop| {
            let command = ["statement", "ben", "--month", month, "--as-of", "2026-03-05T02:00:00Z", "--format", "csv"];
            // But for the numbers of entries, of which closings are some.
            let cells = |line: &str| {
                line.split(',').enumerate().filter(|(at, _)| *at != 6).map(|(_, cell)| cell.to_owned()).collect::<Vec<_>>()
            };
            shop.must(&command).lines().map(cells).collect::<Vec<_>>()
        };
        assert_eq!(statement(&closed), statement(&open), "{month}");
    }
    // But for the entries that say so, the journal moves the same.
    let moves = |shop: &Shop| {
        let all = super::model::moves(shop).into_iter();
        all.map(|moved| (moved.day, moved.key, moved.creator, moved.source, moved.target, moved.cents)).collect::<Vec<_>>()
    };
    assert_eq!(moves(&closed), moves(&open));
}

#[test]
fn the_books_of_a_ledger_that_has_ended_are_closed_too() {
    let shop = shop(Kind::Sqlite).at(".");
    night(&shop, "2026-02-20T02:00:00Z");
    let retire = |at: &str| shop.must(&["retire", "shop", "--reason", "over", "--by", "mia", "--as-of", at]);
    retire("2026-02-20T10:00:00Z");
    shop.must(&["batch", "approve", "shop-0001", "--by", "lee", "--as-of", "2026-02-21T10:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-21T11:00:00Z"]);
    retire("2026-02-21T12:00:00Z");
    // No night will ever see the end of February.
    close(&shop, "2026-02", "2026-03-02T08:00:00Z");
    shop.must(&["check"]);
}

#[test]
fn check_finds_books_that_nobody_approved_to_close() {
    for kind in Kind::BOTH {
        let shop = two_months(kind);
        let found = |sql: &str, wanted: &str| {
            let copy = shop.copy();
            let table = if kind == Kind::Postgres { " ON entries" } else { "" };
            copy.database.sql(&format!("DROP TRIGGER entries_are_never_updated{table}"));
            copy.database.sql(sql);
            let done = copy.run(&["check", "closings"]);
            assert!(!done.ok && done.out.contains(wanted), "{sql}: {}{}", done.out, done.err);
        };
        shop.must(&["check", "closings"]);
        found(
            "UPDATE entries SET actor = 'eve' WHERE kind = 'closed'",
            "were closed by eve, but the entry before does not approve that",
        );
        found("UPDATE entries SET kind = 'declined' WHERE kind = 'accepted'", "the entry before does not approve that");
        found("UPDATE entries SET subject = '2026-03' WHERE subject = '2026-02'", "the entry before does not approve that");
        found(
            "UPDATE entries SET subject = '2026-01' WHERE subject = '2026-02'",
            "were closed, but those of 2026-01 were before",
        );
        found("UPDATE entries SET subject = 'March' WHERE subject = '2026-02'", "closes the books of \"March\"");
        found("UPDATE entries SET facts = '2026-03-05T00:00:00Z' WHERE subject = '2026-02'", "as if it ended at 2026-03-05");
        found("UPDATE entries SET kind = 'renamed' WHERE kind = 'closed'", "was approved, but no entry closes them");
        let last = "(SELECT MAX(entry) FROM entries)";
        found(
            &format!("UPDATE entries SET booked_at = booked_at - 864000000000 WHERE entry = {last}"),
            "and entry 12 had closed the books of 2026-02",
        );
    }
}
