//! What every command needs: programs, the workplace, the clock, the person.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Error, Result, bail};

use super::args::Places;
use super::settings;
use crate::app::{Address, Environment, default_data_folder};
use crate::error::{Invalid, NotFound};
use crate::program::{Program, find_files};

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
    each_program(places)?.into_iter().map(|(_, program)| program).collect()
}

/// All programs, or the one that is named: the id of each, and what is wrong with its file where it cannot be used.
pub(super) fn each_program(places: &Places) -> Result<Vec<(String, Result<Program>)>> {
    let jobs = settings::jobs(places.jobs.as_deref())?;
    let mut programs = Vec::new();
    for file in find_files(&jobs)? {
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if places.program.as_deref().is_none_or(|wanted| stem == wanted) {
            programs.push((stem.to_owned(), Program::load(&file)));
        }
    }
    if let (true, Some(wanted)) = (programs.is_empty(), &places.program) {
        bail!(NotFound(format!("there is no program {wanted} in {}", jobs.display())));
    }
    Ok(programs)
}

/// The ledgers, of those that are `known`, whose program has no file `here`, where all programs are looked at; and what to do
/// about them.
pub(super) fn orphans(places: &Places, known: &[String], here: &BTreeSet<String>) -> Vec<(String, String)> {
    let advice = |id: &String| {
        format!(
            "put {id}.toml back; if it was renamed, give it its old name: by another name it is another program, whose ledger is empty, \
             and owes everything once more"
        )
    };
    let orphans = known.iter().filter(|id| places.program.is_none() && !here.contains(*id));
    orphans.map(|id| (id.clone(), advice(id))).collect()
}

/// Tells of every error: the last is answered, those before it are written to standard error.
pub(super) fn all_told(mut errors: Vec<Error>) -> Result<()> {
    let last = errors.pop();
    for error in errors {
        eprintln!("error: {error:#}");
    }
    last.map_or(Ok(()), Err)
}

/// The one program that is meant.
pub(super) fn program(places: &Places) -> Result<Program> {
    let mut programs = programs(places)?;
    match (programs.pop(), programs.is_empty()) {
        (Some(program), true) => Ok(program),
        (last, _) => {
            let ids: Vec<String> = programs.into_iter().chain(last).map(|program| program.id).collect();
            bail!(Invalid(format!("several programs could be meant: {}; pick one with --program ID", ids.join(", "))))
        }
    }
}

/// The open database and the data folder that belongs to it. Only a run makes a database that is not there: everybody else has
/// mistyped its name.
pub(super) async fn workplace(places: &Places) -> Result<Environment> {
    if let Some(path) = missing_database(places)? {
        bail!(NotFound(format!(
            "there is no database {}; name it with --database. The first run makes a new one",
            path.display()
        )));
    }
    new_workplace(places).await
}

/// As [`workplace`]; makes what is not there.
pub(super) async fn new_workplace(places: &Places) -> Result<Environment> {
    let (address, data) = ledger(places)?;
    let (lease, post) = (settings::lease()?, settings::post()?);
    Environment::open(&address, data, lease, post).await
}

/// The file of the database, where it is not there.
pub(super) fn missing_database(places: &Places) -> Result<Option<PathBuf>> {
    match ledger(places)?.0 {
        Address::Sqlite(path) if !path.exists() => Ok(Some(path)),
        _ => Ok(None),
    }
}

/// Where the database is, and the data folder: what was said, else beside the database.
pub(super) fn ledger(places: &Places) -> Result<(Address, PathBuf)> {
    let database = settings::database(places.database.as_deref())?;
    let address = Address::parse(&database)?;
    let data = match (settings::data(places.data.as_deref())?, &address) {
        (Some(data), _) => data,
        (None, Address::Sqlite(path)) if database != settings::DATABASE.default => default_data_folder(path),
        (None, _) => PathBuf::from("purser-data"),
    };
    let data = std::path::absolute(&data).with_context(|| format!("cannot find the data folder {}", data.display()))?;
    Ok((address, data))
}
