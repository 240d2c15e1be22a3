//! Orders as Shopify has them.

use serde_json::{Value, json};

use super::server::gid;

/// An amount in the shop's currency, and what the customer paid.
pub fn money(amount: &str) -> Value {
    let money = json!({ "amount": amount, "currencyCode": "USD" });
    json!({ "shopMoney": money, "presentmentMoney": money })
}

/// A line: its id, quantity, price of all, what discounts and taxes are of it.
pub fn line(id: u64, quantity: i64, total: &str, discounts: &[&str], taxes: &[&str]) -> Value {
    let discounts: Vec<Value> = discounts.iter().map(|amount| json!({ "allocatedAmountSet": money(amount) })).collect();
    let taxes: Vec<Value> = taxes.iter().map(|amount| json!({ "priceSet": money(amount) })).collect();
    json!({
        "id": gid("LineItem", id), "sku": format!("SKU-{id}"), "name": "Balm", "quantity": quantity, "currentQuantity": quantity,
        "isGiftCard": false, "originalTotalSet": money(total), "discountAllocations": discounts, "taxLines": taxes,
    })
}

/// A paid order of 2026-01-10 with Ana's code, in USD.
pub fn order(number: u64, lines: Vec<Value>, total: &str) -> Value {
    let goods = |line: &Value| {
        let cents = |money: &Value| cents(money["shopMoney"]["amount"].as_str().expect("an amount"));
        let discounts = line["discountAllocations"].as_array().expect("a list").iter();
        cents(&line["originalTotalSet"]) - discounts.map(|one| cents(&one["allocatedAmountSet"])).sum::<i64>()
    };
    let subtotal = lines.iter().map(goods).sum::<i64>();
    json!({
        "id": gid("Order", number), "name": format!("#{number}"), "createdAt": "2026-01-10T14:30:00Z",
        "updatedAt": "2026-01-10T14:31:00Z", "processedAt": "2026-01-10T14:30:00Z", "cancelledAt": null, "test": false, "edited": false,
        "taxesIncluded": false, "currencyCode": "USD", "presentmentCurrencyCode": "USD", "displayFinancialStatus": "PAID", "email": "buyer@mail.example",
        "customer": { "id": gid("Customer", 77) },
        "shippingAddress": { "countryCodeV2": "US" }, "billingAddress": null, "discountCodes": ["ANA"], "customAttributes": [],
        "subtotalPriceSet": money(&format!("{}.{:02}", subtotal / 100, subtotal % 100)), "totalPriceSet": money(total),
        "customerJourneySummary": null, "lineItems": lines, "refunds": [], "disputes": [],
    })
}

fn cents(amount: &str) -> i64 {
    let (whole, rest) = amount.split_once('.').expect("cents");
    whole.parse::<i64>().expect("a number") * 100 + rest.parse::<i64>().expect("cents")
}

/// The order with other values of some fields.
pub fn with(mut order: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().expect("fields") {
        assert!(order.get(name).is_some(), "an order has no {name}");
        order[name] = value.clone();
    }
    order
}

/// A refund of 2026-01-20: of lines (id, quantity, subtotal, tax), with adjustments (amount, tax), perhaps of shipping.
pub fn refund(id: u64, lines: &[(u64, i64, &str, &str)], adjustments: &[(&str, &str)], shipping: bool, whole: &str) -> Value {
    let line = |(id, quantity, subtotal, tax): &(u64, i64, &str, &str)| json!({ "quantity": quantity, "lineItem": { "id": gid("LineItem", id) }, "subtotalSet": money(subtotal), "totalTaxSet": money(tax) });
    let adjustment = |(amount, tax): &(&str, &str)| json!({ "reason": "REFUND_DISCREPANCY", "amountSet": money(amount), "taxAmountSet": money(tax) });
    let shipped: Vec<Value> = shipping.then(|| json!({ "id": gid("RefundShippingLine", id) })).into_iter().collect();
    json!({
        "id": gid("Refund", id), "processedAt": "2026-01-20T10:00:00Z", "totalRefundedSet": money(whole),
        "refundLineItems": lines.iter().map(line).collect::<Vec<_>>(),
        "orderAdjustments": adjustments.iter().map(adjustment).collect::<Vec<_>>(), "refundShippingLines": shipped,
    })
}

/// A dispute of an order, opened on 2026-01-20.
pub fn dispute(id: u64, order: u64, status: &str, amount: &str) -> Value {
    let ended = if ["WON", "LOST"].contains(&status) { json!("2026-01-25T10:00:00Z") } else { Value::Null };
    json!({
        "id": gid("ShopifyPaymentsDispute", id), "status": status, "initiatedAt": "2026-01-20T10:00:00Z", "finalizedOn": ended,
        "amount": { "amount": amount, "currencyCode": "USD" }, "order": { "id": gid("Order", order) },
    })
}

/// A visit before an order, at a landing page.
pub fn visit(id: u64, at: &str, page: &str) -> Value {
    json!({ "__typename": "CustomerVisit", "id": gid("CustomerVisit", id), "occurredAt": at, "landingPage": page, "source": "Instagram", "utmParameters": null })
}

/// Orders of one piece for 10.00, the first placed on 2026-01-05, each a minute after the one before.
pub fn many(count: u64) -> Vec<Value> {
    let first = "2026-01-05T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().expect("a time");
    let numbers = 1..=count;
    let order = |number: u64| {
        let at = (first + chrono::Duration::minutes(number as i64)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let whole = order(number, vec![line(number * 10, 1, "10.00", &[], &[])], "10.00");
        with(whole, json!({ "createdAt": at, "updatedAt": at, "processedAt": at }))
    };
    numbers.map(order).collect()
}
