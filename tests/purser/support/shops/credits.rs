//! Orders given to creators by hand, some to nobody who is known, some that are not there.

use purser::facts::{Credit, Credits};

use super::World;
use super::orders::Orders;
use super::people::{GHOST, People};

pub fn credits(world: &mut World, people: &People, orders: &Orders) -> Credits {
    let mut credits = Vec::new();
    if world.rng.chance(40) {
        for order_id in orders.ids.iter().map(String::as_str).chain(["no such order"]) {
            if world.rng.chance(15) {
                let creator_id = if world.rng.chance(15) { GHOST } else { world.rng.pick(&people.ids) }.to_owned();
                let credit_id = format!("given-{}", credits.len());
                credits.push(Credit { order_id: order_id.to_owned(), creator_id, credit_id });
            }
        }
    }
    Credits::new(credits).expect("no order is given twice")
}
