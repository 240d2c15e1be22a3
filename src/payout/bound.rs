//! The payment details to which an approval is bound: of each creator of a batch a keyed hash, which says whether they are the same,
//! and nothing else. An approver agrees to who is paid how much, and where.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use super::batch::{BatchLine, Signature, key};
use super::conversion::parts;
use crate::payees::{Keyring, Payees};
use crate::store::{Cell, Tx};

const COLUMNS: &[&str] = &["program", "batch_id", "creator_id", "digest"];

/// The payment details of a batch's creators, as hashes; of one who has none, empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound(BTreeMap<String, String>);

impl Bound {
    /// Of these lines, as payees are now.
    pub fn of(lines: &[BatchLine], payees: &Payees, keyring: &Keyring) -> Result<Self> {
        let each = |line: &BatchLine| -> Result<(String, String)> {
            let creator = line.creator_id.as_str();
            let hash = payees.of(creator).map(|payee| keyring.fingerprint(&payee.signed(creator))).transpose()?;
            Ok((creator.to_owned(), hash.unwrap_or_default()))
        };
        lines.iter().map(each).collect::<Result<_>>().map(Self)
    }

    /// What stands for all of them in the entry of who signs.
    pub fn digest(&self) -> String {
        payees_digest(self.0.iter().map(|(creator, hash)| (creator.as_str(), hash.as_str())))
    }

    /// Keeps them in place of what was signed before.
    pub async fn keep(&self, tx: &mut Tx, program: &str, batch_id: &str) -> Result<()> {
        forget(tx, program, batch_id).await?;
        let rows: Vec<(&String, &String)> = self.0.iter().collect();
        tx.insert_many("batch_payees", COLUMNS, rows.len(), |row, cells| {
            let (creator, hash) = rows[row];
            cells.extend([Cell::Text(program), Cell::Text(batch_id), Cell::Text(creator), Cell::Text(hash)]);
        })
        .await
    }

    /// What was signed last of a batch. A creator who was erased since has no details, and is not in it.
    ///
    /// # Errors
    ///
    /// When it is not what the entry says.
    async fn kept(tx: &mut Tx, program: &str, batch_id: &str, erased: &BTreeSet<String>, signed: &str) -> Result<Self> {
        let sql = "SELECT creator_id, digest FROM batch_payees WHERE program = $1 AND batch_id = $2 ORDER BY creator_id";
        let rows = tx.rows(sql, &key(program, batch_id)).await?;
        let rows = rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())));
        let kept = Self(rows.collect::<Result<_>>()?);
        if erased.is_empty() && kept.digest() != signed {
            bail!(
                "the payment details of batch {batch_id} are kept otherwise than they were approved; nothing was changed. Something other \
                 than purser changed the database: run `purser check`"
            );
        }
        Ok(kept)
    }
}

/// Forgets what was signed of a batch.
pub(super) async fn forget(tx: &mut Tx, program: &str, batch_id: &str) -> Result<()> {
    let sql = "DELETE FROM batch_payees WHERE program = $1 AND batch_id = $2";
    tx.execute(sql, &key(program, batch_id)).await.map(|_| ())
}

/// The hash of the payment details of a batch: of creators and the hashes of their details, by creator.
fn payees_digest<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (creator_id, hash) in rows {
        hasher.update(creator_id.as_bytes()).update(b"\0").update(hash.as_bytes()).update(b"\0");
    }
    hasher.finalize().to_hex().to_string()
}

/// The creators of these lines whose payment details are not those that were approved. What an older purser approved was bound to
/// none, and nobody is told apart.
///
/// # Errors
///
/// When what is kept is not what was approved, or a key is missing.
pub(super) async fn changed_since(
    tx: &mut Tx,
    program: &str,
    batch_id: &str,
    (approval, lines): (Option<&Signature>, &[BatchLine]),
    (payees, erased): (&Payees, &BTreeSet<String>),
    keyring: &Keyring,
) -> Result<BTreeSet<String>> {
    let Some(signed) = approval.and_then(|approval| approval.payees.as_deref()).map(|said| parts(said).0) else {
        return Ok(BTreeSet::new());
    };
    let in_it: BTreeSet<String> = lines.iter().map(|line| &line.creator_id).filter(|id| erased.contains(*id)).cloned().collect();
    let kept = match signed {
        // The program named no payees then: a creator who has details now has others than were approved.
        "" => Bound(BTreeMap::new()),
        _ => Bound::kept(tx, program, batch_id, &in_it, signed).await?,
    };
    let mut changed = BTreeSet::new();
    for line in lines {
        let creator = line.creator_id.as_str();
        let before = kept.0.get(creator).map_or("", String::as_str);
        let is_same = match payees.of(creator) {
            None => before.is_empty(),
            Some(_) if before.is_empty() => false,
            Some(payee) => keyring.has_fingerprint(before, &payee.signed(creator))?,
        };
        if !is_same {
            changed.insert(creator.to_owned());
        }
    }
    Ok(changed)
}

/// The creators whose payment details are not those that were signed with a batch: `signed` names one for each creator. Of whom nothing
/// was signed there, or under a key that is not here, nothing is said.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn changed_details(
    tx: &mut Tx,
    program: &str,
    signed: &BTreeMap<String, String>,
    payees: &Payees,
    keyring: &Keyring,
) -> Result<BTreeSet<String>> {
    let batches: BTreeSet<&str> = signed.values().map(String::as_str).collect();
    let mut changed = BTreeSet::new();
    for batch_id in batches {
        let sql = "SELECT creator_id, digest FROM batch_payees WHERE program = $1 AND batch_id = $2 AND digest <> ''";
        for row in tx.rows(sql, &key(program, batch_id)).await? {
            let (creator, before) = (row.text(0)?, row.text(1)?);
            if signed.get(creator).is_none_or(|batch| batch != batch_id) {
                continue;
            }
            let is_same = payees.of(creator).map(|payee| keyring.has_fingerprint(before, &payee.signed(creator)));
            if matches!(is_same, Some(Ok(false))) {
                changed.insert(creator.to_owned());
            }
        }
    }
    Ok(changed)
}
