use anyhow::Result;

use super::args::{Places, Validate};
use super::context::{fail_with_all, files, ledger, missing_database, now, programs, workplace};
use super::progress::Progress;
use super::show::{Sheet, print};
use crate::app::{Environment, Sound, TableSize, check_ledger, validate_facts};
use crate::program::key_reference;

pub(super) async fn validate(places: &Places, validate: &Validate, progress: &Progress) -> Result<()> {
    if validate.keys {
        return print(key_reference().trim_end());
    }
    let mut failed = Vec::new();
    let (_, data) = ledger(places)?;
    let ledger = known_ledger(places).await;
    let here = files(places)?;
    for program in programs(places)? {
        let checked = match &ledger {
            Some(at) => check_ledger(at, &program, &here).await,
            None => Ok(()),
        };
        progress.show(&format!("{}: validate", program.id));
        let checked = match checked {
            Ok(()) => validate_facts(&program, &data, now()).await,
            Err(error) => Err(error),
        };
        progress.pause();
        match checked {
            Ok(Sound { sizes, hints }) => {
                let warnings = program.warnings().into_iter().chain(hints).map(|warning| format!("\nwarning: {warning}"));
                let unasked = program.sources.iter().filter(|source| !source.kind.has_files());
                let unasked = unasked.map(|source| {
                    format!(
                        "\nnot checked: {}, which is asked when facts are fetched; its tables count as empty here",
                        source.name
                    )
                });
                let warnings: String = warnings.chain(unasked).collect();
                let sheet = sheet(sizes);
                print(&format!(
                    "{} ({}): the program file and its facts are valid\n{}{warnings}",
                    program.name,
                    program.id,
                    sheet.aligned()
                ))?;
            }
            Err(error) => failed.push(error.context(format!("{} ({}): nothing was posted", program.name, program.id))),
        }
    }
    fail_with_all(failed)
}

/// The ledger, where there is one that can be asked: what it refuses of a program is refused here too.
async fn known_ledger(places: &Places) -> Option<Environment> {
    if missing_database(places).is_ok_and(|missing| missing.is_some()) {
        return None;
    }
    let opened = workplace(places).await;
    opened.inspect_err(|error| tracing::warn!("the ledger was not asked whether it takes the program: {error:#}")).ok()
}

fn sheet(sizes: Vec<TableSize>) -> Sheet {
    let rows = sizes.into_iter().map(|size| vec![size.table.name().to_owned(), size.files.to_string(), size.rows.to_string()]);
    Sheet { header: vec!["table", "files", "rows"], figures: vec![1, 2], rows: rows.collect() }
}
