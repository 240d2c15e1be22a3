//! Mails to creators that came back: reading them, telling the operator, and what people do about addresses that are suppressed.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::door::admit_person;
use super::environment::Environment;
use crate::alerts::{raise, suppressed as suppressed_alert};
use crate::error::{Invalid, NotFound};
use crate::facts::blocking;
use crate::ledger::checked_reason;
use crate::outbox::{Returned, Suppressed, lift, open_mailbox, programs_with_untold, suppressed, take_returned, take_untold};
use crate::program::Program;
use crate::users::Act;

/// The addresses of a program to which nothing is mailed.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn suppressed_addresses(at: &Environment, program: &Program) -> Result<Vec<Suppressed>> {
    suppressed(&at.store, &program.id).await
}

/// Lets an address be mailed again. What was not sent to it is not sent by that.
///
/// # Errors
///
/// When it is not suppressed.
pub async fn lift_suppression(at: &Environment, program: &Program, address: &str, by: &str, reason: &str) -> Result<()> {
    let by = &admit_person(at, by, Act::Prepare).await?;
    let reason = checked_reason(reason)?;
    let mut tx = at.store.begin(&program.id).await?;
    ensure!(
        lift(&mut tx, &program.id, address, (by, reason), (at.clock)()).await?,
        NotFound(format!("{address} is not suppressed in {}; see `purser mail suppressed`", program.id))
    );
    tx.commit("that an address is mailed again").await?;
    // The log names nobody.
    tracing::info!(program = program.id, by, "an address is mailed again that was suppressed");
    Ok(())
}

/// Reads what came back from a folder or a file, or from where it is always read.
///
/// # Errors
///
/// When nothing says where that is, or it cannot be read.
pub async fn read_bounces(at: &Environment, program: &Program, by: &str, path: Option<PathBuf>) -> Result<Returned> {
    let by = &admit_person(at, by, Act::Prepare).await?;
    let path = path.or_else(|| at.post.bounces.clone()).context(Invalid(
        "name the folder or file that holds what came back, or set PURSER_BOUNCES; nothing was read".to_owned(),
    ))?;
    let returned = take(at, program, path).await?;
    tracing::info!(program = program.id, by, "letters that came back: {}", returned.new.len());
    tell_of_bounces(at).await?;
    Ok(returned)
}

/// Reads what came back, before mails are sent; a mailbox that cannot be read keeps nothing from being sent. Answers why, then.
pub(super) async fn read_before_sending(at: &Environment, program: &Program) -> Result<Option<String>> {
    let Some(path) = at.post.bounces.clone() else { return Ok(None) };
    Ok(match take(at, program, path).await {
        Ok(returned) if returned.unreadable.is_empty() => None,
        Ok(returned) => {
            let named: Vec<String> = returned.unreadable.iter().map(|(name, why)| format!("{name} ({why})")).collect();
            Some(format!("some of what came back cannot be read: {}", named.join(", ")))
        }
        Err(error) => {
            Some(format!("what came back cannot be read, so that addresses may be mailed that take nothing: {error:#}"))
        }
    })
}

async fn take(at: &Environment, program: &Program, path: PathBuf) -> Result<Returned> {
    let return_path = at.post.return_path.clone();
    let mailbox = blocking(move || open_mailbox(&path, return_path.as_ref())).await?;
    take_returned(&at.store, &program.id, &mailbox, (at.clock)()).await
}

/// Tells the operator of letters that came back and suppress an address, unless that was done.
///
/// # Errors
///
/// When the database cannot be used.
pub(super) async fn tell_of_bounces(at: &Environment) -> Result<()> {
    for program in programs_with_untold(&at.store).await? {
        let mut tx = at.store.begin(&program).await?;
        let untold = take_untold(&mut tx, &program).await?;
        let letters: Vec<(&str, &str)> =
            untold.iter().map(|bounce| (bounce.message_key.as_str(), bounce.status.as_str())).collect();
        // Two alerts never have the same letter's attempt as their first.
        if let Some(first) = untold.first() {
            let mark = format!("{}, {}", first.message_key, first.evidence);
            let now = (at.clock)();
            raise(&mut tx, &at.post, &suppressed_alert(&program, &letters, mark, now), now).await?;
        }
        tx.commit("that the operator knows which letters came back").await?;
    }
    Ok(())
}
