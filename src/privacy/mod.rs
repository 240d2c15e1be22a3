//! Retention and erasure: what is not the ledger and is old goes, by the program's retention; a person who asks for it is
//! erased (see `ERASING.md`). The ledger is never touched: it names people by id.
//!
//! Here are the parts; [`crate::app`] puts them together while none of the program's jobs is running. The database goes first,
//! then the files: a process that is killed between them leaves only files that no record names, and the next one finds those,
//! as it lists the folders rather than remember what was left.
//!
//! An erased email becomes a pseudonym, not an empty field: an order has to stay locked to the creator who brought its
//! customer, and a returning customer is not new. Encrypting each person under a key of their own, to be thrown away, was
//! rejected: every night would need all keys, for a case that comes a few times a year.
//!
//! To keep something new that names people: let erasure find it (`redact.rs`, or the module that owns it), give it a retention
//! (`retention.rs`), and say both in `ERASING.md`.

mod erased;
mod files;
mod redact;
mod retention;

pub use erased::{erased, kept_manifests, key_file, read_key, rename_copies};
pub use files::{Broom, Removed};
pub use redact::{names, redact_alerts, redact_runs};
pub use retention::{Trimmed, kept_files, trim_facts, trim_runs};
