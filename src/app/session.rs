use anyhow::{Result, ensure};

use super::environment::Environment;
use super::options::RunOptions;
use crate::calendar::format_time;
use crate::error::Conflict;
use crate::leases::Lease;
use crate::payout::last_drafted;
use crate::posting::last_time;
use crate::program::Program;
use crate::store::Tx;

/// A run under way: all that its steps need.
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

/// The time of the last run that posted a reconciliation or drafted a batch, if any did.
pub(super) async fn last_posted(tx: &mut Tx, program: &str) -> Result<Option<i64>> {
    Ok(last_time(tx, program).await?.max(last_drafted(tx, program).await?))
}

/// Refuses to do `what` as of a time before the last posted run: what is posted is never undone by going back.
pub(super) async fn refuse_earlier(tx: &mut Tx, program: &Program, as_of: i64, what: &str) -> Result<()> {
    match last_posted(tx, &program.id).await? {
        Some(last) => refuse_before(program, as_of, last, what),
        None => Ok(()),
    }
}

/// The same, where the last posted run is known.
pub(super) fn refuse_before(program: &Program, as_of: i64, last: i64, what: &str) -> Result<()> {
    ensure!(
        as_of >= last,
        Conflict(format!(
            "{}: {what} at {} would be earlier than the last posted run, at {}; what is posted is never undone by going back",
            program.id,
            format_time(as_of),
            format_time(last)
        ))
    );
    Ok(())
}
