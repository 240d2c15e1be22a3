//! Links have attribution without a log of clicks: Shopify knows the visits before an order.

use purser::program::Table;
use serde_json::{Value, json};

use super::orders::{line, order, visit, with};
use super::{ApiShop, NIGHT};
use crate::labels::labels;

/// An order without a code, after visits.
fn after(number: u64, visits: &[Value], attributes: Value) -> Value {
    let order = order(number, vec![line(number * 10, 1, "10.00", &[], &[])], "10.00");
    let journey = json!({ "firstVisit": visits.first(), "lastVisit": visits.last(), "moments": visits });
    with(order, json!({ "discountCodes": [], "customAttributes": attributes, "customerJourneySummary": journey }))
}

#[test]
fn landing_pages_attribute_orders() {
    let ana = visit(501, "2026-01-09T10:00:00Z", "https://shop.example/?ref=lana&sub_id=story");
    let ben = visit(502, "2026-01-10T10:00:00Z", "https://shop.example/p/1?utm_source=ig&ref=lben#top");
    let bare = visit(503, "2026-01-10T14:00:00Z", "https://shop.example/");
    let old = visit(504, "2025-11-01T10:00:00Z", "https://shop.example/?ref=lana");
    let other = json!({ "__typename": "CustomerMomentOfAnotherKind", "occurredAt": "2026-01-10T13:00:00Z" });
    let shop = ApiShop::new(vec![
        after(1, &[ana.clone(), ben.clone(), bare.clone()], json!([])),
        after(2, &[old, bare.clone()], json!([])),
        after(3, &[ana.clone(), other], json!([{ "key": "visitor_id", "value": "v3" }])),
        after(4, &[bare], json!([])),
    ]);
    shop.must(&NIGHT);
    let commissions = shop.must(&["export", "commissions"]);
    let touches: Vec<String> = commissions
        .lines()
        .filter(|row| row.starts_with("link"))
        .map(|row| row.split(',').collect::<Vec<_>>())
        .map(|row| format!("{} {} {}", row[1], row[3], row[4]))
        .collect();
    // The latest visit by a link wins; one that is too old, or that came by no link, names nobody.
    assert_eq!(touches, ["1 ben 1/502", "3 ana 3/501"]);
    // A shop learns of visits later than of the order, and the order changes by that.
    let late = visit(509, "2026-01-09T10:00:00Z", "https://shop.example/?ref=lana");
    let changed = with(after(4, &[late], json!([])), json!({ "updatedAt": "2026-03-01T00:05:00Z" }));
    *shop.server.truth().order("#4") = changed;
    shop.server.truth().now = "2026-03-02T00:00:00Z".parse().expect("a time");
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T00:00:00Z"]);
    assert!(shop.must(&["export", "commissions"]).contains("link,4,40,ana,4/509"));
}

#[test]
fn visits_and_addresses_tell_more_for_reports() {
    let mut first = visit(501, "2026-01-09T10:00:00Z", "https://shop.example/p/1?ref=lana&utm_medium=story#top");
    first["utmParameters"] = json!({ "campaign": "spring", "content": null, "medium": "other", "source": "ig", "term": null });
    let shop = ApiShop::new(vec![after(1, &[first], json!([]))]);
    let clicks = |shop: &ApiShop| labels(&shop.shop, Table::Clicks, "click_id");
    shop.must(&NIGHT);
    assert_eq!(clicks(&shop), ["1/501|ig|story|spring||||https://shop.example/p/1|Instagram"]);
    assert_eq!(labels(&shop.shop, Table::Orders, "order_id"), ["1|#1|US"]);
    // A shop that shows no addresses is read all the same.
    let shy = ApiShop::new(vec![after(1, &[], json!([]))]);
    shy.server.truth().hides_addresses = true;
    let absent = json!(null);
    shy.server.truth().order("#1")["shippingAddress"] = absent;
    let out = shy.must(&NIGHT);
    assert!(out.contains("no addresses, so that reports have no countries"), "{out}");
    assert_eq!(labels(&shy.shop, Table::Orders, "order_id"), ["1|#1|"]);
}
