//! Checks everything a run needs, and says how to fix what is wrong and what was not checked.
//!
//! One fault keeps nothing else from being checked: a setting of mail that cannot be used says nothing of the
//! database, and a database that is away says nothing of the mail server.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Error, Result, bail};

use super::args::{Format, Places};
use super::context::{each_program, files, ledger, missing_database, now, orphans};
use super::settings;
use super::show::Sheet;
use crate::app::{
    Address, Environment, Finding, Findings, Health, Post, check_database, check_disk, check_hints, check_ledger, check_mail,
    check_new_database, check_open, check_payees, check_rights, check_sources, list_ledgers, secretless,
};
use crate::program::Program;
use crate::scheduler::{figures, known};
use crate::vocabulary::counted;

/// What cannot be checked without a database.
const OPEN_MATTERS: &str = "late jobs, failed runs, open alerts and unsent emails";

/// The ids of all programs that have a file, unless they cannot be listed; and those whose file can be used.
type Programs<'a> = (Option<&'a BTreeSet<String>>, &'a [Program]);

pub(super) async fn doctor(places: &Places, format: Format) -> Result<()> {
    let mut findings = Findings::default();
    let (here, sound) = programs(places, &mut findings).await;
    for error in [settings::lease().err(), settings::server(None, None).err()].into_iter().flatten() {
        unusable(&mut findings, "settings", &error);
    }
    let has_ledgers = database(places, (here.as_ref(), &sound), &mut findings).await;
    match ledger(places) {
        Ok((address, data)) => {
            check_disk(&data, has_ledgers, &mut findings);
            let file = if let Address::Sqlite(path) = address { absolute(&path) } else { data.clone() };
            let mut paths = vec![data.as_path()];
            paths.extend((!file.starts_with(&data)).then_some(file.as_path()));
            check_rights(&paths, &mut findings);
        }
        Err(error) => findings.not_checked("data folder", format!("{error:#}")),
    }
    match settings::post() {
        Ok(post) => check_mail(&post, &mut findings).await,
        Err(error) => {
            unusable(&mut findings, "mail", &error);
            findings.not_checked(
                "mail server",
                "the mail settings cannot be used, so sender, operator and webhook were not checked either",
            );
        }
    }
    report(&findings, format)
}

/// A setting that cannot be used.
fn unusable(findings: &mut Findings, what: &str, error: &Error) {
    findings.add(Health::Failed, what, format!("{error:#}"), "correct it; `purser config` shows where it is set");
}

/// The database, and what it says is open. Answers whether it has ledgers; none where it cannot be asked.
async fn database(places: &Places, programs: Programs<'_>, findings: &mut Findings) -> Option<bool> {
    if let Ok(Some(path)) = missing_database(places) {
        check_new_database(&absolute(&path), findings);
        findings.not_checked("ledger", format!("{OPEN_MATTERS}: there is no database"));
        return Some(false);
    }
    let at = match open(places).await {
        Ok(at) => at,
        Err(error) => {
            let to_do = "`purser config` shows which database and settings are in force, and where they come from";
            findings.add(Health::Failed, "database", format!("{error:#}"), to_do);
            findings.not_checked("ledger", format!("{OPEN_MATTERS}: the database cannot be used"));
            return None;
        }
    };
    let address = settings::database(places.database.as_deref()).unwrap_or_default();
    check_database(&at, &secretless(&address), now(), findings).await;
    match open_matters(places, &at, programs, findings).await {
        Ok(has_ledgers) => Some(has_ledgers),
        Err(error) => {
            findings.add(Health::Failed, "ledger", format!("{error:#}"), "follow the advice in the message");
            None
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The database, also where settings that have nothing to do with it cannot be used: those have findings of their own.
async fn open(places: &Places) -> Result<Environment> {
    let (address, data) = ledger(places)?;
    let post = settings::post().or_else(|_| Post::new("", "", "", ""))?;
    Environment::open(&address, data, settings::lease().unwrap_or(settings::USUAL_LEASE), post, now).await
}

/// What the database says is open: ledgers without a program file, jobs that are late or failed, alerts, unsent letters.
/// Answers whether there are ledgers.
async fn open_matters(places: &Places, at: &Environment, (here, sound): Programs<'_>, findings: &mut Findings) -> Result<bool> {
    let ledgers = list_ledgers(at).await?;
    for program in sound {
        let checked = match here {
            Some(here) => check_ledger(at, program, here).await,
            None => Ok(()),
        };
        if let Err(error) = checked {
            findings.add(Health::Failed, &format!("ledger {}", program.id), format!("{error:#}"), "do what the message says");
        }
    }
    match here {
        Some(here) => {
            for (id, advice) in orphans(&ledgers, here).into_iter().filter(|_| places.program.is_none()) {
                findings.add(Health::Warning, &format!("ledger {id}"), "there is no program file for it", advice);
            }
        }
        None => findings.not_checked("ledgers without a program file", "the program files cannot be listed"),
    }
    let with_ledger = |program: &Program| program.clone().of_ledger(ledgers.id_of(&program.id).unwrap_or(&program.id));
    let sound: Vec<Program> = sound.iter().map(with_ledger).collect();
    for program in &sound {
        if let Err(error) = check_hints(at, program, findings).await {
            findings.not_checked(&format!("facts of {}", program.id), format!("{error:#}"));
        }
    }
    let waiting = waits(at, &sound).await?;
    for job in figures(&at.store, now()).await?.into_iter().filter(|job| job.late > 0) {
        let what = format!("job {} of {}", job.job, job.program);
        let why = waiting.get(&(job.program.clone(), job.job.clone()));
        let why = why.map(|why| format!(": awaiting {why}")).unwrap_or_default();
        let found = format!("overdue by {} min{why}", job.late / 60_000_000);
        findings.add(Health::Warning, &what, found, "`purser status` shows why");
    }
    check_open(at, findings).await?;
    Ok(!ledgers.0.is_empty())
}

/// By program and job, for what it waits where it does.
async fn waits(at: &Environment, programs: &[Program]) -> Result<BTreeMap<(String, String), String>> {
    let known = known(&at.store).await?;
    let mut all = BTreeMap::new();
    for program in programs {
        for waiting in known.waiting_for_books(program)? {
            all.insert((program.id.clone(), waiting.job), waiting.wait.describe(program));
        }
    }
    Ok(all)
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
    // What programs read keeps its names.
    let header = if format == Format::Table {
        vec!["status", "check", "result", "action"]
    } else {
        vec!["health", "what", "found", "to_do"]
    };
    Sheet { header, figures: Vec::new(), rows }.print(format)?;
    match findings.0.iter().filter(|finding| finding.health == Health::Failed).count() {
        0 => Ok(()),
        1 => bail!("1 check failed"),
        count => bail!("{count} checks failed"),
    }
}

/// The program files and their sources.
async fn programs(places: &Places, findings: &mut Findings) -> (Option<BTreeSet<String>>, Vec<Program>) {
    let programs = match each_program(places) {
        Ok(programs) => programs,
        Err(error) => {
            findings.add(Health::Failed, "programs", format!("{error:#}"), "name the folder of program files with --jobs");
            findings.not_checked("sources", "no program file could be read");
            return (None, Vec::new());
        }
    };
    let here = files(places).unwrap_or_default();
    let (mut sound, mut broken) = (Vec::new(), Vec::new());
    for (id, program) in programs {
        match program {
            Ok(program) => {
                let jobs = program.jobs.iter().filter(|job| job.schedule.is_some()).count();
                let jobs = counted(i64::try_from(jobs).unwrap_or(i64::MAX), "scheduled job", "scheduled jobs");
                findings.well(&format!("program {id}"), format!("the file is valid; {jobs}"));
                for warning in program.warnings() {
                    findings.add(Health::Warning, &format!("program {id}"), warning, "check the percent");
                }
                sound.push(program);
            }
            Err(error) => {
                let to_do = "fix the file; none of its jobs will run until then";
                findings.add(Health::Failed, &format!("program {id}"), format!("{error:#}"), to_do);
                broken.push(id);
            }
        }
    }
    check_sources(&sound, findings).await;
    check_payees(&sound, &settings::keyring(), findings);
    for id in broken {
        findings.not_checked(&format!("sources of {id}"), "its program file cannot be used");
    }
    time_zones(&sound, findings);
    (Some(here), sound)
}

fn time_zones(programs: &[Program], findings: &mut Findings) {
    let mut zones: Vec<&str> = programs.iter().map(|program| program.time_zone.name()).collect();
    zones.sort_unstable();
    zones.dedup();
    findings.well(
        "time zones",
        format!(
            "built-in tz database {}; zones in use: {}",
            chrono_tz::IANA_TZDB_VERSION,
            if zones.is_empty() { "none".to_owned() } else { zones.join(", ") }
        ),
    );
}
