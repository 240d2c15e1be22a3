use anyhow::{Context, Result};

use super::journal::{JournalEntry, JournalTransfer};
use super::post::Entry;
use super::transfer::Transfer;
use crate::store::Tx;

/// The last entry of a program's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its number; 0 where nothing is posted.
    pub entry: i64,
    /// Its hash; 64 zeros where nothing is posted.
    pub hash: String,
}

/// The head of a program's chain.
pub async fn head(tx: &mut Tx, program: &str) -> Result<Head> {
    let sql = "SELECT entry, hash FROM entries WHERE program = $1 ORDER BY entry DESC LIMIT 1";
    match tx.rows(sql, &[program.into()]).await?.first() {
        Some(row) => Ok(Head { entry: row.int(0)?, hash: row.text(1)?.to_owned() }),
        None => Ok(Head { entry: 0, hash: "0".repeat(64) }),
    }
}

/// Hashes an entry that follows another, with its transfers.
pub(super) fn hash<'a, T>(program: &str, before: &Head, entry: &Entry<'_>, transfers: &'a [T]) -> Result<String>
where
    Transfer<'a>: From<&'a T>,
{
    let mut hash = EntryHash::begin(&JournalEntry {
        program: program.to_owned(),
        entry: before.entry + 1,
        kind: entry.kind.name().to_owned(),
        subject: entry.subject.to_owned(),
        booked_at: entry.booked_at,
        actor: entry.actor.to_owned(),
        reason: entry.reason.to_owned(),
        program_text: entry.program_text.to_owned(),
        facts: entry.facts.to_owned(),
        transfers: i64::try_from(transfers.len()).context("an entry has fewer transfers")?,
        previous: before.hash.clone(),
        hash: String::new(),
    })?;
    transfers.iter().map(Transfer::from).try_for_each(|transfer| hash.feed(&Hashed::from(transfer)))?;
    Ok(hash.finish())
}

/// The hash of an entry in the making: of the entry before, the entry's own content, and its transfers in order.
///
/// Every field is preceded by its length or of fixed width, so that no two contents have the same bytes.
pub struct EntryHash {
    bytes: Bytes,
    hasher: blake3::Hasher,
}

impl EntryHash {
    /// Begins with everything the entry says, except its hash.
    pub fn begin(entry: &JournalEntry) -> Result<Self> {
        let mut bytes = Bytes(Vec::with_capacity(1 << 16));
        for text in [
            &entry.previous,
            &entry.program,
            &entry.kind,
            &entry.subject,
            &entry.actor,
            &entry.reason,
            &entry.program_text,
            &entry.facts,
        ] {
            bytes.text(text)?;
        }
        bytes.int(entry.entry);
        bytes.int(entry.booked_at);
        bytes.int(entry.transfers);
        Ok(Self { bytes, hasher: blake3::Hasher::new() })
    }

    /// Adds the entry's next transfer.
    pub fn add(&mut self, transfer: &JournalTransfer) -> Result<()> {
        self.feed(&Hashed::from(transfer))
    }

    fn feed(&mut self, transfer: &Hashed<'_>) -> Result<()> {
        let bytes = &mut self.bytes;
        for text in transfer.key {
            bytes.text(text)?;
        }
        bytes.int(transfer.revision);
        bytes.text(transfer.source)?;
        bytes.text(transfer.target)?;
        bytes.int(transfer.amount);
        bytes.int(i64::from(transfer.effective_day));
        bytes.text(transfer.why)?;
        bytes.text(transfer.rule)?;
        bytes.int(transfer.base);
        bytes.text(transfer.touch)?;
        if bytes.0.len() > 1 << 15 {
            self.hasher.update(&bytes.0);
            bytes.0.clear();
        }
        Ok(())
    }

    /// The hash, in hexadecimal digits.
    pub fn finish(mut self) -> String {
        self.hasher.update(&self.bytes.0);
        self.hasher.finalize().to_hex().to_string()
    }
}

/// What of a transfer is hashed, whether it is about to be posted or was read.
struct Hashed<'a> {
    key: [&'a str; 5],
    revision: i64,
    source: &'a str,
    target: &'a str,
    amount: i64,
    effective_day: i32,
    why: &'a str,
    rule: &'a str,
    base: i64,
    touch: &'a str,
}

impl<'a> From<Transfer<'a>> for Hashed<'a> {
    fn from(transfer: Transfer<'a>) -> Self {
        let Transfer { kind, order_id, line_id, creator_id, detail, .. } = transfer;
        Self {
            key: [kind, order_id, line_id, creator_id, detail],
            revision: transfer.revision,
            source: transfer.source.name(),
            target: transfer.target.name(),
            amount: transfer.amount,
            effective_day: transfer.effective_day,
            why: transfer.why,
            rule: transfer.rule,
            base: transfer.base,
            touch: transfer.touch,
        }
    }
}

impl<'a> From<&'a JournalTransfer> for Hashed<'a> {
    fn from(transfer: &'a JournalTransfer) -> Self {
        let JournalTransfer { kind, order_id, line_id, creator_id, detail, .. } = transfer;
        Self {
            key: [kind, order_id, line_id, creator_id, detail],
            revision: transfer.revision,
            source: &transfer.source,
            target: &transfer.target,
            amount: transfer.amount,
            effective_day: transfer.effective_day,
            why: &transfer.why,
            rule: &transfer.rule,
            base: transfer.base,
            touch: &transfer.touch,
        }
    }
}

struct Bytes(Vec<u8>);

impl Bytes {
    fn text(&mut self, text: &str) -> Result<()> {
        let length = u32::try_from(text.len()).context("a text in the ledger is shorter than 4 GiB")?;
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn int(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
}
