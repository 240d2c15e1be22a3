//! Reading program files.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::build;
use super::definition::Program;
use super::mistakes::Mistakes;
use crate::error::{Invalid, NotFound};

impl Program {
    /// Reads a program's text. `folder` is where its relative paths start.
    pub fn parse(id: &str, text: &str, folder: &Path) -> Result<Self, Mistakes> {
        build::program(id, text, folder)
    }

    /// Reads a program file; its id is the file's name without ending.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the program file {shown}"))?;
        let id = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        if id.is_empty() || id.contains(|c: char| c.is_control() || c == '/') {
            bail!(Invalid(format!("{shown}: the file's name is the program's id; give it a plain name such as glow.toml")));
        }
        let absolute = std::path::absolute(path).with_context(|| format!("cannot find the folder of {shown}"))?;
        let folder = absolute.parent().unwrap_or(Path::new("/"));
        let refused = |mistakes| Invalid(format!("{shown} is not a valid program file: {mistakes}"));
        Ok(Self::parse(id, &text, folder).map_err(refused)?)
    }
}

/// The program files at `path`: one file, or every `.toml` of a folder, in order of their names.
pub fn find_files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let shown = path.display();
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|why| {
        let what = format!(
            "no program file, or folder of program files, found at {shown}; give one with --jobs, or start with `purser init`"
        );
        match why.kind() {
            ErrorKind::NotFound => NotFound(what).into(),
            _ => anyhow::Error::from(why).context(what),
        }
    })?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.with_context(|| format!("cannot list {shown}"))?.path();
        if file.extension().is_some_and(|e| e == "toml") && file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        bail!(NotFound(format!("the folder {shown} holds no .toml program file; start with `purser init`")));
    }
    files.sort();
    Ok(files)
}
