//! Exporting a batch as payment files: recorded, kept encrypted, and then written.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::bound::changed_since;
use super::conversion::Conversions;
use super::current::Current;
use super::export::is_list;
use super::files::{FileFormat, LeftOut, Plan, converted_sums, make, plan};
use super::hold::refuse_held;
use super::kept::{Bundle, keep, kept_file, kept_of, opened};
use super::sheet::draft_entry;
use super::state::BatchState;
use super::unrecorded::take_up;
use crate::calendar::format_time;
use crate::effect::{remove, write_file};
use crate::error::{Conflict, Invalid};
use crate::ledger::{Entry, EntryKind, JournalEntry, checked_name, entries_of_batch, post};
use crate::money::Currency;
use crate::payees::{Keyring, Payees};
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::counted;

/// Why somebody is left out whose details are not those that were approved.
const CHANGED: &str = "their payment details changed after the approval";

/// How many creators a message names.
const NAMED: usize = 10;

/// What is exported, and to where.
pub struct FileRequest<'a> {
    /// As what.
    pub format: FileFormat,
    /// The file; several get -1, -2 and so on before its ending. None where nobody wants them as files now.
    pub out: Option<&'a Path>,
    /// Go on though somebody is left out.
    pub allow_missing: bool,
    /// The folder in which what was exported is kept.
    pub folder: &'a Path,
    /// The keys under which.
    pub keyring: &'a Keyring,
}

/// Payment files that were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFiles {
    /// The journal entry that says so.
    pub entry: i64,
    /// Who exported them first.
    pub by: String,
    /// When (microseconds since 1970).
    pub at: i64,
    /// Whether they had been exported before: the same bytes were written again.
    pub again: bool,
    /// Whether the batch is settled: what they name was paid, or failed.
    pub settled: bool,
    /// The hash of what is kept of them, in hexadecimal digits.
    pub digest: String,
    /// Where they were written.
    pub paths: Vec<PathBuf>,
    /// How many payments they hold.
    pub payments: usize,
    /// What they come to, in minor units of the program's currency.
    pub amount: i64,
    /// What of that is paid in other currencies, by currency, in minor units of it.
    pub converted: Vec<(Currency, i64)>,
    /// On which day the bank pays, where they say so.
    pub pays_on: Option<String>,
    /// What they write otherwise than it was given.
    pub notes: Vec<String>,
    /// Who is in no file.
    pub left: Vec<LeftOut>,
    /// How many creators are left for other formats.
    pub elsewhere: Vec<(FileFormat, usize)>,
}

/// Writes the payment files of an approved batch for one rail. The journal says so before a file is there, and holds the hash of
/// what is kept of it, encrypted: files, payees and all. A repeat writes the same bytes, whatever payees have become. A batch can be
/// exported once for each rail; who is in a file already is in no other.
///
/// # Errors
///
/// When the batch is not approved, was exported as a list of all its creators, or pays nobody by this rail; when somebody has no
/// details that can be used, unless that is allowed; when a key or something in the program file is missing. Nothing is
/// exported then. When a file cannot be written: a repeat writes it.
pub async fn export_files(
    store: &Store,
    program: &Program,
    batch_id: &str,
    (by, as_of): (&str, i64),
    request: &FileRequest<'_>,
    payees: Result<Payees>,
) -> Result<ExportedFiles> {
    let by = checked_name(by)?;
    let mut tx = store.begin(&program.id).await?;
    let batch = Current::read(&mut tx, &program.id, batch_id, as_of).await?;
    batch.must_be(&[BatchState::Approved, BatchState::Exported, BatchState::Settled], "exported")?;
    let before = exports(&mut tx, program, &batch, request).await?;
    let (entry, bundle, again) = match before.iter().position(|(_, bundle)| bundle.format == request.format) {
        Some(at) => {
            let (entry, bundle) = before.into_iter().nth(at).context("it is there")?;
            (entry, bundle, true)
        }
        None => {
            batch.must_be(&[BatchState::Approved, BatchState::Exported], "exported to other files")?;
            refuse_held(&mut tx, program, &batch, as_of, "exported").await?;
            let paid = before.iter().flat_map(|(_, bundle)| &bundle.payments).map(|payment| payment.creator_id.clone()).collect();
            let erased = erased_creators(&mut tx, &program.id).await?;
            let payees = payees?.without(&erased);
            let approved = (batch.signatures.last(), batch.lines.as_slice());
            let changed = changed_since(&mut tx, &program.id, batch_id, approved, (&payees, &erased), request.keyring).await?;
            let conversions = Conversions::signed(&mut tx, &program.id, batch_id).await?;
            let mut bundle = bundle(program, &batch, as_of, request, (&payees, &conversions, &changed), &paid)?;
            bundle.drafted_at = Some(draft_entry(&mut tx, &program.id, batch_id).await?.booked_at);
            let (which, where_to) = ((batch_id, request.format), (request.folder, request.keyring));
            let (digest, bundle) = match take_up(&mut tx, program, which, where_to, &bundle.payments).await? {
                Some(written) => written,
                None => (keep(&bundle, batch_id, where_to)?, bundle),
            };
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
            let posted = exported(&mut tx, &program.id, batch_id).await?.pop().context("the export was just posted")?;
            tx.commit("the export of a batch").await?;
            tx = store.begin(&program.id).await?;
            (posted, bundle, false)
        }
    };
    // Nobody can void the batch until the files are there, so none of a voided batch are written.
    let written = Current::read(&mut tx, &program.id, batch_id, as_of).await?;
    written.must_be(&[BatchState::Exported, BatchState::Settled], "written as payment files")?;
    forget_unrecorded(batch_id, request, &entry.facts)?;
    let paths = request.out.map_or_else(Vec::new, |out| paths(out, bundle.files.len()));
    for (path, text) in paths.iter().zip(&bundle.files) {
        write_file(path, |file| Ok(file.write_all(text.as_bytes())?)).with_context(|| {
            format!("batch {batch_id} is exported, but its payment files were not all written; run the same command again")
        })?;
    }
    let amount =
        bundle.payments.iter().try_fold(0i64, |sum, payment| sum.checked_add(payment.amount)).context("the sum is too large")?;
    Ok(ExportedFiles {
        entry: entry.entry,
        by: entry.actor,
        at: entry.booked_at,
        again,
        settled: written.state == BatchState::Settled,
        digest: entry.facts,
        paths,
        payments: bundle.payments.len(),
        amount,
        converted: converted_sums(&bundle.payments)?,
        pays_on: bundle.pays_on,
        notes: bundle.notes,
        left: bundle.left,
        elsewhere: bundle.elsewhere,
    })
}

/// Makes what is to be exported.
fn bundle(
    program: &Program,
    batch: &Current,
    as_of: i64,
    request: &FileRequest<'_>,
    (payees, conversions, changed): (&Payees, &Conversions, &BTreeSet<String>),
    paid: &BTreeSet<String>,
) -> Result<Bundle> {
    let (format, id) = (request.format, &batch.batch_id);
    let Plan { payments, notes, mut left, elsewhere } =
        plan(program, id, &batch.lines, (&payees.clone().without(changed), Some(conversions)), format, paid);
    for left in left.iter_mut().filter(|left| changed.contains(&left.creator_id)) {
        CHANGED.clone_into(&mut left.why);
    }
    if !left.is_empty() && !request.allow_missing {
        let named =
            left.iter().take(NAMED).map(|left| format!("{}: {}", left.creator_id, left.why)).collect::<Vec<_>>().join("\n");
        let more = left.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("\nand {}", counted(more, "other", "others")) } else { String::new() };
        let to_do = match (left.iter().any(|left| changed.contains(&left.creator_id)), batch.state) {
            (false, _) => "Add their details to the source of payees, and export again".to_owned(),
            (true, BatchState::Approved) => format!(
                "Where details changed, have the batch approved again as it is now, `purser batch approve {id} --by NAME`; or reject it, and \
                 the next payout run drafts it anew"
            ),
            (true, _) => "Where details changed, put back those that were approved, and export again".to_owned(),
        };
        bail!(Conflict(format!(
            "batch {id} would leave out {}:\n{named}{more}\n{to_do}; or export without \
             them with --allow-missing: their money stays reserved, and `purser batch settle {id} --failed CREATOR` makes it payable in a \
             later batch. Nothing was exported",
            counted(left.len(), "creator", "creators")
        )));
    }
    if payments.is_empty() {
        let others: Vec<String> = elsewhere.keys().map(|format| format!("--format {format}")).collect();
        let others = if others.is_empty() { String::new() } else { format!("; of the rest, export with {}", others.join(", ")) };
        bail!(Conflict(format!("batch {id} has nobody left to pay by {}{others}. Nothing was exported", format.rail())));
    }
    let (files, pays_on) = make(program, id, as_of, format, &payments)?;
    Ok(Bundle { format, drafted_at: None, payments, files, pays_on, notes, left, elsewhere: elsewhere.into_iter().collect() })
}

/// An export of a batch as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptExport {
    /// The entry that says so.
    pub entry: i64,
    /// Who exported it.
    pub by: String,
    /// When (microseconds since 1970).
    pub at: i64,
    /// As what.
    pub format: FileFormat,
    /// The files.
    pub files: Vec<String>,
    /// How many payments they hold.
    pub payments: usize,
    /// On which day the bank pays, where they say so.
    pub pays_on: Option<String>,
}

/// Every payment file that was exported of a batch, oldest first, as it is kept. It writes nothing.
///
/// # Errors
///
/// When the batch was exported as a list of all its creators, or when what is kept is gone or cannot be opened.
pub async fn kept_exports(
    store: &Store,
    program: &Program,
    batch_id: &str,
    request: &FileRequest<'_>,
) -> Result<Vec<KeptExport>> {
    let mut tx = store.snapshot().await?;
    let batch = Current::read(&mut tx, &program.id, batch_id, i64::MAX).await?;
    let kept = exports(&mut tx, program, &batch, request).await?;
    let kept = kept.into_iter().map(|(entry, bundle)| KeptExport {
        entry: entry.entry,
        by: entry.actor,
        at: entry.booked_at,
        format: bundle.format,
        payments: bundle.payments.len(),
        files: bundle.files,
        pays_on: bundle.pays_on,
    });
    Ok(kept.collect())
}

/// Creators who were erased, as the transaction sees it: what it keeps names none of them.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn erased_creators(tx: &mut Tx, program: &str) -> Result<BTreeSet<String>> {
    let sql = "SELECT subject FROM erasures WHERE program = $1 AND kind = 'creator'";
    tx.rows(sql, &[program.into()]).await?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Every export of a batch, oldest first, with what is kept of it.
///
/// # Errors
///
/// When one was the list of all creators: another file would pay them a second time. When what is kept is gone, or cannot be opened.
async fn exports(
    tx: &mut Tx,
    program: &Program,
    batch: &Current,
    request: &FileRequest<'_>,
) -> Result<Vec<(JournalEntry, Bundle)>> {
    let id = &batch.batch_id;
    let mut found = Vec::new();
    for entry in exported(tx, &program.id, id).await? {
        if is_list(program, batch, &entry.facts)? {
            bail!(Conflict(format!(
                "batch {id} was exported as a list of all its creators by {} at {}; another file would pay them a second time. Nothing was \
                 exported",
                entry.actor,
                format_time(entry.booked_at)
            )));
        }
        let kept = FileFormat::ALL.iter().map(|format| (*format, kept_file(request.folder, id, *format, &entry.facts)));
        let Some((format, path)) = kept.into_iter().find(|(_, path)| path.exists()) else {
            bail!(Conflict(format!(
                "what {} exported of batch {id} at {} is not kept any more: somebody in it was erased, or the data folder is not the one it \
                 was. Without it nobody can say whom another file would pay a second time. Nothing was exported",
                entry.actor,
                format_time(entry.booked_at)
            )));
        };
        let sealed = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if blake3::hash(&sealed).to_hex().as_str() != entry.facts {
            bail!(Conflict(format!("{} is not what was exported: run `purser check`, and restore it", path.display())));
        }
        found.push((entry, opened(request.keyring, id, format, &path)?));
    }
    Ok(found)
}

async fn exported(tx: &mut Tx, program: &str, batch_id: &str) -> Result<Vec<JournalEntry>> {
    let entries = entries_of_batch(tx, program, batch_id).await?;
    Ok(entries.into_iter().filter(|entry| entry.kind == EntryKind::Exported).collect())
}

/// Removes what an export left that was cut short before the journal knew of it.
fn forget_unrecorded(batch_id: &str, request: &FileRequest<'_>, digest: &str) -> Result<()> {
    let recorded = kept_file(request.folder, batch_id, request.format, digest);
    let begin = format!("{batch_id}.{}.", request.format);
    kept_of(request.folder, &begin)?.iter().filter(|path| **path != recorded).try_for_each(|path| remove(path))
}

/// Forgets what is kept of exports of these batches: they name somebody who is erased. Answers how many there were.
///
/// # Errors
///
/// When one cannot be removed.
pub fn forget_exports(folder: &Path, batches: &[String]) -> Result<u64> {
    let mut count = 0;
    for batch_id in batches {
        for format in FileFormat::ALL {
            for path in kept_of(folder, &format!("{batch_id}.{format}."))? {
                remove(&path)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

/// Where so many files go that were asked for under one name.
fn paths(out: &Path, count: usize) -> Vec<PathBuf> {
    if count == 1 {
        return vec![out.to_owned()];
    }
    let stem = out.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = out.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    (1..=count).map(|number| out.with_file_name(format!("{stem}-{number}{ending}"))).collect()
}

/// Refuses to write readable files where encrypted ones are kept.
///
/// # Errors
///
/// When it is so.
pub fn refuse_inside(out: &Path, data: &Path) -> Result<(), Invalid> {
    if out.starts_with(data) {
        return Err(Invalid(format!(
            "{} lies in the data folder, where details of payees are only kept encrypted; name another place with --out",
            out.display()
        )));
    }
    Ok(())
}
