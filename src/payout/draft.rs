use std::collections::{BTreeSet, HashSet};

use anyhow::Result;

use super::batch::{Batch, BatchLine, sum};
use super::digest::digest;
use super::export_files::erased_creators;
use super::files::{FileFormat, plan};
use super::hold::follow_details;
use super::movement::{SET_ASIDE, transfer};
use super::state::BatchState;
use crate::calendar::day_of;
use crate::facts::Creator;
use crate::ledger::{Account, Entry, EntryKind, Transfer, post, summed_balances};
use crate::payees::Payees;
use crate::program::Program;
use crate::store::Tx;
use crate::vocabulary::Reason;

/// Drafts a batch of every payable balance that is due (`RULES.md`, section 13: Payout); none where nobody has one.
///
/// A balance is due when it is above zero and reaches the program's minimum, or when none of the creator's rows is
/// active at `as_of`: a last balance is not kept back. Creators on hold are left out. Where `payees` are given, a creator who is due and
/// has no details by which they can be paid is put on hold for that, and released once there are some; the caller commits that, also where
/// there is no batch.
pub async fn draft(
    tx: &mut Tx,
    program: &Program,
    creators: &[Creator],
    (actor, as_of): (&str, i64),
    payees: Option<&Payees>,
) -> Result<Option<Batch>> {
    let active: HashSet<&str> =
        creators.iter().filter(|c| c.active_from <= as_of && as_of < c.active_to).map(|c| c.creator_id.as_str()).collect();
    let mut lines = Vec::new();
    for (creator_id, balance) in summed_balances(tx, &program.id).await? {
        let amount = balance.payable;
        if amount > 0 && (amount >= program.payout.minimum || !active.contains(creator_id.as_str())) {
            lines.push(BatchLine { creator_id, amount });
        }
    }
    let mut unpayable: Vec<String> = payees.map(|payees| without_details(program, &lines, payees)).unwrap_or_default();
    // Of a creator who was erased nothing is missing that anybody could add: they are paid by hand.
    let erased = erased_creators(tx, &program.id).await?;
    unpayable.retain(|creator| !erased.contains(creator));
    let has_details = |creator: &str| {
        let amount = lines.iter().find(|line| line.creator_id == creator).map_or(1, |line| line.amount);
        let line = BatchLine { creator_id: creator.to_owned(), amount };
        erased.contains(creator) || payees.is_some_and(|payees| without_details(program, &[line], payees).is_empty())
    };
    let holds = follow_details(tx, program, (actor, as_of), &unpayable, has_details).await?;
    lines.retain(|line| !holds.contains_key(&line.creator_id));
    if lines.is_empty() {
        return Ok(None);
    }
    let drafted = "SELECT COUNT(*) FROM entries WHERE program = $1 AND kind = 'drafted'";
    let counted = tx.rows(drafted, &[program.id.as_str().into()]).await?;
    let number = counted.first().map_or(Ok(0), |row| row.int(0))? + 1;
    let batch_id = format!("{}-{number:04}", program.id);
    let amount = sum(&lines)?;
    let batch = Batch {
        digest: digest(&batch_id, &lines),
        state: BatchState::Draft,
        creators: i64::try_from(lines.len())?,
        amount,
        created_at: as_of,
        drafted_by: actor.to_owned(),
        signatures: Vec::new(),
        approved_by: None,
        in_question: 0,
        batch_id,
    };
    let day = day_of(program.time_zone, as_of);
    let transfers: Vec<Transfer<&str>> = lines
        .iter()
        .map(|line| transfer(&batch.batch_id, line, SET_ASIDE, Account::Payable, Account::Reserved, day, Reason::Reserved))
        .collect();
    let entry = Entry {
        kind: EntryKind::Drafted,
        subject: &batch.batch_id,
        booked_at: as_of,
        actor,
        reason: "",
        program_text: &program.text_hash,
        facts: "",
    };
    post(tx, program, &entry, &transfers).await?;
    show(tx, program, &batch, number, &lines).await?;
    Ok(Some(batch))
}

/// The creators of these lines whom no payment file can pay, by id.
fn without_details(program: &Program, lines: &[BatchLine], payees: &Payees) -> Vec<String> {
    // Whom nobody can pay is the same for each format. An exchange rate is due at the approval.
    let plan = plan(program, "", lines, (payees, None), FileFormat::ALL[0], &BTreeSet::new());
    plan.left.into_iter().map(|left| left.creator_id).collect()
}

async fn show(tx: &mut Tx, program: &Program, batch: &Batch, number: i64, lines: &[BatchLine]) -> Result<()> {
    let sql = "INSERT INTO batches (program, batch_id, number, state, digest, created_at, drafted_by) VALUES ($1, $2, $3, 'draft', $4, $5, $6)";
    let id = batch.batch_id.as_str();
    let digest = batch.digest.as_str();
    let by = batch.drafted_by.as_str();
    tx.execute(sql, &[program.id.as_str().into(), id.into(), number.into(), digest.into(), batch.created_at.into(), by.into()])
        .await?;
    for line in lines {
        let sql = "INSERT INTO batch_lines (program, batch_id, creator_id, amount) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, &[program.id.as_str().into(), id.into(), line.creator_id.as_str().into(), line.amount.into()]).await?;
    }
    Ok(())
}
