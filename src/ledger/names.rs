//! Which program file each ledger belongs to.
//!
//! A ledger keeps its id: it is hashed into every entry, and stands in the ids of batches and proposals. When the program's file
//! gets another name, an entry `renamed` says so in the chain, and the last of them counts; an entry `retired` ends the ledger.
//! So no table shows it, and nothing that was posted changes. Copying a ledger under a new id was rejected: each order would
//! stand in two ledgers, and what was mailed under the old id would be mailed again.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::error::{Conflict, NotFound};
use crate::store::{Row, Store, Tx};

/// A ledger, and the program file that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Its id, which is the name of its first file without ending.
    pub id: String,
    /// The name of the program file that it belongs to now, without ending.
    pub file: String,
    /// Whether it has ended.
    pub retired: bool,
    /// Whether anything is posted to it; if not, it only was reconciled.
    pub is_posted: bool,
    /// Whether it was ever reconciled; if not, people only proposed something.
    pub is_reconciled: bool,
}

/// All ledgers of a database, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledgers(pub Vec<Ledger>);

const LEDGERS: &str = "SELECT l.program, (SELECT e.subject FROM entries e WHERE e.program = l.program AND e.kind = 'renamed' \
                       ORDER BY e.entry DESC LIMIT 1), (SELECT COUNT(*) FROM entries e WHERE e.program = l.program AND e.kind = 'retired'), \
                       (SELECT COUNT(*) FROM programs p WHERE p.program = l.program), \
                       (SELECT COUNT(*) FROM reconciled r WHERE r.program = l.program) \
                       FROM (SELECT program FROM programs UNION SELECT program FROM reconciled) l ORDER BY l.program";

impl Ledgers {
    /// Those of a database.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn read(store: &Store) -> Result<Self> {
        Self::of(&store.rows(LEDGERS, &[]).await?)
    }

    /// As [`Self::read`], in a transaction.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn read_in(tx: &mut Tx) -> Result<Self> {
        Self::of(&tx.rows(LEDGERS, &[]).await?)
    }

    fn of(rows: &[Row]) -> Result<Self> {
        let ledger = |row: &Row| {
            let id = row.text(0)?.to_owned();
            let file = row.optional_text(1)?.unwrap_or(&id).to_owned();
            let (retired, is_posted, is_reconciled) = (row.int(2)? > 0, row.int(3)? > 0, row.int(4)? > 0);
            Ok(Ledger { id, file, retired, is_posted, is_reconciled })
        };
        rows.iter().map(ledger).collect::<Result<_>>().map(Self)
    }

    /// The ledger that a program file has, if it has one.
    pub fn of_file(&self, file: &str) -> Option<&Ledger> {
        self.0.iter().find(|ledger| ledger.file == file)
    }

    /// The ledger of this name: that of the file, or the one with the id.
    ///
    /// # Errors
    ///
    /// When there is none; names those that are there.
    pub fn named(&self, name: &str) -> Result<&Ledger> {
        let found = self.of_file(name).or_else(|| self.0.iter().find(|ledger| ledger.id == name));
        let Some(found) = found else {
            let all: Vec<&str> = self.0.iter().map(|ledger| ledger.file.as_str()).collect();
            bail!(NotFound(format!("there is no ledger {name}; there is {}", all.join(", "))))
        };
        Ok(found)
    }

    /// The id of the ledger that a program file has, or would begin.
    ///
    /// # Errors
    ///
    /// When the ledger of this id belongs to another file.
    pub fn id_of<'a>(&'a self, file: &'a str) -> Result<&'a str> {
        if let Some(ledger) = self.of_file(file) {
            return Ok(&ledger.id);
        }
        match self.0.iter().find(|ledger| ledger.id == file) {
            Some(ledger) => bail!(Conflict(format!(
                "the ledger {file} belongs to the program file {new}.toml since it was renamed: remove {file}.toml, or give it back its \
                 ledger: `purser rename {new} {file} --by NAME --reason REASON`",
                new = ledger.file
            ))),
            None => Ok(file),
        }
    }

    /// The ledgers to which something is posted and that have no file among those that are `here`.
    pub fn orphans<'a>(&'a self, here: &'a BTreeSet<String>) -> impl Iterator<Item = &'a Ledger> {
        self.0.iter().filter(|ledger| ledger.is_posted && !ledger.retired && !here.contains(&ledger.file))
    }

    /// The ids of which somebody looks after the schedules, where these program files are there: those of the files and of
    /// their ledgers, and those that have ended.
    pub fn looked_after(&self, files: &BTreeSet<String>) -> BTreeSet<String> {
        let known = self.0.iter().filter(|ledger| ledger.retired || files.contains(&ledger.file));
        known.map(|ledger| ledger.id.clone()).chain(files.iter().cloned()).collect()
    }

    /// Refuses a program that may not run: one whose ledger has ended, or that would begin a ledger while another has no file
    /// among those that are `here`. `program` is the id of its ledger.
    ///
    /// # Errors
    ///
    /// When it may not; says what to do.
    pub fn admit(&self, program: &str, here: &BTreeSet<String>) -> Result<()> {
        self.refuse_retired(program)?;
        self.refuse_first(program, here)
    }

    /// Refuses a program whose ledger has ended, by the ledger's id.
    ///
    /// # Errors
    ///
    /// When it has ended; says what to do.
    pub fn refuse_retired(&self, program: &str) -> Result<()> {
        match self.0.iter().find(|ledger| ledger.id == program && ledger.retired) {
            Some(ledger) => bail!(Conflict(format!(
                "the ledger {program} was retired, and nothing is posted to it any more; nothing was changed. Remove the program file \
                 {}.toml; a new program gets a new name",
                ledger.file
            ))),
            None => Ok(()),
        }
    }

    /// Refuses what would begin a ledger while another has no file among those that are `here`. A ledger has begun once it is
    /// reconciled: a proposal to erase somebody once made one of a renamed file, which then was admitted.
    ///
    /// # Errors
    ///
    /// When it would; says what to do.
    pub fn refuse_first(&self, program: &str, here: &BTreeSet<String>) -> Result<()> {
        if self.0.iter().any(|ledger| ledger.id == program && ledger.is_reconciled) {
            return Ok(());
        }
        let orphans: Vec<&str> = self.orphans(here).map(|ledger| ledger.file.as_str()).collect();
        let Some(first) = orphans.first() else { return Ok(()) };
        bail!(Conflict(format!(
            "{program} has no ledger yet, and the ledger {all} has no program file: if {first}.toml was renamed, this run would pay everything \
             a second time. Nothing was posted. If it was renamed: `purser rename {first} {program} --by NAME --reason REASON`. If program \
             {first} has ended: `purser retire {first} --by NAME --reason REASON`. If its file was moved or lost: put it back. If {program} is \
             a different program: `purser run nightly --program {program} --new-program`",
            all = orphans.join(", ")
        )))
    }
}
