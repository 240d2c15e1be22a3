//! A program file that was renamed, a ledger that ends.

use anyhow::{Context, Result};

use super::args::Places;
use super::args_decisions::Propose;
use super::context::{each_program, files, now, workplace};
use super::show::print;
use crate::app::{self, Renaming, Retirement, kept_program, list_ledgers};
use crate::error::NotFound;
use crate::money::Money;
use crate::program::Program;
use crate::vocabulary::counted;

pub(super) async fn rename(places: &Places, old: &str, new: &str, request: &Propose) -> Result<()> {
    let program = of_file(places, new)?.with_context(|| {
        NotFound(format!("there is no program file {new}.toml: rename {old}.toml first; nothing was changed"))
    })?;
    let at = workplace(places).await?;
    app::rename(&at, &program, old, &files(places)?, renaming(request)).await?;
    print(&format!("{new}.toml now uses the ledger of {old}: its batches, proposals and statements keep their ids"))
}

pub(super) async fn retire(places: &Places, name: &str, request: &Propose) -> Result<()> {
    let at = workplace(places).await?;
    let ledgers = list_ledgers(&at).await?;
    let ledger = ledgers.named(name)?;
    let program = match of_file(places, &ledger.file)? {
        Some(program) => program.of_ledger(&ledger.id),
        None => kept_program(&at, ledger).await?,
    };
    match app::retire(&at, &program, &files(places)?, renaming(request)).await? {
        Retirement::LastPayout(batch) => print(&format!(
            "drafted the final batch of {name}, {}: {} to {}. Once it is settled, close the ledger: \
             `purser retire {name} --by NAME --reason REASON`",
            batch.batch_id,
            Money::from_minor(batch.amount, program.currency),
            counted(batch.creators, "creator", "creators")
        )),
        Retirement::Retired(_) => {
            print(&format!("the ledger {name} is closed: nothing is posted to it any more, and it needs no program file"))
        }
    }
}

fn renaming(request: &Propose) -> Renaming<'_> {
    Renaming { by: &request.by, reason: &request.reason, as_of: request.as_of.unwrap_or_else(now) }
}

/// The program of a file, where the file is there.
fn of_file(places: &Places, name: &str) -> Result<Option<Program>> {
    let all = Places { program: None, ..places.clone() };
    let found = each_program(&all)?.into_iter().find(|(file, _)| file == name);
    found.map(|(_, program)| program).transpose()
}
