//! What a server cannot do without: while the database cannot be used there is nowhere to raise an alert, and while the program
//! files cannot be read there is no program to raise one for. The operator is told directly, once by each server.

use anyhow::Error;

use super::config::Config;
use crate::app::{Alert, AlertKind, send_alert_now};
use crate::calendar::format_time;

/// After how long an outage is told (microseconds): a database that is started again is back by then, and so is a mount.
const QUIET: i64 = 180_000_000;

/// What is lost.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lost {
    /// The database cannot be used.
    Database,
    /// The program files cannot be listed.
    Programs,
}

/// That something is lost, as far as this server has seen.
#[derive(Debug)]
pub(super) struct Outage {
    lost: Lost,
    since: Option<i64>,
    is_told: bool,
}

impl Outage {
    /// Of something that is there.
    pub(super) fn of(lost: Lost) -> Self {
        Self { lost, since: None, is_told: false }
    }

    /// It is lost: by now long enough for somebody to know? It is told until somebody takes it.
    pub(super) async fn goes_on(&mut self, config: &Config, error: &Error, now: i64) {
        let since = *self.since.get_or_insert(now);
        if now.saturating_sub(since) >= QUIET && !self.is_told {
            self.is_told = told(config, &self.lost.begun(since, error), now).await;
        }
    }

    /// It is there.
    pub(super) async fn is_over(&mut self, config: &Config, now: i64) {
        let was_told = std::mem::take(&mut self.is_told);
        if let Some(since) = self.since.take().filter(|_| was_told) {
            told(config, &self.lost.ended(since, now), now).await;
        }
    }
}

/// Tells the operator; answers whether somebody has taken it, or nobody ever will.
async fn told(config: &Config, alert: &Alert, now: i64) -> bool {
    match send_alert_now(&config.post, &config.data, alert, now).await {
        Ok(taken) => taken,
        Err(error) => {
            tracing::error!("the operator could not be alerted to an outage: {error:#}");
            false
        }
    }
}

impl Lost {
    fn code(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Programs => "programs",
        }
    }

    fn begun(self, since: i64, error: &Error) -> Alert {
        let time = format_time(since);
        let (headline, back, to_do) = match self {
            Self::Database => (
                "the database cannot be used",
                "it is back",
                "Bring the database back; purser looks every minute. `purser config` shows which one it is, and `purser doctor` whether it \
                 can be used.",
            ),
            Self::Programs => (
                "the program files cannot be read",
                "they are back",
                "Bring their folder back, as a mount or a copy that is gone; purser looks every minute. `purser config` shows which folder \
                 it is (PURSER_JOBS).",
            ),
        };
        Alert {
            kind: AlertKind::Outage,
            program: String::new(),
            job: String::new(),
            mark: format!("{} {time}", self.code()),
            headline: headline.to_owned(),
            what: format!("{error:#}"),
            since: format!("{time}, as far as this server has seen."),
            money: format!(
                "No job of any program runs until {back}: nothing is posted, drafted or sent. Nothing is lost; then the latest of each job \
                 that was due is done."
            ),
            to_do: to_do.to_owned(),
        }
    }

    fn ended(self, since: i64, now: i64) -> Alert {
        let (headline, what) = match self {
            Self::Database => ("the database is back", "The database can be used again; it could not"),
            Self::Programs => ("the program files are back", "The program files can be read again; they could not"),
        };
        Alert {
            kind: AlertKind::Recovered,
            program: String::new(),
            job: String::new(),
            mark: format!("{} {}", self.code(), format_time(now)),
            headline: headline.to_owned(),
            what: format!("{what} since {}.", format_time(since)),
            since: format!("{}.", format_time(now)),
            money: "What was due meanwhile is done now, the latest of each job.".to_owned(),
            to_do: "Nothing.".to_owned(),
        }
    }
}
