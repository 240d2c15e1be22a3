//! A program's facts checked, and nothing kept of them.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use super::brought::Brought;
use super::environment::Environment;
use super::log_lines::took;
use crate::effect::Scratch;
use crate::facts::{Bounds, Sound, TableSize, blocking, validate};
use crate::ledger::{Ledgers, check_currency_shown};
use crate::payees::read_payees;
use crate::program::Program;
use crate::vocabulary::counted;

/// Checks all facts of a program, at the clock's time (microseconds since 1970), by way of a folder inside the data
/// folder that is removed again. Returns how much each table has, and what is probably not meant.
///
/// # Errors
///
/// Every missing column, and the first mistakes of each table; when the data folder cannot be written.
pub async fn validate_facts(program: &Program, data: &Path, clock: i64) -> Result<Sound> {
    let (scratch, began) = (Scratch::new(data)?, Instant::now());
    let payees = read_payees(program);
    let brought = Brought::all(program, data).await?;
    let (owned, folder) = (program.clone(), scratch.path().to_owned());
    let sound = blocking(move || validate(&owned, brought.remote, &folder, &Bounds::of(&owned, clock))).await?;
    if let Some(payees) = payees? {
        tracing::info!(program = program.id, "checked the payees of {}", counted(payees.count(), "creator", "creators"));
    }
    let sum = |of: fn(&TableSize) -> usize| sound.sizes.iter().map(of).sum::<usize>();
    let (files, rows) = (counted(sum(|size| size.files), "file", "files"), counted(sum(|size| size.rows), "row", "rows"));
    tracing::info!(program = program.id, "checked {files}, {rows}, in {}", took(began));
    Ok(sound)
}

/// Refuses a program whose ledger would refuse it: one in another currency, one that has ended, or one that may be another
/// under a new name. `here` are the names of all program files that are seen.
///
/// # Errors
///
/// When it would be refused, or the database cannot be read.
pub async fn check_ledger(at: &Environment, program: &Program, here: &BTreeSet<String>) -> Result<()> {
    let ledgers = Ledgers::read(&at.store).await?;
    let program = program.clone().of_ledger(ledgers.id_of(&program.id)?);
    ledgers.admit(&program.id, here)?;
    check_currency_shown(&at.store, &program).await
}
