//! The local day each transfer belongs to, which decides whose month's statement it is on.

use anyhow::{Result, bail, ensure};
use purser::program::Program;

use super::journal::{Expected, Transfer, local_day};
use super::world::World;

/// Each new transfer belongs to the day on which what it tells of happened.
///
/// By `other_terms` a version may count that did not, or the other way round, from this night on.
pub fn check(
    transfers: &[Transfer],
    program: &Program,
    world: &World,
    entry: Option<&Expected<'_>>,
    other_terms: bool,
) -> Result<()> {
    let Some(entry) = entry else { return Ok(()) };
    let day = |at: i64| local_day(program.time_zone, at);
    let today = day(entry.as_of);
    for transfer in transfers {
        let order_id = &transfer.key[1];
        let allowed = match transfer.key[0].as_str() {
            "batch" => vec![today],
            "link" | "code" | "lock" | "bonus_new_customer" => {
                let ordered = day(world.ordered_at[order_id]);
                let released = day(world.ordered_at[order_id] + program.commission.hold);
                let refunds = world.refund_times(order_id).map(day);
                let versions = world.versions(order_id).into_iter().map(|(at, _)| day(at));
                match transfer.why.as_str() {
                    "released" => vec![released],
                    // One that is gone from the table is given back on the day on which that is accepted.
                    "refund" => refunds.chain([today]).collect(),
                    "cancelled" => {
                        let turned = turned(&world.versions(order_id), world.ordered_at[order_id], program, entry.as_of);
                        turned.map(day).into_iter().chain(other_terms.then_some(today)).collect()
                    }
                    // An amount for the whole order may come back without a version, and a line with one by which the order only stays paid.
                    "reinstated" => {
                        let turned = turned(&world.versions(order_id), world.ordered_at[order_id], program, entry.as_of);
                        versions.filter(|version| turned.is_some_and(|turned| *version >= day(turned))).chain([today]).collect()
                    }
                    "reattributed" | "withdrawn" | "order_changed" | "exchange_changed" => versions.chain([today]).collect(),
                    "sale" | "bonus" => versions.chain([today, ordered]).collect(),
                    "progress" | "vanished" | "held_again" => vec![today],
                    // What was refunded in the same night is restated all the same, and so is a hold that ends by an edit.
                    "restated" => refunds.chain(versions).chain([today, ordered, released]).collect(),
                    other => bail!("{transfer:?} moves for an unknown reason: {other}"),
                }
            }
            // Fees fall due and periods end on days of their own, which no fact of an order tells.
            _ => continue,
        };
        ensure!(allowed.contains(&transfer.day), "{transfer:?} belongs to one of the days {allowed:?}");
    }
    Ok(())
}

/// When an order became paid, or ceased to be, as its versions (time, whether paid) say: the first of the last ones that agree.
fn turned(versions: &[(i64, String)], ordered_at: i64, program: &Program, as_of: i64) -> Option<i64> {
    let visible = versions.iter().filter(|(at, _)| *at < as_of);
    let is_late = |(at, status): &(i64, String)| {
        status == "cancelled" && program.commission.clawback.is_some_and(|clawback| at - ordered_at > clawback)
    };
    let timely: Vec<_> = visible.clone().filter(|version| !is_late(version)).collect();
    let mut counting: Vec<_> = if timely.is_empty() { visible.collect() } else { timely };
    counting.sort();
    let is_paid = |version: &&&(i64, String)| version.1 == "paid";
    let last = is_paid(&counting.last()?);
    counting.iter().rev().take_while(|version| is_paid(version) == last).last().map(|(at, _)| *at)
}
