use anyhow::Result;

use super::args::{Places, Validate};
use super::context::{all_told, programs};
use super::show::{Sheet, print};
use crate::app::validate_facts;
use crate::program::{Program, keys};

pub(super) fn validate(places: &Places, validate: &Validate) -> Result<()> {
    if validate.keys {
        return print(keys::reference().trim_end());
    }
    let mut failed = Vec::new();
    for program in programs(places)? {
        match sizes(&program) {
            Ok(sheet) => print(&format!(
                "{} ({}): the program file and its facts are fine\n{}",
                program.name,
                program.id,
                sheet.aligned()
            ))?,
            Err(error) => failed.push(error.context(format!("{} ({}): nothing was posted", program.name, program.id))),
        }
    }
    all_told(failed)
}

/// Checks all facts of a program; returns how much each table has.
fn sizes(program: &Program) -> Result<Sheet> {
    let sizes = validate_facts(program)?;
    let rows = sizes.into_iter().map(|size| vec![size.table.name().to_owned(), size.files.to_string(), size.rows.to_string()]);
    Ok(Sheet { header: vec!["table", "files", "rows"], figures: vec![1, 2], rows: rows.collect() })
}
