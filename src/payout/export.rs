use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};

use super::batch::BatchLine;
use super::current::Current;
use super::hold::refuse_held;
use super::state::BatchState;
use crate::effect::write_file;
use crate::error::Conflict;
use crate::ledger::{Entry, EntryKind, checked_name, entry_about, post};
use crate::money::format_minor;
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::without_formula;

/// A payment list that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The journal entry that says so.
    pub entry: i64,
    /// Who exported it first.
    pub by: String,
    /// When (microseconds since 1970).
    pub at: i64,
    /// Whether it had been exported before: the same bytes were written again.
    pub again: bool,
    /// Whether the batch is settled: what the list names was paid, or failed.
    pub settled: bool,
    /// The hash of the list's bytes, in hexadecimal digits.
    pub digest: String,
}

/// Writes the payment list of an approved batch: creator_id, amount, currency, reference (the batch), by creator. An id
/// that a spreadsheet would take for a formula begins with an apostrophe. The
/// journal says so before the file is there, so no list is about that the ledger does not know; a repeat, also once the batch
/// is settled, writes the same bytes.
///
/// # Errors
///
/// When the batch is not approved, when one of its creators was put on hold since, or when the file cannot be written; a repeat
/// writes it then.
pub async fn export(store: &Store, program: &Program, batch_id: &str, by: &str, as_of: i64, path: &Path) -> Result<Exported> {
    let by = checked_name(by)?;
    let mut tx = store.begin(&program.id).await?;
    let batch = Current::read(&mut tx, &program.id, batch_id, as_of).await?;
    batch.must_be(&[BatchState::Approved, BatchState::Exported, BatchState::Settled], "exported")?;
    let list = payment_list(program, &batch, without_formula)?;
    let digest = digest_of(&list);
    let first = if batch.state == BatchState::Approved {
        refuse_held(&mut tx, program, &batch, as_of, "exported").await?;
        let entry = Entry {
            kind: EntryKind::Exported,
            subject: batch_id,
            booked_at: as_of,
            actor: by,
            reason: &batch.digest,
            program_text: "",
            facts: &digest,
        };
        post(&mut tx, program, &entry, &[]).await?;
        batch.show(&mut tx, &program.id, BatchState::Exported, batch.approved_by.as_deref()).await?;
        tx.commit("the export of a batch").await?;
        tx = store.begin(&program.id).await?;
        true
    } else {
        false
    };
    // Nobody can void the batch until the list is there, so no list of a voided batch is written.
    let written = Current::read(&mut tx, &program.id, batch_id, as_of).await?;
    written.must_be(&[BatchState::Exported, BatchState::Settled], "written as a payment list")?;
    let exported = before(&mut tx, program, batch_id).await?;
    // An older purser wrote ids as they are; what was exported by it is written again as it was.
    let lists = [list, payment_list(program, &batch, |id| Cow::Borrowed(id))?];
    let list = lists.iter().find(|list| digest_of(list) == exported.digest).with_context(|| {
        Conflict(format!(
            "the payment list of batch {batch_id} would differ from the one that was exported; nothing was written. If it was exported as \
             payment files, the list would pay them again: give the same --format. If not, verify the ledger"
        ))
    })?;
    write_file(path, |file| Ok(file.write_all(list)?)).with_context(|| {
        format!("batch {batch_id} is exported, but its payment list was not written; run the same command again to write it")
    })?;
    let settled = written.state == BatchState::Settled;
    Ok(Exported { again: !first, settled, ..exported })
}

/// What stands in the payment list of a voided batch.
pub fn void_text(batch_id: &str) -> String {
    format!(
        "VOID. DO NOT PAY. Batch {batch_id} was voided; what it would have paid is payable again, in another batch.\n\
         Destroy every copy of its payment list.\n"
    )
}

/// Marks a payment list that is still about as void, so that no bank takes it, and a reader sees why.
///
/// # Errors
///
/// When it cannot be written.
pub fn mark_void(list: &Path, batch_id: &str) -> Result<()> {
    if !list.exists() {
        return Ok(());
    }
    write_file(list, |file| Ok(file.write_all(void_text(batch_id).as_bytes())?))
        .with_context(|| format!("the payment list of batch {batch_id} was not marked as void, so the batch is not voided"))
}

/// The list of all these lines, as this version writes it.
pub(super) fn list_of(program: &Program, batch_id: &str, lines: &[BatchLine]) -> Result<Vec<u8>> {
    list(program, batch_id, lines, without_formula)
}

fn payment_list(program: &Program, batch: &Current, cell: fn(&str) -> Cow<'_, str>) -> Result<Vec<u8>> {
    list(program, &batch.batch_id, &batch.lines, cell)
}

/// `cell` writes an id.
fn list(program: &Program, batch_id: &str, lines: &[BatchLine], cell: fn(&str) -> Cow<'_, str>) -> Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new().from_writer(Vec::new());
    out.write_record(["creator_id", "amount", "currency", "reference"])?;
    for line in lines {
        let amount = format_minor(line.amount, program.currency.exponent());
        out.write_record([cell(&line.creator_id).as_ref(), &amount, program.currency.code(), batch_id])?;
    }
    out.into_inner().context("the payment list cannot be written as CSV")
}

fn digest_of(list: &[u8]) -> String {
    blake3::hash(list).to_hex().to_string()
}

/// Whether a digest is that of the list of all creators, as this version or an older one writes it.
pub(super) fn is_list(program: &Program, batch: &Current, digest: &str) -> Result<bool> {
    let lists = [payment_list(program, batch, without_formula)?, payment_list(program, batch, |id| Cow::Borrowed(id))?];
    Ok(lists.iter().any(|list| digest_of(list) == digest))
}

/// How the journal says it was exported.
async fn before(tx: &mut Tx, program: &Program, batch_id: &str) -> Result<Exported> {
    let entry = entry_about(tx, &program.id, EntryKind::Exported, batch_id).await?;
    let entry = entry.with_context(|| {
        Conflict(format!("batch {batch_id} was settled without a payment list; there is none to write again"))
    })?;
    Ok(Exported { entry: entry.entry, by: entry.actor, at: entry.booked_at, again: true, settled: false, digest: entry.facts })
}
