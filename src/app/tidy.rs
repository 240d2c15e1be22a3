//! What is older than the program's retention says, removed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::environment::Environment;
use super::times::check_clock;
use crate::facts::blocking;
use crate::leases::Exclusive;
use crate::outbox::{forget_mails, forgotten_mails, mail_file};
use crate::privacy::{Broom, Removed, kept_files, trim_facts, trim_runs};
use crate::program::{Program, Table};

/// Files younger than this always stay (microseconds): a run that is at work may be about to name them.
const YOUNG: i64 = 86_400_000_000;

/// What was removed, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Lists of facts, in the database.
    pub lists: Removed,
    /// Files of facts. Programs share them: they go with the last list that names them, of whatever program.
    pub facts: Removed,
    /// Files of outcomes.
    pub outcomes: Removed,
    /// Texts of mails, in the database.
    pub mails: Removed,
    /// Mails that were written as files.
    pub mail_files: Removed,
    /// Records of runs.
    pub runs: Removed,
    /// What writers left that were killed.
    pub unfinished: Removed,
}

impl Tidied {
    /// Each of them, with its name for people.
    pub fn each(&self) -> [(&'static str, Removed); 7] {
        [
            ("lists of facts", self.lists),
            ("fact files", self.facts),
            ("outcome files", self.outcomes),
            ("email texts", self.mails),
            ("email files", self.mail_files),
            ("run records", self.runs),
            ("unfinished files", self.unfinished),
        ]
    }
}

/// What the database says may stay and has to go.
struct Files {
    needed: HashSet<PathBuf>,
    mails: Vec<PathBuf>,
}

/// Removes what a program keeps for longer than its retention says, at `now` (microseconds since 1970). It waits until none
/// of the program's jobs runs, and they wait for it. With `dry_run` nothing is removed; what would be is counted.
///
/// Always kept, whatever its age: the ledger; what the last posted reconciliation rests on; the facts fetched last; the latest
/// record of each job; mails that wait.
///
/// # Errors
///
/// When `now` is after the clock, unless it is a dry run; when the database or the data folder cannot be used. What was removed by then stays removed; a repeat does the rest.
pub async fn tidy(at: &Environment, program: &Program, now: i64, dry_run: bool) -> Result<Tidied> {
    if !dry_run {
        check_clock(at, now)?;
    }
    let alone = Exclusive::take(&at.store, at.lease, &program.id).await?;
    let tidied = tidy_alone(at, &alone, program, now, dry_run).await.with_context(|| format!("tidying {}", program.id));
    let ended = alone.end().await;
    let tidied = tidied?;
    ended?;
    Ok(tidied)
}

async fn tidy_alone(at: &Environment, alone: &Exclusive, program: &Program, now: i64, dry_run: bool) -> Result<Tidied> {
    let (mut tidied, files) = records(at, alone, program, now, dry_run).await?;
    let since = |age: i64| now.saturating_sub(age);
    // A time that was asked for says what is old; what is young is said by the clock.
    let young = (at.clock)().saturating_sub(YOUNG);
    let old = Broom { before: since(program.retention.facts).min(young), dry_run };
    let data = at.data.clone();
    blocking(move || {
        sweep(&data, &files, old, Broom { before: young, dry_run }, &mut tidied)?;
        Ok(tidied)
    })
    .await
}

/// Removes records, and says which files are needed without them.
async fn records(at: &Environment, alone: &Exclusive, program: &Program, now: i64, dry_run: bool) -> Result<(Tidied, Files)> {
    let since = |age: i64| now.saturating_sub(age);
    let (id, retention) = (program.id.as_str(), program.retention);
    let mut tx = alone.begin().await?;
    let mut tidied = Tidied::default();
    // Which facts were used lately is what the records of runs say, so those go last.
    let lists = trim_facts(&mut tx, id, since(retention.facts), now).await?;
    tidied.lists.add(lists.count, lists.bytes);
    let (mails, bytes) = forget_mails(&mut tx, id, since(retention.mails)).await?;
    tidied.mails.add(mails, bytes);
    let runs = trim_runs(&mut tx, id, since(retention.runs)).await?;
    tidied.runs.add(runs.count, runs.bytes);
    let mails = forgotten_mails(&mut tx, id).await?.iter().map(|key| mail_file(&at.data, key)).collect();
    let files = Files { needed: kept_files(&mut tx, &at.data).await?, mails };
    if !dry_run {
        alone.commit(tx, "the end of what is old").await?;
    }
    Ok((tidied, files))
}

fn sweep(data: &Path, files: &Files, old: Broom, young: Broom, tidied: &mut Tidied) -> Result<()> {
    let (facts, outcomes) = (data.join("facts"), data.join("outcomes"));
    let mut folders: Vec<PathBuf> = ["outbox", "payments"].map(|name| data.join(name)).into();
    for table in Table::ALL {
        let folder = facts.join(table.name());
        let removed = old.unneeded(&folder, &files.needed)?;
        tidied.facts.add(removed.count, removed.bytes);
        folders.push(folder);
    }
    tidied.outcomes = old.unneeded(&outcomes, &files.needed)?;
    folders.push(outcomes);
    for folder in folders {
        let removed = young.unfinished(&folder)?;
        tidied.unfinished.add(removed.count, removed.bytes);
    }
    // Their texts are gone from the database, so nobody writes them again.
    tidied.mail_files = Broom { before: i64::MAX, ..old }.all(files.mails.iter().cloned())?;
    Ok(())
}
