//! Letters whose texts are no longer kept. That there was a mail, and how far it came, stays.

use std::collections::BTreeSet;

use anyhow::Result;
use caseless::default_case_fold_str;

use super::bounces;
use super::letter::{Kept, LetterState, Sealed, read_state};
use crate::store::{Row, Store, Tx};

/// Forgets text, recipient and last error of the mails of a program that were sent or refused before a time (microseconds
/// since 1970). Answers how many, and the length of their texts.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn forget_mails(tx: &mut Tx, program: &str, before: i64) -> Result<(u64, u64)> {
    let sql = "SELECT message_key, CAST(LENGTH(message) AS BIGINT) FROM outbox WHERE program = $1 AND changed_at < $2 \
               AND state IN ('sent', 'failed') AND message <> '' ORDER BY message_key";
    let (mut mails, mut bytes) = (0, 0);
    for row in tx.rows(sql, &[program.into(), before.into()]).await? {
        mails += forget(tx, program, row.text(0)?, None).await?;
        bytes += u64::try_from(row.int(1)?)?;
    }
    bounces::forget_old(tx, program, before).await?;
    Ok((mails, bytes))
}

/// The keys of the mails whose texts are forgotten.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn forgotten_mails(tx: &mut Tx, program: &str) -> Result<Vec<String>> {
    let sql =
        "SELECT message_key FROM outbox WHERE program = $1 AND message = '' AND state IN ('sent', 'failed') ORDER BY message_key";
    tx.rows(sql, &[program.into()]).await?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Forgets text, recipient and last error of every mail to a person: those of a creator's statements, those to any of these
/// addresses. What still waited is not sent. Answers how many.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn erase_mails(tx: &mut Tx, program: &str, creator_id: Option<&str>, emails: &BTreeSet<String>) -> Result<u64> {
    let sql = "SELECT message_key, recipient FROM outbox WHERE program = $1 AND channel = 'statement' \
               AND (message <> '' OR recipient <> '') ORDER BY message_key";
    let fold = |text: &str| default_case_fold_str(text.trim());
    let addresses: BTreeSet<String> = emails.iter().map(|email| fold(email)).collect();
    let mut mails = 0;
    for row in tx.rows(sql, &[program.into()]).await? {
        let key = row.text(0)?;
        let is_theirs = creator_id.is_some_and(|creator_id| is_to(key, program, creator_id));
        if !is_theirs && !addresses.contains(&fold(row.text(1)?)) {
            continue;
        }
        mails += forget(tx, program, key, Some("the recipient was erased")).await?;
    }
    let is_theirs = |key: &str, address: &str| {
        creator_id.is_some_and(|creator_id| is_to(key, program, creator_id)) || addresses.contains(address)
    };
    bounces::erase(tx, program, is_theirs).await?;
    Ok(mails)
}

/// Forgets text and recipient of a letter; one that was not sent never will be, for this reason. Answers how many there are.
async fn forget(tx: &mut Tx, program: &str, key: &str, why: Option<&str>) -> Result<u64> {
    let Some(kept) = Kept::read(tx, program, key).await? else { return Ok(0) };
    let state = read_state(&kept.is.state)?;
    let error = why.filter(|_| state != LetterState::Sent);
    let state = if state.is_over() { state } else { LetterState::Failed };
    let new = Sealed { recipient: String::new(), message: String::new(), state: state.code().to_owned(), ..kept.is.clone() };
    let sql = "UPDATE outbox SET message = '', recipient = '', state = $3, error = $4, seal = $5 WHERE program = $1 AND message_key = $2";
    let parameters = [program.into(), key.into(), state.code().into(), error.into(), kept.seal_as(&new, key).into()];
    tx.execute(sql, &parameters).await
}

/// A letter to the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorLetter {
    /// What it is.
    pub key: String,
    /// The mail's recipient, or empty: it goes to the webhook.
    pub recipient: String,
    /// Whether it was sent, or refused for good.
    pub is_over: bool,
    /// The very bytes that were or are to be sent.
    pub message: String,
}

/// All letters to the operator about a program whose texts are kept.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn operator_letters(tx: &mut Tx, program: &str) -> Result<Vec<OperatorLetter>> {
    let sql = "SELECT message_key, recipient, state, message FROM outbox \
               WHERE program = $1 AND channel <> 'statement' AND message <> '' ORDER BY message_key";
    let letter = |row: &Row| {
        Ok(OperatorLetter {
            key: row.text(0)?.to_owned(),
            recipient: row.text(1)?.to_owned(),
            is_over: read_state(row.text(2)?)?.is_over(),
            message: row.text(3)?.to_owned(),
        })
    };
    tx.rows(sql, &[program.into()]).await?.iter().map(letter).collect()
}

/// Lets a letter say something else; with an empty text, its words are forgotten.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn reword(tx: &mut Tx, program: &str, key: &str, message: &str) -> Result<()> {
    let Some(kept) = Kept::read(tx, program, key).await? else { return Ok(()) };
    let seal = kept.seal_as(&Sealed { message: message.to_owned(), ..kept.is.clone() }, key);
    let sql = "UPDATE outbox SET message = $3, error = NULL, seal = $4 WHERE program = $1 AND message_key = $2";
    tx.execute(sql, &[program.into(), key.into(), message.into(), seal.into()]).await.map(|_| ())
}

/// The addresses to which a creator's statements were mailed, as far as they are kept.
///
/// # Errors
///
/// When the database cannot be used.
pub async fn mail_addresses(store: &Store, program: &str, creator_id: &str) -> Result<BTreeSet<String>> {
    let sql = "SELECT message_key, recipient FROM outbox WHERE program = $1 AND recipient <> '' ORDER BY message_key";
    let mut addresses = BTreeSet::new();
    for row in store.rows(sql, &[program.into()]).await? {
        if is_to(row.text(0)?, program, creator_id) {
            addresses.insert(row.text(1)?.to_owned());
        }
    }
    Ok(addresses)
}

/// Whether this is the key of a statement of a creator, of whatever month.
fn is_to(key: &str, program: &str, creator_id: &str) -> bool {
    let month = key.strip_prefix(program).and_then(|rest| rest.strip_prefix('/')?.strip_prefix(creator_id)?.strip_prefix('/'));
    month.is_some_and(|month| !month.contains('/'))
}
