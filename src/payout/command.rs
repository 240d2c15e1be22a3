use anyhow::{Result, bail, ensure};

use super::batch::{BatchLine, BatchState, LINES, line};
use super::draft::{digest, transfer};
use crate::facts::format_time;
use crate::ledger::{Account, Entry, EntryKind, Posted, Transfer, post};
use crate::program::Program;
use crate::reconcile::local::day_of;
use crate::store::{Store, Tx, Value};

/// What a person can decide about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'a> {
    /// A draft may be paid. Not by whoever drafted it.
    Approve,
    /// Its money returns to payable.
    Reject,
    /// Its lines were paid, but for those of the creators named here, whose money returns to payable.
    Settle {
        /// Whose payment failed.
        failed: &'a [String],
    },
}

impl Decision<'_> {
    /// The entry that records it.
    fn entry(self) -> EntryKind {
        match self {
            Self::Approve => EntryKind::Approved,
            Self::Reject => EntryKind::Rejected,
            Self::Settle { .. } => EntryKind::Settled,
        }
    }
}

/// Carries out a decision about a batch, whole or not at all.
///
/// # Errors
///
/// When the batch is not in a state for it, when its drafter approves it, or when one of its creators has come to owe
/// money since; nothing is changed then.
pub async fn decide(
    store: &Store,
    program: &Program,
    decision: Decision<'_>,
    batch_id: &str,
    by: &str,
    as_of: i64,
) -> Result<Posted> {
    ensure!(!by.trim().is_empty(), "say who decides with --by NAME");
    let mut tx = store.begin(&program.id).await?;
    let batch = read(&mut tx, &program.id, batch_id).await?;
    if as_of < batch.created_at {
        let (time, drafted) = (format_time(as_of), format_time(batch.created_at));
        bail!("batch {batch_id} was drafted at {drafted}; it cannot be decided earlier, at {time}");
    }
    let lines: Vec<BatchLine> = tx.rows(LINES, &key(&program.id, batch_id)).await?.iter().map(line).collect::<Result<_>>()?;
    ensure!(
        digest(batch_id, &lines) == batch.digest,
        "the lines of batch {batch_id} are not those that were drafted; nothing was changed"
    );
    let kind = decision.entry();
    let state = batch.after(kind)?;
    match decision {
        Decision::Approve => check_approval(&mut tx, &program.id, &batch, by).await?,
        Decision::Reject => {}
        Decision::Settle { failed } => check_failed(batch_id, &lines, failed)?,
    }
    let day = day_of(program.time_zone, as_of);
    let transfers = transfers(decision, batch_id, &lines, day);
    let entry =
        Entry { kind, subject: batch_id, booked_at: as_of, actor: by, reason: &batch.digest, program_text: "", facts: "" };
    let posted = post(&mut tx, program, &entry, &transfers).await?;
    let approver: Value = if decision == Decision::Approve { by.into() } else { batch.approved_by.as_deref().into() };
    let sql = "UPDATE batches SET state = $3, approved_by = $4 WHERE program = $1 AND batch_id = $2";
    tx.execute(sql, &[program.id.as_str().into(), batch_id.into(), state.word().into(), approver]).await?;
    tx.commit("the decision about a batch").await?;
    Ok(posted)
}

fn key(program: &str, batch_id: &str) -> [Value; 2] {
    [program.into(), batch_id.into()]
}

/// A batch as the transaction sees it.
struct Current {
    batch_id: String,
    state: BatchState,
    digest: String,
    created_at: i64,
    drafted_by: String,
    approved_by: Option<String>,
}

impl Current {
    /// Its state after an entry, if it may have such an entry now.
    fn after(&self, entry: EntryKind) -> Result<BatchState> {
        if let Some(state) = self.state.after(entry) {
            return Ok(state);
        }
        let Self { batch_id, state, .. } = self;
        let wanted: Vec<&str> = BatchState::ALL.into_iter().filter(|s| s.after(entry).is_some()).map(BatchState::word).collect();
        bail!("batch {batch_id} is {}; only a batch that is {} can be {}", state.word(), wanted.join(" or "), entry.name())
    }
}

async fn read(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Current> {
    let sql = "SELECT state, digest, created_at, drafted_by, approved_by FROM batches WHERE program = $1 AND batch_id = $2";
    let rows = tx.rows(sql, &key(program, batch_id)).await?;
    let Some(row) = rows.first() else {
        bail!("the program {program} has no batch {batch_id}; see `purser batch list`");
    };
    Ok(Current {
        batch_id: batch_id.to_owned(),
        state: BatchState::parse(row.text(0)?)?,
        digest: row.text(1)?.to_owned(),
        created_at: row.int(2)?,
        drafted_by: row.text(3)?.to_owned(),
        approved_by: row.optional_text(4)?.map(str::to_owned),
    })
}

async fn check_approval(tx: &mut Tx, program: &str, batch: &Current, by: &str) -> Result<()> {
    if batch.drafted_by == by {
        bail!("{by} drafted batch {} and cannot approve it; somebody else has to", batch.batch_id);
    }
    let sql = "SELECT l.creator_id FROM batch_lines l JOIN balances b ON b.program = l.program AND b.creator_id = l.creator_id \
               WHERE l.program = $1 AND l.batch_id = $2 AND b.payable < 0 ORDER BY l.creator_id";
    let rows = tx.rows(sql, &key(program, &batch.batch_id)).await?;
    let owing: Vec<&str> = rows.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    if let Some(first) = owing.first() {
        let others = if owing.len() > 1 { format!(" and {} others", owing.len() - 1) } else { String::new() };
        bail!(
            "the payable balance of {first}{others} has fallen below zero since batch {} was drafted; \
             reject the batch, and the next payout run drafts anew",
            batch.batch_id
        );
    }
    Ok(())
}

fn check_failed(batch_id: &str, lines: &[BatchLine], failed: &[String]) -> Result<()> {
    match failed.iter().find(|creator| lines.iter().all(|line| line.creator_id != **creator)) {
        Some(creator) => {
            bail!("batch {batch_id} has no line for {creator}; nothing was changed. See `purser batch show {batch_id}`")
        }
        None => Ok(()),
    }
}

/// What moves: an approval only says so; a rejection returns the reserved money; a settlement pays it out by way of
/// the batch's clearing account.
fn transfers<'a>(decision: Decision<'_>, batch_id: &'a str, lines: &'a [BatchLine], day: i32) -> Vec<Transfer<'a>> {
    let each = |line: &'a BatchLine| match decision {
        Decision::Approve => Vec::new(),
        Decision::Reject => vec![transfer(batch_id, line, 1, Account::Reserved, Account::Payable, day, "rejected")],
        Decision::Settle { failed } if failed.contains(&line.creator_id) => {
            vec![transfer(batch_id, line, 1, Account::Reserved, Account::Payable, day, "failed")]
        }
        Decision::Settle { .. } => vec![
            transfer(batch_id, line, 1, Account::Reserved, Account::Clearing, day, "settled"),
            transfer(batch_id, line, 2, Account::Clearing, Account::Cash, day, "settled"),
        ],
    };
    lines.iter().flat_map(each).collect()
}
