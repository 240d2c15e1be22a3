use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use super::proof::Proof;
use super::shelf::Shelf;
use crate::effect::clear_scratch;
use crate::outbox::Post;
use crate::payees::Keyring;
use crate::store::{Address, Store};

/// Where purser works: its database, its files, its mail. Clones share them.
#[derive(Clone)]
pub struct Environment {
    /// The ledger.
    pub store: Store,
    /// The folder of kept facts, outcomes and mails.
    pub data: PathBuf,
    /// After how long without a heartbeat another run takes over.
    pub lease: Duration,
    /// How mail and webhooks are sent.
    pub post: Arc<Post>,
    /// The keys under which details of payees are kept; empty where none is set.
    pub keyring: Keyring,
    /// The clock (microseconds since 1970), which no command runs ahead of.
    pub clock: fn() -> i64,
    /// What proves who asks, once there are users.
    pub proof: Proof,
    /// What pages ask for again and again.
    pub shelf: Shelf,
}

impl Environment {
    /// The same, for somebody who proves who they are.
    pub fn with_proof(&self, proof: Proof) -> Self {
        Self { proof, ..self.clone() }
    }

    /// Opens the database, which is migrated to this version's schema, or made where it is not there. What a killed command left
    /// in the data folder for a moment is removed.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn open(address: &Address, data: PathBuf, lease: Duration, post: Post, clock: fn() -> i64) -> Result<Self> {
        clear_scratch(&data);
        let (store, post) = (Store::open(address).await?, Arc::new(post));
        Ok(Self { store, data, lease, post, keyring: Keyring::default(), clock, proof: Proof::None, shelf: Shelf::default() })
    }
}

/// The folder of kept files that belongs to a database, unless another is named.
pub fn default_data_folder(database: &Path) -> PathBuf {
    let mut name = database.file_stem().unwrap_or_default().to_owned();
    name.push("-data");
    database.with_file_name(name)
}
