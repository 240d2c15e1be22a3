//! What lines earn on, worked by hand in `AMOUNTS.md`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::orders::{dispute, line, money, order, refund, with};
use super::server::gid;
use super::{ApiShop, NIGHT};
use crate::support::project;

/// The orders of the page, by the names that it gives them; the lines of order 7 are 71 and 72.
fn orders() -> Vec<(&'static str, Value, Vec<Value>)> {
    let gift = with_line(line(121, 1, "50.00", &[], &[]), json!({ "isGiftCard": true }));
    let removed = with_line(line(92, 1, "20.00", &[], &[]), json!({ "currentQuantity": 0 }));
    let fewer = with_line(line(101, 3, "30.00", &[], &[]), json!({ "currentQuantity": 2 }));
    let both = with_line(line(111, 3, "30.00", &[], &[]), json!({ "currentQuantity": 1 }));
    let returned = |line: Value, left: i64| with_line(line, json!({ "currentQuantity": left }));
    let refunded =
        |order: Value, refund: Value| with(order, json!({ "refunds": [refund], "displayFinancialStatus": "PARTIALLY_REFUNDED" }));
    let disputed = |number: u64, status: &str, amount: &str| {
        let order = order(number, vec![line(number * 10 + 1, 1, "50.00", &[], &[])], "60.00");
        let dispute = dispute(number, number, status, amount);
        (with(order, json!({ "disputes": [{ "id": gid("OrderDisputeSummary", number) }] })), vec![dispute])
    };
    let (lost, lost_all) = disputed(14, "LOST", "60.00");
    let (half, lost_half) = disputed(15, "LOST", "30.00");
    let (won, won_all) = disputed(16, "WON", "60.00");
    let (open, open_all) = disputed(17, "UNDER_REVIEW", "60.00");
    let plain = |name: &'static str, order: Value| (name, order, Vec::new());
    let euros = json!({ "shopMoney": { "amount": "33.0", "currencyCode": "USD" }, "presentmentMoney": { "amount": "30.0", "currencyCode": "EUR" } });
    vec![
        plain(
            "discounts",
            order(1, vec![line(11, 2, "20.00", &["2.00", "1.80"], &[]), line(12, 1, "20.00", &["2.00"], &[])], "34.20"),
        ),
        plain(
            "tax-inside",
            with(order(2, vec![line(21, 1, "47.60", &[], &["5.00", "2.60"])], "59.50"), json!({ "taxesIncluded": true })),
        ),
        plain(
            "refund-with-shipping",
            refunded(
                order(3, vec![returned(line(31, 5, "50.00", &[], &[]), 4)], "55.00"),
                refund(3, &[(31, 1, "10.00", "0.0")], &[], true, "15.00"),
            ),
        ),
        plain(
            "refund-tax-inside",
            refunded(
                with(
                    order(4, vec![returned(line(41, 2, "47.60", &[], &["7.60"]), 1)], "47.60"),
                    json!({ "taxesIncluded": true }),
                ),
                refund(4, &[(41, 1, "23.80", "3.80")], &[], false, "23.80"),
            ),
        ),
        plain(
            "refund-of-a-sum",
            refunded(
                order(5, vec![line(51, 1, "50.00", &[], &["4.00"])], "54.00"),
                refund(5, &[], &[("-27.00", "0.0")], false, "27.00"),
            ),
        ),
        plain(
            "sum-with-tax-named",
            refunded(
                order(6, vec![line(61, 1, "50.00", &[], &["4.00"])], "54.00"),
                refund(6, &[], &[("-25.00", "-2.00")], false, "27.00"),
            ),
        ),
        plain(
            "restocking-fee",
            refunded(
                order(7, vec![returned(line(71, 1, "40.00", &[], &[]), 0)], "40.00"),
                refund(7, &[(71, 1, "40.00", "0.0")], &[("4.00", "0.0")], false, "36.00"),
            ),
        ),
        plain(
            "shipping-refund",
            refunded(order(8, vec![line(81, 1, "30.00", &[], &[])], "35.00"), refund(8, &[], &[], true, "5.00")),
        ),
        plain("line-removed", with(order(9, vec![line(91, 1, "30.00", &[], &[]), removed], "30.00"), json!({ "edited": true }))),
        plain("quantity-edited", with(order(10, vec![fewer], "20.00"), json!({ "edited": true }))),
        plain(
            "removed-and-refunded",
            refunded(
                with(order(11, vec![both], "20.00"), json!({ "edited": true })),
                refund(11, &[(111, 1, "10.00", "0.0")], &[], false, "10.00"),
            ),
        ),
        plain("gift-card", order(12, vec![gift], "50.00")),
        plain(
            "paid-in-euros",
            with(
                order(13, vec![with_line(line(131, 1, "33.00", &[], &[]), json!({ "originalTotalSet": euros }))], "33.00"),
                json!({ "presentmentCurrencyCode": "EUR", "totalPriceSet": euros }),
            ),
        ),
        ("lost-dispute", lost, lost_all),
        ("lost-half", half, lost_half),
        ("won-dispute", won, won_all),
        ("open-dispute", open, open_all),
    ]
}

fn with_line(mut line: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().expect("fields") {
        line[name] = value.clone();
    }
    line
}

/// The last column of the page, by order.
fn page() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(project().join("src/sources/shopify/AMOUNTS.md")).expect("the page is there");
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).skip(1);
    let cells = |row: &str| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    rows.map(cells).map(|row| (row[0].clone(), row[2].clone())).collect()
}

#[test]
fn lines_earn_on_what_the_page_works_out() {
    let orders = orders();
    let shop = ApiShop::new(orders.iter().map(|(_, order, _)| order.clone()).collect());
    shop.server.truth().disputes = orders.iter().flat_map(|(.., disputes)| disputes.clone()).collect();
    let out = shop.must(&NIGHT);
    assert!(out.contains("17 of 17 orders, the newest 17 in their latest versions"), "{out}");
    let bases = shop.bases();
    let mut found = BTreeMap::new();
    for (name, order, _) in &orders {
        let id = order["id"].as_str().expect("an id").rsplit('/').next().expect("a number");
        let of_order = bases.iter().filter(|base| base.starts_with(&format!("{id} ")));
        let bases: Vec<&str> = of_order.map(|base| base.rsplit(' ').next().expect("a base")).collect();
        found.insert((*name).to_owned(), bases.join(" + "));
    }
    assert_eq!(found, page());
    let exceptions = shop.must(&["export", "exceptions"]);
    assert_eq!(exceptions, "kind,subject\n", "nothing was more than its order");
    let out = shop.must(&["check"]);
    assert!(!out.contains("broken"), "{out}");
}

#[test]
fn an_order_counts_as_its_status_says() {
    let statuses = [
        ("PAID", json!({}), "1,attributed,code"),
        ("REFUNDED", json!({}), "2,attributed,code"),
        ("PENDING", json!({}), "3,excluded,unpaid"),
        ("AUTHORIZED", json!({}), "4,excluded,unpaid"),
        ("PARTIALLY_PAID", json!({}), "5,excluded,unpaid"),
        ("VOIDED", json!({}), "6,excluded,cancelled"),
        ("EXPIRED", json!({}), "7,excluded,cancelled"),
        ("PAID", json!({ "cancelledAt": "2026-01-11T10:00:00Z" }), "8,excluded,cancelled"),
        ("PAID", json!({ "test": true }), "9,excluded,test"),
    ];
    let of_status = |(number, (status, changes, _)): (u64, &(&str, Value, &str))| {
        let order = order(number, vec![line(number * 10, 1, "10.00", &[], &[])], "10.00");
        with(with(order, json!({ "displayFinancialStatus": status })), changes.clone())
    };
    let shop = ApiShop::new((1..).zip(&statuses).map(of_status).collect());
    shop.must(&NIGHT);
    let rows: Vec<&str> = statuses.iter().map(|(.., row)| *row).collect();
    assert_eq!(shop.must(&["export", "orders"]), format!("order_id,outcome,reason\n{}\n", rows.join("\n")));
}

#[test]
fn lines_that_are_not_what_the_order_says_are_told() {
    let apart = with(order(1, vec![line(11, 1, "10.00", &[], &[])], "10.00"), json!({ "subtotalPriceSet": money("12.00") }));
    let shop = ApiShop::new(vec![apart]);
    let out = shop.must(&NIGHT);
    assert!(out.contains("do not come to the subtotal") && out.contains("1 order, such as #1 (1)"), "{out}");
}
