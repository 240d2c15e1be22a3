//! Where a period ends when the clock jumps over midnight.

use std::path::Path;

use purser::calendar::parse_time;
use purser::explain::model;
use purser::facts::{Creator, Credits, Line, Order, Owner, Rows};
use purser::money::Currency;
use purser::program::Program;
use purser::vocabulary::Kind;

const PROGRAM: &str = r#"
[program]
name = "Calendar"
currency = "USD"
time_zone = "ZONE"
[sources]
orders = "orders.csv"
order_lines = "order_lines.csv"
refunds = "refunds.csv"
clicks = "clicks.csv"
creators = "creators.csv"
links = "links.csv"
codes = "codes.csv"
[commission]
hold = "0d"
[[commission.bonuses]]
when = "net_sales"
over = "1"
amount = "1.00"
"#;

fn time(text: &str) -> i64 {
    parse_time(text).expect("a time")
}

/// The period and whether its bonus is payable, for one order at `ordered_at`.
fn bonus(zone: &str, ordered_at: &str, as_of: i64) -> (String, bool) {
    let program = Program::parse("calendar", &PROGRAM.replace("ZONE", zone), Path::new("/")).expect("a program");
    let (always, never) = (i64::MIN, i64::MAX);
    let at = time(ordered_at);
    let rows = Rows {
        orders: vec![Order {
            order: 0,
            order_id: "o1".into(),
            ordered_at: at,
            updated_at: at,
            status: "paid".into(),
            currency: Currency::parse("USD").expect("a currency"),
            customer: None,
            email: None,
            visitor_id: None,
            click_id: None,
            codes: Some("A".into()),
        }],
        lines: vec![Line { order: 0, line_id: "1".into(), sku: String::new(), category: String::new(), net_amount: 100_0000 }],
        creators: vec![Creator {
            creator_id: "c1".into(),
            name: String::new(),
            email: None,
            address: None,
            group: String::new(),
            locale: String::new(),
            active_from: always,
            active_to: never,
        }],
        codes: vec![Owner {
            key: "a".into(),
            creator_id: "c1".into(),
            active_from: always,
            active_to: never,
            campaign: String::new(),
        }],
        ..Rows::default()
    };
    let model = model(&program, &rows, &Credits::default(), as_of).expect("a model");
    let row = model.commissions.iter().find(|row| row.kind == Kind::BonusNetSales).expect("a bonus");
    (row.order_id.clone(), row.payable)
}

fn ends_at(zone: &str, ordered_at: &str, period: &str, end: &str) {
    assert_eq!(bonus(zone, ordered_at, time(end) - 1), (period.to_owned(), false), "{zone} before {end}");
    assert_eq!(bonus(zone, ordered_at, time(end)), (period.to_owned(), true), "{zone} at {end}");
}

#[test]
fn a_month_ends_with_the_first_instant_of_the_next() {
    ends_at("America/New_York", "2026-03-05T12:00:00Z", "2026-03", "2026-04-01T04:00:00Z");
    ends_at("Asia/Tokyo", "2026-01-31T15:00:00Z", "2026-02", "2026-02-28T15:00:00Z");
    ends_at("UTC", "2025-12-31T23:59:59Z", "2025-12", "2026-01-01T00:00:00Z");
}

#[test]
fn midnight_may_not_exist() {
    // On 1 October 2023 the clocks of Asunción went from 00:00 (UTC-4) straight to 01:00 (UTC-3).
    ends_at("America/Asuncion", "2023-09-10T12:00:00Z", "2023-09", "2023-10-01T04:00:00Z");
    // Elsewhere, in a zone that also changes at midnight, but not on the first of a month.
    ends_at("Asia/Beirut", "2026-03-10T12:00:00Z", "2026-03", "2026-03-31T21:00:00Z");
}

#[test]
fn midnight_may_come_twice() {
    // On 1 November 2015 the clocks of Havana went from 01:00 (UTC-4) back to 00:00 (UTC-5): the first midnight counts.
    ends_at("America/Havana", "2015-10-10T12:00:00Z", "2015-10", "2015-11-01T04:00:00Z");
}
