use anyhow::{Context, Result};

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

/// Hashes the entry before, an entry's own content, and its transfers in order. Every field is preceded by its length
/// or of fixed width, so that no two contents have the same bytes.
pub(super) fn hash<'a, T>(program: &str, before: &Head, entry: &Entry<'_>, transfers: &'a [T]) -> Result<String>
where
    Transfer<'a>: From<&'a T>,
{
    let mut bytes = Bytes(Vec::with_capacity(1 << 16));
    let mut hasher = blake3::Hasher::new();
    for text in [
        before.hash.as_str(),
        program,
        entry.kind.name(),
        entry.subject,
        entry.actor,
        entry.reason,
        entry.program_text,
        entry.facts,
    ] {
        bytes.text(text)?;
    }
    bytes.int(before.entry + 1);
    bytes.int(entry.booked_at);
    bytes.int(i64::try_from(transfers.len()).context("an entry has fewer transfers")?);
    for transfer in transfers.iter().map(Transfer::from) {
        for text in [transfer.kind, transfer.order_id, transfer.line_id, transfer.creator_id, transfer.detail] {
            bytes.text(text)?;
        }
        bytes.int(transfer.revision);
        bytes.text(transfer.source.name())?;
        bytes.text(transfer.target.name())?;
        bytes.int(transfer.amount);
        bytes.int(i64::from(transfer.effective_day));
        bytes.text(transfer.why)?;
        bytes.text(transfer.rule)?;
        bytes.int(transfer.base);
        bytes.text(transfer.touch)?;
        if bytes.0.len() > 1 << 15 {
            hasher.update(&bytes.0);
            bytes.0.clear();
        }
    }
    hasher.update(&bytes.0);
    Ok(hasher.finalize().to_hex().to_string())
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
