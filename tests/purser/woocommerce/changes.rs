//! Orders that change from night to night.

use serde_json::json;

use super::orders::{line, many, order, refund, with};
use super::{NEXT_NIGHT, NIGHT, WooShop};
use crate::support::files_below;

#[test]
fn a_changed_order_takes_the_place_of_what_it_was() {
    let shop = WooShop::new(many(4));
    shop.must(&NIGHT);
    assert_eq!(shop.bases(), ["1 10 10.00", "2 20 10.00", "3 30 10.00", "4 40 10.00"]);
    shop.next_day();
    {
        let mut truth = shop.server.truth();
        let now = json!("2026-03-01T12:00:00");
        truth.order(2)["line_items"] = json!([line(20, "10.00", "0.00"), line(21, "7.00", "0.00")]);
        truth.order(2)["date_modified_gmt"] = now.clone();
        truth.order(3)["status"] = json!("cancelled");
        truth.order(3)["date_modified_gmt"] = now.clone();
        let new = order(5, vec![line(50, "60.00", "0.00")], "60.00");
        truth.orders.push(with(new, json!({ "date_created_gmt": now, "date_modified_gmt": now })));
    }
    shop.must(&NEXT_NIGHT);
    assert_eq!(shop.bases(), ["1 10 10.00", "2 20 10.00", "2 21 7.00", "4 40 10.00", "5 50 60.00"]);
}

/// A refund by PayPal leaves `date_modified` as it is; so may a refund that is taken back.
#[test]
fn a_refund_is_seen_though_its_order_did_not_change() {
    let shop = WooShop::new(many(3));
    shop.must(&NIGHT);
    shop.next_day();
    shop.server.truth().refunds.insert(2, vec![refund(900, &[(20, "-4.00", "0.00")], &[], "4.00")]);
    shop.must(&NEXT_NIGHT);
    assert_eq!(shop.bases(), ["1 10 10.00", "2 20 6.00", "3 30 10.00"]);
}

/// An order that is too old to be read again is found by its refund, where the store lists all refunds.
#[test]
fn a_late_refund_of_an_old_order_is_seen_where_refunds_are_listed() {
    for (lists_refunds, base) in [(true, "1 10 6.00"), (false, "1 10 10.00")] {
        let placed = json!({ "date_created_gmt": "2025-12-01T10:00:00", "date_modified_gmt": "2025-12-01T10:00:00" });
        let shop = WooShop::new(vec![with(many(1).remove(0), placed)]);
        shop.server.truth().lists_refunds = lists_refunds;
        shop.must(&NIGHT);
        assert_eq!(shop.bases(), ["1 10 10.00"]);
        shop.next_day();
        shop.server.truth().refunds.insert(1, vec![refund(900, &[(10, "-4.00", "0.00")], &[], "4.00")]);
        shop.must(&NEXT_NIGHT);
        assert_eq!(shop.bases(), [base], "{lists_refunds}");
    }
}

/// More refunds of one order than a page holds.
#[test]
fn many_refunds_of_an_order_all_count() {
    let shop = WooShop::new(vec![order(1, vec![line(10, "50.00", "0.00")], "50.00")]);
    let refunds = (0..205).map(|number| refund(900 + number, &[(10, "-0.10", "0.00")], &[], "0.10")).collect();
    shop.server.truth().refunds.insert(1, refunds);
    shop.must(&NIGHT);
    assert_eq!(shop.bases(), ["1 10 29.50"]);
}

#[test]
fn nothing_new_writes_nothing() {
    let shop = WooShop::new(many(300));
    shop.must(&NIGHT);
    let copies = files_below(&shop.shop.path("ledger-data/facts"));
    shop.next_day();
    shop.server.truth().asked.clear();
    shop.must(&NEXT_NIGHT);
    assert_eq!(files_below(&shop.shop.path("ledger-data/facts")), copies, "no copy was written again");
    let asked = shop.server.truth().asked.clone();
    let changes = asked.iter().filter(|asked| *asked == "any by modified").count();
    let again = asked.iter().filter(|asked| *asked == "any by date").count();
    assert_eq!((changes, again), (1, 7), "a page of changes, the last orders again, three pages of the newest: {asked:?}");
}

#[test]
fn an_order_in_the_trash_is_cancelled_and_one_that_was_deleted_has_disappeared() {
    let shop = WooShop::new(many(250));
    shop.must(&NIGHT);
    shop.next_day();
    shop.server.truth().order(17)["status"] = json!("trash");
    let out = shop.must(&NEXT_NIGHT);
    assert!(out.contains("250 of 250 orders"), "{out}");
    assert_eq!(shop.bases().len(), 249);
    shop.server.truth().orders.retain(|order| order["id"] != 17);
    shop.must(&["run", "nightly", "--as-of", "2026-03-03T00:00:00Z"]);
    shop.server.truth().orders.retain(|order| order["id"] != 200);
    let night = ["run", "nightly", "--as-of", "2026-03-04T00:00:00Z"];
    let done = shop.run(&night);
    assert!(!done.ok && done.err.contains("200") && done.err.contains("--accept-missing"), "{}", done.err);
    shop.must(&[&night[..], &["--accept-missing", "deleted in the store"]].concat());
    assert_eq!(shop.bases().len(), 248);
}

#[test]
fn orders_before_the_first_day_are_left_where_they_are() {
    let shop = WooShop::new(many(3_000));
    let program = shop.shop.read("shop.toml").replace("kind = \"woocommerce\"", "kind = \"woocommerce\"\nsince = 2026-02-07");
    shop.shop.write("shop.toml", program);
    let out = shop.must(&NIGHT);
    assert!(out.contains("121 of 121 orders"), "{out}");
}
