use std::collections::{BTreeMap, HashSet};

use anyhow::{Result, bail};

use super::batch::{BatchLine, sum};
use super::current::Current;
use super::decided::Decided;
use super::line::{LineState, line_states};
use super::movement::{LEFT_RESERVE, REACHED_CASH};
use crate::calendar::day_of;
use crate::error::{Conflict, NotFound};
use crate::ledger::{Account, Entry, EntryKind, Transfer, moves, post, transfers_of_batch};
use crate::program::Program;
use crate::store::Tx;
use crate::vocabulary::Reason;

/// A settlement that was posted.
pub struct Settled {
    /// What was paid.
    pub decided: Decided,
    /// The lines that were not, by creator: they stay reserved.
    pub failed: Vec<BatchLine>,
}

/// Records, in the caller's transaction, that the lines of a batch were paid, by way of its clearing account; but for those of
/// the creators named as `failed` or `open`, which stay reserved. Of a batch that is settled already, the lines that are still reserved
/// are left to be settled.
///
/// # Errors
///
/// When the batch is in no state for it, nothing is left to settle, or a creator named has no such line.
pub async fn settle(
    tx: &mut Tx,
    program: &Program,
    batch_id: &str,
    (failed, open): (&[String], &[String]),
    by: &str,
    as_of: i64,
) -> Result<Settled> {
    let batch = Current::read(tx, &program.id, batch_id, as_of).await?;
    let state = batch.after(EntryKind::Settled)?;
    let states = line_states(batch.state, &transfers_of_batch(tx, &program.id, batch_id).await?)?;
    check_failed(batch_id, &states, failed)?;
    let waits: HashSet<&str> = open.iter().map(String::as_str).collect();
    let is_left = |line: &&BatchLine| {
        states.get(&line.creator_id).is_some_and(|state| is_reserved(*state)) && !waits.contains(line.creator_id.as_str())
    };
    let (failed, paid): (Vec<BatchLine>, Vec<BatchLine>) =
        batch.lines.iter().filter(is_left).cloned().partition(|line| failed.contains(&line.creator_id));
    if paid.is_empty() && failed.is_empty() {
        bail!(Conflict(format!("batch {batch_id} is settled, and it has no unresolved payments; nothing was changed")));
    }
    let left_open = batch.lines.iter().filter(|line| {
        states.get(&line.creator_id).is_some_and(|state| is_reserved(*state)) && waits.contains(line.creator_id.as_str())
    });
    let left_open = match left_open.count() {
        0 => String::new(),
        count => count.to_string(),
    };
    let transfers = transfers(&batch, &paid, day_of(program.time_zone, as_of));
    let moves = moves(tx, &program.id, &transfers).await?;
    let entry = Entry {
        kind: EntryKind::Settled,
        subject: batch_id,
        booked_at: as_of,
        actor: by,
        reason: &batch.digest,
        program_text: "",
        // How many lines nothing is known of yet, so that none is lost without a word.
        facts: &left_open,
    };
    let posted = post(tx, program, &entry, &transfers).await?;
    batch.show(tx, &program.id, state, batch.approved_by.as_deref()).await?;
    let decided = Decided { posted, moves, amount: sum(&paid)?, creators: paid.len(), missing: None };
    Ok(Settled { decided, failed })
}

fn is_reserved(state: LineState) -> bool {
    matches!(state, LineState::Reserved | LineState::InQuestion)
}

fn check_failed(batch_id: &str, states: &BTreeMap<String, LineState>, failed: &[String]) -> Result<()> {
    for creator in failed {
        match states.get(creator) {
            None => bail!(NotFound(format!(
                "batch {batch_id} has no line for {creator}; nothing was changed. See `purser batch show {batch_id}`"
            ))),
            Some(state) if is_reserved(*state) => {}
            Some(LineState::Paid) => bail!(Conflict(format!(
                "batch {batch_id} has paid {creator}; if the payment came back: `purser batch return {batch_id} --creator {creator} \
                 --by NAME --reason REASON`"
            ))),
            Some(state) => {
                let state = state.words();
                bail!(Conflict(format!("the line of {creator} in batch {batch_id} is {state} already; nothing was changed")))
            }
        }
    }
    Ok(())
}

fn transfers<'a>(batch: &'a Current, paid: &'a [BatchLine], day: i32) -> Vec<Transfer<&'a str>> {
    let pay = |line: &'a BatchLine| {
        [
            batch.transfer(line, LEFT_RESERVE, Account::Reserved, Account::Clearing, day, Reason::Settled),
            batch.transfer(line, REACHED_CASH, Account::Clearing, Account::Cash, day, Reason::Settled),
        ]
    };
    paid.iter().flat_map(pay).collect()
}
