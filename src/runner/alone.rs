use anyhow::{Context, Result};

use super::Workplace;
use super::lease::Lease;
use crate::store::{Store, Tx};

/// The right to change what a program keeps while none of its jobs runs. It holds the program's lease, as a run does.
pub struct Alone {
    store: Store,
    lease: Lease,
}

impl Alone {
    /// Waits until nobody runs the program's jobs, and keeps everybody from it until [`Alone::end`]. When the process dies,
    /// the next run takes over.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn take(at: &Workplace, program: &str) -> Result<Self> {
        let taken = Lease::take(&at.store, program, at.lease, true).await?;
        let (mut lease, tx) = taken.context("a lease that is waited for is taken")?;
        tx.commit("the start of housekeeping").await?;
        lease.beat(&at.store);
        Ok(Self { store: at.store.clone(), lease })
    }

    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// When somebody else has taken over.
    pub async fn begin(&self) -> Result<Tx> {
        self.lease.begin(&self.store).await
    }

    /// Commits a transaction that [`Alone::begin`] began.
    ///
    /// # Errors
    ///
    /// When somebody else has taken over.
    pub async fn commit(&self, tx: Tx, what: &str) -> Result<()> {
        self.lease.commit(tx, what).await
    }

    /// Lets others run again.
    ///
    /// # Errors
    ///
    /// When the database cannot be used; they take over once this process ends.
    pub async fn end(self) -> Result<()> {
        let mut tx = self.begin().await?;
        self.lease.release(&mut tx).await?;
        tx.commit("the end of housekeeping").await
    }
}
