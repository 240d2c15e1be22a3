use std::path::PathBuf;

use anyhow::{Context, Result};

use super::args::{Places, Validate};
use super::context::programs;
use super::show::{Sheet, print};
use crate::facts;
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
    let manifest = facts::keep(program, &scratch.0, None)?;
    let facts = facts::load(program, &manifest, &scratch.0)?;
    let rows = facts.heights().into_iter().map(|(table, rows)| {
        let files = manifest.files(table).len();
        vec![table.name().to_owned(), files.to_string(), rows.to_string()]
    });
    Ok(Sheet { header: vec!["table", "files", "rows"], figures: vec![1, 2], rows: rows.collect() })
}

/// A folder that goes when it is no longer needed.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("purser-validate-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clean up: it is a temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
