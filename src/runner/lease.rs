//! Who runs a program's jobs: one at a time, whoever comes first.
//!
//! A run holds its program's lease from its start to its end. Each lease has an epoch; whoever takes it over raises it, and
//! every transaction of a run checks that the epoch is still its own. So a runner that froze and wakes posts nothing.
//!
//! A lease is taken over at once when its holder is dead, which its lock tells (see [`Store::hold`]), and when it has not
//! been heard of for as long as a lease lasts.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::task::AbortHandle;

use crate::program::Program;
use crate::store::{Hold, Store, Tx};

/// After how long somebody who waits for a lease looks again: soon at first, then every second.
const LOOKS: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// When a lease expires that nobody has.
const FREE: i64 = 0;

/// The right to run a program's jobs.
pub(super) struct Lease {
    program: String,
    epoch: i64,
    lasts: Duration,
    _hold: Option<Hold>,
    heartbeat: Option<AbortHandle>,
}

impl Lease {
    /// Waits until nobody else runs the program's jobs, and takes its lease in the transaction that is answered: it is
    /// taken once that commits.
    pub(super) async fn take(store: &Store, program: &Program, lasts: Duration) -> Result<(Self, Tx)> {
        let id = program.id.as_str();
        let mut waiting_since = None;
        let [mut pause, longest] = LOOKS;
        loop {
            let hold = store.hold(id).await?;
            if hold.is_none() {
                let now = store.clock().await?;
                if waiting_since.is_none() {
                    tracing::info!(program = id, "another run of this program is at work; waiting until it is done");
                }
                let since = *waiting_since.get_or_insert(now);
                let until = match expires_at(&store.rows(EXPIRES_AT, &[id.into()]).await?)? {
                    // Who has the lock but no lease is about to take one, unless it froze over that.
                    FREE => later(since, lasts),
                    until => until,
                };
                if now < until {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(longest);
                    continue;
                }
                tracing::warn!(program = id, "the run that holds the lease has not been heard of; taking over");
                store.evict(id).await?;
            }
            let mut tx = store.begin(id).await?;
            let now = store.clock().await?;
            if hold.is_none() && expires_at(&tx.rows(EXPIRES_AT, &[id.into()]).await?)? > now {
                continue;
            }
            let sql = "INSERT INTO leases (program, epoch, expires_at) VALUES ($1, 1, $2) \
                       ON CONFLICT (program) DO UPDATE SET epoch = leases.epoch + 1, expires_at = excluded.expires_at";
            tx.execute(sql, &[id.into(), later(now, lasts).into()]).await?;
            let rows = tx.rows("SELECT epoch FROM leases WHERE program = $1", &[id.into()]).await?;
            let epoch = rows.first().context("the lease was not recorded")?.int(0)?;
            return Ok((Self { program: id.to_owned(), epoch, lasts, _hold: hold, heartbeat: None }, tx));
        }
    }

    /// Lets others know that this run is alive, until the lease is dropped.
    pub(super) fn beat(&mut self, store: &Store) {
        let (store, program, epoch, lasts) = (store.clone(), self.program.clone(), self.epoch, self.lasts);
        let beating = async move {
            loop {
                tokio::time::sleep(lasts / 4).await;
                if let Err(error) = beat_once(&store, &program, epoch, lasts).await {
                    tracing::warn!(program, "could not renew the lease: {error:#}");
                }
            }
        };
        self.heartbeat = Some(tokio::spawn(beating).abort_handle());
    }

    /// Begins a transaction of the run.
    ///
    /// # Errors
    ///
    /// When somebody else has taken the lease over.
    pub(super) async fn begin(&self, store: &Store) -> Result<Tx> {
        let mut tx = store.begin(&self.program).await?;
        let until = later(store.clock().await?, self.lasts);
        ensure!(
            renew(&mut tx, &self.program, self.epoch, until).await?,
            "this run of {} was not heard of for longer than its lease lasts, and another run took over; nothing of this step was posted",
            self.program
        );
        Ok(tx)
    }

    /// Gives the lease up in a transaction, if it is still this run's.
    pub(super) async fn release(&self, tx: &mut Tx) -> Result<()> {
        renew(tx, &self.program, self.epoch, FREE).await.map(|_| ())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(heartbeat) = &self.heartbeat {
            heartbeat.abort();
        }
    }
}

const EXPIRES_AT: &str = "SELECT expires_at FROM leases WHERE program = $1";

fn expires_at(rows: &[crate::store::Row]) -> Result<i64> {
    rows.first().map_or(Ok(FREE), |row| row.int(0))
}

fn later(now: i64, lasts: Duration) -> i64 {
    now.saturating_add(i64::try_from(lasts.as_micros()).unwrap_or(i64::MAX))
}

async fn renew(tx: &mut Tx, program: &str, epoch: i64, until: i64) -> Result<bool> {
    let sql = "UPDATE leases SET expires_at = $3 WHERE program = $1 AND epoch = $2";
    Ok(tx.execute(sql, &[program.into(), epoch.into(), until.into()]).await? == 1)
}

async fn beat_once(store: &Store, program: &str, epoch: i64, lasts: Duration) -> Result<()> {
    let mut tx = store.begin(program).await?;
    let until = later(store.clock().await?, lasts);
    if renew(&mut tx, program, epoch, until).await? {
        tx.commit("the heartbeat of a lease").await?;
    }
    Ok(())
}
