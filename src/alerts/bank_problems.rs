//! What banks' answers said that fits no payment, or contradicts the ledger: rows that only come, until people acknowledge them.

use anyhow::{Context, Result};

use crate::store::{Row, Store, Tx};
use crate::vocabulary::BankProblem;

/// Something that a bank said, from which nothing followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProblem {
    /// What is the matter.
    pub kind: BankProblem,
    /// What stands for it among the problems of its kind: the same thing said again has the same.
    pub subject: String,
    /// Whom it concerns, or empty.
    pub creator_id: String,
    /// The amount that the bank says, or empty.
    pub amount: String,
    /// File and place, where it was read first.
    pub place: String,
    /// What the bank says, and why nothing followed from it.
    pub what: String,
    /// Who imported it first.
    pub by: String,
    /// When (microseconds since 1970).
    pub at: i64,
}

/// Keeps problems in the caller's transaction, but for those that are kept already; answers how many are new.
///
/// # Errors
///
/// When the database refuses.
pub async fn keep_problems(tx: &mut Tx, program: &str, problems: &[KeptProblem]) -> Result<u64> {
    let sql = "INSERT INTO bank_problems (program, kind, subject, creator_id, amount, place, what, imported_by, imported_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (program, kind, subject) DO NOTHING";
    let mut new = 0;
    for KeptProblem { kind, subject, creator_id, amount, place, what, by, at } in problems {
        let text = |text: &str| text.into();
        let row = [
            program.into(),
            kind.code().into(),
            text(subject),
            text(creator_id),
            text(amount),
            text(place),
            text(what),
            text(by),
        ];
        new += tx.execute(sql, &[&row[..], &[(*at).into()]].concat()).await.context("keeping what a bank says")?;
    }
    Ok(new)
}

/// All problems that were kept of a program, the oldest first.
///
/// # Errors
///
/// When the database cannot be read, or holds what no version writes.
pub async fn kept_problems(store: &Store, program: &str) -> Result<Vec<KeptProblem>> {
    let sql = "SELECT kind, subject, creator_id, amount, place, what, imported_by, imported_at FROM bank_problems WHERE program = $1 \
               ORDER BY imported_at, kind, subject";
    let problem = |row: &Row| -> Result<KeptProblem> {
        let text = |column| row.text(column).map(str::to_owned);
        let code = row.text(0)?;
        Ok(KeptProblem {
            kind: BankProblem::parse(code).with_context(|| format!("no problem with a bank's answer is \"{code}\""))?,
            subject: text(1)?,
            creator_id: text(2)?,
            amount: text(3)?,
            place: text(4)?,
            what: text(5)?,
            by: text(6)?,
            at: row.int(7)?,
        })
    };
    store.rows(sql, &[program.into()]).await?.iter().map(problem).collect()
}

/// Rewrites what is kept of a program's banks with the words that `other` gives.
///
/// # Errors
///
/// When the database refuses.
pub(super) async fn redact(tx: &mut Tx, program: &str, other: &dyn Fn(&str) -> String) -> Result<()> {
    let sql = "SELECT kind, subject, place, what FROM bank_problems WHERE program = $1 ORDER BY kind, subject";
    for row in tx.rows(sql, &[program.into()]).await? {
        let (place, what) = (other(row.text(2)?), other(row.text(3)?));
        if place != row.text(2)? || what != row.text(3)? {
            let sql = "UPDATE bank_problems SET place = $4, what = $5 WHERE program = $1 AND kind = $2 AND subject = $3";
            let key = [program.into(), row.text(0)?.into(), row.text(1)?.into()];
            tx.execute(sql, &[&key[..], &[place.as_str().into(), what.as_str().into()]].concat()).await?;
        }
    }
    Ok(())
}
