//! `[retention]`: for how long what is not the ledger stays.

use super::keys::{Key, keys};
use super::micros::Micros;
use super::reader::Section;
use super::values::duration;

keys! {
    FACTS = "retention" "facts", "duration", "90d", "How long `purser tidy` keeps facts and outcomes that no run has used since. Those behind the last posted reconciliation are always kept.";
    MAILS = "retention" "mails", "duration", "400d", "How long the text of emails is kept after they were sent or rejected. The record of sending is always kept.";
    RUNS = "retention" "runs", "duration", "400d", "How long run records are kept. The latest record of each job is always kept.";
}

/// For how long what is not the ledger stays. The ledger itself is never tidied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Facts and outcomes, since a run used them last.
    pub facts: Micros,
    /// The texts of mails, since they were sent or refused.
    pub mails: Micros,
    /// Records of runs.
    pub runs: Micros,
}

impl Retention {
    /// Reads the section.
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let long = |key: &Key, default: &str| section.read(key, duration).or(duration(default).ok());
        let (facts, mails) = (long(&FACTS, "90d")?, long(&MAILS, "400d")?);
        let runs = long(&RUNS, "400d")?;
        if runs < facts
            && let Some((key, value)) = [&RUNS, &FACTS].into_iter().find_map(|key| Some((key, section.get(key)?)))
        {
            section.complain(
                value,
                key,
                "the records of runs say which facts were used lately: keep them as long as the facts, or longer",
            );
        }
        Some(Self { facts, mails, runs })
    }
}
