//! What is in force, and where each value comes from: a flag, the environment, a file that the environment names, or a
//! default. Rules stand in program files, addresses and secrets in the environment, and flags are for one run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::app::Post;

/// One setting.
pub(super) struct Setting {
    /// Its name in the environment.
    pub name: &'static str,
    /// The flag that goes before it, if it has one.
    pub flag: Option<&'static str>,
    /// What holds where nothing is said.
    pub default: &'static str,
    /// What it means.
    pub means: &'static str,
    /// Whether it may hold a secret: then it is never shown whole, and its name with `_FILE` behind it may name a file that
    /// holds it.
    pub is_secret: bool,
}

macro_rules! settings {
    ($($const:ident = $name:literal, $flag:expr, $default:literal, $secret:literal, $means:literal;)*) => {
        $(pub(super) const $const: Setting =
            Setting { name: $name, flag: $flag, default: $default, means: $means, is_secret: $secret };)*
        /// All of them, in the order they are shown.
        pub(super) const ALL: &[Setting] = &[$($const),*];
    };
}

settings! {
    JOBS = "PURSER_JOBS", Some("jobs"), "jobs", false, "the program file, or a folder of them";
    DATABASE = "PURSER_DATABASE", Some("database"), "sqlite://purser-data/purser.db", true, "the ledger's database";
    DATA = "PURSER_DATA", Some("data"), "", false, "the folder of kept facts, outcomes and mails; NAME-data beside the database NAME.db unless said";
    LEASE = "PURSER_LEASE", None, "60", false, "after how many seconds a run that is not heard of is taken over";
    SMTP_URL = "PURSER_SMTP_URL", None, "", true, "the mail server; without one, mails are written as files into the data folder";
    MAIL_FROM = "PURSER_MAIL_FROM", None, "purser@localhost", false, "who mails are from";
    OPERATOR_MAIL = "PURSER_OPERATOR_MAIL", None, "", false, "who is mailed when something is wrong";
    WEBHOOK_URL = "PURSER_WEBHOOK_URL", None, "", true, "where the same is posted as JSON";
    LISTEN = "PURSER_LISTEN", Some("listen"), "127.0.0.1:9464", false, "where `purser serve` answers over HTTP";
    AT_ONCE = "PURSER_AT_ONCE", Some("at_once"), "2", false, "how many jobs `purser serve` runs at once";
    LOG = "PURSER_LOG", None, "", false, "what is logged: purser=warn on a terminal, purser=info elsewhere, unless said";
    LOG_FORMAT = "PURSER_LOG_FORMAT", None, "", false, "how: text or json; text on a terminal, json elsewhere, unless said";
    OTEL = "OTEL_EXPORTER_OTLP_ENDPOINT", None, "", false, "where traces go, such as http://localhost:4318; nowhere unless said";
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    Flag,
    Environment,
    File(PathBuf),
    Default,
}

/// A value, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub text: String,
    pub origin: Origin,
}

/// The value of a setting. `matches` are the arguments of this run, where there are any.
///
/// # Errors
///
/// When a file that should hold it cannot be read.
pub(super) fn value(setting: &Setting, matches: Option<&ArgMatches>) -> Result<Value> {
    if let Some(text) = setting.flag.and_then(|flag| typed(matches?, flag)) {
        return Ok(Value { text, origin: Origin::Flag });
    }
    if let Some(text) = environment(setting.name) {
        return Ok(Value { text, origin: Origin::Environment });
    }
    let file = format!("{}_FILE", setting.name);
    if let Some(path) = environment(&file).filter(|_| setting.is_secret).map(PathBuf::from) {
        let read = std::fs::read_to_string(&path);
        let text = read.with_context(|| format!("{file} names {}, which cannot be read", path.display()))?;
        return Ok(Value { text: text.trim().to_owned(), origin: Origin::File(path) });
    }
    Ok(Value { text: setting.default.to_owned(), origin: Origin::Default })
}

/// What somebody typed for a flag, wherever it stands on the command line.
fn typed(matches: &ArgMatches, flag: &str) -> Option<String> {
    let here = match matches.try_contains_id(flag) {
        Ok(true) if matches.value_source(flag) == Some(ValueSource::CommandLine) => {
            matches.get_raw(flag).and_then(|mut raw| raw.next()).map(|raw| raw.to_string_lossy().into_owned())
        }
        _ => None,
    };
    here.or_else(|| matches.subcommand().and_then(|(_, below)| typed(below, flag)))
}

/// A variable that says nothing is as one that is not there.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.trim().is_empty())
}

fn text(setting: &Setting) -> Result<String> {
    value(setting, None).map(|value| value.text)
}

/// The program file, or the folder of them: what was typed, else what is set.
pub(super) fn jobs(typed: Option<&Path>) -> Result<PathBuf> {
    typed.map_or_else(|| text(&JOBS).map(PathBuf::from), |path| Ok(path.to_owned()))
}

/// The database's address: what was typed, else what is set.
pub(super) fn database(typed: Option<&str>) -> Result<String> {
    typed.map_or_else(|| text(&DATABASE), |text| Ok(text.to_owned()))
}

/// The data folder: what was typed, else what is set; none where neither says one.
pub(super) fn data(typed: Option<&Path>) -> Result<Option<PathBuf>> {
    let set = typed.map_or_else(|| text(&DATA).map(PathBuf::from), |path| Ok(path.to_owned()))?;
    Ok(Some(set).filter(|set| !set.as_os_str().is_empty()))
}

/// What [`lease`] is unless it is set.
pub(super) const USUAL_LEASE: Duration = Duration::from_secs(60);

/// After how long without a sign of life another run takes over.
pub(super) fn lease() -> Result<Duration> {
    let text = text(&LEASE)?;
    match text.trim().parse() {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => bail!(
            "PURSER_LEASE is \"{text}\"; write the seconds after which a run that is not heard of is taken over, such as 60"
        ),
    }
}

/// How mail and webhooks are sent.
pub(super) fn post() -> Result<Post> {
    Post::new(&text(&MAIL_FROM)?, &text(&OPERATOR_MAIL)?, &text(&SMTP_URL)?, &text(&WEBHOOK_URL)?)
}

/// Where the server answers, and how many jobs it runs at once.
pub(super) fn server(listen: Option<&str>, at_once: Option<usize>) -> Result<(String, usize)> {
    let listen = match listen {
        Some(listen) => listen.to_owned(),
        None => text(&LISTEN)?,
    };
    let at_once = match at_once {
        Some(at_once) => at_once,
        None => {
            let text = text(&AT_ONCE)?;
            text.trim()
                .parse()
                .ok()
                .filter(|count| *count > 0)
                .with_context(|| format!("PURSER_AT_ONCE is \"{text}\"; write how many jobs may run at once, such as 2"))?
        }
    };
    Ok((listen, at_once))
}
