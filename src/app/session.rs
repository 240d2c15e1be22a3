use anyhow::Result;

use super::environment::Environment;
use super::options::RunOptions;
use crate::leases::Lease;
use crate::program::Program;
use crate::store::Tx;

/// A run in progress: everything its steps need.
pub(super) struct Session<'a> {
    pub at: &'a Environment,
    pub program: &'a Program,
    pub options: &'a RunOptions,
    pub run_id: i64,
    pub lease: Lease,
}

impl Session<'_> {
    /// Begins a transaction, if nobody has taken over.
    pub async fn begin(&self) -> Result<Tx> {
        self.lease.begin(&self.at.store).await
    }

    /// Commits a transaction that [`Session::begin`] began.
    pub async fn commit(&self, tx: Tx, what: &str) -> Result<()> {
        self.lease.commit(tx, what).await
    }
}
