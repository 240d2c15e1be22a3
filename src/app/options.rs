use std::collections::BTreeSet;

use anyhow::Result;

use crate::ledger::{RUNNER, checked_name, checked_reason};

/// Called with the name of each step as it begins; may stop the run there with an error such as [`Stopped`].
pub type OnStep<'a> = &'a (dyn Fn(&str) -> Result<()> + Sync);

/// Somebody asked a run to end before its next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was asked to stop; completed steps stand, and the next run does the rest")]
pub struct Stopped;

/// Who starts a run, and so drafts what it pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// `purser serve`.
    Runner,
    /// A person, by name.
    Person(String),
}

impl Actor {
    /// The name that is kept.
    pub fn name(&self) -> &str {
        match self {
            Self::Runner => RUNNER,
            Self::Person(name) => name,
        }
    }
}

/// How one run of a job is to be done.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The time that decides what is visible (microseconds since 1970).
    pub as_of: i64,
    /// Who started it, and so drafts what it pays.
    pub actor: Actor,
    /// The clock's time, for the run's record only.
    pub now: i64,
    /// Show what would be posted, and post nothing.
    pub dry_run: bool,
    /// Read the facts of this earlier run instead of fetching.
    pub facts_of_run: Option<i64>,
    /// The scheduled time that the run is for, which is completed once; none for a manual run.
    pub slot: Option<i64>,
    /// Whether to wait while another run of the program is at work.
    pub waits: bool,
    /// Go on although orders with posted money are gone, for this reason.
    pub accept_missing: Option<String>,
    /// Take the table of clicks as it is now, without those that were fetched before, for this reason.
    pub drop_clicks: Option<String>,
    /// How many months of statements may be closed at once, beyond the few that a run closes unasked.
    pub close_months: u32,
    /// The names of all program files that are seen, without ending: a program's first run is refused while a ledger has no
    /// file among them.
    pub files: BTreeSet<String>,
    /// The program's first run is meant, though a ledger has no file.
    pub new_program: bool,
    /// Restate what is payable or was paid, or would be at once, where the program file or a table was edited, for this reason.
    pub restate: Option<String>,
}

impl RunOptions {
    /// A run that a person starts and that posts, with default options.
    pub fn new(as_of: i64, actor: &str, now: i64) -> Self {
        Self {
            as_of,
            actor: Actor::Person(actor.to_owned()),
            now,
            dry_run: false,
            facts_of_run: None,
            slot: None,
            waits: true,
            accept_missing: None,
            drop_clicks: None,
            close_months: 0,
            files: BTreeSet::new(),
            new_program: false,
            restate: None,
        }
    }

    /// A run of `purser serve` for a scheduled time, beside these program files.
    pub fn of_runner(slot: i64, now: i64, files: &BTreeSet<String>) -> Self {
        Self { slot: Some(slot), waits: false, actor: Actor::Runner, files: files.clone(), ..Self::new(slot, "", now) }
    }

    /// The same, with names and reasons as they are kept.
    ///
    /// # Errors
    ///
    /// When a name or a reason cannot be kept.
    pub(super) fn checked(&self) -> Result<Self> {
        let actor = match &self.actor {
            Actor::Runner => Actor::Runner,
            Actor::Person(name) => Actor::Person(checked_name(name)?.to_owned()),
        };
        let reason =
            |reason: &Option<String>| reason.as_deref().map(checked_reason).transpose().map(|kept| kept.map(str::to_owned));
        let [accept_missing, drop_clicks, restate] = [&self.accept_missing, &self.drop_clicks, &self.restate].map(reason);
        let (accept_missing, drop_clicks, restate) = (accept_missing?, drop_clicks?, restate?);
        Ok(Self { actor, accept_missing, drop_clicks, restate, ..self.clone() })
    }
}
