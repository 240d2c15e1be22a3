//! Whether all came: a server that leaves something out, says that there is no more, or counts wrongly is found out.

use serde_json::json;

use super::orders::{many, with};
use super::{ApiShop, NIGHT};

/// What an honest server comes to.
fn truth(count: u64) -> String {
    let shop = ApiShop::new(many(count));
    shop.must(&NIGHT);
    shop.outcome()
}

#[test]
fn an_order_that_the_list_of_changes_leaves_out_is_asked_for_by_name() {
    let shop = ApiShop::new(many(400));
    // One among the newest, one that only the count betrays.
    shop.server.truth().hidden = vec!["#399", "#17"];
    let out = shop.must(&NIGHT);
    assert!(out.contains("400 of 400 orders") && out.contains("2 came only when asked for by name"), "{out}");
    assert_eq!(shop.outcome(), truth(400));
    let journal = shop.must(&["export", "journal"]);
    let said = format!("shopify ({}): 400 of 400 orders, the newest 250 in their latest versions; 2 came only", shop.server.url);
    assert!(journal.contains(&said), "{journal}");
    shop.server.truth().orders.push(many(401).remove(400));
    shop.server.truth().now = "2026-03-02T00:00:00Z".parse().expect("a time");
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
    let journal = shop.must(&["export", "journal"]);
    assert!(journal.contains("401 of 401 orders") && journal.contains("400 of 400 orders"), "{journal}");
    shop.must(&["check"]);
    let status = shop.must(&["status"]);
    assert!(status.contains("401 of 401 orders"), "{status}");
}

#[test]
fn an_end_that_comes_too_early_is_found_out() {
    for pages in [0, 1, 3] {
        let shop = ApiShop::new(many(400));
        shop.server.truth().ends_early = Some(pages);
        let out = shop.must(&NIGHT);
        assert!(out.contains("400 of 400 orders"), "{pages}: {out}");
        assert_eq!(shop.outcome(), truth(400), "{pages}");
    }
}

#[test]
fn a_count_that_is_not_kept_stops_the_run() {
    for (wrong, said) in [(1, "3 of 4 orders came"), (-1, "3 of 2 orders came")] {
        let shop = ApiShop::new(many(3));
        shop.server.truth().miscounts = wrong;
        let done = shop.run(&NIGHT);
        assert!(done.code == Some(75) && done.err.contains(said) && done.err.contains("nothing was posted"), "{}", done.err);
        assert!(!shop.run(&["export", "commissions"]).ok, "nothing was posted");
        shop.server.truth().miscounts = 0;
        shop.must(&NIGHT);
        assert_eq!(shop.outcome(), truth(3));
    }
}

#[test]
fn an_order_that_was_deleted_in_the_shop_is_an_order_that_disappeared() {
    let shop = ApiShop::new(many(400));
    shop.must(&NIGHT);
    {
        let mut truth = shop.server.truth();
        truth.now = "2026-03-02T00:00:00Z".parse().expect("a time");
        truth.orders.retain(|order| order["name"] != "#200");
    }
    let night = ["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"];
    let done = shop.run(&night);
    assert!(!done.ok && done.err.contains("200") && done.err.contains("--accept-missing"), "{}", done.err);
    let accepted = [&night[..], &["--accept-missing", "deleted in the shop"]].concat();
    shop.must(&accepted);
    assert_eq!(shop.bases().len(), 399);
    shop.must(&["run", "nightly", "--as-of", "2026-03-03T00:00:00Z"]);
}

#[test]
fn edits_and_repeats_while_it_is_read_do_no_harm() {
    let shop = ApiShop::new(many(120));
    {
        let mut truth = shop.server.truth();
        truth.edit = Some(("#3", "2026-03-01T00:00:30Z"));
        truth.repeats = true;
    }
    shop.must(&NIGHT);
    assert_eq!(shop.outcome(), truth(120));
    // What was edited after its page was read came once more, at the end.
    let explained = shop.must(&["explain", "3"]);
    assert!(explained.contains("3"), "{explained}");
    assert_eq!(shop.bases().len(), 120);
}

/// The shop's clock counts: one that is far behind ours loses nothing.
#[test]
fn clocks_that_are_apart_lose_nothing() {
    let shop = ApiShop::new(many(5));
    shop.server.truth().now = "2026-01-05T00:03:30Z".parse().expect("a time");
    shop.must(&NIGHT);
    assert_eq!(shop.bases().len(), 5);
    {
        let mut truth = shop.server.truth();
        // By the shop's clock this came right after the first fetch, long before ours.
        let late = with(
            many(1).remove(0),
            json!({ "id": "gid://shopify/Order/6", "name": "#6", "processedAt": "2026-01-05T00:04:00Z",
            "createdAt": "2026-01-05T00:04:00Z", "updatedAt": "2026-01-05T00:04:00Z" }),
        );
        truth.orders.push(late);
        truth.now = "2026-01-06T00:00:00Z".parse().expect("a time");
    }
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
    assert_eq!(shop.bases().len(), 6);
}

#[test]
fn what_a_token_may_not_see_is_said() {
    let shop = ApiShop::new(many(3));
    shop.server.truth().scopes = vec!["read_orders", "read_customers"];
    let out = shop.must(&NIGHT);
    assert!(out.contains("the orders of the last 60 days alone") && out.contains("read_all_orders"), "{out}");
    assert!(out.contains("no disputes") && out.contains("read_shopify_payments_disputes"), "{out}");
    // Later the same orders are older than what is shown: they stay, and are not taken for deleted.
    shop.server.truth().now = "2026-05-01T00:00:00Z".parse().expect("a time");
    shop.must(&["run", "nightly", "--as-of", "2026-05-01T00:00:00Z"]);
    assert_eq!(shop.bases().len(), 3);
    shop.server.truth().order("#2")["disputes"] = json!([{ "id": "gid://shopify/OrderDisputeSummary/1" }]);
    shop.server.truth().order("#2")["createdAt"] = json!("2026-04-20T00:00:00Z");
    shop.server.truth().order("#2")["updatedAt"] = json!("2026-05-01T12:00:00Z");
    let done = shop.run(&["run", "nightly", "--as-of", "2026-05-02T00:00:00Z"]);
    assert!(!done.ok && done.err.contains("#2 is disputed"), "{}", done.err);
    let none = ApiShop::new(many(1));
    none.server.truth().scopes = vec!["read_products"];
    let done = none.run(&NIGHT);
    assert!(!done.ok && done.err.contains("may not read orders") && done.err.contains("read_orders"), "{}", done.err);
}
