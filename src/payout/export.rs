use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::current::Current;
use super::state::BatchState;
use crate::effect::write_file;
use crate::ledger::{Entry, EntryKind, checked_name, entry_about, post};
use crate::money::format_minor;
use crate::program::Program;
use crate::store::{Store, Tx};

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
}

/// Writes the payment list of an approved batch: creator_id, amount, currency, reference (the batch), by creator. The
/// journal says so before the file is there, so no list is about that the ledger does not know; a repeat writes the same
/// bytes.
///
/// # Errors
///
/// When the batch is not approved, or the file cannot be written; a repeat writes it then.
pub async fn export(store: &Store, program: &Program, batch_id: &str, by: &str, as_of: i64, path: &Path) -> Result<Exported> {
    let by = checked_name(by)?;
    let mut tx = store.begin(&program.id).await?;
    let batch = Current::read(&mut tx, &program.id, batch_id, as_of).await?;
    batch.must_be(&[BatchState::Approved, BatchState::Exported], "exported")?;
    let list = payment_list(program, &batch)?;
    let digest = blake3::hash(&list).to_hex().to_string();
    let exported = if batch.state == BatchState::Exported {
        before(&mut tx, program, batch_id, &digest).await?
    } else {
        let entry = Entry {
            kind: EntryKind::Exported,
            subject: batch_id,
            booked_at: as_of,
            actor: by,
            reason: &batch.digest,
            program_text: "",
            facts: &digest,
        };
        let posted = post(&mut tx, program, &entry, &[]).await?;
        batch.show(&mut tx, &program.id, BatchState::Exported, batch.approved_by.as_deref()).await?;
        Exported { entry: posted.head.entry, by: by.to_owned(), at: as_of, again: false }
    };
    if exported.again {
        drop(tx);
    } else {
        tx.commit("the export of a batch").await?;
    }
    write_file(path, |file| Ok(file.write_all(&list)?)).with_context(|| {
        format!("batch {batch_id} is exported, but its payment list was not written; run the same command again to write it")
    })?;
    Ok(exported)
}

fn payment_list(program: &Program, batch: &Current) -> Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new().from_writer(Vec::new());
    out.write_record(["creator_id", "amount", "currency", "reference"])?;
    for line in &batch.lines {
        let amount = format_minor(line.amount, program.currency.exponent());
        out.write_record([&line.creator_id, &amount, program.currency.code(), &batch.batch_id])?;
    }
    out.into_inner().context("the payment list cannot be written as CSV")
}

async fn before(tx: &mut Tx, program: &Program, batch_id: &str, digest: &str) -> Result<Exported> {
    let entry = entry_about(tx, &program.id, EntryKind::Exported, batch_id).await?;
    let entry =
        entry.with_context(|| format!("batch {batch_id} is exported, but no journal entry says so; verify the ledger"))?;
    ensure!(
        entry.facts == digest,
        "the payment list of batch {batch_id} would not be the one that was exported; nothing was written. Verify the ledger"
    );
    Ok(Exported { entry: entry.entry, by: entry.actor, at: entry.booked_at, again: true })
}
