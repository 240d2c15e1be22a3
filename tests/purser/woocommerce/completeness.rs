//! Whether all came: a store that leaves something out, repeats itself, counts wrongly or changes while it is read.

use serde_json::json;

use super::orders::{line, many, with};
use super::server::Fault;
use super::{NEXT_NIGHT, NIGHT, WooShop};

/// What an honest store comes to.
fn truth(count: u64) -> String {
    let shop = WooShop::new(many(count));
    shop.must(&NIGHT);
    shop.outcome()
}

#[test]
fn an_order_that_the_list_of_changes_leaves_out_is_asked_for_by_name() {
    let shop = WooShop::new(many(400));
    // One among the newest, one that only the count betrays.
    shop.server.truth().hidden = vec![399, 17];
    let out = shop.must(&NIGHT);
    assert!(out.contains("400 of 400 orders") && out.contains("2 came only when asked for by name"), "{out}");
    assert_eq!(shop.outcome(), truth(400));
}

#[test]
fn a_count_that_is_not_kept_stops_the_run() {
    for (wrong, said) in [(2, "3 of 5 orders came"), (-2, "3 of 1 orders came")] {
        let shop = WooShop::new(many(3));
        shop.server.truth().miscounts = wrong / 2;
        if wrong < 0 {
            // None is in the trash, and less than none cannot be said.
            shop.server.truth().miscounts = wrong;
        }
        let done = shop.run(&NIGHT);
        assert!(done.code == Some(75) && done.err.contains(said) && done.err.contains("nothing was posted"), "{}", done.err);
        assert!(!shop.run(&["export", "commissions"]).ok, "nothing was posted");
        shop.server.truth().miscounts = 0;
        shop.must(&NIGHT);
        assert_eq!(shop.outcome(), truth(3));
    }
}

/// In a list in pages by number, all orders after an edited one would move up, and the first of the next page would be left out.
#[test]
fn an_order_that_is_edited_while_pages_are_read_moves_nobody_out() {
    let shop = WooShop::new(many(350));
    shop.server.truth().edit = Some((3, "2026-03-01T00:00:30"));
    let out = shop.must(&NIGHT);
    assert!(out.contains("350 of 350 orders") && !out.contains("by name"), "{out}");
    let wanted: Vec<String> =
        (1..=350).map(|id| format!("{id} {} {}", id * 10, if id == 3 { "4.00" } else { "10.00" })).collect();
    let mut found = shop.bases();
    found.sort_by_key(|base| base.split(' ').next().and_then(|id| id.parse::<u64>().ok()));
    assert_eq!(found, wanted);
}

#[test]
fn a_page_that_comes_twice_loses_nothing() {
    for request in 2..6 {
        let shop = WooShop::new(many(350));
        shop.server.truth().faults = [(request, Fault::Duplicate)].into();
        let out = shop.must(&NIGHT);
        assert!(out.contains("350 of 350 orders"), "{request}: {out}");
        assert_eq!(shop.outcome(), truth(350), "{request}");
    }
}

/// An import changes more orders in one second than a page holds, and nothing says in which order they come.
#[test]
fn a_second_of_many_changes_is_read_whole() {
    let at_once = |mut orders: Vec<serde_json::Value>| {
        for order in &mut orders[40..300] {
            order["date_modified_gmt"] = json!("2026-02-20T08:00:00");
        }
        orders
    };
    let shop = WooShop::new(at_once(many(420)));
    let out = shop.must(&NIGHT);
    assert!(out.contains("420 of 420 orders") && !out.contains("by name"), "{out}");
    assert_eq!(shop.outcome(), truth(420));
}

/// The store's clock counts: one that is far behind ours loses nothing.
#[test]
fn clocks_that_are_apart_lose_nothing() {
    let shop = WooShop::new(many(5));
    shop.server.truth().now = "2026-02-05T00:04:30Z".parse().expect("a time");
    shop.must(&NIGHT);
    assert_eq!(shop.bases().len(), 5);
    {
        let mut truth = shop.server.truth();
        let late = json!({ "id": 6, "number": "W-6", "date_created_gmt": "2026-02-05T00:05:00",
            "date_modified_gmt": "2026-02-05T00:05:00", "line_items": [line(60, "10.00", "0.00")] });
        truth.orders.push(with(many(1).remove(0), late));
        truth.now = "2026-02-06T00:00:00Z".parse().expect("a time");
    }
    shop.must(&NEXT_NIGHT);
    assert_eq!(shop.bases().len(), 6);
}

#[test]
fn a_store_that_does_not_say_how_many_there_are_is_not_believed() {
    let shop = WooShop::new(many(3));
    shop.server.truth().faults = (0..20).map(|request| (request, Fault::NoTotal)).collect();
    let done = shop.run(&NIGHT);
    assert!(done.code == Some(75) && done.err.contains("X-WP-Total"), "{}", done.err);
}
