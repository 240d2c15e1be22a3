//! Payment files that were written, and of which the journal knows nothing: the database was restored from a backup of before the
//! export, or the export was cut short just before it was recorded. The bank may have them, so nobody in them is paid by another batch.
//!
//! What a batch is called, and what its payments are called at the bank, derives from its number and its creators. So a payout as of the same time
//! drafts the batch again that was lost, an export of it takes up the file that was written, and the bank's answers fit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::batch::{Batch, LINES, key, line};
use super::export::list_of;
use super::files::{FileFormat, Payment};
use super::kept::{Bundle, SEALED, kept_lists, kept_of, opened};
use crate::calendar::format_time;
use crate::error::Conflict;
use crate::payees::Keyring;
use crate::program::Program;
use crate::store::Tx;

/// A kept export of which no entry knows.
struct Lost {
    batch_id: String,
    format: FileFormat,
    digest: String,
    path: PathBuf,
}

/// The kept exports of a program of which no entry knows.
async fn lost(tx: &mut Tx, program: &str, folder: &Path) -> Result<Vec<Lost>> {
    let sql = "SELECT facts FROM entries WHERE program = $1 AND kind = 'exported'";
    let mut known = BTreeSet::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        known.insert(row.text(0)?.to_owned());
    }
    let one = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.strip_suffix(SEALED)?.strip_suffix('.')?;
        let mut parts = name.rsplitn(3, '.');
        let (digest, format, batch_id) = (parts.next()?, FileFormat::parse(parts.next()?)?, parts.next()?);
        let number = batch_id.strip_prefix(program)?.strip_prefix('-')?;
        let is_ours = number.bytes().all(|byte| byte.is_ascii_digit()) && !known.contains(digest);
        let (batch_id, digest) = (batch_id.to_owned(), digest.to_owned());
        is_ours.then_some(Lost { batch_id, format, digest, path })
    };
    Ok(kept_of(folder, &format!("{program}-"))?.into_iter().filter_map(one).collect())
}

/// Refuses to draft a batch, in the transaction that drafts it, while there is a payment file of a batch that the ledger does not know: it may pay
/// the same money. The draft of that batch itself, with the lines that it had, is not refused, nor is one as of an earlier time.
///
/// # Errors
///
/// When it is so, or when what is kept cannot be opened.
pub async fn refuse_lost(tx: &mut Tx, program: &Program, batch: &Batch, (folder, keyring): (&Path, &Keyring)) -> Result<()> {
    // The money of these is set aside, or was paid. That of a rejected one is payable again.
    let sql = "SELECT batch_id FROM batches WHERE program = $1 AND state <> 'rejected' AND batch_id <> $2";
    let mut known = BTreeSet::new();
    for row in tx.rows(sql, &[program.id.as_str().into(), batch.batch_id.as_str().into()]).await? {
        known.insert(row.text(0)?.to_owned());
    }
    let lines = tx.rows(LINES, &key(&program.id, &batch.batch_id)).await?;
    let lines = lines.iter().map(line).collect::<Result<Vec<_>>>()?;
    let amounts: BTreeMap<&str, i64> = lines.iter().map(|line| (line.creator_id.as_str(), line.amount)).collect();
    for lost in lost(tx, &program.id, folder).await? {
        let is_this = lost.batch_id == batch.batch_id;
        if known.contains(&lost.batch_id) {
            continue;
        }
        let Bundle { payments, drafted_at, .. } = opened(keyring, &lost.batch_id, lost.format, &lost.path)?;
        let has = |payment: &Payment| amounts.get(payment.creator_id.as_str()) == Some(&payment.amount);
        let is_sound = if is_this { payments.iter().all(has) } else { drafted_at.is_some_and(|then| then > batch.created_at) };
        if !is_sound {
            bail!(refusal(program, &lost.batch_id, &lost.path, drafted_at));
        }
    }
    // A list of all its creators, which the data folder has of a batch by that name.
    for path in kept_lists(folder, &program.id)? {
        let batch_id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        let is_this = batch_id == batch.batch_id;
        if known.contains(&batch_id) {
            continue;
        }
        let list = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if !is_this || list != list_of(program, &batch_id, &lines)? {
            bail!(refusal(program, &batch_id, &path, None));
        }
    }
    Ok(())
}

fn refusal(program: &Program, batch_id: &str, path: &Path, drafted_at: Option<i64>) -> Conflict {
    let (id, file) = (&program.id, path.display());
    let time = drafted_at.map_or_else(|| "TIME".to_owned(), format_time);
    Conflict(format!(
        "nothing was drafted: {file} is a payment file of batch {batch_id}, which the bank may have, and the ledger does not know that batch as it was. It \
         was probably restored from a backup of before the export, and the draft would pay the same money again. Draft batch {batch_id} again as it was, on the \
         restored ledger before anything else is posted: `purser run nightly payout --program {id} --as-of {time}`, with the time at which it was drafted; have it \
         approved, export it as it was exported, which takes up that file, and do not give it to the bank a second time; then `purser batch import` \
         what the bank says (BACKUP.md). If you are certain that no bank has it, move the file out of the data folder"
    ))
}

/// The kept file of a batch and format of which no entry knows, where it holds the payments that are to be made: an export takes it up.
///
/// # Errors
///
/// When it holds others.
pub(super) async fn take_up(
    tx: &mut Tx,
    program: &Program,
    (batch_id, format): (&str, FileFormat),
    (folder, keyring): (&Path, &Keyring),
    payments: &[Payment],
) -> Result<Option<(String, Bundle)>> {
    for lost in lost(tx, &program.id, folder).await? {
        if lost.batch_id != batch_id || lost.format != format {
            continue;
        }
        let bundle = opened(keyring, batch_id, format, &lost.path)?;
        if bundle.payments != payments {
            bail!(Conflict(format!(
                "{} is a payment file of batch {batch_id} that the bank may have, and of which the ledger does not know: it was restored from a backup, or the \
                 export was cut short. It pays other amounts or accounts than were approved now, so nothing was exported. Compare it with what the bank says; \
                 if you are certain that no bank has it, move the file out of the data folder",
                lost.path.display()
            )));
        }
        return Ok(Some((lost.digest, bundle)));
    }
    Ok(None)
}
