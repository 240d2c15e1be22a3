use anyhow::{Result, bail};

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertKind {
    /// A scheduled run failed, and trying again did not help or would not.
    Failed,
    /// A scheduled run is not done long after it was due.
    Late,
    /// A scheduled run did not happen before the next one was due.
    Missed,
    /// A run came to figures that are far from the usual.
    Unusual,
    /// A program file cannot be used, or is gone.
    Broken,
    /// The database cannot be used, or the program files cannot be read. It is never recorded in the database.
    Outage,
    /// What was wrong is over.
    Recovered,
}

impl AlertKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Failed, Self::Late, Self::Missed, Self::Unusual, Self::Broken, Self::Outage, Self::Recovered];

    /// The kind of this code.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn parse(code: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|kind| kind.code() == code) {
            Some(kind) => Ok(kind),
            None => bail!("the database holds an alert of the unknown kind \"{code}\""),
        }
    }

    /// As it is recorded.
    pub fn code(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Late => "late",
            Self::Missed => "missed",
            Self::Unusual => "unusual",
            Self::Broken => "broken",
            Self::Outage => "outage",
            Self::Recovered => "recovered",
        }
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

impl Alert {
    pub(super) fn key(&self) -> String {
        let Self { kind, job, mark, .. } = self;
        format!("{}/{job}/{mark}", kind.code())
    }
}
