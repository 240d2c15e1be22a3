//! What every command needs: programs, the workplace, the clock, the person.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Error, Result, bail};

use super::args::Places;
use super::settings;
use super::show::tell;
use crate::app::{Address, Environment, Ledgers, checked_name, default_data_folder, list_ledgers, with_ledger};
use crate::error::{Invalid, NotFound};
use crate::program::{Program, find_files};

/// The clock, in microseconds since 1970.
pub(super) fn now() -> i64 {
    chrono::Utc::now().timestamp_micros()
}

/// Who starts a run: whom `--by` names, else the user of this session. The environment has no say, which anybody sets.
///
/// # Errors
///
/// When nobody has that name, or the session's user has none.
pub(super) fn actor(by: Option<&str>) -> Result<String> {
    if let Some(by) = by {
        return Ok(checked_name(by)?.to_owned());
    }
    let uid = uzers::get_current_uid();
    let user = uzers::get_user_by_uid(uid).and_then(|user| user.name().to_str().map(str::to_owned)).with_context(|| {
        Invalid(format!(
            "say who runs this with --by NAME: the user of this session, uid {uid}, has no name; nothing was changed"
        ))
    })?;
    checked_name(&user).context("the user of this session can't run jobs; give a name with --by NAME")?;
    Ok(user)
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

/// The names of all program files that are seen, without ending, whichever is named.
pub(super) fn files(places: &Places) -> Result<BTreeSet<String>> {
    let all = find_files(&settings::jobs(places.jobs.as_deref())?)?;
    Ok(all.iter().filter_map(|file| file.file_stem()?.to_str()).map(str::to_owned).collect())
}

/// The ledgers that have no program file among those that are `here`, and what to do about them.
pub(super) fn orphans(ledgers: &Ledgers, here: &BTreeSet<String>) -> Vec<(String, String)> {
    let advice = |file: &str| {
        format!(
            "put {file}.toml back; if it was renamed: `purser rename {file} NEW_NAME --by NAME --reason REASON`; if the program has ended: \
             `purser retire {file} --by NAME --reason REASON`. Without that step, purser would treat the renamed file as a new program \
             with an empty ledger and pay everything a second time"
        )
    };
    ledgers.orphans(here).map(|ledger| (ledger.file.clone(), advice(&ledger.file))).collect()
}

/// The open database, and the one program that is meant, with its ledger.
pub(super) async fn open(places: &Places) -> Result<(Environment, Program)> {
    let program = program(places)?;
    let at = workplace(places).await?;
    let program = with_ledger(&at, program).await?;
    Ok((at, program))
}

/// The id of the ledger that `--program` names, by its file or its id, where it names one.
pub(super) async fn ledger_of(at: &Environment, places: &Places) -> Result<Option<String>> {
    let Some(name) = places.program.as_deref() else { return Ok(None) };
    // A program that was never reconciled has no ledger, and may have records of runs.
    let ledgers = list_ledgers(at).await?;
    Ok(Some(ledgers.named(name).map_or(name, |ledger| &ledger.id).to_owned()))
}

/// The open database, and all programs or the one that is named, with their ledgers.
pub(super) async fn open_all(places: &Places) -> Result<(Environment, Vec<Program>)> {
    let files = programs(places)?;
    let at = workplace(places).await?;
    let mut programs = Vec::with_capacity(files.len());
    for program in files {
        programs.push(with_ledger(&at, program).await?);
    }
    Ok((at, programs))
}

/// Tells of every error: the last is answered, those before it are written to standard error.
pub(super) fn fail_with_all(mut errors: Vec<Error>) -> Result<()> {
    let last = errors.pop();
    for error in errors {
        tell(&error);
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
            bail!(Invalid(format!("there are several programs: {}; choose one with --program ID", ids.join(", "))))
        }
    }
}

/// The open database and the data folder that belongs to it. Only a run makes a database that is not there: everybody else has
/// mistyped its name.
pub(super) async fn workplace(places: &Places) -> Result<Environment> {
    if let Some(path) = missing_database(places)? {
        bail!(NotFound(format!(
            "there is no database {}; name the right one with --database. The first run creates a new one",
            path.display()
        )));
    }
    new_workplace(places).await
}

/// As [`workplace`]; makes what is not there.
pub(super) async fn new_workplace(places: &Places) -> Result<Environment> {
    let (address, data) = ledger(places)?;
    let (lease, post) = (settings::lease()?, settings::post()?);
    let (keyring, proof) = (settings::keyring()?, settings::proof(places.token_file.as_deref(), places.code.as_deref())?);
    Ok(Environment { keyring, proof, ..Environment::open(&address, data, lease, post, now).await? })
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
