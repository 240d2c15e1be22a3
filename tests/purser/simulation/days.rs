//! The local day each transfer belongs to, which decides whose month's statement it is on.

use anyhow::{Result, ensure};
use purser::program::Program;

use super::journal::{Expected, Transfer, local_day};
use super::world::World;

/// Each new transfer belongs to the day on which what it tells of happened.
pub fn check(transfers: &[Transfer], program: &Program, world: &World, entry: Option<&Expected<'_>>) -> Result<()> {
    let Some(entry) = entry else { return Ok(()) };
    let day = |at: i64| local_day(program.time_zone, at);
    let today = day(entry.as_of);
    for transfer in transfers {
        let order_id = &transfer.key[1];
        let allowed = match transfer.key[0].as_str() {
            "batch" => vec![today],
            "link" | "code" | "lock" | "bonus_new_customer" => {
                let ordered_at = world.ordered_at[order_id];
                match transfer.why.as_str() {
                    "released" => vec![day(ordered_at + program.commission.hold)],
                    "refund" => world.refund_times(order_id).map(day).chain([day(ordered_at)]).collect(),
                    "cancelled" | "vanished" | "held again" => vec![today],
                    "reattributed" | "withdrawn" => vec![today, day(ordered_at)],
                    // What was refunded in the same night is restated all the same.
                    "restated" => world.refund_times(order_id).map(day).chain([today, day(ordered_at)]).collect(),
                    _ => vec![day(ordered_at)],
                }
            }
            // Fees fall due and periods end on days of their own, which no fact of an order tells.
            _ => continue,
        };
        ensure!(allowed.contains(&transfer.day), "{transfer:?} belongs to one of the days {allowed:?}");
    }
    Ok(())
}
