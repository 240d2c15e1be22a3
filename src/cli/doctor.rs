//! Looks at everything that a run needs, and says how to mend what is not well.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};

use super::args::{Format, Places};
use super::context::{each_program, missing_database, now, orphans, workplace};
use super::settings;
use super::show::Sheet;
use crate::alert;
use crate::facts::format_time;
use crate::outbox::{Channel, counts};
use crate::program::Program;
use crate::runner::{RunRecord, Workplace, figures, runs};
use crate::sources::files_of;
use crate::store::secretless;

/// Less free space than this is too little for a large shop's night (bytes).
const SPACE: u64 = 1 << 30;

/// How far this machine's clock may be from the database's (microseconds).
const CLOCKS: i64 = 5_000_000;

/// How long a mail server may take to answer.
const ANSWER: Duration = Duration::from_secs(20);

/// How many of a program's last runs are looked at.
const RUNS: i64 = 50;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    /// It works, but somebody should know.
    Mind,
    /// A run would fail, or a mail not be sent.
    Ill,
}

/// What was looked at, and how to mend it.
struct Finding {
    health: Health,
    what: String,
    found: String,
    mend: String,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn well(&mut self, what: &str, found: impl Into<String>) {
        self.add(Health::Well, what, found, "");
    }

    fn add(&mut self, health: Health, what: &str, found: impl Into<String>, mend: impl Into<String>) {
        self.0.push(Finding { health, what: what.to_owned(), found: found.into(), mend: mend.into() });
    }
}

pub(super) async fn doctor(places: &Places, format: Format) -> Result<()> {
    let mut findings = Findings::default();
    let programs = programs(places, &mut findings);
    sources(&programs, &mut findings);
    time_zones(&programs, &mut findings);
    match (settings::lease().and_then(|_| settings::post()), missing_database(places)) {
        (Err(error), _) => findings.add(
            Health::Ill,
            "settings",
            format!("{error:#}"),
            "mend it where `purser config` says that it comes from; what rests on it was not looked at",
        ),
        (_, Ok(Some(path))) => findings.add(
            Health::Mind,
            "database",
            format!("there is none yet at {}; the first run makes it", path.display()),
            "if there should be one, name it with --database or PURSER_DATABASE",
        ),
        _ => opened(places, &mut findings).await,
    }
    report(&findings, format)
}

/// What needs the database to be open.
async fn opened(places: &Places, findings: &mut Findings) {
    match workplace(places).await {
        Ok(at) => {
            let address = settings::database(places.database.as_deref()).unwrap_or_default();
            database(&at, &secretless(&address), findings).await;
            disk(&at.data, findings);
            mails(&at, findings).await;
            if let Err(error) = state(places, &at, findings).await {
                findings.add(Health::Ill, "schedule", format!("{error:#}"), "see what the message says");
            }
        }
        Err(error) => findings.add(
            Health::Ill,
            "database",
            format!("{error:#}"),
            "`purser config` shows which database and settings are in force, and where they come from",
        ),
    }
}

fn report(findings: &Findings, format: Format) -> Result<()> {
    let row = |finding: &Finding| {
        let health = match finding.health {
            Health::Well => "ok",
            Health::Mind => "mind",
            Health::Ill => "MEND",
        };
        vec![health.to_owned(), finding.what.clone(), finding.found.clone(), finding.mend.clone()]
    };
    let rows = findings.0.iter().map(row).collect();
    Sheet { header: vec!["health", "what", "found", "to_do"], figures: Vec::new(), rows }.print(format)?;
    match findings.0.iter().filter(|finding| finding.health == Health::Ill).count() {
        0 => Ok(()),
        1 => bail!("one thing has to be mended"),
        count => bail!("{count} things have to be mended"),
    }
}

fn programs(places: &Places, findings: &mut Findings) -> Vec<Program> {
    let mut sound = Vec::new();
    match each_program(places) {
        Ok(programs) => {
            for (id, program) in programs {
                match program {
                    Ok(program) => {
                        let jobs = program.jobs.iter().filter(|job| job.schedule.is_some()).count();
                        findings.well(&format!("program {id}"), format!("its file is right; {jobs} scheduled jobs"));
                        sound.push(program);
                    }
                    Err(error) => findings.add(
                        Health::Ill,
                        &format!("program {id}"),
                        format!("{error:#}"),
                        "mend the file; none of its jobs runs until then",
                    ),
                }
            }
        }
        Err(error) => findings.add(Health::Ill, "programs", format!("{error:#}"), "name the folder of program files with --jobs"),
    }
    sound
}

fn sources(programs: &[Program], findings: &mut Findings) {
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
            findings.well(&what, format!("{files} files can be read"));
        } else {
            let mend = "see that whoever delivers them has done so, and that this user may read them";
            findings.add(Health::Ill, &what, missing.join("; "), mend);
        }
    }
}

fn time_zones(programs: &[Program], findings: &mut Findings) {
    let mut zones: Vec<&str> = programs.iter().map(|program| program.time_zone.name()).collect();
    zones.sort_unstable();
    zones.dedup();
    findings.well(
        "time zones",
        format!(
            "rules of {} are built in; used: {}",
            chrono_tz::IANA_TZDB_VERSION,
            if zones.is_empty() { "none".to_owned() } else { zones.join(", ") }
        ),
    );
}

async fn database(at: &Workplace, address: &str, findings: &mut Findings) {
    match at.store.clock().await {
        Ok(clock) => {
            let apart = now().saturating_sub(clock).saturating_abs();
            if apart > CLOCKS {
                let found = format!("its clock and this machine's are {} s apart", apart / 1_000_000);
                findings.add(Health::Mind, "clock", found, "let both be set by NTP: slots are counted by this machine's");
            }
            findings.well("database", format!("{address} is open, and its schema is this purser's"));
        }
        Err(error) => {
            findings.add(Health::Ill, "database", format!("{error:#}"), "see that it runs and can be reached from here")
        }
    }
    // A program that nobody has: what is written is forgotten.
    if let Err(error) = at.store.begin("doctor").await {
        findings.add(Health::Ill, "database", format!("it cannot be written: {error:#}"), "see what the message says");
    }
}

fn disk(data: &Path, findings: &mut Findings) {
    if let Err(error) = crate::effect::try_to_write(data) {
        findings.add(Health::Ill, "data folder", format!("{error:#}"), "let the user who runs purser own it");
        return;
    }
    match fs4::available_space(data) {
        Ok(space) if space < SPACE => findings.add(
            Health::Mind,
            "data folder",
            format!("{}: only {} MB free", data.display(), space >> 20),
            "make room: `purser tidy` removes what is past its retention",
        ),
        Ok(space) => findings.well("data folder", format!("{}: {} GB free", data.display(), space >> 30)),
        Err(error) => findings.add(Health::Mind, "data folder", format!("{}: {error}", data.display()), "see its disk"),
    }
}

async fn mails(at: &Workplace, findings: &mut Findings) {
    let post = &at.post;
    match tokio::time::timeout(ANSWER, post.mails.check()).await {
        Ok(Ok(())) => match &post.mails {
            crate::outbox::Transport::Files => findings.add(
                Health::Mind,
                "mail",
                "no mail server is set: mails are written as files into the data folder",
                "set PURSER_SMTP_URL, such as smtp://USER:PASSWORD@HOST:587?tls=required",
            ),
            _ => findings.well("mail", format!("the mail server answers; mails are from {}", post.sender)),
        },
        Ok(Err(error)) => {
            findings.add(Health::Ill, "mail", error, "see PURSER_SMTP_URL, and that the server can be reached from here")
        }
        Err(_) => findings.add(Health::Ill, "mail", "the mail server does not answer", "see PURSER_SMTP_URL, and firewalls"),
    }
    if post.operators.is_empty() && post.webhook.is_none() {
        findings.add(
            Health::Mind,
            "operator",
            "nobody is told when something is wrong",
            "set PURSER_OPERATOR_MAIL, PURSER_WEBHOOK_URL, or both",
        );
    }
}

async fn state(places: &Places, at: &Workplace, findings: &mut Findings) -> Result<()> {
    let known = crate::ledger::programs(&at.store).await?;
    let here = each_program(places)?.into_iter().map(|(id, _)| id).collect();
    for (id, advice) in orphans(places, &known, &here) {
        findings.add(Health::Mind, &format!("ledger {id}"), "there is no program file for it", advice);
    }
    for id in known {
        for run in last_of_each_job(runs(&at.store, &id, RUNS).await?).filter(|run| run.state == "failed") {
            let found = format!("the last one, run {}, failed: {}", run.run_id, run.error.unwrap_or_default());
            findings.add(Health::Mind, &format!("job {} of {id}", run.job), found, "mend what it says, and run the job again");
        }
    }
    for job in figures(&at.store, now()).await?.into_iter().filter(|job| job.late > 0) {
        let what = format!("job {} of {}", job.job, job.program);
        let found = format!("due, and not done for {} min", job.late / 60_000_000);
        findings.add(Health::Mind, &what, found, "`purser status` shows what keeps it");
    }
    for raised in alert::open(&at.store).await? {
        findings.add(
            Health::Mind,
            "alert",
            format!("{}, since {}", raised.headline, format_time(raised.raised_at)),
            "`purser status` shows all of it",
        );
    }
    for letters in counts(&at.store).await? {
        let what = format!("letters of {}", letters.program);
        let found = format!("{} {} ({})", letters.count, letters.state, letters.channel);
        match letters.state.as_str() {
            "waiting" | "unknown" => findings.add(Health::Mind, &what, found, "the next run, or the server, sends them"),
            "failed" => {
                let mend = match letters.channel == Channel::Statement.word() {
                    true => "the mail server refused them for good: see the address among the creators",
                    false => "they were refused for good: see PURSER_OPERATOR_MAIL and PURSER_WEBHOOK_URL",
                };
                findings.add(Health::Mind, &what, found, mend);
            }
            _ => {}
        }
    }
    Ok(())
}

/// The last run of each job, of runs of which the latest comes first.
fn last_of_each_job(runs: Vec<RunRecord>) -> impl Iterator<Item = RunRecord> {
    let mut seen = BTreeSet::new();
    runs.into_iter().filter(move |run| seen.insert(run.job.clone()))
}
