//! What lines earn on, worked by hand in `AMOUNTS.md`.

use std::collections::BTreeMap;

use purser::program::Table;
use serde_json::{Value, json};

use super::orders::{line, order, refund, with};
use super::{NIGHT, WooShop};
use crate::labels::labels;
use crate::support::project;

/// The orders of the page with their refunds, by the names that it gives them; the lines of order 7 are 71 and 72.
fn orders() -> Vec<(&'static str, Value, Vec<Value>)> {
    let one = |id: u64, goods: &str, tax: &str, total: &str| order(id, vec![line(id * 10 + 1, goods, tax)], total);
    let later = |refund: Value| with(refund, json!({ "date_created_gmt": "2026-02-21T10:00:00" }));
    vec![
        ("discounts", order(1, vec![line(11, "16.20", "0.00"), line(12, "18.00", "0.00")], "34.20"), vec![]),
        ("tax-inside", with(one(2, "40.00", "7.60", "47.60"), json!({ "prices_include_tax": true })), vec![]),
        (
            "refund-with-shipping",
            one(3, "50.00", "0.00", "55.00"),
            vec![refund(903, &[(31, "-10.00", "0.00")], &["-5.00"], "15.00")],
        ),
        ("refund-with-tax", one(4, "40.00", "7.60", "47.60"), vec![refund(904, &[(41, "-20.00", "-3.80")], &[], "23.80")]),
        ("sum-alone", one(5, "50.00", "4.00", "54.00"), vec![refund(905, &[], &[], "27.00")]),
        ("sum-with-a-fraction", one(6, "10.00", "1.90", "11.90"), vec![refund(906, &[], &[], "1.00")]),
        (
            "sum-over-two-lines",
            order(7, vec![line(71, "30.00", "0.00"), line(72, "20.00", "0.00")], "50.00"),
            vec![refund(907, &[], &[], "10.00")],
        ),
        ("all-without-lines", one(8, "50.00", "4.00", "64.00"), vec![refund(908, &[], &[], "64.00")]),
        (
            "all-in-two-parts",
            one(9, "50.00", "4.00", "64.00"),
            vec![later(refund(901, &[], &[], "42.40")), refund(909, &[(91, "-20.00", "-1.60")], &[], "21.60")],
        ),
        ("more-than-its-lines", one(10, "50.00", "4.00", "54.00"), vec![refund(910, &[(101, "-10.00", "-0.80")], &[], "16.20")]),
        ("less-than-its-lines", one(11, "40.00", "0.00", "40.00"), vec![refund(911, &[(111, "-40.00", "0.00")], &[], "36.00")]),
        ("less-with-tax", one(12, "50.00", "4.00", "54.00"), vec![refund(912, &[(121, "-50.00", "-4.00")], &[], "27.00")]),
        ("amount-of-nothing", one(13, "30.00", "0.00", "30.00"), vec![refund(913, &[(131, "-10.00", "0.00")], &[], "0.00")]),
        ("shipping-alone", one(14, "30.00", "0.00", "35.00"), vec![refund(914, &[], &["-5.00"], "5.00")]),
    ]
}

/// The last column of the page, by order.
fn page() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(project().join("src/sources/woocommerce/AMOUNTS.md")).expect("the page is there");
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).skip(1);
    let cells = |row: &str| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    rows.map(cells).map(|row| (row[0].clone(), row[2].clone())).collect()
}

#[test]
fn lines_earn_on_what_the_page_works_out() {
    let orders = orders();
    let shop = WooShop::new(orders.iter().map(|(_, order, _)| order.clone()).collect());
    let id = |order: &Value| order["id"].as_u64().expect("an id");
    shop.server.truth().refunds = orders.iter().map(|(_, order, refunds)| (id(order), refunds.clone())).collect();
    let out = shop.must(&NIGHT);
    assert!(out.contains("14 of 14 orders, the newest 14 in their latest versions"), "{out}");
    assert!(out.contains("the amount counts: 4 orders, such as W-10 (10)"), "{out}");
    let bases = shop.bases();
    let mut found = BTreeMap::new();
    for (name, order, _) in &orders {
        let of_order = bases.iter().filter(|base| base.starts_with(&format!("{} ", id(order))));
        let bases: Vec<&str> = of_order.map(|base| base.rsplit(' ').next().expect("a base")).collect();
        found.insert((*name).to_owned(), bases.join(" + "));
    }
    assert_eq!(found, page());
    assert_eq!(shop.must(&["export", "exceptions"]), "kind,subject\n", "nothing was more than its order");
    let out = shop.must(&["check"]);
    assert!(!out.contains("broken"), "{out}");
}

#[test]
fn an_order_counts_as_its_status_says() {
    let statuses = [
        ("completed", "1,attributed,code"),
        ("processing", "2,attributed,code"),
        ("refunded", "3,attributed,code"),
        ("pending", "4,excluded,unpaid"),
        ("on-hold", "5,excluded,unpaid"),
        ("checkout-draft", "6,excluded,unpaid"),
        ("cancelled", "7,excluded,cancelled"),
        ("failed", "8,excluded,cancelled"),
        ("trash", "9,excluded,cancelled"),
        ("parcel-sent", "10,excluded,unpaid"),
    ];
    let of_status = |(id, (status, _)): (u64, &(&str, &str))| {
        with(order(id, vec![line(id * 10, "10.00", "0.00")], "10.00"), json!({ "status": status }))
    };
    let shop = WooShop::new((1..).zip(&statuses).map(of_status).collect());
    let out = shop.must(&NIGHT);
    assert!(out.contains("have the status \"parcel-sent\"") && out.contains("such as W-10 (10)"), "{out}");
    let found = shop.must(&["export", "orders"]);
    let mut found: Vec<&str> = found.lines().skip(1).collect();
    found.sort_by_key(|row| row.split(',').next().and_then(|id| id.parse::<u64>().ok()));
    assert_eq!(found, statuses.map(|(_, row)| row));
}

/// What an order says of its buyer and of the visit that it came by.
#[test]
fn visitors_and_visits_lead_to_creators() {
    let meta = |notes: &[(&str, &str)]| {
        let notes = notes.iter().map(|(key, value)| json!({ "id": 1, "key": key, "value": value }));
        json!({ "coupon_lines": [], "meta_data": notes.collect::<Vec<_>>() })
    };
    let one = |id: u64, changes: Value| with(order(id, vec![line(id * 10, "10.00", "0.00")], "10.00"), changes);
    let entry = "_wc_order_attribution_session_entry";
    let began = ("_wc_order_attribution_session_start_time", "2026-02-10 14:00:00");
    let shop = WooShop::new(vec![
        one(1, meta(&[(entry, "https://shop.example/balm/?ref=lana&utm_source=ig#top"), began])),
        one(2, meta(&[(entry, "https://shop.example/balm/?utm_source=ig"), began])),
        one(
            3,
            meta(&[
                (entry, "https://shop.example/?ref=lana"),
                ("_wc_order_attribution_utm_source", "(direct)"),
                ("_wc_order_attribution_utm_campaign", "spring"),
                ("_wc_order_attribution_referrer", "https://www.tiktok.com/@lana"),
            ]),
        ),
        one(4, meta(&[])),
    ]);
    shop.must(&NIGHT);
    let rows =
        "order_id,outcome,reason\n1,attributed,link\n2,unattributed,no_touch\n3,attributed,link\n4,unattributed,no_touch\n";
    assert_eq!(shop.must(&["export", "orders"]), rows);
    let explained = shop.must(&["explain", "1"]);
    assert!(explained.contains("2026-02-10"), "{explained}");
    assert_eq!(
        labels(&shop.shop, Table::Clicks, "click_id"),
        ["1/entry|ig||||||https://shop.example/balm/|", "3/entry|||spring||||https://shop.example/|www.tiktok.com"]
    );
    assert!(labels(&shop.shop, Table::Orders, "order_id").contains(&"4|W-4|CA".to_owned()));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_order() {
    let bad = [
        (json!({ "total": "ten" }), "the order W-1 (1)"),
        (json!({ "currency": "Dollar" }), "Dollar is no currency"),
        (json!({ "line_items": [line(10, "10.001", "0.00")] }), "10.001"),
        (json!({ "date_modified_gmt": "yesterday" }), "is no time"),
    ];
    for (change, said) in bad {
        let shop = WooShop::new(vec![with(order(1, vec![line(10, "10.00", "0.00")], "10.00"), change)]);
        let done = shop.run(&NIGHT);
        assert!(!done.ok && done.err.contains(said) && done.err.contains("nothing was posted"), "{said}: {}", done.err);
    }
}
