//! Where reports are kept: a file with a line for each, to which lines are added and nothing else is done.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::message::Postback;
use crate::effect::Appending;
use crate::error::Conflict;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is new, and on the disk now.
    New,
    /// It was kept before.
    Before,
}

/// The file of reports, and what is in it as far as it was read. Several processes may have it.
#[derive(Debug)]
pub struct Book {
    path: PathBuf,
    /// By the hash of the transaction, the hash of what was reported of it.
    known: HashMap<[u8; 16], [u8; 16]>,
    /// Where what was read ends.
    end: u64,
}

/// Where tests are kept, beside what is real.
pub fn sandbox_of(path: &Path) -> PathBuf {
    path.with_extension("sandbox.jsonl")
}

impl Book {
    /// The book at a path, of which nothing was read.
    pub fn new(path: PathBuf) -> Self {
        Self { path, known: HashMap::new(), end: 0 }
    }

    /// Keeps a report, once for its transaction. When this answers, it is on the disk.
    ///
    /// # Errors
    ///
    /// `Conflict` when something else was reported of the transaction; when the disk does not take it.
    pub fn keep(&mut self, postback: &Postback) -> Result<Kept> {
        let mut file = Appending::begin(&self.path)?;
        let (lines, end) = file.lines_from(self.end)?;
        if end < self.end {
            self.known.clear();
        }
        for line in lines.lines() {
            let postback = Postback::of_line(line)
                .map_err(|why| anyhow::anyhow!("a line of {} is none of purser's: {why}", self.path.display()))?;
            let (transaction, content) = hashes(&postback);
            self.known.entry(transaction).or_insert(content);
        }
        self.end = end;
        let (transaction, content) = hashes(postback);
        match self.known.get(&transaction) {
            Some(known) if *known == content => {
                // The process that wrote it may have died before it was on the disk.
                file.settle()?;
                Ok(Kept::Before)
            }
            Some(_) => bail!(Conflict(format!(
                "the transaction {} was reported before, with other values; the first report stands",
                postback.get("transaction")
            ))),
            None => {
                self.end = file.append(self.end, &postback.line()?)?;
                self.known.insert(transaction, content);
                Ok(Kept::New)
            }
        }
    }

    /// What was reported of a transaction, if anything was.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn find(path: &Path, transaction: &str) -> Result<Option<Postback>> {
        if !path.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let found = text.lines().filter_map(|line| Postback::of_line(line).ok());
        Ok(found.into_iter().find(|postback| postback.get("transaction") == transaction))
    }
}

/// The hashes of a report's transaction, and of all that it says but when it came.
fn hashes(postback: &Postback) -> ([u8; 16], [u8; 16]) {
    let short = |text: &str| {
        let mut short = [0; 16];
        short.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..16]);
        short
    };
    (short(postback.get("transaction")), short(&postback.said()))
}
