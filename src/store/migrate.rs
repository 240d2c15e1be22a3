//! Bringing a database's schema up to date, one step at a time: each is a transaction of its own.

use anyhow::Result;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType};

use crate::effect::{Kind, effect};

/// The table in which the driver records the steps.
const RECORD: &str = "_sqlx_migrations";

/// The step before which all that older versions wrote is sealed (`seals.rs`).
pub(super) const SEALED: i64 = 12;

/// A step, by its version, name and SQL.
pub(super) fn step(version: i64, name: &'static str, sql: &'static str) -> Migration {
    Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
}

/// The version to which the steps lead.
pub(super) fn newest(steps: &[Migration]) -> i64 {
    steps.iter().map(|step| step.version).max().unwrap_or_default()
}

/// Does every step below a version that was not done yet. Where the database has locks, others wait meanwhile. A database in which
/// all are done is only read, so one that cannot be written, such as a replica, serves commands that only read. Answers whether any
/// step, of whatever version, is left to do.
///
/// # Errors
///
/// A [`MigrateError`], when the database was migrated by another build of purser, or refuses.
pub(super) async fn migrate<C: Migrate>(connection: &mut C, steps: &[Migration], below: i64) -> Result<bool> {
    if let Ok(0) = left_to_do(connection, steps).await.map(|left| left.len()) {
        return Ok(false);
    }
    connection.lock().await?;
    let done = missing_steps(connection, steps, below).await;
    // The error of the steps says more than that of the lock.
    let unlocked = connection.unlock().await;
    let is_left = done?;
    unlocked?;
    Ok(is_left)
}

async fn missing_steps<C: Migrate>(connection: &mut C, steps: &[Migration], below: i64) -> Result<bool> {
    connection.ensure_migrations_table(RECORD).await?;
    let left = left_to_do(connection, steps).await?;
    for step in left.iter().filter(|step| step.version < below) {
        let apply = async { Ok(connection.apply(RECORD, step).await?) };
        effect(Kind::Commit, &format!("the migration to schema {}", step.version), apply).await?;
    }
    Ok(left.iter().any(|step| step.version >= below))
}

/// The steps that were not done yet.
async fn left_to_do<'s, C: Migrate>(connection: &mut C, steps: &'s [Migration]) -> Result<Vec<&'s Migration>> {
    if let Some(version) = connection.dirty_version(RECORD).await? {
        return Err(MigrateError::Dirty(version).into());
    }
    let done = connection.list_applied_migrations(RECORD).await?;
    for known in &done {
        match steps.iter().find(|step| step.version == known.version) {
            None => return Err(MigrateError::VersionMissing(known.version).into()),
            Some(step) if step.checksum != known.checksum => return Err(MigrateError::VersionMismatch(known.version).into()),
            Some(_) => {}
        }
    }
    Ok(steps.iter().filter(|step| done.iter().all(|known| known.version != step.version)).collect())
}
