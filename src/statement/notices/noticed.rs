//! What was seen already, by event: up to which entry of the journal, or what of a subject was there last; and how many mails were
//! written of it. An event that is switched off is remembered as such, so that one that is switched on again begins anew.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use crate::store::Tx;
use crate::vocabulary::Event;

/// What stands for an event that is off.
const OFF: &str = "off";

/// The subject of the row that stands for the event itself.
const ITSELF: &str = "";

/// Up to where an event was seen; none where it was off until now.
pub(super) async fn seen_to(tx: &mut Tx, program: &str, event: Event) -> Result<Option<String>> {
    let sql = "SELECT said FROM noticed WHERE program = $1 AND event = $2 AND subject = $3";
    let rows = tx.rows(sql, &[program.into(), event.code().into(), ITSELF.into()]).await?;
    let said = rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()?;
    Ok(said.filter(|said| said != OFF))
}

/// Remembers up to where an event was seen.
pub(super) async fn see_to(tx: &mut Tx, program: &str, event: Event, said: &str) -> Result<()> {
    remember(tx, program, event, ITSELF, said).await
}

/// Remembers what is so of a subject.
pub(super) async fn remember(tx: &mut Tx, program: &str, event: Event, subject: &str, said: &str) -> Result<()> {
    let sql = "INSERT INTO noticed (program, event, subject, said, letters) VALUES ($1, $2, $3, $4, 0) \
               ON CONFLICT (program, event, subject) DO UPDATE SET said = excluded.said";
    tx.execute(sql, &[program.into(), event.code().into(), subject.into(), said.into()]).await.map(|_| ())
}

/// What was so of each subject of an event.
pub(super) async fn remembered(tx: &mut Tx, program: &str, event: Event) -> Result<BTreeMap<String, String>> {
    let sql = "SELECT subject, said FROM noticed WHERE program = $1 AND event = $2 AND subject <> $3 ORDER BY subject";
    let rows = tx.rows(sql, &[program.into(), event.code().into(), ITSELF.into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
}

/// The fingerprints of the details by which creators were paid last, by creator.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn known_details(tx: &mut Tx, program: &str) -> Result<BTreeMap<String, String>> {
    remembered(tx, program, Event::DetailsChanged).await
}

/// Forgets all subjects of the events that are not on.
pub(super) async fn switch_off(tx: &mut Tx, program: &str, on: &BTreeSet<Event>) -> Result<()> {
    for event in Event::ALL.iter().filter(|event| !on.contains(*event)) {
        let code = event.code();
        let sql = "UPDATE noticed SET said = $3 WHERE program = $1 AND event = $2 AND subject = $4 AND said <> $3";
        if tx.execute(sql, &[program.into(), code.into(), OFF.into(), ITSELF.into()]).await? > 0 {
            let sql = "DELETE FROM noticed WHERE program = $1 AND event = $2 AND subject <> $3";
            tx.execute(sql, &[program.into(), code.into(), ITSELF.into()]).await?;
        }
    }
    Ok(())
}

/// Counts that so many more letters were written of an event.
///
/// # Errors
///
/// When the database refuses.
pub async fn count_letters(tx: &mut Tx, program: &str, event: Event, count: i64) -> Result<()> {
    let sql = "UPDATE noticed SET letters = letters + $4 WHERE program = $1 AND event = $2 AND subject = $3";
    let parameters = [program.into(), event.code().into(), ITSELF.into(), count.into()];
    tx.execute(sql, &parameters).await.with_context(|| format!("counting the letters about {event}")).map(|_| ())
}

/// How many letters were written of each event, by its code.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn letters_written(tx: &mut Tx, program: &str) -> Result<BTreeMap<String, i64>> {
    let sql = "SELECT event, letters FROM noticed WHERE program = $1 AND subject = $2 ORDER BY event";
    let rows = tx.rows(sql, &[program.into(), ITSELF.into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
}

/// Whether any event is switched on, as far as it was seen.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn are_noticed(tx: &mut Tx, program: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM noticed WHERE program = $1 AND subject = $2 AND said <> $3 LIMIT 1";
    Ok(!tx.rows(sql, &[program.into(), ITSELF.into(), OFF.into()]).await?.is_empty())
}
