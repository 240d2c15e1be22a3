//! The program files, read again when they change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Error, Result, bail};

use crate::error::NotFound;
use crate::program::{Program, find_files};

/// The program files of a folder, as they were when they were looked at last.
pub(super) struct Files {
    jobs: PathBuf,
    only: Option<String>,
    read: BTreeMap<PathBuf, Read>,
    /// The names of all files at the last look, without ending.
    pub names: BTreeSet<String>,
}

/// A file that was read.
struct Read {
    /// By these it is known whether it was written since.
    written: (Option<SystemTime>, u64),
    program: Result<Arc<Program>, Arc<Error>>,
}

/// The result of checking a file.
#[derive(Clone)]
pub(super) struct Found {
    /// The file's name, without ending.
    pub id: String,
    /// The program, or why its file cannot be used.
    pub program: Result<Arc<Program>, Arc<Error>>,
    /// Whether it is another than at the look before.
    pub is_news: bool,
}

impl Files {
    /// Those of a folder, or one file; or only that of one program.
    pub(super) fn new(jobs: &Path, only: Option<&str>) -> Self {
        Self { jobs: jobs.to_owned(), only: only.map(str::to_owned), read: BTreeMap::new(), names: BTreeSet::new() }
    }

    /// Looks at every file.
    pub(super) fn look(&mut self) -> Result<Vec<Found>> {
        let mut before = std::mem::take(&mut self.read);
        let mut found = Vec::new();
        self.names.clear();
        for path in find_files(&self.jobs)? {
            let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            self.names.insert(id.clone());
            if self.only.as_ref().is_some_and(|only| *only != id) {
                continue;
            }
            let known = before.remove(&path);
            let written = fs::metadata(&path).map_or((None, 0), |about| (about.modified().ok(), about.len()));
            let same = known.filter(|known| known.written == written && written.0.is_some());
            let is_news = same.is_none();
            let read = same.unwrap_or_else(|| Read { written, program: Program::load(&path).map(Arc::new).map_err(Arc::new) });
            found.push(Found { id, program: read.program.clone(), is_news });
            self.read.insert(path, read);
        }
        if let (true, Some(only)) = (found.is_empty(), &self.only) {
            bail!(NotFound(format!("there is no program {only} in {}", self.jobs.display())));
        }
        Ok(found)
    }
}
