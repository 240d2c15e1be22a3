//! What every command needs: programs, the workplace, the clock, the person.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::args::Places;
use crate::facts::parse_time;
use crate::program::{Program, find_files};
use crate::runner::{Workplace, default_data_folder};
use crate::store::{Address, Store};

/// How long a lease lasts unless `PURSER_LEASE` says otherwise.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// Reads a time given on the command line.
pub(super) fn time(text: &str) -> Result<i64, String> {
    parse_time(text).ok_or_else(|| "write a time such as 2026-02-01T02:00:00Z".to_owned())
}

/// Reads a month given on the command line.
pub(super) fn month(text: &str) -> Result<crate::statement::Month, String> {
    crate::statement::Month::parse(text).ok_or_else(|| "write a month such as 2026-03".to_owned())
}

/// The clock, in microseconds since 1970.
pub(super) fn now() -> i64 {
    chrono::Utc::now().timestamp_micros()
}

/// Who uses this session, unless it is said with `--by`.
pub(super) fn actor(by: Option<&str>) -> String {
    let session = || ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()));
    by.map(str::to_owned).or_else(session).unwrap_or_else(|| "runner".to_owned())
}

/// All programs, or the one that is named.
pub(super) fn programs(places: &Places) -> Result<Vec<Program>> {
    let mut programs = Vec::new();
    for file in find_files(&places.jobs)? {
        let stem = file.file_stem().and_then(|stem| stem.to_str());
        if places.program.as_deref().is_none_or(|wanted| stem == Some(wanted)) {
            programs.push(Program::load(&file)?);
        }
    }
    if let (true, Some(wanted)) = (programs.is_empty(), &places.program) {
        bail!("there is no program {wanted} in {}", places.jobs.display());
    }
    Ok(programs)
}

/// The one program that is meant.
pub(super) fn program(places: &Places) -> Result<Program> {
    let mut programs = programs(places)?;
    match (programs.pop(), programs.is_empty()) {
        (Some(program), true) => Ok(program),
        (last, _) => {
            let ids: Vec<String> = programs.into_iter().chain(last).map(|program| program.id).collect();
            bail!("several programs could be meant: {}; pick one with --program ID", ids.join(", "))
        }
    }
}

/// The open database and the data folder that belongs to it.
pub(super) async fn workplace(places: &Places) -> Result<Workplace> {
    let address = Address::parse(&places.database)?;
    let data = match (&places.data, &address) {
        (Some(data), _) => data.clone(),
        (None, Address::Sqlite(path)) if places.database != "sqlite://purser-data/purser.db" => default_data_folder(path),
        (None, _) => PathBuf::from("purser-data"),
    };
    let data = std::path::absolute(&data).with_context(|| format!("cannot find the data folder {}", data.display()))?;
    Ok(Workplace { store: Store::open(&address).await?, data, lease: lease()? })
}

/// As [`workplace`], for commands that only read: looking makes no database.
pub(super) async fn existing_workplace(places: &Places) -> Result<Workplace> {
    if let Address::Sqlite(path) = Address::parse(&places.database)?
        && !path.exists()
    {
        bail!("there is no database {}; name it with --database", path.display());
    }
    workplace(places).await
}

/// After how long without a sign of life another run takes over: `PURSER_LEASE`, in seconds.
fn lease() -> Result<Duration> {
    let Ok(text) = std::env::var("PURSER_LEASE") else { return Ok(LEASE) };
    match text.trim().parse() {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => bail!(
            "PURSER_LEASE is \"{text}\"; write the seconds after which a run that is not heard of is taken over, such as 60"
        ),
    }
}

/// Logs go to standard error: one line a step where nobody looks on, warnings only where a person does. `RUST_LOG`
/// asks for more or less.
pub(super) fn start_logging(quiet: bool) {
    use std::io::IsTerminal;
    let person = std::io::stderr().is_terminal();
    let usual = if quiet || person { "purser=warn" } else { "purser=info" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| usual.into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(person).with_target(false).init();
}
