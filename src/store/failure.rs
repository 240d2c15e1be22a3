//! What a database's error means, and what to do about it.

use anyhow::Error;
use sqlx::error::DatabaseError;

use super::address::secretless;
use crate::error::Transient;

const WITHOUT_TABLES: &str = "the database does not show its own tables: its disk may be full; nothing from this step was saved. Free some space, and run again";
const GONE: &str = "the connection to the database was lost; nothing from this step was saved. Run again when it is back";
const SILENT: &str = "the database is not responding; nothing from this step was saved. Check that it is running and reachable from here, then run again";
const FULL: &str = "the disk of the database is full; nothing from this step was saved. Free some space, and run again";
const FAILING: &str = "the disk of the database is full or failing; nothing from this step was saved. Free some space, or check the system log, and run again";
const LOCKED: &str =
    "the database is locked by another program (a backup, an open sqlite3 shell, a frozen run); close it and run again";
const READ_ONLY: &str =
    "the database cannot be written: check who owns its file and folder, and whether its disk is mounted read-only";

const ONLY_READS: &str = "this database can only be read: it is a replica, or this user may not write. What only looks, such as `purser check`, \
                          works here once its schema is up to date; for anything else name the database that takes writes";

/// An error of the driver, in words. An ordinary failure is reported with what to do about it, and without the driver's own text.
pub(super) fn explained(error: sqlx::Error) -> Error {
    let Some(advice) = known(&error) else {
        // The driver says its database's words twice.
        return match &error {
            sqlx::Error::Database(said) => anyhow::anyhow!("{said}"),
            _ => Error::from(error),
        };
    };
    let words = match cause(&error) {
        Some(cause) => format!("{advice} ({cause})"),
        None => advice.to_owned(),
    };
    if [READ_ONLY, ONLY_READS].contains(&advice) { anyhow::anyhow!(words) } else { Transient(words).into() }
}

/// Whether a database cannot be written.
pub(super) fn is_read_only(error: &sqlx::Error) -> bool {
    known(error) == Some(READ_ONLY)
}

/// Whether the database is locked by another process.
pub(super) fn is_locked(error: &sqlx::Error) -> bool {
    known(error) == Some(LOCKED)
}

/// Another process is holding up the database.
pub(super) fn locked() -> Error {
    Transient(LOCKED.to_owned()).into()
}

/// As [`explained`], for `what` the database was asked. An ordinary failure is explained without it.
pub(super) fn refused(error: sqlx::Error, what: &str) -> Error {
    match known(&error) {
        Some(_) => explained(error),
        None => explained(error).context(format!("the database refused: {what}")),
    }
}

fn known(error: &sqlx::Error) -> Option<&'static str> {
    match error {
        sqlx::Error::PoolTimedOut => Some(SILENT),
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Some(GONE),
        sqlx::Error::Database(error) => advice(error.as_ref()),
        _ => None,
    }
}

/// What the database or the system said, where that says more than the advice.
fn cause(error: &sqlx::Error) -> Option<String> {
    match error {
        sqlx::Error::Io(error) => Some(error.to_string()),
        sqlx::Error::Database(error) => Some(error.message().to_owned()),
        _ => None,
    }
}

/// By SQLite's result codes (sqlite.org/rescode.html; the low byte is the primary one) and PostgreSQL's SQLSTATEs.
fn advice(error: &(dyn DatabaseError + 'static)) -> Option<&'static str> {
    let code = error.code()?;
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return match code.parse::<u32>().ok()? & 0xff {
            // What was just made is not seen where the disk leaves no room for the index of the log that holds it.
            1 if error.message().starts_with("no such table") => Some(WITHOUT_TABLES),
            5 | 6 => Some(LOCKED),
            8 | 14 => Some(READ_ONLY),
            10 => Some(FAILING),
            13 => Some(FULL),
            _ => None,
        };
    }
    match code.as_ref() {
        "53100" => Some(FULL),
        "25006" => Some(ONLY_READS),
        "57P01" | "57P02" | "57P03" | "08000" | "08003" | "08006" => Some(GONE),
        _ => None,
    }
}

/// Why a migration failed, where it is not the database's own failure.
pub(super) fn not_migrated(error: sqlx::migrate::MigrateError, known: i64) -> Error {
    use sqlx::migrate::MigrateError;
    match error {
        MigrateError::VersionMissing(version) => anyhow::anyhow!(
            "a newer purser has migrated this database to schema {version}, and this one knows schema {known}. \
             Use the newer purser, or restore the backup that was made before the upgrade; nothing was changed"
        ),
        MigrateError::VersionMismatch(version) => anyhow::anyhow!(
            "schema {version} of this database was made by another build of purser than this one; use that build. Nothing was changed"
        ),
        MigrateError::Dirty(version) => {
            anyhow::anyhow!("the migration to schema {version} was interrupted; restore the backup that was made before it")
        }
        MigrateError::Execute(error) => explained(error),
        other => Error::from(other),
    }
}

/// How a server is called in errors.
pub(super) fn server(url: &str) -> String {
    format!("the database {}", secretless(url))
}
