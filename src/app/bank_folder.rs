//! The step `answers`: imports what banks answered from the folder that the program file names, each file once. Nothing is moved or
//! deleted there: what was imported is known by its content.
//!
//! A file that cannot be imported holds up no other. The operator is alerted to it by name, and each run tries it again. Such an alert lasts as
//! long as its file, which somebody takes out of the folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, ensure};

use super::answers::{Imported, import_admitted};
use super::report::AnswersReport;
use super::session::Session;
use crate::alerts::{Alert, BANK_FILES, BankFile, clear_one, open_about, raise};
use crate::error::{Invalid, is_transient};
use crate::facts::blocking;
use crate::payout::{LARGEST_ANSWER, is_bank_file_known, note_bank_file};

/// How long a file has been left alone before it is read (microseconds): somebody may be writing it still.
const AT_REST: i64 = 60_000_000;

/// The files of a folder.
#[derive(Default)]
struct Listed {
    /// Those that can be read, by name.
    at_rest: Vec<PathBuf>,
    /// How many somebody may be writing still.
    young: usize,
}

/// A file that was read.
struct Read {
    name: String,
    /// What it holds, or why that cannot be read.
    text: Result<String>,
    /// The hash of that; of its name where it cannot be read.
    digest: String,
}

/// Imports every file that is not known yet.
///
/// # Errors
///
/// When the folder cannot be read, or the database cannot be used. That a file cannot be imported is no error.
pub(super) async fn answers(session: &Session<'_>) -> Result<AnswersReport> {
    let folder = session.program.payout.answers.clone();
    let folder = folder.with_context(|| Invalid("[payout] names no folder of banks' answers".to_owned()))?;
    let now = session.options.now;
    let Listed { at_rest, young } = blocking(move || list(&folder, now)).await?;
    let mut report = AnswersReport { young, ..AnswersReport::default() };
    let (mut there, mut lasting) = (BTreeSet::new(), BTreeSet::new());
    for path in at_rest {
        let file = blocking(move || Ok(read(&path))).await?;
        // A copy under another name is the same file.
        if there.insert(file.digest.clone()) {
            lasting.insert(one(session, &file, &mut report).await?.key());
        }
    }
    // What is being written may be what an alert is about.
    if young == 0 && !session.options.dry_run {
        end_alerts(session, &lasting).await?;
    }
    Ok(report)
}

/// Imports a file, unless it is known. Answers the alert that may be open about it: it lasts as long as the file is there.
async fn one(session: &Session<'_>, file: &Read, report: &mut AnswersReport) -> Result<Alert> {
    let Session { at, program, options, .. } = *session;
    let Read { name, text, digest } = file;
    let about = BankFile { program, name, digest, at: options.now };
    if is_bank_file_known(&mut at.store.snapshot().await?, &program.id, digest).await? {
        return Ok(about.to_look_at(&[]));
    }
    if options.dry_run {
        report.would_import += 1;
        return Ok(about.to_look_at(&[]));
    }
    let done = match text {
        Ok(text) => import_admitted(at, program, options.actor.name(), options.as_of, (name, text)).await,
        Err(why) => Err(Invalid(format!("{why:#}")).into()),
    };
    let (done, alert) = match done {
        Ok(done) => {
            let problems: Vec<String> = done.problems.iter().map(ToString::to_string).collect();
            let alert = about.to_look_at(&problems);
            (Some(done), alert)
        }
        // What passes by itself is no fault of the file.
        Err(error) if is_transient(&error) => return Err(error.context(format!("importing {name}"))),
        Err(error) => (None, about.not_imported(&error)),
    };
    let needs_somebody = done.as_ref().is_none_or(|done| !done.problems.is_empty());
    let mut tx = session.begin().await?;
    if let Some(done) = &done {
        note_bank_file(&mut tx, &program.id, (name, digest), options.now).await?;
        add(report, name, done);
    } else {
        report.not_imported.push(name.clone());
    }
    if needs_somebody && raise(&mut tx, &at.post, &alert, options.now).await? {
        tracing::warn!(program = program.id, "{}", alert.headline);
    }
    session.commit(tx, "the import of a bank's answers").await?;
    Ok(alert)
}

fn add(report: &mut AnswersReport, name: &str, done: &Imported) {
    report.imported += 1;
    for (_, settled) in &done.settled {
        report.paid += settled.decided.creators;
        report.proposed += usize::from(settled.failed.is_some());
    }
    report.proposed += done.returned.len();
    report.to_look_at.extend(done.problems.iter().map(|problem| format!("{name}: {problem}")));
}

/// Ends alerts about files that were imported since, or are gone.
async fn end_alerts(session: &Session<'_>, lasting: &BTreeSet<String>) -> Result<()> {
    let Session { at, program, options, .. } = *session;
    let mut tx = at.store.snapshot().await?;
    let open = open_about(&mut tx, &program.id, BANK_FILES).await?;
    drop(tx);
    let over: Vec<_> = open.into_iter().filter(|raised| !lasting.contains(&raised.key)).collect();
    if over.is_empty() {
        return Ok(());
    }
    let mut tx = session.begin().await?;
    for raised in over {
        clear_one(&mut tx, &program.id, &raised.key, options.now).await?;
    }
    session.commit(tx, "the end of alerts about banks' answers").await
}

/// The files of the folder itself. Links, hidden files and folders are none.
fn list(folder: &Path, now: i64) -> Result<Listed> {
    let what = || {
        format!(
            "cannot read {}, the folder of banks' answers that [payout] answers names; nothing was imported",
            folder.display()
        )
    };
    let mut listed = Listed::default();
    for entry in fs::read_dir(folder).with_context(what)? {
        let entry = entry.with_context(what)?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        // It may be gone since it was listed.
        let Ok(about) = entry.metadata() else { continue };
        if !about.is_file() || is_hidden {
            continue;
        }
        let written = about.modified().with_context(what)?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
        match i64::try_from(written).unwrap_or(i64::MAX).saturating_add(AT_REST) <= now {
            true => listed.at_rest.push(entry.path()),
            false => listed.young += 1,
        }
    }
    listed.at_rest.sort();
    Ok(listed)
}

fn read(path: &Path) -> Read {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = || -> Result<Vec<u8>> {
        let length = fs::metadata(path)?.len();
        ensure!(length <= LARGEST_ANSWER as u64, "it is larger than 256 MB, so it is no bank's answer");
        Ok(fs::read(path)?)
    };
    match bytes() {
        Ok(bytes) => {
            let digest = blake3::hash(&bytes).to_hex().to_string();
            Read { name, text: String::from_utf8(bytes).context("it is not UTF-8 text"), digest }
        }
        Err(why) => Read { digest: blake3::hash(name.as_bytes()).to_hex().to_string(), name, text: Err(why) },
    }
}
