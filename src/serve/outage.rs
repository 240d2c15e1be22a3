//! When the database cannot be used there is nowhere to raise an alert: the operator is told directly, once, as a file in the
//! data folder remembers.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Error, Result};

use super::Config;
use crate::alert::{Alert, Kind, tell_now};
use crate::effect::{remove, write_file};
use crate::facts::format_time;

/// After how long an outage is told (microseconds): a database that is started again is back by then.
const QUIET: i64 = 180_000_000;

/// That the database cannot be used, as far as this server has seen.
#[derive(Debug, Default)]
pub(super) struct Outage {
    since: Option<i64>,
}

impl Outage {
    /// The database could not be used: by now long enough for somebody to know?
    pub(super) async fn goes_on(&mut self, config: &Config, error: &Error, now: i64) {
        let since = *self.since.get_or_insert(now);
        if now.saturating_sub(since) < QUIET || record(config).exists() {
            return;
        }
        let alert = begun(since, error);
        let told = async {
            write_file(&record(config), |file| Ok(file.write_all(format_time(since).as_bytes())?))?;
            tell_now(&config.post, &config.data, &alert, now).await
        };
        log(told.await);
    }

    /// The database can be used.
    pub(super) async fn is_over(&mut self, config: &Config, now: i64) {
        self.since = None;
        // A server before this one may have told of it.
        let Ok(since) = fs::read_to_string(record(config)) else { return };
        let told = async {
            remove(&record(config))?;
            tell_now(&config.post, &config.data, &ended(&since, now), now).await
        };
        log(told.await);
    }
}

fn record(config: &Config) -> PathBuf {
    config.data.join("outbox/.outage")
}

fn log(told: Result<()>) {
    if let Err(error) = told {
        tracing::error!("the operator could not be told of the database: {error:#}");
    }
}

fn begun(since: i64, error: &Error) -> Alert {
    let time = format_time(since);
    Alert {
        kind: Kind::Outage,
        program: String::new(),
        job: String::new(),
        mark: time.clone(),
        headline: "the database cannot be used".to_owned(),
        what: format!("{error:#}"),
        since: format!("{time}, as far as this server has seen."),
        money: "No job of any program runs until it is back: nothing is posted, drafted or sent. Nothing is lost; then the latest of each \
                job that was due is done."
            .to_owned(),
        to_do: "Bring the database back; purser looks every minute. `purser config` shows which one it is, and `purser doctor` whether it \
                can be used."
            .to_owned(),
    }
}

fn ended(since: &str, now: i64) -> Alert {
    Alert {
        kind: Kind::Recovered,
        program: String::new(),
        job: String::new(),
        mark: format_time(now),
        headline: "the database is back".to_owned(),
        what: format!("The database can be used again; it could not be since {since}."),
        since: format!("{}.", format_time(now)),
        money: "What was due meanwhile is done now, the latest of each job.".to_owned(),
        to_do: "Nothing.".to_owned(),
    }
}
