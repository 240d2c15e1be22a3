//! Orders in versions, their lines, and what was given back.

use super::money::{self, CURRENCIES, Currency};
use super::people::{People, alias, respell};
use super::{DAY, HOUR, SECOND, Table, World};

/// What rates may name.
pub const SKUS: [&str; 4] = ["SERUM", "GIFT-CARD", "Crème, \"50\"", ""];
/// What rates may name.
pub const CATEGORIES: [&str; 3] = ["skin", "sale", ""];

const CUSTOMERS: [&str; 5] = ["p", "q", "r@mail.example", "s", "ü"];
const EMAILS: [&str; 4] = ["r@mail.example", "Q@Mail.example ", "t@mail.example", "ü@mail.example"];

pub struct Orders {
    pub headers: Table,
    pub lines: Table,
    pub refunds: Table,
    pub disputes: Table,
    pub ids: Vec<String>,
    /// When orders were placed.
    pub times: Vec<i64>,
    /// Of each order: its time, its visitor (or empty), and the click it is tied to.
    pub clicked: Vec<(i64, String, Option<String>)>,
}

struct Order {
    id: String,
    at: i64,
    /// The version with the fewest decimals: amounts must be valid in all of them.
    currency: &'static Currency,
}

pub fn orders(world: &mut World, people: &People) -> Orders {
    let mut orders = Orders {
        headers: Table::new(&[
            "order_id",
            "ordered_at",
            "updated_at",
            "status",
            "currency",
            "customer_id",
            "customer_email",
            "visitor_id",
            "click_id",
            "codes",
        ]),
        lines: Table::new(&["order_id", "line_id", "sku", "category", "quantity", "net_amount"]),
        refunds: Table::new(&["refund_id", "order_id", "line_id", "refunded_at", "amount"]),
        disputes: Table::new(&["dispute_id", "order_id", "opened_at", "closed_at", "outcome", "amount"]),
        ids: Vec::new(),
        times: Vec::new(),
        clicked: Vec::new(),
    };
    let count = world.rng.pick(&[5, 12, 25, 40, 60]);
    for number in 0..count {
        let id = format!("{}{number}", world.rng.pick(&["o", "O", "ö", "o,", "o\""]));
        orders.ids.push(id.clone());
        let again = !orders.times.is_empty() && world.rng.chance(15);
        let at = if again { world.rng.pick(&orders.times) } else { world.instant(75) };
        orders.times.push(at);
        let order = versions(world, people, &mut orders, id, at);
        let lines = lines(world, &mut orders.lines, &order);
        let refunded = refunds(world, &mut orders.refunds, &order, &lines);
        disputes(world, &mut orders.disputes, &order, &lines, refunded);
        if world.rng.chance(8) {
            world.moments.extend([at, at + world.hold]);
        }
    }
    for number in 0..world.rng.below(3) {
        let at = world.instant(100);
        orders.refunds.push([&format!("stray{number}"), "no such order", "", &World::text(at), "1.23456"]);
        if world.rng.chance(30) {
            orders.disputes.push([&format!("stray{number}"), "no such order", &World::text(at), "", "", "0.001"]);
        }
    }
    orders
}

fn versions(world: &mut World, people: &People, orders: &mut Orders, id: String, at: i64) -> Order {
    let own = world.rng.chance(70);
    let first = if own { world.currency } else { world.rng.below(CURRENCIES.len()) };
    let mut currency = &CURRENCIES[first];
    let mut fewest = currency;
    let customer = if world.rng.chance(60) { world.rng.pick(&CUSTOMERS) } else { "" };
    let email = email(world, people);
    let visitor = if world.rng.chance(65) { format!("v{}", world.rng.below(5)) } else { String::new() };
    let tied = world.rng.chance(20).then(|| format!("tied-{}", orders.times.len()));
    let codes = codes(world, people);
    let mut status =
        world.rng.pick(&["paid", "paid", "paid", "paid", "paid", "paid", "paid", "paid", "paid", "pending", "test", "cancelled"]);
    let mut updated = at;
    let mut placed = at;
    for version in 0..world.rng.pick(&[1, 1, 1, 1, 2, 2, 3]) {
        if version > 0 {
            let late = world.clawback.unwrap_or(10 * DAY);
            updated = updated.max(at + world.rng.pick(&[HOUR, late, late + SECOND, 2 * late])) + version;
            status = world.rng.pick(&["paid", "paid", "cancelled", "cancelled", "pending"]);
            if world.rng.chance(10) {
                currency = &CURRENCIES[world.rng.below(CURRENCIES.len())];
            }
            if world.rng.chance(10) {
                placed = at - world.rng.between(0, 2 * DAY);
            }
            if world.rng.chance(10) {
                world.moments.push(updated);
            }
        }
        if currency.decimals < fewest.decimals {
            fewest = currency;
        }
        let tied = tied.as_deref().unwrap_or_default();
        let (placed, updated) = (World::text(placed), World::text(updated));
        orders.headers.push([&id, &placed, &updated, status, currency.code, customer, &email, &visitor, tied, &codes]);
    }
    orders.clicked.push((at, visitor, tied));
    Order { id, at, currency: fewest }
}

fn email(world: &mut World, people: &People) -> String {
    match world.rng.below(10) {
        0 | 1 => {
            let email = world.rng.pick(&people.emails);
            let email = alias(world, &email);
            respell(world, &email)
        }
        2 => " ".to_owned(),
        3..6 => world.rng.pick(&EMAILS).to_owned(),
        _ => String::new(),
    }
}

fn codes(world: &mut World, people: &People) -> String {
    let count = world.rng.pick(&[0, 0, 1, 1, 2, 3]);
    let mut parts = Vec::new();
    for _ in 0..count {
        let code = world.rng.pick(&people.codes);
        parts.push(match world.rng.below(11) {
            0 => "UNKNOWN".to_owned(),
            10 => "tbd".to_owned(),
            1 => " ".to_owned(),
            _ => respell(world, &code),
        });
    }
    parts.join("|")
}

/// Writes the lines of an order; their ids and net amounts in minor units.
fn lines(world: &mut World, table: &mut Table, order: &Order) -> Vec<(String, i64)> {
    let count = world.rng.pick(&[0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4]);
    let mut lines = Vec::new();
    for number in 0..count {
        // "10" sorts before "9", as ids are compared as bytes.
        let id = ["9", "10", "a", "Ä"][number].to_owned();
        let mut amount = money::minor(&mut world.rng, order.currency.large);
        if world.rng.chance(2) {
            amount = -amount;
        }
        let text = money::text(&mut world.rng, amount, order.currency.decimals);
        let (sku, category) = (world.rng.pick(&SKUS), world.rng.pick(&CATEGORIES));
        table.push([&order.id, &id, sku, category, "1", &text]);
        lines.push((id, amount));
    }
    lines
}

/// Answers when the last refund was.
fn refunds(world: &mut World, table: &mut Table, order: &Order, lines: &[(String, i64)]) -> i64 {
    let mut at = order.at;
    for number in 0..world.rng.pick(&[0, 0, 0, 0, 1, 1, 2, 3]) {
        let late = world.clawback.unwrap_or(10 * DAY);
        at = match world.rng.below(8) {
            0 => order.at - HOUR,
            1 => order.at + late,
            2 => order.at + late + SECOND,
            // A tie with the one before.
            3 => at,
            _ => order.at + world.rng.between(0, 20 * DAY),
        };
        let whole: i64 = lines.iter().map(|(_, amount)| amount.max(&0)).sum();
        let (line, of) = match world.rng.below(6) {
            0 => ("77".to_owned(), order.currency.large),
            1 | 2 => (String::new(), whole),
            _ if lines.is_empty() => (String::new(), 0),
            _ => {
                let (id, amount) = &lines[world.rng.below(lines.len())];
                (id.clone(), *amount.max(&0))
            }
        };
        let amount = match world.rng.below(6) {
            0 => of,
            1 => of + 1,
            2 => 0,
            _ => world.rng.between(0, of),
        };
        let amount = money::text(&mut world.rng, amount, order.currency.decimals);
        table.push([&format!("{}-r{number}", order.id), &order.id, &line, &World::text(at), &amount]);
        if world.rng.chance(8) {
            world.moments.push(at);
        }
    }
    at
}

/// Disputes of some orders: open, won or lost, some at the time and under the id of a refund.
fn disputes(world: &mut World, table: &mut Table, order: &Order, lines: &[(String, i64)], refunded: i64) {
    for number in 0..world.rng.pick(&[0, 0, 0, 0, 0, 0, 0, 1, 1, 2]) {
        let late = world.clawback.unwrap_or(10 * DAY);
        let opened = order.at + world.rng.pick(&[HOUR, 3 * DAY, late]);
        let closed = match world.rng.below(5) {
            0 => opened,
            1 => order.at + late,
            2 => order.at + late + SECOND,
            3 => refunded,
            _ => opened + world.rng.between(0, 40 * DAY),
        };
        let closed = closed.max(opened);
        let whole: i64 = lines.iter().map(|(_, amount)| amount.max(&0)).sum();
        let amount = world.rng.pick(&[whole, whole + 1, whole / 2, 1]).max(1);
        let amount = money::text(&mut world.rng, amount, order.currency.decimals);
        let id = if world.rng.chance(40) { format!("{}-r{number}", order.id) } else { format!("{}-d{number}", order.id) };
        let outcome = world.rng.pick(&["won", "lost", "lost", ""]);
        let closed_text = if outcome.is_empty() { String::new() } else { World::text(closed) };
        table.push([&id, &order.id, &World::text(opened), &closed_text, outcome, &amount]);
        if world.rng.chance(30) {
            world.moments.extend([opened, opened + 1, closed, closed + 1]);
        }
    }
}
