//! What is in force, and where each value comes from: a flag, the environment, a file that the environment names, or a
//! default. Rules stand in program files, addresses and secrets in the environment, and flags are for one run.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::app::{Keyring, Pace, Post, Proof, ReturnPath, Signer};
use crate::error::Invalid;

/// One setting.
pub(super) struct Setting {
    /// Its name in the environment.
    pub name: &'static str,
    /// The flag that overrides it, if it has one.
    pub flag: Option<&'static str>,
    /// Its value where it is not set.
    pub default: &'static str,
    /// What it means.
    pub means: &'static str,
    /// Whether it may hold a secret: then it is never shown in full, and the variable with `_FILE` appended may name a file
    /// that holds it.
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
    JOBS = "PURSER_JOBS", Some("jobs"), "jobs", false, "the program file, or a folder of program files";
    DATABASE = "PURSER_DATABASE", Some("database"), "sqlite://purser-data/purser.db", true, "the ledger's database";
    DATA = "PURSER_DATA", Some("data"), "", false, "the data folder, for facts, outcomes, payment lists and emails; by default NAME-data beside the database NAME.db";
    LEASE = "PURSER_LEASE", None, "60", false, "seconds without a heartbeat after which another run takes over";
    SMTP_URL = "PURSER_SMTP_URL", None, "", true, "the mail server; if not set, emails are saved as files in the data folder";
    SMTP_RATE = "PURSER_SMTP_RATE", None, "", false, "how many emails a minute the mail server is given; if not set, as many as it takes";
    DKIM_KEY = "PURSER_DKIM_KEY", None, "", true, "the key by which emails to creators are signed (DKIM); if not set, they are not";
    DKIM_DOMAIN = "PURSER_DKIM_DOMAIN", None, "", false, "the domain for which they are signed";
    DKIM_SELECTOR = "PURSER_DKIM_SELECTOR", None, "", false, "the selector under which its public key stands: SELECTOR._domainkey.DOMAIN";
    MAIL_FROM = "PURSER_MAIL_FROM", None, "purser@localhost", false, "the sender of all emails";
    RETURN_PATH = "PURSER_RETURN_PATH", None, "", false, "where bounces of emails to creators are sent, such as bounces@glow.example: each attempt has an address of its own; if not set, to the sender";
    BOUNCES = "PURSER_BOUNCES", None, "", false, "the folder (Maildir, or .eml and .jsonl files) or file that holds them; if not set, none are read";
    OPERATOR_MAIL = "PURSER_OPERATOR_MAIL", None, "", false, "who gets operator alerts by email";
    WEBHOOK_URL = "PURSER_WEBHOOK_URL", None, "", true, "where operator alerts are posted as JSON";
    KEY = "PURSER_KEY", None, "", true, "the keys under which details of payees are kept, ID:DIGITS, today's first";
    LISTEN = "PURSER_LISTEN", Some("listen"), "127.0.0.1:9464", false, "the address `purser serve` serves HTTP on";
    PAGES = "PURSER_PAGES", Some("pages"), "127.0.0.1:9465", false, "the address of the pages where people sign in; off for none";
    TOKEN = "PURSER_TOKEN", None, "", true, "your token, which proves who you are once there are users";
    POSTBACKS = "PURSER_POSTBACKS", Some("postbacks"), "", false, "the address `purser serve` takes postbacks of partners on; if not set, none are taken";
    AT_ONCE = "PURSER_AT_ONCE", Some("at_once"), "2", false, "the maximum number of jobs `purser serve` runs concurrently";
    LOG = "PURSER_LOG", None, "", false, "what is logged; by default purser=warn on a terminal, purser=info elsewhere";
    LOG_FORMAT = "PURSER_LOG_FORMAT", None, "", false, "the log's format, text or json; by default text on a terminal, json elsewhere";
    OTEL = "OTEL_EXPORTER_OTLP_ENDPOINT", None, "", true, "where traces are sent, such as http://localhost:4318; if not set, nowhere";
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
        let text = read.with_context(|| format!("{file} points to {}, which cannot be read", path.display()))?;
        return Ok(Value { text: text.trim().to_owned(), origin: Origin::File(path) });
    }
    Ok(Value { text: setting.default.to_owned(), origin: Origin::Default })
}

/// The value typed for a flag, wherever it stands on the command line.
fn typed(matches: &ArgMatches, flag: &str) -> Option<String> {
    let here = match matches.try_contains_id(flag) {
        Ok(true) if matches.value_source(flag) == Some(ValueSource::CommandLine) => {
            matches.get_raw(flag).and_then(|mut raw| raw.next()).map(|raw| raw.to_string_lossy().into_owned())
        }
        _ => None,
    };
    here.or_else(|| matches.subcommand().and_then(|(_, below)| typed(below, flag)))
}

/// An empty variable counts as one that is not set.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.trim().is_empty())
}

fn text(setting: &Setting) -> Result<String> {
    value(setting, None).map(|value| value.text)
}

/// The program file, or the folder of program files: the flag, else the setting.
pub(super) fn jobs(typed: Option<&Path>) -> Result<PathBuf> {
    typed.map_or_else(|| text(&JOBS).map(PathBuf::from), |path| Ok(path.to_owned()))
}

/// The database's address: the flag, else the setting.
pub(super) fn database(typed: Option<&str>) -> Result<String> {
    typed.map_or_else(|| text(&DATABASE), |text| Ok(text.to_owned()))
}

/// The data folder: the flag, else the setting, if either is there.
pub(super) fn data(typed: Option<&Path>) -> Result<Option<PathBuf>> {
    let set = typed.map_or_else(|| text(&DATA).map(PathBuf::from), |path| Ok(path.to_owned()))?;
    Ok(Some(set).filter(|set| !set.as_os_str().is_empty()))
}

/// What [`lease`] is unless it is set.
pub(super) const USUAL_LEASE: Duration = Duration::from_secs(60);

/// After how long without a heartbeat another run takes over.
pub(super) fn lease() -> Result<Duration> {
    let text = text(&LEASE)?;
    match text.trim().parse() {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => bail!(
            "PURSER_LEASE is \"{text}\"; write the number of seconds without a heartbeat after which another run takes over, such as 60"
        ),
    }
}

/// The delivery channels: mail and webhook.
pub(super) fn post() -> Result<Post> {
    let signer = Signer::read(&text(&DKIM_KEY)?, &text(&DKIM_DOMAIN)?, &text(&DKIM_SELECTOR)?)?;
    let post = Post::new(&text(&MAIL_FROM)?, &text(&OPERATOR_MAIL)?, &text(&SMTP_URL)?, &text(&WEBHOOK_URL)?)?;
    let bounces = Some(text(&BOUNCES)?).filter(|path| !path.is_empty()).map(PathBuf::from);
    Ok(post.with(Pace::read(&text(&SMTP_RATE)?)?, signer).with_bounces(ReturnPath::read(&text(&RETURN_PATH)?)?, bounces))
}

/// The keys under which details of payees are kept.
pub(super) fn keyring() -> Result<Keyring> {
    let value = value(&KEY, None)?;
    if let Origin::File(path) = &value.origin {
        let mode = std::fs::metadata(path).with_context(|| format!("cannot look at {}", path.display()))?.permissions().mode();
        if mode & 0o077 != 0 {
            bail!(Invalid(format!(
                "PURSER_KEY_FILE points to {}, which others than its owner can read or write: chmod 600 {0}",
                path.display()
            )));
        }
    }
    Ok(Keyring::parse(&value.text)?)
}

/// Where the pages are, if anywhere.
pub(super) fn pages(typed: Option<&str>) -> Result<Option<String>> {
    let pages = typed.map_or_else(|| text(&PAGES), |pages| Ok(pages.to_owned()))?;
    Ok(Some(pages).filter(|pages| pages != "off"))
}

/// What proves who asks: a code, a token in a file, or one in the environment.
pub(super) fn proof(token_file: Option<&Path>, code: Option<&str>) -> Result<Proof> {
    if let Some(code) = code {
        return Ok(Proof::Code(code.to_owned()));
    }
    let token = match token_file {
        Some(path) => {
            let read = std::fs::read_to_string(path);
            read.with_context(|| format!("--token-file names {}, which cannot be read", path.display()))?.trim().to_owned()
        }
        None => text(&TOKEN)?,
    };
    Ok(if token.is_empty() { Proof::None } else { Proof::Token(token) })
}

/// Where partners' servers report to, if they may.
pub(super) fn postbacks(typed: Option<&str>) -> Result<Option<String>> {
    let set = typed.map_or_else(|| text(&POSTBACKS), |typed| Ok(typed.to_owned()))?;
    Ok(Some(set).filter(|set| !set.trim().is_empty()))
}

/// The server's address, and how many jobs it runs at once.
pub(super) fn server(listen: Option<&str>, at_once: Option<usize>) -> Result<(String, usize)> {
    let listen = match listen {
        Some(listen) => listen.to_owned(),
        None => text(&LISTEN)?,
    };
    let at_once = match at_once {
        Some(at_once) => at_once,
        None => {
            let text = text(&AT_ONCE)?;
            text.trim().parse().ok().filter(|count| *count > 0).with_context(|| {
                format!("PURSER_AT_ONCE is \"{text}\"; write the maximum number of concurrent jobs, such as 2")
            })?
        }
    };
    Ok((listen, at_once))
}
