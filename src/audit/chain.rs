//! Entries follow each other, and their hashes are those of what they say.

use std::collections::BTreeMap;

use anyhow::Result;

use super::check::{Check, GIVEN_HEAD};
use super::findings::{Findings, Found};
use super::journal_check::JournalCheck;
use super::shared::Audit;
use crate::ledger::{EntryHash, Form, Head, JournalEntry, Posted, digest_of_reason};
use crate::runs::reconciled;
use crate::store::Tx;
use crate::vocabulary::counted;

/// The hash before the first entry.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

pub(super) struct Chain {
    last: Head,
    hash: Option<EntryHash>,
    transfers: i64,
    all_transfers: u64,
    /// The place that the entry's next transfer has.
    place: i64,
    /// Heads that reports noted, by entry: the hash, and which report.
    noted: BTreeMap<i64, Vec<(String, String)>>,
    /// The head that somebody gave to be looked for, until its entry is seen; its hash may be cut short.
    given: Option<Head>,
    /// What is wrong with the head that was given: it may be mistyped.
    misgiven: Option<String>,
    findings: Findings,
}

impl Chain {
    pub(super) async fn new(tx: &mut Tx, audit: &Audit<'_>) -> Result<Self> {
        let mut noted: BTreeMap<i64, Vec<(String, String)>> = BTreeMap::new();
        for (run_id, figures) in reconciled(tx, audit.program).await? {
            let by = format!("the report of run {run_id}");
            noted.entry(figures.head_entry).or_default().push((figures.head_hash, by));
        }
        // Before the first entry there is nothing that could be cut off.
        noted.remove(&0);
        Ok(Self {
            last: Head { entry: 0, hash: NOTHING.to_owned() },
            hash: None,
            transfers: 0,
            all_transfers: 0,
            place: 0,
            noted,
            given: audit.wanted.head.clone(),
            misgiven: None,
            findings: Findings::default(),
        })
    }

    pub(super) fn finish(mut self, audit: &Audit<'_>) -> Found {
        let last = self.last.entry;
        for (entry, noted) in std::mem::take(&mut self.noted) {
            for (_, by) in noted {
                self.findings.add(|| format!("entry {entry} is not there, but {by} names it; the chain ends at entry {last}"));
            }
        }
        if let Some(Head { entry, .. }) = self.given {
            let told = format!("the head that was given is of entry {entry}, which is not there; the chain ends at entry {last}");
            self.misgiven = Some(told);
        }
        let seen = match last {
            0 => "nothing is posted".to_owned(),
            last => format!("{}; entry {last}, {}", counted(self.all_transfers, "transfer", "transfers"), self.last.hash),
        };
        match self.misgiven {
            Some(told) if self.findings.is_empty() => {
                self.findings.add(|| told);
                self.findings.end_with(audit.program, Check::Chain, Ok(seen), GIVEN_HEAD)
            }
            told => {
                told.into_iter().for_each(|told| self.findings.add(|| told));
                self.findings.end(audit.program, Check::Chain, Ok(seen))
            }
        }
    }
}

impl JournalCheck for Chain {
    fn begin(&mut self, entry: &JournalEntry) -> Result<()> {
        let (number, last) = (entry.entry, &self.last);
        if number != last.entry + 1 {
            self.findings.add(|| format!("entry {} is not there: entry {number} follows entry {}", last.entry + 1, last.entry));
        }
        if entry.previous != last.hash {
            self.findings.add(|| {
                format!(
                    "entry {number} says that the hash before it is {}; that of entry {} is {}",
                    entry.previous, last.entry, last.hash
                )
            });
        }
        for (hash, by) in self.noted.remove(&number).unwrap_or_default() {
            if !entry.hash.starts_with(&hash) {
                self.findings.add(|| format!("the hash of entry {number} is {}, but {by} names {hash}", entry.hash));
            }
        }
        if let Some(Head { hash, .. }) = self.given.take_if(|given| given.entry == number)
            && !entry.hash.starts_with(&hash)
        {
            self.misgiven = Some(format!(
                "the head that was given is not that of entry {number}: --head names {hash}, and the entry has the hash {}",
                entry.hash
            ));
        }
        let digest = digest_of_reason(&entry.reason);
        if entry.form > Form::One && digest != entry.reason_digest {
            self.findings
                .add(|| format!("entry {number}: its reason was changed: it is not the one whose digest it was posted with"));
        }
        self.hash = Some(EntryHash::begin(entry)?);
        (self.transfers, self.place) = (0, 0);
        Ok(())
    }

    fn transfer(&mut self, entry: &JournalEntry, posted: &Posted) -> Result<()> {
        let (number, place, position) = (entry.entry, self.place, posted.position);
        if position != place {
            self.findings.add(|| format!("entry {number}: transfer {place} is not there; the next one is transfer {position}"));
        }
        self.place = position.saturating_add(1);
        self.transfers += 1;
        self.all_transfers += 1;
        match &mut self.hash {
            Some(hash) => hash.add(posted),
            None => Ok(()),
        }
    }

    fn end(&mut self, entry: &JournalEntry) -> Result<()> {
        let number = entry.entry;
        self.findings.differs(|| format!("entry {number}: the number of its transfers"), self.transfers, entry.transfers);
        if let Some(hash) = self.hash.take().map(EntryHash::finish).filter(|hash| *hash != entry.hash) {
            self.findings.add(|| {
                format!("entry {number}: it or one of its transfers was changed: its content has the hash {hash}, but it was posted with {}", entry.hash)
            });
        }
        self.last = Head { entry: number, hash: entry.hash.clone() };
        Ok(())
    }

    fn broken(&mut self, what: &str) {
        self.findings.add(|| what.to_owned());
    }
}
