use anyhow::Result;

/// Called with the name of each step as it begins; may stop the run there with an error such as [`Stopped`].
pub type OnStep<'a> = &'a (dyn Fn(&str) -> Result<()> + Sync);

/// Somebody asked a run to end before its next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was asked to stop; what its steps did so far stays, and the next start does the rest")]
pub struct Stopped;

/// How one run of a job is to be done.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The time that decides what is visible (microseconds since 1970).
    pub as_of: i64,
    /// Who started it.
    pub actor: String,
    /// The clock's time, for the run's record only.
    pub now: i64,
    /// Show what would be posted, and post nothing.
    pub dry_run: bool,
    /// Read the facts of this earlier run instead of fetching.
    pub facts_of_run: Option<i64>,
    /// The scheduled time that the run is for, which is done once; none for a run by hand.
    pub slot: Option<i64>,
    /// Whether to wait while another run of the program is at work.
    pub waits: bool,
    /// Go on although orders with posted money are gone, for this reason.
    pub accept_missing: Option<String>,
    /// Post anew what was payable where the program file or a table was edited, for this reason.
    pub restate: Option<String>,
}

impl RunOptions {
    /// A run by hand that posts, with nothing out of the ordinary.
    pub fn new(as_of: i64, actor: &str, now: i64) -> Self {
        Self {
            as_of,
            actor: actor.to_owned(),
            now,
            dry_run: false,
            facts_of_run: None,
            slot: None,
            waits: true,
            accept_missing: None,
            restate: None,
        }
    }
}
