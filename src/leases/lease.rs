use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::task::AbortHandle;

use crate::error::Transient;
use crate::store::{Hold, Row, Store, Tx};

/// After how long somebody who waits for a lease looks again: soon at first, then every second.
const LOOKS: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// When a lease expires that nobody has.
const FREE: i64 = 0;

/// The right to run a program's jobs.
pub struct Lease {
    program: String,
    epoch: i64,
    lasts: Duration,
    _hold: Option<Hold>,
    heartbeat: Option<AbortHandle>,
}

impl Lease {
    /// Waits until no other run of the program is at work, and takes its lease in the transaction that is returned: it is
    /// taken once that commits. None where it would have to wait and `waits` is false.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn take(store: &Store, id: &str, lasts: Duration, waits: bool) -> Result<Option<(Self, Tx)>> {
        let mut since = None;
        let [mut pause, longest] = LOOKS;
        loop {
            // In this order: who has a lease with a lock got the lock first.
            let hold = store.hold(id).await?;
            let found = standing(&store.rows(STANDING, &[id.into()]).await?)?;
            let now = store.clock().await?;
            if now < found.busy_until(hold.is_some(), later(*since.get_or_insert(now), lasts)) {
                if !waits {
                    return Ok(None);
                }
                if since == Some(now) {
                    tracing::info!(program = id, "another run of this program is in progress; waiting for it to finish");
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(longest);
                continue;
            }
            if hold.is_none() {
                store.evict(id, lasts / 2).await?;
            }
            let mut tx = store.begin(id).await?;
            if standing(&tx.rows(STANDING, &[id.into()]).await?)? != found {
                continue;
            }
            let is_dead = hold.is_some() && (found.has_lock || found.expires_at == FREE);
            if !is_dead {
                tracing::warn!(program = id, "the run that holds the lease has stopped responding; taking over");
            }
            let sql = "INSERT INTO leases (program, epoch, expires_at, has_lock) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (program) DO UPDATE SET epoch = excluded.epoch, expires_at = excluded.expires_at, \
                       has_lock = excluded.has_lock";
            let (epoch, until) = (found.epoch + 1, later(tx.clock().await?, lasts));
            tx.execute(sql, &[id.into(), epoch.into(), until.into(), i64::from(hold.is_some()).into()]).await?;
            return Ok(Some((Self { program: id.to_owned(), epoch, lasts, _hold: hold, heartbeat: None }, tx)));
        }
    }

    /// Lets others know that this run is alive, until the lease is dropped.
    pub fn beat(&mut self, store: &Store) {
        let (store, program, epoch, lasts) = (store.clone(), self.program.clone(), self.epoch, self.lasts);
        let beating = async move {
            loop {
                tokio::time::sleep(lasts / 4).await;
                if let Err(error) = beat_once(&store, &program, epoch, lasts).await {
                    // A transaction of this run may be in the way; when it ends, it renews the lease itself.
                    tracing::debug!(program, "could not renew the lease: {error:#}");
                }
            }
        };
        self.heartbeat = Some(tokio::spawn(beating).abort_handle());
    }

    /// Begins a transaction of the run. Nobody can take the lease over until it ends: that is a writing transaction too.
    ///
    /// # Errors
    ///
    /// When somebody else has taken the lease over.
    pub async fn begin(&self, store: &Store) -> Result<Tx> {
        let mut tx = store.begin(&self.program).await?;
        let now = standing(&tx.rows(STANDING, &[self.program.as_str().into()]).await?)?;
        ensure!(now.epoch == self.epoch, self.lost());
        Ok(tx)
    }

    /// Commits a transaction of the run, and with it a heartbeat.
    ///
    /// # Errors
    ///
    /// When somebody else has taken the lease over; nothing is committed then.
    pub async fn commit(&self, mut tx: Tx, what: &str) -> Result<()> {
        let until = later(tx.clock().await?, self.lasts);
        ensure!(renew(&mut tx, &self.program, self.epoch, until).await?, self.lost());
        tx.commit(what).await
    }

    /// Ends the connection of a run that is in the middle of writing and has sent no heartbeat for as long as its lease lasts.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn evict_silent(store: &Store, program: &str, lasts: Duration) -> Result<()> {
        let found = standing(&store.rows(STANDING, &[program.into()]).await?)?;
        if found.expires_at != FREE && found.expires_at < store.clock().await? {
            store.evict(program, lasts / 2).await?;
        }
        Ok(())
    }

    /// Whether somebody else has taken the lease over.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn is_lost(&self, store: &Store) -> Result<bool> {
        Ok(standing(&store.rows(STANDING, &[self.program.as_str().into()]).await?)?.epoch != self.epoch)
    }

    /// The error of a run whose lease somebody else has taken over.
    pub fn lost(&self) -> Transient {
        Transient(format!(
            "this run of {} did not renew its lease in time, and another run took over; nothing from this step was \
             posted",
            self.program
        ))
    }

    /// Gives the lease up in a transaction, if it is still this run's.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn release(&self, tx: &mut Tx) -> Result<()> {
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

/// A lease as it is recorded; all zero before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Standing {
    epoch: i64,
    expires_at: i64,
    has_lock: bool,
}

impl Standing {
    /// Until when nobody may take it, for one who got the program's lock or did not.
    fn busy_until(self, got_lock: bool, patience: i64) -> i64 {
        match (self.expires_at, got_lock) {
            (FREE, true) => FREE,
            // Who has the lock but no lease is about to take one, unless it froze over that.
            (FREE, false) => patience,
            // Its holder had the lock that is ours now: it is dead.
            (_, true) if self.has_lock => FREE,
            (expires_at, _) => expires_at,
        }
    }
}

const STANDING: &str = "SELECT epoch, expires_at, has_lock FROM leases WHERE program = $1";

fn standing(rows: &[Row]) -> Result<Standing> {
    rows.first().map_or(Ok(Standing::default()), |row| {
        Ok(Standing { epoch: row.int(0)?, expires_at: row.int(1)?, has_lock: row.int(2)? == 1 })
    })
}

fn later(now: i64, lasts: Duration) -> i64 {
    now.saturating_add(i64::try_from(lasts.as_micros()).unwrap_or(i64::MAX))
}

async fn renew(tx: &mut Tx, program: &str, epoch: i64, until: i64) -> Result<bool> {
    let sql = "UPDATE leases SET expires_at = $3 WHERE program = $1 AND epoch = $2";
    Ok(tx.execute(sql, &[program.into(), epoch.into(), until.into()]).await? == 1)
}

async fn beat_once(store: &Store, program: &str, epoch: i64, lasts: Duration) -> Result<()> {
    let mut tx = store.begin_brief(lasts / 2).await?;
    let until = later(tx.clock().await?, lasts);
    if renew(&mut tx, program, epoch, until).await? {
        tx.commit("the heartbeat of a lease").await?;
    }
    Ok(())
}
