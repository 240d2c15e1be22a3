//! Checks everything a run needs, before it is needed.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::environment::Environment;
use super::status::ahead_of_clock;
use crate::alerts::list_open;
use crate::calendar::format_time;
use crate::effect::try_to_write;
use crate::facts::Hints;
use crate::ledger::programs;
use crate::outbox::{Channel, LetterState, Post, Transport, counts};
use crate::posting::last;
use crate::program::Program;
use crate::runs::{self, RunRecord, RunState};
use crate::sources::{Remote, connect};
use crate::vocabulary::counted;

/// How many of a program's last runs are checked.
const RUNS: i64 = 50;

/// Less free space than this is too little for a large shop's night (bytes).
const SPACE: u64 = 1 << 30;

/// How far this machine's clock may be from the database's (microseconds).
const CLOCKS: i64 = 5_000_000;

/// How long a mail server may take to answer.
const ANSWER: Duration = Duration::from_secs(20);

/// The ends of domains that no mail server elsewhere knows (RFC 6761, RFC 6762, RFC 8375, and what routers and clouds use).
const LOCAL: [&str; 8] = ["localhost", "local", "localdomain", "internal", "lan", "home.arpa", "test", "invalid"];

/// The domains of documentation (RFC 2606), which the files of `deploy` have until somebody edits them.
const EXAMPLES: [&str; 4] = ["example", "example.com", "example.net", "example.org"];

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

/// What was checked, and how to fix it.
pub struct Finding {
    /// How it is.
    pub health: Health,
    /// What was checked.
    pub what: String,
    /// What was found.
    pub found: String,
    /// What to do about it; empty where there is nothing to do.
    pub to_do: String,
}

/// Everything that was checked, in that order.
#[derive(Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Something is as it should be.
    pub fn well(&mut self, what: &str, found: impl Into<String>) {
        self.add(Health::Well, what, found, "");
    }

    /// Something was not checked, for this reason.
    pub fn not_checked(&mut self, what: &str, why: impl Into<String>) {
        self.add(Health::NotChecked, what, why, "");
    }

    /// Something was found that may need somebody.
    pub fn add(&mut self, health: Health, what: &str, found: impl Into<String>, to_do: impl Into<String>) {
        self.0.push(Finding { health, what: what.to_owned(), found: found.into(), to_do: to_do.into() });
    }
}

/// Checks the sources of programs: whether their files can be read, or are there where they lie elsewhere.
pub async fn check_sources(programs: &[Program], findings: &mut Findings) {
    for program in programs {
        let what = format!("sources of {}", program.id);
        let mut files = 0;
        let mut missing = Vec::new();
        let mut remote = Remote::list(program, Path::new("")).await;
        for source in program.sources.iter().chain(&program.payees) {
            if !source.kind.has_files() {
                match connect(source) {
                    Ok(_) => findings.not_checked(
                        &format!("source {} of {}", source.name, program.id),
                        format!("its access token is there; {} is asked when facts are fetched", source.written),
                    ),
                    Err(error) => missing.push(format!("{}: {error:#}", source.name)),
                }
                continue;
            }
            match remote.files_of(source) {
                Ok(found) if source.is_remote() => files += found.len(),
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
            findings.well(&what, format!("all readable: {}", counted(files, "file", "files")));
        } else {
            let to_do = "check that they were delivered and that this user can read them";
            findings.add(Health::Failed, &what, missing.join("; "), to_do);
        }
    }
}

/// Checks the database: whether it answers, has its triggers, can be written, and tells the same time.
pub async fn check_database(at: &Environment, address: &str, now: i64, findings: &mut Findings) {
    let clock = match at.store.clock().await {
        Ok(clock) => clock,
        Err(error) => {
            let to_do = "check that it is running and reachable from here";
            return findings.add(Health::Failed, "database", format!("{error:#}"), to_do);
        }
    };
    let apart = now.saturating_sub(clock).saturating_abs();
    if apart > CLOCKS {
        let found = format!("its clock and this machine's are {} s apart", apart / 1_000_000);
        findings.add(Health::Warning, "clock", found, "synchronize both with NTP: schedules follow this machine's clock");
    }
    match at.store.missing_guards().await {
        Ok(missing) if missing.is_empty() => {}
        Ok(missing) => findings.add(
            Health::Failed,
            "database triggers",
            format!("these guard its tables, and are missing, disabled or changed: {}", missing.join(", ")),
            "find out who changed the database, run `purser check`, and restore the last backup on which both are clean",
        ),
        Err(error) => findings.not_checked("database triggers", format!("{error:#}")),
    }
    // A program that nobody has: what is written is forgotten.
    match at.store.begin("doctor").await {
        Ok(_) => findings.well("database", format!("{address} is open, and its schema is up to date")),
        Err(error) => findings.add(
            Health::Failed,
            "database",
            format!("it cannot be written: {error:#}"),
            "follow the advice in the message",
        ),
    }
}

/// Checks a database that is not there yet: whether the first run can make it.
pub fn check_new_database(path: &Path, findings: &mut Findings) {
    match can_be_made(path) {
        Ok(()) => findings.add(
            Health::Warning,
            "database",
            format!("there is none yet at {}; the first run creates it", path.display()),
            "if there should be one, name it with --database or PURSER_DATABASE",
        ),
        Err(error) => findings.add(
            Health::Failed,
            "database",
            format!("there is none yet, and it cannot be created at {}: {error:#}", path.display()),
            "make the user who runs purser the owner of the folder",
        ),
    }
}

/// Checks the data folder: whether it can be written, and has room. It may be missing only while no ledger rests on it;
/// `has_ledgers` is none where nobody knows.
pub fn check_disk(data: &Path, has_ledgers: Option<bool>, findings: &mut Findings) {
    let what = "data folder";
    let shown = data.display();
    let own_it = "make the user who runs purser its owner";
    let is_there = data.exists();
    let mount_it = "mount or restore it, or name the right one with --data or PURSER_DATA";
    if !is_there && has_ledgers == Some(true) {
        let found = format!("there is none at {shown}, but the database has ledgers that depend on it");
        return findings.add(Health::Failed, what, found, mount_it);
    }
    if let Err(error) = if is_there { try_to_write(data) } else { can_be_made(data) } {
        return findings.add(Health::Failed, what, format!("{error:#}"), own_it);
    }
    if !is_there && has_ledgers.is_none() {
        let found = format!("there is none at {shown}; without the database, purser cannot tell whether a ledger depends on it");
        return findings.add(Health::Warning, what, found, mount_it);
    }
    let found = if is_there { format!("{shown}:") } else { format!("there is none yet at {shown}; the first run creates it:") };
    match fs4::available_space(nearest(data)) {
        Ok(space) if space < SPACE => findings.add(
            Health::Warning,
            what,
            format!("{found} only {} MB free", space >> 20),
            "free some space: `purser tidy` deletes data past its retention period",
        ),
        Ok(space) => findings.well(what, format!("{found} {} GB free", space >> 30)),
        Err(error) => findings.add(Health::Warning, what, format!("{found} {error}"), "check its disk"),
    }
}

/// Checks that nobody but its owner reads what purser has written: an older one, or a copy that was restored, left it to the umask.
pub fn check_rights(paths: &[&Path], findings: &mut Findings) {
    for path in paths.iter().filter(|path| is_open_to_all(path)) {
        let shown = path.display();
        findings.add(
            Health::Warning,
            "file permissions",
            format!("every user of this machine can read {shown}"),
            format!("chmod -R go= {shown}"),
        );
    }
}

/// Whether users who neither own a path nor belong to its group can read it: no folder above it keeps them out.
fn is_open_to_all(path: &Path) -> bool {
    let mode = |path: &Path| std::fs::metadata(path).map_or(0, |about| about.permissions().mode());
    mode(path) & 0o004 != 0 && path.ancestors().skip(1).all(|above| mode(above) & 0o001 != 0)
}

/// Tries whether something could be made at a path where nothing is, and makes nothing.
fn can_be_made(path: &Path) -> Result<()> {
    try_to_write(nearest(path))
}

/// The path, or what is nearest above it and exists.
fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|above| above.exists()).unwrap_or(Path::new("/"))
}

/// Checks the delivery channels: whether the mail server answers, who sends, and who is alerted.
pub async fn check_mail(post: &Post, findings: &mut Findings) {
    let has_server = !matches!(post.mails, Transport::Files);
    match tokio::time::timeout(ANSWER, post.mails.check()).await {
        Ok(Ok(())) if has_server => findings.well("mail", "the mail server answers"),
        Ok(Ok(())) => findings.add(
            Health::Warning,
            "mail",
            "no mail server is set: emails are saved as files in the data folder",
            "set PURSER_SMTP_URL, such as smtp://USER:PASSWORD@HOST:587?tls=required",
        ),
        Ok(Err(error)) => {
            findings.add(Health::Failed, "mail", error, "check PURSER_SMTP_URL, and that the server is reachable from here")
        }
        Err(_) => {
            findings.add(Health::Failed, "mail", "the mail server is not responding", "check PURSER_SMTP_URL and firewalls")
        }
    }
    if has_server {
        check_sender(post, findings);
    } else {
        findings.not_checked("sender", format!("no mail server is set, so no emails are sent from {}", post.sender.email));
    }
    check_operator(post, has_server, findings);
    if post.webhook.is_some() {
        findings.not_checked("webhook", "a test call would look like an alert; the first real alert shows whether it works");
    }
}

fn check_sender(post: &Post, findings: &mut Findings) {
    let to_do = "set PURSER_MAIL_FROM to an address of your own domain";
    let email = &post.sender.email;
    if is_local(email.domain()) {
        let found = format!("emails are sent from {email}, which cannot receive replies and which most mail servers reject");
        findings.add(Health::Failed, "sender", found, to_do);
    } else if is_example(email.domain()) {
        findings.add(Health::Warning, "sender", format!("emails are sent from {email}, an example address"), to_do);
    } else {
        findings.well("sender", format!("emails are sent from {}", post.sender));
    }
}

fn check_operator(post: &Post, has_server: bool, findings: &mut Findings) {
    let what = "operator";
    let emails: Vec<String> = post.operators.iter().map(|operator| operator.email.to_string()).collect();
    if emails.is_empty() && post.webhook.is_none() {
        let to_do = "set PURSER_OPERATOR_MAIL, PURSER_WEBHOOK_URL, or both";
        return findings.add(Health::Warning, what, "no recipient is set for operator alerts", to_do);
    }
    if !emails.is_empty() && !has_server {
        let found = format!("alerts to {} are saved as files, not sent", emails.join(", "));
        return findings.add(Health::Warning, what, found, "set PURSER_SMTP_URL");
    }
    let doubtful = |domain: &str| is_local(domain) || is_example(domain);
    for operator in post.operators.iter().filter(|operator| doubtful(operator.email.domain())) {
        let found = format!("alerts go to {}, which most mail servers cannot deliver to", operator.email);
        findings.add(Health::Warning, what, found, "check PURSER_OPERATOR_MAIL");
    }
    if !post.operators.iter().any(|operator| doubtful(operator.email.domain())) {
        let webhook = post.webhook.is_some().then(|| "the webhook".to_owned());
        let ways: Vec<String> = emails.into_iter().chain(webhook).collect();
        findings.well(what, format!("alerts go to {}", ways.join(", ")));
    }
}

/// Whether mail servers elsewhere cannot know a domain: an IP address, a name of one word, a name of this machine or network.
fn is_local(domain: &str) -> bool {
    let domain = domain.to_lowercase();
    domain.parse::<IpAddr>().is_ok() || !domain.contains('.') || is_below(&domain, &LOCAL)
}

/// Whether a domain belongs to documentation.
fn is_example(domain: &str) -> bool {
    is_below(&domain.to_lowercase(), &EXAMPLES)
}

fn is_below(domain: &str, ends: &[&str]) -> bool {
    let is_below = |end: &&str| domain.strip_suffix(*end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    ends.iter().any(is_below)
}

/// Says what of a program's facts is probably not meant, as the last reconciliation found it.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn check_hints(at: &Environment, program: &Program, findings: &mut Findings) -> Result<()> {
    let what = format!("facts of {}", program.id);
    let Some(last) = last(&at.store, &program.id).await? else {
        findings.not_checked(&what, "they have never been reconciled; `purser validate` checks them");
        return Ok(());
    };
    let at = format_time(last.as_of);
    match last.kept()?.hints {
        None => findings.not_checked(&what, "the last run was by an older purser; `purser validate` checks them"),
        Some(hints) if hints.is_empty() => findings.well(&what, format!("no likely mistakes, as of {at}")),
        Some(Hints { count, examples }) => findings.add(
            Health::Warning,
            &what,
            format!("possible mistakes, as of {at}: {count}, such as: {}", examples.join("; ")),
            format!("`purser validate --program {}` lists all", program.id),
        ),
    }
    Ok(())
}

/// Checks what is open: ledgers that are ahead of the clock, jobs whose last run failed, alerts, letters that could not be sent.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn check_open(at: &Environment, findings: &mut Findings) -> Result<()> {
    for id in programs(&at.store).await? {
        if let Some(found) = ahead_of_clock(at, &id).await? {
            findings.add(Health::Failed, "times", found, "`purser check times` lists all that is dated ahead");
        }
        for run in last_of_each_job(runs::list(&at.store, &id, RUNS).await?).filter(|run| run.state == RunState::Failed) {
            let found = format!("the latest run (run {}) failed: {}", run.run_id, run.error.unwrap_or_default());
            findings.add(Health::Warning, &format!("job {} of {id}", run.job), found, "fix the problem, then run the job again");
        }
    }
    for raised in list_open(&at.store).await? {
        findings.add(
            Health::Warning,
            "alert",
            format!("{}, since {}", raised.headline, format_time(raised.raised_at)),
            "`purser status` shows the details",
        );
    }
    for letters in counts(&at.store).await? {
        let what = format!("messages of {}", letters.program);
        let found = format!("{} {} ({})", letters.count, letters.state, letters.channel);
        match letters.state {
            LetterState::Unknown if letters.channel == Channel::Statement => {
                let to_do = "nobody knows whether they were sent: ask the mail server's log or the creators, then \
                             `purser mail retry --unknown --by NAME`";
                findings.add(Health::Warning, &what, found, to_do);
            }
            LetterState::Waiting | LetterState::Unknown => {
                findings.add(Health::Warning, &what, found, "the server or the next run will send them")
            }
            LetterState::Failed => {
                let to_do = match letters.channel == Channel::Statement {
                    true => {
                        "the mail server rejected them permanently: check the address in the table of creators; `purser mail status` says why, and `purser mail suppressed` which addresses are not mailed any more"
                    }
                    false => "they were rejected permanently: check PURSER_OPERATOR_MAIL and PURSER_WEBHOOK_URL",
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
