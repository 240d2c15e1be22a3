use crate::vocabulary::coded;

coded! {
    /// What an alert is about.
    pub enum AlertKind {
        /// A scheduled run failed, and trying again did not help or would not.
        Failed = "failed",
        /// A scheduled run has not completed long after it was due.
        Late = "late",
        /// A scheduled run did not happen before the next one was due.
        Missed = "missed",
        /// A run had figures that are far from the usual.
        Unusual = "unusual",
        /// A program file cannot be used, or is gone.
        Broken = "broken",
        /// The database cannot be used, or the program files cannot be read. It is never recorded in the database.
        Outage = "outage",
        /// Mails to creators came back, and their addresses are suppressed.
        Suppressed = "suppressed",
        /// What was wrong is over.
        Recovered = "recovered",
    }
}

/// One alert, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What it is about.
    pub kind: AlertKind,
    /// The program's id.
    pub program: String,
    /// The job, if it is about one.
    pub job: String,
    /// What tells it from others of the same kind, program and job: the same however often it is found out.
    pub mark: String,
    /// One line.
    pub headline: String,
    /// What happened.
    pub what: String,
    /// Since when.
    pub since: String,
    /// What it means for money.
    pub money: String,
    /// What to do.
    pub to_do: String,
}

impl AlertKind {
    /// Whether it only tells something: it is not open, and nothing ends it.
    pub(super) fn is_news(self) -> bool {
        matches!(self, Self::Suppressed | Self::Recovered)
    }
}

impl Alert {
    /// What tells it from the others of the program.
    pub fn key(&self) -> String {
        let Self { kind, job, mark, .. } = self;
        format!("{}/{job}/{mark}", kind.code())
    }
}
