//! An order that changed takes the place of what it was; what did not change costs nothing.

use serde_json::json;

use super::orders::{dispute, line, many, order, refund, with};
use super::server::{ShopifyServer, gid};
use super::{ApiShop, NIGHT};
use crate::support::database::Kind;
use crate::support::{Shop, files_below};

const NEXT_NIGHT: [&str; 4] = ["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"];

fn next_day(shop: &ApiShop) {
    shop.server.truth().now = "2026-03-02T00:00:00Z".parse().expect("a time");
}

#[test]
fn a_changed_order_takes_the_place_of_what_it_was() {
    let shop = ApiShop::new(many(5));
    shop.must(&NIGHT);
    assert_eq!(shop.bases(), ["1 10 10.00", "2 20 10.00", "3 30 10.00", "4 40 10.00", "5 50 10.00"]);
    next_day(&shop);
    {
        let mut truth = shop.server.truth();
        let changed =
            |order: serde_json::Value, changes| with(with(order, json!({ "updatedAt": "2026-03-01T12:00:00Z" })), changes);
        // A part of the second was refunded; the third was cancelled; an edit put another line into the fourth.
        let refunded =
            changed(truth.order("#2").clone(), json!({ "refunds": [refund(2, &[(20, 1, "4.00", "0.0")], &[], false, "4.00")] }));
        *truth.order("#2") = refunded;
        let cancelled = changed(truth.order("#3").clone(), json!({ "cancelledAt": "2026-03-01T12:00:00Z" }));
        *truth.order("#3") = cancelled;
        let lines = json!([line(40, 1, "10.00", &[], &[]), line(41, 1, "7.00", &[], &[])]);
        let edited = changed(truth.order("#4").clone(), json!({ "lineItems": lines, "edited": true }));
        *truth.order("#4") = edited;
        truth
            .orders
            .push(with(order(6, vec![line(60, 1, "60.00", &[], &[])], "60.00"), json!({ "updatedAt": "2026-03-01T13:00:00Z" })));
    }
    shop.must(&NEXT_NIGHT);
    assert_eq!(shop.bases(), ["1 10 10.00", "2 20 6.00", "4 40 10.00", "4 41 7.00", "5 50 10.00", "6 60 60.00"]);
    // What the night before rested on is there as it was.
    let accepted = ["--facts", "1", "--dry-run", "--accept-missing", "a look back"];
    let back = shop.must(&[&NEXT_NIGHT[..], &accepted].concat());
    assert!(back.contains("code         5       50.00"), "{back}");
}

/// An edit that takes a line out is an edit: nobody has to accept that it is missing.
#[test]
fn a_line_that_an_edit_takes_out_is_taken_back() {
    let lines = |left: i64| {
        let mut mask = line(12, 1, "20.00", &[], &[]);
        mask["currentQuantity"] = json!(left);
        vec![line(11, 1, "30.00", &[], &[]), mask]
    };
    let shop = ApiShop::new(vec![order(1, lines(1), "50.00")]);
    shop.must(&NIGHT);
    next_day(&shop);
    let edited = with(order(1, lines(0), "30.00"), json!({ "edited": true, "updatedAt": "2026-03-01T12:00:00Z" }));
    *shop.server.truth().order("#1") = edited;
    shop.must(&NEXT_NIGHT);
    assert_eq!(shop.bases(), ["1 11 30.00"]);
}

/// Disputes leave their orders as they are.
#[test]
fn a_dispute_is_seen_though_its_order_did_not_change() {
    let shop = ApiShop::new(many(3));
    shop.must(&NIGHT);
    next_day(&shop);
    {
        let mut truth = shop.server.truth();
        truth.order("#2")["disputes"] = json!([{ "id": gid("OrderDisputeSummary", 9) }]);
        truth.disputes = vec![dispute(9, 2, "LOST", "10.00")];
    }
    shop.must(&NEXT_NIGHT);
    assert_eq!(shop.bases(), ["1 10 10.00", "2 20 0.00", "3 30 10.00"]);
}

#[test]
fn nothing_new_costs_nothing() {
    let shop = ApiShop::new(many(300));
    shop.must(&NIGHT);
    let copies = files_below(&shop.shop.path("ledger-data/facts"));
    next_day(&shop);
    shop.server.truth().asked.clear();
    shop.must(&NEXT_NIGHT);
    assert_eq!(files_below(&shop.shop.path("ledger-data/facts")), copies, "no copy was written again");
    // Rights, disputes, what changed, the newest in another order, the count.
    assert_eq!(shop.server.truth().asked, ["Access", "Disputes", "Orders", "Listed", "Count"]);
}

#[test]
fn the_copies_behind_the_cursor_stay_until_others_take_their_place() {
    Kind::BOTH.into_iter().for_each(copies_behind_the_cursor_stay);
}

fn copies_behind_the_cursor_stay(kind: Kind) {
    let shop = ApiShop::of(Shop::small_on(kind), ShopifyServer::new(many(3)));
    shop.shop.keep_nothing_for_long();
    shop.must(&NIGHT);
    next_day(&shop);
    let changed =
        with(shop.server.truth().order("#2").clone(), json!({ "updatedAt": "2026-03-01T12:00:00Z", "discountCodes": ["BEN"] }));
    *shop.server.truth().order("#2") = changed;
    shop.must(&NEXT_NIGHT);
    shop.shop.age_files();
    shop.must(&["tidy"]);
    let out = shop.must(&["check"]);
    assert!(!out.contains("broken"), "{out}");
    // What a cursor stands for was not removed: nothing is fetched again.
    shop.server.truth().asked.clear();
    shop.server.truth().now = "2026-03-03T00:00:00Z".parse().expect("a time");
    shop.must(&["run", "nightly", "--as-of", "2026-03-03T00:00:00Z"]);
    assert_eq!(shop.server.truth().asked.iter().filter(|asked| *asked == "Orders").count(), 1);
    assert_eq!(shop.bases().len(), 3);
    // A copy that somebody removed is made again from the shop.
    for copy in files_below(&shop.shop.path("ledger-data/facts/order_lines")) {
        std::fs::remove_file(copy).expect("it can be removed");
    }
    shop.must(&["run", "nightly", "--as-of", "2026-03-03T00:00:00Z"]);
    assert_eq!(shop.bases().len(), 3);
}

/// Who is erased is in no copy any more, and does not come back with the next fetch.
#[test]
fn who_is_erased_stays_away() {
    let shop = ApiShop::new(many(3));
    shop.must(&NIGHT);
    let email = "buyer@mail.example";
    shop.must(&["erase", "customer", email, "--by", "mia", "--reason", "asked for it", "--as-of", "2026-03-01T09:00:00Z"]);
    shop.must(&["erase", "customer", email, "--by", "lee", "--approve", "--as-of", "2026-03-01T10:00:00Z"]);
    next_day(&shop);
    let changed = with(shop.server.truth().order("#2").clone(), json!({ "updatedAt": "2026-03-01T12:00:00Z" }));
    *shop.server.truth().order("#2") = changed;
    shop.must(&NEXT_NIGHT);
    assert_eq!(shop.bases().len(), 3);
    for copy in files_below(&shop.shop.path("ledger-data")) {
        let bytes = std::fs::read(&copy).expect("it can be read");
        assert!(!bytes.windows(email.len()).any(|window| window == email.as_bytes()), "{} names a person", copy.display());
    }
}
