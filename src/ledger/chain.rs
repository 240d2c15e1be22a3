use anyhow::{Context, Result, ensure};

use super::entry::{Entry, JournalEntry};
use super::form::{Form, digest_of_reason, spelled};
use super::transfer::{Particulars, Posted, Transfer};
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
///
/// # Errors
///
/// When the database cannot be read.
pub async fn head(tx: &mut Tx, program: &str) -> Result<Head> {
    let sql = "SELECT entry, hash FROM entries WHERE program = $1 ORDER BY entry DESC LIMIT 1";
    match tx.rows(sql, &[program.into()]).await?.first() {
        Some(row) => Ok(Head { entry: row.int(0)?, hash: row.text(1)?.to_owned() }),
        None => Ok(Head { entry: 0, hash: "0".repeat(64) }),
    }
}

/// Hashes an entry that follows another, with its transfers, in the latest form.
pub(super) fn hash(program: &str, before: &Head, entry: &Entry<'_>, transfers: &[Transfer<&str>]) -> Result<String> {
    let mut hash = EntryHash::begin(&JournalEntry {
        program: program.to_owned(),
        entry: before.entry + 1,
        form: Form::LATEST,
        kind: entry.kind,
        subject: entry.subject.to_owned(),
        booked_at: entry.booked_at,
        actor: entry.actor.to_owned(),
        reason: entry.reason.to_owned(),
        reason_digest: digest_of_reason(entry.reason),
        program_text: entry.program_text.to_owned(),
        facts: entry.facts.to_owned(),
        transfers: i64::try_from(transfers.len()).context("an entry has fewer transfers")?,
        previous: before.hash.clone(),
        hash: String::new(),
    })?;
    transfers.iter().try_for_each(|transfer| hash.feed(transfer, ""))?;
    Ok(hash.finish())
}

/// What stands before an entry of form 2 or later, so that no two forms hash to the same.
const TAG: &str = "purser entry, form ";

/// The hash of an entry in the making: of the entry before, the entry's own content, and its transfers in order.
///
/// Every field is preceded by its length or of fixed width, so that no two contents have the same bytes.
pub struct EntryHash {
    form: Form,
    bytes: Bytes,
    hasher: blake3::Hasher,
}

impl EntryHash {
    /// Begins with everything the entry says, except its hash.
    ///
    /// # Errors
    ///
    /// When a text holds what no ledger keeps.
    pub fn begin(entry: &JournalEntry) -> Result<Self> {
        let mut bytes = Bytes(Vec::with_capacity(1 << 16));
        let reason = match entry.form {
            Form::One => &entry.reason,
            Form::Two => {
                bytes.text(TAG)?;
                bytes.int(entry.form.number());
                &entry.reason_digest
            }
        };
        for text in [
            &entry.previous,
            &entry.program,
            entry.kind.code(),
            &entry.subject,
            &entry.actor,
            reason,
            &entry.program_text,
            &entry.facts,
        ] {
            bytes.text(text)?;
        }
        // Its text is not hashed, but kept all the same.
        refuse_nul(&entry.reason)?;
        bytes.int(entry.entry);
        bytes.int(entry.booked_at);
        bytes.int(entry.transfers);
        Ok(Self { form: entry.form, bytes, hasher: blake3::Hasher::new() })
    }

    /// Adds the entry's next transfer.
    ///
    /// # Errors
    ///
    /// When a text holds what no ledger keeps.
    pub fn add(&mut self, posted: &Posted) -> Result<()> {
        self.feed(&posted.transfer, &posted.note)
    }

    fn feed<T: AsRef<str>>(&mut self, transfer: &Transfer<T>, note: &str) -> Result<()> {
        let Particulars { kind, effective_day, reason, rule, base, touch, .. } = &transfer.about;
        let bytes = &mut self.bytes;
        bytes.text(kind.code())?;
        for text in transfer.about.key() {
            bytes.text(text)?;
        }
        bytes.int(transfer.revision);
        bytes.text(transfer.source.code())?;
        bytes.text(transfer.target.code())?;
        bytes.int(transfer.amount);
        bytes.int(i64::from(*effective_day));
        bytes.text(spelled(self.form, *reason, note))?;
        bytes.text(rule.as_ref())?;
        bytes.int(*base);
        bytes.text(touch.as_ref())?;
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

struct Bytes(Vec<u8>);

impl Bytes {
    fn text(&mut self, text: &str) -> Result<()> {
        let length = u32::try_from(text.len()).context("a text in the ledger is shorter than 4 GiB")?;
        refuse_nul(text)?;
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn int(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
}

/// PostgreSQL keeps no NUL, and the same facts make the same ledger everywhere.
fn refuse_nul(text: &str) -> Result<()> {
    ensure!(!text.as_bytes().contains(&0), "{text:?} contains a NUL character, which no ledger keeps; remove it from its source");
    Ok(())
}
