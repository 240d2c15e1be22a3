use anyhow::Result;

use crate::ledger::{JournalEntry, Posted};

/// A check that is shown every entry and transfer.
pub(super) trait JournalCheck: Send {
    /// An entry begins.
    fn begin(&mut self, _entry: &JournalEntry) -> Result<()> {
        Ok(())
    }
    /// One of its transfers.
    fn transfer(&mut self, entry: &JournalEntry, transfer: &Posted) -> Result<()>;
    /// Its transfers were all shown.
    fn end(&mut self, _entry: &JournalEntry) -> Result<()> {
        Ok(())
    }
    /// An entry or transfer that no version of purser writes, or that belongs nowhere; it is left out.
    fn broken(&mut self, _what: &str) {}
}
