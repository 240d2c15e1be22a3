//! What a server cannot do without: while the database cannot be used there is nowhere to raise an alert, and while the program
//! files cannot be read there is no program to raise one for. The operator is alerted directly, once by each server.

use anyhow::Error;

use super::config::Config;
use crate::app::{Alert, AlertKind, send_alert_now};
use crate::calendar::format_time;

/// After how long an outage is reported (microseconds): a database that was restarted is back by then, and so is a mount.
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
    is_reported: bool,
}

impl Outage {
    /// Of something that is there.
    pub(super) fn of(lost: Lost) -> Self {
        Self { lost, since: None, is_reported: false }
    }

    /// It is still lost. Once that has lasted long enough, the operator is alerted, again and again until a channel accepts it.
    pub(super) async fn goes_on(&mut self, config: &Config, error: &Error, now: i64) {
        let since = *self.since.get_or_insert(now);
        if now.saturating_sub(since) >= QUIET && !self.is_reported {
            self.is_reported = report(config, &self.lost.begun(since, error), now).await;
        }
    }

    /// It is there.
    pub(super) async fn is_over(&mut self, config: &Config, now: i64) {
        let was_reported = std::mem::take(&mut self.is_reported);
        if let Some(since) = self.since.take().filter(|_| was_reported) {
            report(config, &self.lost.ended(since, now), now).await;
        }
    }
}

/// Alerts the operator; answers whether a channel accepted it, or there is none.
async fn report(config: &Config, alert: &Alert, now: i64) -> bool {
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
                "Restore the database; purser retries every minute. `purser config` shows which one is in use, and `purser doctor` whether it \
                 can be used.",
            ),
            Self::Programs => (
                "the program files cannot be read",
                "they are back",
                "Restore their folder, for example by mounting it again; purser retries every minute. `purser config` shows which folder \
                 is in use (PURSER_JOBS).",
            ),
        };
        Alert {
            kind: AlertKind::Outage,
            program: String::new(),
            job: String::new(),
            mark: format!("{} {time}", self.code()),
            headline: headline.to_owned(),
            what: format!("{error:#}"),
            since: format!("First noticed by this server at {time}."),
            money: format!(
                "No job of any program will run until {back}: nothing is posted, drafted or sent. Nothing is lost; after that the most \
                 recent due run of each job is carried out."
            ),
            to_do: to_do.to_owned(),
        }
    }

    fn ended(self, since: i64, now: i64) -> Alert {
        let (headline, what) = match self {
            Self::Database => ("the database is back", "The database is available again. It had been unavailable"),
            Self::Programs => ("the program files are back", "The program files can be read again. They had been unavailable"),
        };
        Alert {
            kind: AlertKind::Recovered,
            program: String::new(),
            job: String::new(),
            mark: format!("{} {}", self.code(), format_time(now)),
            headline: headline.to_owned(),
            what: format!("{what} since {}.", format_time(since)),
            since: format!("{}.", format_time(now)),
            money: "The most recent due run of each job is carried out now.".to_owned(),
            to_do: "Nothing.".to_owned(),
        }
    }
}
