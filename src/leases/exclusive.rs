use std::time::Duration;

use anyhow::{Context, Result};

use super::lease::Lease;
use crate::store::{Store, Tx};

/// The right to change what a program keeps while none of its jobs runs. It holds the program's lease, as a run does.
pub struct Exclusive {
    store: Store,
    lease: Lease,
}

impl Exclusive {
    /// Waits until none of the program's jobs is running, and keeps them from starting until [`Exclusive::end`]. When the
    /// process dies, the next run takes over once `lasts` have passed without a heartbeat.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn take(store: &Store, lasts: Duration, program: &str) -> Result<Self> {
        let taken = Lease::take(store, program, lasts, true).await?;
        let (mut lease, tx) = taken.context("a lease that is waited for is taken")?;
        tx.commit("the start of housekeeping").await?;
        lease.beat(store);
        Ok(Self { store: store.clone(), lease })
    }

    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// When somebody else has taken over.
    pub async fn begin(&self) -> Result<Tx> {
        self.lease.begin(&self.store).await
    }

    /// Commits a transaction that [`Exclusive::begin`] began.
    ///
    /// # Errors
    ///
    /// When somebody else has taken over.
    pub async fn commit(&self, tx: Tx, what: &str) -> Result<()> {
        self.lease.commit(tx, what).await
    }

    /// Lets the program's jobs run again.
    ///
    /// # Errors
    ///
    /// When the database cannot be used; a run takes over once this process ends.
    pub async fn end(self) -> Result<()> {
        let mut tx = self.begin().await?;
        self.lease.release(&mut tx).await?;
        tx.commit("the end of housekeeping").await
    }
}
