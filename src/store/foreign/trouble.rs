//! What the errors of somebody else's database mean. Its own words are told: the operator of purser may not see its log.

use anyhow::{Error, anyhow};

use crate::error::Transient;

/// What passes by itself: SQLSTATE classes of connections, resources and shutdowns, MySQL's deadlocks and full tables of connections, a
/// locked file.
fn is_passing(code: &str) -> bool {
    ["08", "53", "57P", "40"].iter().any(|class| code.starts_with(class)) || ["5", "6", "HY000"].contains(&code)
}

/// An error of the driver in words, without the address it was given.
pub(super) fn explained(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Io(error) => Transient(format!("the database is not responding: {error}")).into(),
        sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            Transient(format!("the connection to the database was lost: {error}")).into()
        }
        sqlx::Error::Database(said) => {
            let words = format!("the database says: {}", said.message());
            if said.code().is_some_and(|code| is_passing(&code)) { Transient(words).into() } else { anyhow!(words) }
        }
        sqlx::Error::Configuration(_) => anyhow!("the address of the database cannot be used"),
        _ => anyhow!("the database gives no answer that can be read: {error}"),
    }
}
