//! Orders as WooCommerce has them.

use serde_json::{Value, json};

/// A line: its id, what it comes to after discounts, the tax on that.
pub fn line(id: u64, total: &str, tax: &str) -> Value {
    json!({ "id": id, "name": "Balm", "product_id": 7, "variation_id": 0, "quantity": 2, "sku": format!("SKU-{id}"), "price": 4.05,
        "subtotal": "99.00", "total": total, "total_tax": tax, "meta_data": [] })
}

/// A processing order of 2026-02-10 with Ana's code, in USD.
pub fn order(id: u64, lines: Vec<Value>, total: &str) -> Value {
    json!({
        "id": id, "number": format!("W-{id}"), "status": "processing", "currency": "USD", "prices_include_tax": false,
        "date_created": "2026-02-10T09:30:00", "date_created_gmt": "2026-02-10T14:30:00", "date_modified": "2026-02-10T09:31:00",
        "date_modified_gmt": "2026-02-10T14:31:00", "total": total, "customer_id": 0, "billing": { "email": "buyer@mail.example", "country": "CA" }, "shipping": { "country": "" },
        "meta_data": [], "line_items": lines, "coupon_lines": [{ "id": 3, "code": "ana", "discount": "3.80" }], "refunds": [],
    })
}

/// The order with other values of some fields.
pub fn with(mut order: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().expect("fields") {
        assert!(order.get(name).is_some(), "an order has no {name}");
        order[name] = value.clone();
    }
    order
}

/// A refund of 2026-02-20: of lines (the line, without tax, tax), of shipping, and what the customer got.
pub fn refund(id: u64, lines: &[(u64, &str, &str)], shipping: &[&str], amount: &str) -> Value {
    let line = |(line, total, tax): &(u64, &str, &str)| json!({ "id": id * 10 + line, "quantity": -1, "total": total, "total_tax": tax, "meta_data": [{ "id": 1, "key": "_refunded_item_id", "value": line.to_string() }] });
    let shipping: Vec<Value> = shipping.iter().map(|total| json!({ "total": total, "total_tax": "0.00" })).collect();
    json!({ "id": id, "date_created_gmt": "2026-02-20T10:00:00", "amount": amount, "reason": "",
        "line_items": lines.iter().map(line).collect::<Vec<_>>(), "shipping_lines": shipping, "fee_lines": [] })
}

/// Orders of one line for 10.00, each a minute after the one before.
pub fn many(count: u64) -> Vec<Value> {
    let first = "2026-02-05T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().expect("a time");
    let order = |id: u64| {
        let at = (first + chrono::Duration::minutes(id as i64)).format("%Y-%m-%dT%H:%M:%S").to_string();
        with(order(id, vec![line(id * 10, "10.00", "0.00")], "10.00"), json!({ "date_created_gmt": at, "date_modified_gmt": at }))
    };
    (1..=count).map(order).collect()
}
