//! A source that stopped looks like a shop without orders: the program file says how long that is allowed to go on.

use crate::support::Shop;

/// Ten days of orders at noon, each with a click an hour before.
fn shop(limits: &str) -> Shop {
    let shop = Shop::small();
    let days = 10..20;
    let order = |day: u32| format!("n{day},2026-03-{day}T12:00:00Z,2026-03-{day}T12:00:00Z,paid,USD,,,w{day},,\n");
    let line = |day: u32| format!("n{day},1,A,x,1,10.00\n");
    let click = |day: u32| format!("n{day},2026-03-{day}T11:00:00Z,w{day},nobodys,\n");
    shop.add("orders.csv", &days.clone().map(order).collect::<String>());
    shop.add("order_lines.csv", &days.clone().map(line).collect::<String>());
    shop.add("clicks.csv", &days.map(click).collect::<String>());
    shop.write("shop.toml", format!("{}[alerts]\norders_below = \"off\"\n{limits}", shop.read("shop.toml")));
    shop
}

/// What a scheduled night says, and what the operator is told.
fn night(shop: &Shop, slot: &str) -> [String; 2] {
    let mut command = shop.command(&["run", "nightly", "--slot", slot]);
    let done = command.env("PURSER_OPERATOR_MAIL", "ops@shop.example").output().expect("it starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let told = shop.database.sql("SELECT body FROM alerts WHERE kind = 'unusual' AND cleared_at IS NULL");
    [String::from_utf8_lossy(&done.stdout).into_owned(), told].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn a_source_that_stopped_is_told() {
    let shop = shop("no_orders_for = \"36h\"\nno_clicks_for = \"3d\"\n");
    // The limit itself is allowed.
    for slot in ["2026-03-19T12:00:01Z", "2026-03-20T12:00:00Z", "2026-03-21T00:00:00Z"] {
        let [said, told] = night(&shop, slot);
        assert!(!said.contains("The newest") && told.is_empty(), "{slot}: {said} {told}");
    }
    let orders = "The newest order is from 2026-03-19 12:00";
    let clicks = "The newest click is from 2026-03-19 11:00";
    for text in night(&shop, "2026-03-21T00:00:01Z") {
        assert!(text.contains(orders) && text.contains("36 hours before this run") && text.contains("no_orders_for"), "{text}");
        assert!(!text.contains(clicks), "{text}");
    }
    // A night that finds everything as it was says so too.
    for text in night(&shop, "2026-03-22T11:00:01Z") {
        assert!(text.contains(orders) && text.contains(clicks) && text.contains("no_clicks_for"), "{text}");
    }
    // They are back.
    shop.add("orders.csv", "n22,2026-03-22T12:00:00Z,2026-03-22T12:00:00Z,paid,USD,,,w22,,\n");
    shop.add("order_lines.csv", "n22,1,A,x,1,10.00\n");
    shop.add("clicks.csv", "n22,2026-03-22T11:00:00Z,w22,nobodys,\n");
    let [said, told] = night(&shop, "2026-03-22T13:00:00Z");
    assert!(!said.contains("The newest") && told.is_empty(), "{said} {told}");
    // What lies ahead of a run is not there yet.
    let report = shop.must(&["run", "nightly", "--as-of", "2026-03-22T14:00:00Z", "--format", "json"]);
    assert!(report.contains("\"newest_order\": \"2026-03-22T12:00:00Z\""), "{report}");
    assert!(report.contains("\"newest_click\": \"2026-03-22T11:00:00Z\""), "{report}");
}

#[test]
fn where_no_limit_is_set_nothing_is_told() {
    let shop = shop("");
    let [said, told] = night(&shop, "2026-06-01T00:00:00Z");
    assert!(!said.contains("The newest") && told.is_empty(), "{said} {told}");
}
