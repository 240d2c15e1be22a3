//! Looks at everything that a run needs, and says how to fix what is not well.

use anyhow::{Error, Result, bail};

use super::args::{Format, Places};
use super::context::{each_program, ledger, missing_database, now, orphans, workplace};
use super::settings;
use super::show::Sheet;
use crate::app::{
    Environment, Finding, Findings, Health, check_database, check_disk, check_mail, check_open, check_sources, list_ledgers,
    secretless,
};
use crate::program::Program;
use crate::scheduler::figures;
use crate::vocabulary::counted;

pub(super) async fn doctor(places: &Places, format: Format) -> Result<()> {
    let mut findings = Findings::default();
    let programs = programs(places, &mut findings);
    check_sources(&programs, &mut findings);
    time_zones(&programs, &mut findings);
    if let Err(error) = settings::lease() {
        unusable(&mut findings, "settings", &error);
    }
    database(places, &mut findings).await;
    match ledger(places) {
        Ok((_, data)) => check_disk(&data, &mut findings),
        Err(error) => not_checked(&mut findings, "data folder", &error),
    }
    match settings::post() {
        Ok(post) => check_mail(&post, &mut findings).await,
        Err(error) => unusable(&mut findings, "mail", &error),
    }
    report(&findings, format)
}

/// A setting that cannot be used.
fn unusable(findings: &mut Findings, what: &str, error: &Error) {
    let to_do = "correct it where `purser config` says that it comes from; what rests on it was not checked";
    findings.add(Health::Failed, what, format!("{error:#}"), to_do);
}

fn not_checked(findings: &mut Findings, what: &str, error: &Error) {
    findings.add(Health::NotChecked, what, format!("{error:#}"), "");
}

/// The database, and what it says is open.
async fn database(places: &Places, findings: &mut Findings) {
    match missing_database(places) {
        Ok(Some(path)) => {
            let found = format!("there is none yet at {}; the first run makes it", path.display());
            findings.add(
                Health::Warning,
                "database",
                found,
                "if there should be one, name it with --database or PURSER_DATABASE",
            );
            findings.add(
                Health::NotChecked,
                "ledger",
                "late jobs, failed runs, open alerts and unsent mail: there is no database",
                "",
            );
        }
        _ => match workplace(places).await {
            Ok(at) => {
                let address = settings::database(places.database.as_deref()).unwrap_or_default();
                check_database(&at, &secretless(&address), now(), findings).await;
                if let Err(error) = open_matters(places, &at, findings).await {
                    findings.add(Health::Failed, "ledger", format!("{error:#}"), "see what the message says");
                }
            }
            Err(error) => {
                findings.add(
                    Health::Failed,
                    "database",
                    format!("{error:#}"),
                    "`purser config` shows which database and settings are in force, and where they come from",
                );
                let found = "late jobs, failed runs, open alerts and unsent mail: the database cannot be used";
                findings.add(Health::NotChecked, "ledger", found, "");
            }
        },
    }
}

/// What the database says is open: ledgers without a program file, jobs that are late or failed, alerts, unsent letters.
async fn open_matters(places: &Places, at: &Environment, findings: &mut Findings) -> Result<()> {
    let here = each_program(places)?.into_iter().map(|(id, _)| id).collect();
    for (id, advice) in orphans(places, &list_ledgers(at).await?, &here) {
        findings.add(Health::Warning, &format!("ledger {id}"), "there is no program file for it", advice);
    }
    for job in figures(&at.store, now()).await?.into_iter().filter(|job| job.late > 0) {
        let what = format!("job {} of {}", job.job, job.program);
        let found = format!("due, and not done for {} min", job.late / 60_000_000);
        findings.add(Health::Warning, &what, found, "`purser status` shows what keeps it");
    }
    check_open(at, findings).await
}

fn report(findings: &Findings, format: Format) -> Result<()> {
    let row = |finding: &Finding| {
        let health = match finding.health {
            Health::Well => "ok",
            Health::Warning => "warning",
            Health::Failed => "FAILED",
            Health::NotChecked => "not checked",
        };
        vec![health.to_owned(), finding.what.clone(), finding.found.clone(), finding.to_do.clone()]
    };
    let rows = findings.0.iter().map(row).collect();
    Sheet { header: vec!["health", "what", "found", "to_do"], figures: Vec::new(), rows }.print(format)?;
    match findings.0.iter().filter(|finding| finding.health == Health::Failed).count() {
        0 => Ok(()),
        1 => bail!("1 check failed"),
        count => bail!("{count} checks failed"),
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
                        let jobs = counted(i64::try_from(jobs).unwrap_or(i64::MAX), "scheduled job", "scheduled jobs");
                        findings.well(&format!("program {id}"), format!("its file is valid; {jobs}"));
                        sound.push(program);
                    }
                    Err(error) => findings.add(
                        Health::Failed,
                        &format!("program {id}"),
                        format!("{error:#}"),
                        "fix the file; none of its jobs runs until then",
                    ),
                }
            }
        }
        Err(error) => {
            findings.add(Health::Failed, "programs", format!("{error:#}"), "name the folder of program files with --jobs")
        }
    }
    sound
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
