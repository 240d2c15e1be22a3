//! Clicks, most of them near an order and at the edges of its window.

use super::orders::Orders;
use super::people::People;
use super::{DAY, HOUR, SECOND, Table, World};

pub fn clicks(world: &mut World, people: &People, orders: &Orders) -> Table {
    let mut table = Table::new(&["click_id", "clicked_at", "visitor_id", "link_key", "sub_id"]);
    let mut number = 0;
    let mut push = |world: &mut World, at: i64, visitor: &str, id: Option<&str>| {
        number += 1;
        let id = id.map_or_else(|| format!("{}{number}", ["x", "X", "é"][number % 3]), str::to_owned);
        let link = if world.rng.chance(5) { "nobody's".to_owned() } else { world.rng.pick(&people.links) };
        let visitor = if world.rng.chance(5) { "" } else { visitor };
        table.push([&id, &World::text(at), visitor, &link, "bio"]);
        if world.rng.chance(10) {
            world.moments.push(at);
        }
    };
    for (at, visitor, tied) in &orders.clicked {
        if let Some(id) = tied {
            let before = world.rng.between(0, 2 * DAY);
            push(world, at - before, &format!("elsewhere-{id}"), Some(id));
        }
        if visitor.is_empty() {
            continue;
        }
        for _ in 0..world.rng.pick(&[0, 0, 1, 2, 3]) {
            let window = world.some_window();
            let before = match world.rng.below(9) {
                0 => 0,
                1 => SECOND,
                2 => window,
                3 => window + 1,
                4 => window - SECOND,
                5 => -HOUR,
                6 => HOUR,
                _ => world.rng.between(0, window + DAY / 4),
            };
            let twins = if world.rng.chance(15) { 2 } else { 1 };
            for _ in 0..twins {
                push(world, at - before, visitor, None);
            }
        }
    }
    for _ in 0..world.rng.below(5) {
        let at = world.instant(80);
        push(world, at, "passer-by", None);
    }
    table
}
