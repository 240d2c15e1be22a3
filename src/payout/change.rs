//! Taking a line out of a draft, and putting it back.

use anyhow::{Result, bail, ensure};

use super::approve::forget_signed;
use super::batch::{BatchLine, sum};
use super::current::Current;
use super::digest::digest;
use super::hold::holds_on;
use super::movement::LEFT_RESERVE;
use super::state::BatchState;
use crate::calendar::day_of;
use crate::error::{Conflict, NotFound};
use crate::ledger::{Account, Entry, EntryKind, Moved, PostedEntry, checked_name, checked_reason, moves, post, summed_balances};
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::Reason;

/// How a draft is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineChange {
    /// The line is taken out; its money is payable again.
    Hold,
    /// A line that was taken out is put back.
    Release,
}

/// A draft with one line less, or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The entry that records it.
    pub posted: PostedEntry,
    /// How it changed the creator's balance.
    pub moves: Vec<Moved>,
    /// What the line comes to, in minor units.
    pub line: i64,
    /// What the batch comes to now, in minor units.
    pub amount: i64,
    /// How many creators it pays now.
    pub creators: usize,
    /// How many signatures of the batch count no more.
    pub void: usize,
}

/// Takes a creator's line out of a draft, or puts it back, whole or not at all. Signatures that were given are void.
///
/// # Errors
///
/// When the batch is no draft, has no such line, or would be left with none; when what would be put back is not payable any more, or
/// the creator is on hold. Nothing is changed then.
pub async fn change_line(
    store: &Store,
    program: &Program,
    change: LineChange,
    (batch_id, creator_id): (&str, &str),
    (by, as_of): (&str, i64),
    reason: &str,
) -> Result<Changed> {
    let (by, reason) = (checked_name(by)?, checked_reason(reason)?);
    let mut tx = store.begin(&program.id).await?;
    let batch = Current::read(&mut tx, &program.id, batch_id, as_of).await?;
    batch.must_be(&[BatchState::Draft], "changed")?;
    let day = day_of(program.time_zone, as_of);
    let (line, lines) = match change {
        LineChange::Hold => without(&batch, creator_id)?,
        LineChange::Release => with(&mut tx, program, &batch, creator_id, day).await?,
    };
    let (kind, source, target, why) = match change {
        LineChange::Hold => (EntryKind::Withheld, Account::Reserved, Account::Payable, Reason::Withheld),
        LineChange::Release => (EntryKind::Restored, Account::Payable, Account::Reserved, Reason::Restored),
    };
    let transfers = [batch.transfer(&line, LEFT_RESERVE, source, target, day, why)];
    let moves = moves(&mut tx, &program.id, &transfers).await?;
    let now = digest(batch_id, &lines);
    let entry = Entry { kind, subject: batch_id, booked_at: as_of, actor: by, reason, program_text: "", facts: &now };
    let posted = post(&mut tx, program, &entry, &transfers).await?;
    show(&mut tx, &program.id, batch_id, change, &line, &now).await?;
    forget_signed(&mut tx, &program.id, batch_id).await?;
    tx.commit("the change of a draft").await?;
    let (amount, void) = (sum(&lines)?, batch.signatures.len());
    Ok(Changed { posted, moves, line: line.amount, amount, creators: lines.len(), void })
}

/// The line, and those that are left.
fn without(batch: &Current, creator_id: &str) -> Result<(BatchLine, Vec<BatchLine>)> {
    let id = &batch.batch_id;
    let (mut line, lines): (Vec<_>, Vec<_>) = batch.lines.iter().cloned().partition(|line| line.creator_id == creator_id);
    let Some(line) = line.pop() else {
        if batch.withheld.contains_key(creator_id) {
            bail!(Conflict(format!("the line of {creator_id} was taken out of batch {id} already; nothing was changed")));
        }
        bail!(NotFound(format!("batch {id} has no line for {creator_id}; nothing was changed. See `purser batch show {id}`")))
    };
    ensure!(
        !lines.is_empty(),
        Conflict(format!(
            "{creator_id} is the only one whom batch {id} pays; reject it instead: `purser batch reject {id} --by NAME`. Nothing was changed"
        ))
    );
    Ok((line, lines))
}

/// The line, and all that there are then.
async fn with(
    tx: &mut Tx,
    program: &Program,
    batch: &Current,
    creator_id: &str,
    day: i32,
) -> Result<(BatchLine, Vec<BatchLine>)> {
    let id = &batch.batch_id;
    let Some(withheld) = batch.withheld.get(creator_id) else {
        if batch.lines.iter().any(|line| line.creator_id == creator_id) {
            bail!(Conflict(format!("batch {id} pays {creator_id} already; nothing was changed")));
        }
        bail!(NotFound(format!("no line of {creator_id} was taken out of batch {id}; nothing was changed")))
    };
    if let Some(hold) = holds_on(tx, &program.id, day, i64::MAX).await?.get(creator_id).and_then(|holds| holds.first()) {
        let (by, kind) = (&hold.by, hold.kind.words());
        bail!(Conflict(format!(
            "{creator_id} is on hold (by {by}): {kind}; release that first, `purser hold release {creator_id}`. Nothing was changed"
        )));
    }
    let payable = summed_balances(tx, &program.id).await?.get(creator_id).map_or(0, |balance| balance.payable);
    ensure!(
        payable >= withheld.amount,
        Conflict(format!(
            "less is payable to {creator_id} now than was taken out of batch {id}; the next payout run pays what is left. Nothing was changed"
        ))
    );
    let line = BatchLine { creator_id: creator_id.to_owned(), amount: withheld.amount };
    let mut lines = batch.lines.clone();
    let at = lines.partition_point(|other| other.creator_id < line.creator_id);
    lines.insert(at, line.clone());
    Ok((line, lines))
}

/// Shows the batch as it is then.
async fn show(tx: &mut Tx, program: &str, batch_id: &str, change: LineChange, line: &BatchLine, digest: &str) -> Result<()> {
    let sql = "UPDATE batches SET digest = $3 WHERE program = $1 AND batch_id = $2";
    tx.execute(sql, &[program.into(), batch_id.into(), digest.into()]).await?;
    let creator = line.creator_id.as_str();
    match change {
        LineChange::Hold => {
            let sql = "DELETE FROM batch_lines WHERE program = $1 AND batch_id = $2 AND creator_id = $3";
            tx.execute(sql, &[program.into(), batch_id.into(), creator.into()]).await?;
        }
        LineChange::Release => {
            let sql = "INSERT INTO batch_lines (program, batch_id, creator_id, amount) VALUES ($1, $2, $3, $4)";
            tx.execute(sql, &[program.into(), batch_id.into(), creator.into(), line.amount.into()]).await?;
        }
    }
    Ok(())
}
