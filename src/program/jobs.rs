//! `[jobs]`: what runs, and when.

/// One `[jobs.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name, as in `purser run NAME`.
    pub name: String,
    /// A cron line in the program's zone; without one it runs by hand.
    pub schedule: Option<String>,
    /// What it does, in order.
    pub steps: Vec<Step>,
}

/// What a job can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Keep the facts as they are now.
    Fetch,
    /// Decide and post.
    Reconcile,
    /// Draft a payout batch.
    Payout,
    /// Build and send the statements of the month before.
    Statements,
}

impl Step {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Reconcile => "reconcile",
            Self::Payout => "payout",
            Self::Statements => "statements",
        }
    }
}
