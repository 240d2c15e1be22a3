//! Everything that a run needs, looked at before it is needed.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::environment::Environment;
use crate::alerts::list_open;
use crate::calendar::format_time;
use crate::effect::try_to_write;
use crate::ledger::programs;
use crate::outbox::{Channel, LetterState, Post, Transport, counts};
use crate::program::Program;
use crate::runs::{self, RunRecord, RunState};
use crate::sources::files_of;
use crate::vocabulary::counted;

/// How many of a program's last runs are looked at.
const RUNS: i64 = 50;

/// Less free space than this is too little for a large shop's night (bytes).
const SPACE: u64 = 1 << 30;

/// How far this machine's clock may be from the database's (microseconds).
const CLOCKS: i64 = 5_000_000;

/// How long a mail server may take to answer.
const ANSWER: Duration = Duration::from_secs(20);

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Nothing to do.
    Well,
    /// It works, but somebody should know.
    Warning,
    /// A run would fail, or a mail not be sent.
    Failed,
    /// Nobody looked, and why.
    NotChecked,
}

/// What was looked at, and how to fix it.
pub struct Finding {
    /// How it is.
    pub health: Health,
    /// What was looked at.
    pub what: String,
    /// What was found.
    pub found: String,
    /// What to do about it; empty where there is nothing to do.
    pub to_do: String,
}

/// Everything that was looked at, in that order.
#[derive(Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Something is as it should be.
    pub fn well(&mut self, what: &str, found: impl Into<String>) {
        self.add(Health::Well, what, found, "");
    }

    /// Something is not.
    pub fn add(&mut self, health: Health, what: &str, found: impl Into<String>, to_do: impl Into<String>) {
        self.0.push(Finding { health, what: what.to_owned(), found: found.into(), to_do: to_do.into() });
    }
}

/// Looks at the sources of programs: whether their files can be read.
pub fn check_sources(programs: &[Program], findings: &mut Findings) {
    for program in programs {
        let what = format!("sources of {}", program.id);
        let mut files = 0;
        let mut missing = Vec::new();
        for (table, source) in &program.sources {
            match files_of(*table, source) {
                Ok(found) => {
                    for file in found {
                        match std::fs::File::open(&file.path) {
                            Ok(_) => files += 1,
                            Err(error) => missing.push(format!("{}: {error}", file.shown)),
                        }
                    }
                }
                Err(error) => missing.push(format!("{error:#}")),
            }
        }
        if missing.is_empty() {
            findings.well(&what, format!("{} can be read", counted(files, "file", "files")));
        } else {
            let to_do = "see that they were delivered, and that this user may read them";
            findings.add(Health::Failed, &what, missing.join("; "), to_do);
        }
    }
}

/// Looks at the database: whether it answers, can be written, and tells the same time.
pub async fn check_database(at: &Environment, address: &str, now: i64, findings: &mut Findings) {
    match at.store.clock().await {
        Ok(clock) => {
            let apart = now.saturating_sub(clock).saturating_abs();
            if apart > CLOCKS {
                let found = format!("its clock and this machine's are {} s apart", apart / 1_000_000);
                findings.add(Health::Warning, "clock", found, "let both be set by NTP: slots are counted by this machine's");
            }
            findings.well("database", format!("{address} is open, and its schema is this purser's"));
        }
        Err(error) => {
            findings.add(Health::Failed, "database", format!("{error:#}"), "see that it runs and can be reached from here")
        }
    }
    // A program that nobody has: what is written is forgotten.
    if let Err(error) = at.store.begin("doctor").await {
        findings.add(Health::Failed, "database", format!("it cannot be written: {error:#}"), "see what the message says");
    }
}

/// Looks at the data folder: whether it can be written, and has room.
pub fn check_disk(data: &Path, findings: &mut Findings) {
    if let Err(error) = try_to_write(data) {
        findings.add(Health::Failed, "data folder", format!("{error:#}"), "let the user who runs purser own it");
        return;
    }
    match fs4::available_space(data) {
        Ok(space) if space < SPACE => findings.add(
            Health::Warning,
            "data folder",
            format!("{}: only {} MB free", data.display(), space >> 20),
            "make room: `purser tidy` removes what is past its retention",
        ),
        Ok(space) => findings.well("data folder", format!("{}: {} GB free", data.display(), space >> 30)),
        Err(error) => findings.add(Health::Warning, "data folder", format!("{}: {error}", data.display()), "see its disk"),
    }
}

/// Looks at the ways to the outside: whether the mail server answers, who sends, and who is alerted.
pub async fn check_mail(post: &Post, findings: &mut Findings) {
    match tokio::time::timeout(ANSWER, post.mails.check()).await {
        Ok(Ok(())) => match &post.mails {
            Transport::Files => findings.add(
                Health::Warning,
                "mail",
                "no mail server is set: mails are written as files into the data folder",
                "set PURSER_SMTP_URL, such as smtp://USER:PASSWORD@HOST:587?tls=required",
            ),
            _ => findings.well("mail", format!("the mail server answers; mails are from {}", post.sender)),
        },
        Ok(Err(error)) => {
            findings.add(Health::Failed, "mail", error, "see PURSER_SMTP_URL, and that the server can be reached from here")
        }
        Err(_) => findings.add(Health::Failed, "mail", "the mail server does not answer", "see PURSER_SMTP_URL, and firewalls"),
    }
    if !matches!(post.mails, Transport::Files) && post.sender.email.domain() == "localhost" {
        findings.add(
            Health::Failed,
            "sender",
            format!("mails are from {}, which nobody can answer and most mail servers refuse", post.sender.email),
            "set PURSER_MAIL_FROM to an address of your own domain",
        );
    }
    if post.operators.is_empty() && post.webhook.is_none() {
        findings.add(
            Health::Warning,
            "operator",
            "nobody is alerted when something is wrong",
            "set PURSER_OPERATOR_MAIL, PURSER_WEBHOOK_URL, or both",
        );
    }
}

/// Looks at what is open: jobs whose last run failed, alerts, letters that could not be sent.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn check_open(at: &Environment, findings: &mut Findings) -> Result<()> {
    for id in programs(&at.store).await? {
        for run in last_of_each_job(runs::list(&at.store, &id, RUNS).await?).filter(|run| run.state == RunState::Failed) {
            let found = format!("the last one, run {}, failed: {}", run.run_id, run.error.unwrap_or_default());
            findings.add(Health::Warning, &format!("job {} of {id}", run.job), found, "fix what it says, and run the job again");
        }
    }
    for raised in list_open(&at.store).await? {
        findings.add(
            Health::Warning,
            "alert",
            format!("{}, since {}", raised.headline, format_time(raised.raised_at)),
            "`purser status` shows all of it",
        );
    }
    for letters in counts(&at.store).await? {
        let what = format!("letters of {}", letters.program);
        let found = format!("{} {} ({})", letters.count, letters.state, letters.channel);
        match letters.state {
            LetterState::Waiting | LetterState::Unknown => {
                findings.add(Health::Warning, &what, found, "the next run, or the server, sends them")
            }
            LetterState::Failed => {
                let to_do = match letters.channel == Channel::Statement {
                    true => "the mail server refused them for good: see the address among the creators",
                    false => "they were refused for good: see PURSER_OPERATOR_MAIL and PURSER_WEBHOOK_URL",
                };
                findings.add(Health::Warning, &what, found, to_do);
            }
            LetterState::Sending | LetterState::Sent => {}
        }
    }
    Ok(())
}

/// The last run of each job, of runs of which the latest comes first.
fn last_of_each_job(runs: Vec<RunRecord>) -> impl Iterator<Item = RunRecord> {
    let mut seen = BTreeSet::new();
    runs.into_iter().filter(move |run| seen.insert(run.job.clone()))
}
