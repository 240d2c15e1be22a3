//! What older versions wrote is sealed as today, once, before the step that says so: the database cannot compute seals itself, and
//! a seal of an older form that still counted could be written under anything.
//!
//! As of every step, the formulas are those of their time, whatever becomes of seals later.

use anyhow::Result;

use super::migrate::SEALED;
use super::transaction::Tx;
use super::value::Row;
use crate::vocabulary::seal_of;

/// How many letters are in memory at a time.
const LETTERS_PER_PAGE: i64 = 500;

/// Seals what older versions wrote. What does not fit its older seal keeps that, and is found.
pub(super) async fn seal_all(mut tx: Tx) -> Result<()> {
    let programs = tx.rows("SELECT program FROM programs", &[]).await?;
    // Reading a table keeps others from changing its columns: if nobody did the step so far, nobody will meanwhile.
    let is_done = !tx.rows("SELECT version FROM _sqlx_migrations WHERE version = $1", &[SEALED.into()]).await?.is_empty();
    let is_empty = programs.is_empty() && tx.rows("SELECT program FROM runs LIMIT 1", &[]).await?.is_empty();
    if is_done || is_empty {
        return Ok(());
    }
    letters(&mut tx).await?;
    reconciliations(&mut tx).await?;
    for row in programs {
        let program = row.text(0)?;
        let months = "SELECT CAST(month AS TEXT), CAST(last_day AS TEXT), CAST(built_at AS TEXT), CAST(through_entry AS TEXT), head, \
                      CAST(letters AS TEXT) FROM statement_months WHERE program = $1";
        let erasures =
            "SELECT kind, subject, fingerprint, CAST(erased_at AS TEXT), erased_by, reason FROM erasures WHERE program = $1";
        let (months, erasures) = (seal_of_rows(&mut tx, months, program).await?, seal_of_rows(&mut tx, erasures, program).await?);
        let sql = "UPDATE programs SET months_to_seal = $2, erasures_to_seal = $3 WHERE program = $1";
        tx.execute(sql, &[program.into(), months.into(), erasures.into()]).await?;
    }
    tx.commit("the seals of what older versions wrote").await
}

async fn seal_of_rows(tx: &mut Tx, sql: &'static str, program: &str) -> Result<String> {
    let texts = |row: &Row| (0..6).map(|column| row.text(column).map(str::to_owned)).collect::<Result<Vec<_>>>();
    let mut rows = tx.rows(sql, &[program.into()]).await?.iter().map(texts).collect::<Result<Vec<_>>>()?;
    rows.sort();
    Ok(seal_of(rows.iter().flatten().map(String::as_str)))
}

/// Letters: the seal covered what they say, or of the oldest as much as the database could write down; now it covers how far they
/// have come too.
async fn letters(tx: &mut Tx) -> Result<()> {
    let sql = "SELECT program, message_key, channel, sender, recipient, message, state, attempts, seal FROM outbox \
               WHERE (program, message_key) > ($1, $2) ORDER BY program, message_key LIMIT $3";
    let (mut program, mut key) = (String::new(), String::new());
    loop {
        let rows = tx.rows(sql, &[program.as_str().into(), key.as_str().into(), LETTERS_PER_PAGE.into()]).await?;
        for row in &rows {
            (program, key) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
            let [channel, sender, recipient, message] = [row.text(2)?, row.text(3)?, row.text(4)?, row.text(5)?];
            let (state, attempts, old) = (row.text(6)?, row.int(7)?.to_string(), row.text(8)?);
            let mut hasher = blake3::Hasher::new();
            for text in [channel, key.as_str(), sender, recipient, message] {
                hasher.update(text.as_bytes()).update(b"\0");
            }
            let is_forgotten = message.is_empty() && matches!(state, "sent" | "failed");
            let fits = is_forgotten
                || old == hasher.finalize().to_hex().as_str()
                || old == format!("{channel}|{sender}|{recipient}|{}", message.chars().count());
            if fits {
                let new = seal_of([channel, key.as_str(), sender, recipient, message, state, &attempts]);
                let sql = "UPDATE outbox SET seal = $3 WHERE program = $1 AND message_key = $2 AND seal = $4";
                tx.execute(sql, &[program.as_str().into(), key.as_str().into(), new.into(), old.into()]).await?;
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

/// The last reconciliations: where the database wrote down what is hashed, it is hashed.
async fn reconciliations(tx: &mut Tx) -> Result<()> {
    let sql = "SELECT program, as_of, unchanged_until, manifest, program_text, credits, run_id, outcome, rules, seal FROM reconciled \
               WHERE rules = 0";
    for row in tx.rows(sql, &[]).await? {
        let (as_of, unchanged_until, run_id, old) = (row.int(1)?, row.int(2)?, row.int(6)?, row.text(9)?);
        let [manifest, program_text, credits, outcome] = [row.text(3)?, row.text(4)?, row.text(5)?, row.text(7)?];
        let text = format!("{as_of}|{unchanged_until}|{manifest}|{program_text}|{credits}|{run_id}|{outcome}");
        if old == text {
            let new = blake3::hash(format!("{text}|{}", row.int(8)?).as_bytes()).to_hex().to_string();
            tx.execute("UPDATE reconciled SET seal = $2 WHERE program = $1", &[row.text(0)?.into(), new.into()]).await?;
        }
    }
    Ok(())
}
