use anyhow::Result;

use super::args::{Places, Validate};
use super::context::programs;
use super::show::{Sheet, print};
use crate::effect::Scratch;
use crate::facts::{self, Erased};
use crate::program::{Program, keys};

pub(super) fn validate(places: &Places, validate: &Validate) -> Result<()> {
    if validate.keys {
        return print(keys::reference().trim_end());
    }
    let mut failed = Vec::new();
    for program in programs(places)? {
        match facts_of(&program) {
            Ok(sheet) => print(&format!(
                "{} ({}): the program file and its facts are fine\n{}",
                program.name,
                program.id,
                sheet.aligned()
            ))?,
            Err(error) => failed.push(error.context(format!("{} ({}): nothing was posted", program.name, program.id))),
        }
    }
    let last = failed.pop();
    for error in failed {
        eprintln!("error: {error:#}");
    }
    last.map_or(Ok(()), Err)
}

/// Reads all facts of a program by way of a folder that is removed again.
fn facts_of(program: &Program) -> Result<Sheet> {
    let scratch = Scratch::new()?;
    let manifest = facts::keep(program, scratch.path(), None, &Erased::default())?;
    let facts = facts::load(program, &manifest, scratch.path())?;
    let rows = facts.heights().into_iter().map(|(table, rows)| {
        let files = manifest.files(table).len();
        vec![table.name().to_owned(), files.to_string(), rows.to_string()]
    });
    Ok(Sheet { header: vec!["table", "files", "rows"], figures: vec![1, 2], rows: rows.collect() })
}
