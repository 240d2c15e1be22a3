//! Fees: fixed amounts for deliverables, owed from a local day on (`RULES.md`, section 10).

use std::collections::BTreeSet;

use anyhow::Result;

use super::decided::Decided;
use super::frame::{i32s, i64s, texts};
use super::hold::AT_ONCE;
use super::target_frame::{Builder, Target};
use crate::calendar::day_of_epoch;
use crate::calendar::{day_of, start_of};
use crate::facts::Facts;
use crate::vocabulary::{FEE, Kind};

/// What became of the fees that are no targets.
#[derive(Default)]
pub(super) struct Fees {
    /// Those whose creator is unknown, whatever their day.
    pub without_creator: BTreeSet<String>,
    /// The start of the next local day on which another falls due (microseconds since 1970).
    pub next: Option<i64>,
}

/// Pushes the fees that are due, by fee id.
pub(super) fn fees(decided: &Decided<'_>, facts: &Facts, as_of: i64, into: &mut Builder) -> Result<Fees> {
    let Decided { program, creators, .. } = decided;
    let frame = &facts.fees;
    let (id, creator) = (texts(frame, "fee_id")?, texts(frame, "creator_id")?);
    let (amount, due_on) = (i64s(frame, "amount")?, i32s(frame, "due_on")?);
    let today = day_of(program.time_zone, as_of);
    let mut without_creator = BTreeSet::new();
    let mut next: Option<i32> = None;
    let mut rows: Vec<usize> = (0..frame.height()).collect();
    rows.sort_by_key(|row| id.get(*row));
    for row in rows {
        let fee_id = id.get(row).unwrap_or_default();
        let place = creator.get(row).and_then(|id| creators.place(id)).filter(|c| creators.is_known(*c));
        let Some(c) = place else {
            without_creator.insert(fee_id.to_owned());
            continue;
        };
        if due_on[row] > today {
            next = Some(next.map_or(due_on[row], |day| day.min(due_on[row])));
            continue;
        }
        into.push(&Target {
            kind: Kind::Fee,
            order_id: fee_id,
            line_id: "",
            creator_id: &creators.ids[c as usize],
            detail: "",
            touch: "",
            base: 0,
            commission: amount[row],
            payable_from: AT_ONCE,
            rule: FEE,
            day: due_on[row],
            refund_day: None,
        });
    }
    let next = next.and_then(day_of_epoch).map(|day| start_of(program.time_zone, day));
    Ok(Fees { without_creator, next })
}
