//! What a database's error means, and what to do about it.

use anyhow::Error;
use sqlx::error::DatabaseError;

use super::address::shown;

const GONE: &str = "the database went away; nothing of this step stays. Run again when it is back";
const FULL: &str = "the disk of the database is full; nothing of this step stays. Make room and run again";
const LOCKED: &str =
    "the database is locked by another program (a backup, an open sqlite3 shell, a frozen run); close it and run again";
const READ_ONLY: &str =
    "the database cannot be written: see who owns its file and folder, and whether its disk is mounted to be written";

/// An error of the driver, with what to do where that is known.
pub(super) fn told(error: sqlx::Error) -> Error {
    let advice = match &error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Some(GONE),
        sqlx::Error::Protocol(_) => Some(GONE),
        sqlx::Error::Database(error) => advice(error.as_ref()),
        _ => None,
    };
    match advice {
        Some(advice) => Error::from(error).context(advice),
        None => Error::from(error),
    }
}

/// By SQLite's result codes (sqlite.org/rescode.html; the low byte is the primary one) and PostgreSQL's SQLSTATEs.
fn advice(error: &(dyn DatabaseError + 'static)) -> Option<&'static str> {
    let code = error.code()?;
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return match code.parse::<u32>().ok()? & 0xff {
            5 | 6 => Some(LOCKED),
            8 | 14 => Some(READ_ONLY),
            13 => Some(FULL),
            _ => None,
        };
    }
    match code.as_ref() {
        "53100" => Some(FULL),
        "25006" => Some(READ_ONLY),
        "57P01" | "57P02" | "57P03" | "08000" | "08003" | "08006" => Some(GONE),
        _ => None,
    }
}

/// Why a migration failed, where it is not the database's own trouble.
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
            anyhow::anyhow!("the step to schema {version} was cut short; restore the backup that was made before it")
        }
        MigrateError::Execute(error) => told(error),
        other => Error::from(other),
    }
}

/// How a server is called in errors.
pub(super) fn server(url: &str) -> String {
    format!("the database {}", shown(url))
}
