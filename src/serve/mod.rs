//! The server: runs the jobs of all programs on schedule, and says how it is to monitoring.
//!
//! Once a minute it looks which slots have come (see [`crate::scheduler`]) and starts what is due: of each program one job at a
//! time, the oldest slot first, and no more at once than configured. All that it knows is in the database, so that it can be
//! stopped, killed, started again, and run beside others at any moment.
//!
//! A tick reads the program files that changed, records what has come, starts what is due, sends letters that wait, and once a
//! day removes what is past its retention. While the database or the files are away, it tries again and alerts the operator
//! directly (`outage.rs`), as there is nowhere to record an alert.
//!
//! Jobs run in this process and not as children: the lease already protects against a process that dies, and a child would need
//! its own connections and its own start.
//!
//! The pages ([`crate::web`]) have an address of their own (`pages.rs`), so that metrics and health need not be where people sign in.
//!
//! At another, and only where it is asked to, it takes what partners' servers report (`postbacks.rs`).
//!
//! To add an answer over HTTP for machines, add its route in `http.rs` and have it call [`crate::app`]; a metric goes into `metrics.rs` and
//! `deploy/METRICS.md`; work of each minute into `tick`.

mod config;
mod files;
mod http;
mod metrics;
mod outage;
mod pages;
mod postbacks;
mod pulse;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio_cron_scheduler::{Job as Tick, JobScheduler};

use crate::app::{Environment, Ledgers, Waiting, deliver_waiting, list_ledgers, tidy};
use crate::program::{Job, Program};
use crate::scheduler::{Ended, WaitingJob, look, look_for_gone, program_is_broken, programs_are_sound, run_slot};
use crate::web::Web;
use files::{Files, Found};
use outage::{Lost, Outage};
use pulse::Pulse;

pub use config::Config;

/// When the server looks what is due: every minute, as precise as a schedule can be.
const EVERY_MINUTE: &str = "0 * * * * *";

/// How long running steps may take to end when the server is stopped.
const GRACE: Duration = Duration::from_secs(6);

/// How often what is old is removed, and how long after the start for the first time (microseconds).
const TIDY_AGAIN: i64 = 86_400_000_000;
const TIDY_FIRST: i64 = 3_600_000_000;

/// How long those who report may take to end.
const FAREWELL: Duration = Duration::from_secs(2);

const CUT_SHORT: &str =
    "a step did not finish in time and was interrupted: nothing uncommitted is kept, and the next start repeats it";

/// After how long without a tick it looks all the same.
const LONGEST: Duration = Duration::from_secs(90);

/// After how long statements that could not be sent are tried again (microseconds).
const SEND_AGAIN: i64 = 1_800_000_000;

/// What opens the database and the data folder: tried until it works, or cannot.
pub type Open = Box<dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = Result<Environment>> + Send>> + Send + Sync>;

struct Server {
    config: Config,
    at: Arc<Environment>,
    pulse: Arc<Pulse>,
    files: Files,
    /// The programs of which a job is running here.
    busy: BTreeSet<String>,
    running: JoinSet<Ended>,
    permits: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
    telling: JoinSet<()>,
    mailing: JoinSet<()>,
    sent_again: i64,
    tidying: JoinSet<()>,
    tidied: i64,
    /// The slots that wait for a good reconciliation, as far as the log says so: program, job and time.
    known_to_wait: BTreeSet<(String, String, i64)>,
    /// The programs whose files can be used, for the pages.
    usable: watch::Sender<Arc<Vec<Arc<Program>>>>,
    without_database: Outage,
    without_files: Outage,
    /// For those who take reports: they go on while the database is away.
    programs: watch::Sender<postbacks::Programs>,
}

/// Serves until `stop` turns true; then lets running steps end.
///
/// # Errors
///
/// When it cannot begin: the address is taken, or the database cannot be used. What fails later is logged, recorded and
/// reported to the operator, and tried again.
pub async fn serve(config: Config, open: Open, stop: watch::Receiver<bool>) -> Result<()> {
    let mut end = stop.clone();
    // On a thread of its own, so that whatever it is stuck in, the end comes.
    let serving = tokio::spawn(serve_until(config, open, stop));
    let end = async {
        stopped(&mut end).await;
        tokio::time::sleep(GRACE + Duration::from_secs(1)).await;
    };
    tokio::select! {
        done = serving => done.context("an internal fault stopped the server")?,
        () = end => {
            tracing::warn!("{CUT_SHORT}");
            Ok(())
        }
    }
}

/// Waits until somebody asks the server to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Who could ask is there as long as the process.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn serve_until(config: Config, open: Open, stop: watch::Receiver<bool>) -> Result<()> {
    let pulse = Arc::new(Pulse::new(config.clock));
    let (ready, database) = watch::channel(None);
    let (tell, usable) = watch::channel(Arc::default());
    let web = Web { opened: database.clone(), usable, clock: config.clock };
    let pages = pages::begin(config.pages.as_deref(), web, stop.clone()).await?;
    let http = http::begin(&config.listen, pulse.clone(), database, stop.clone()).await?;
    let (programs, known_programs) = watch::channel(postbacks::Programs::new());
    let desk = match &config.postbacks {
        Some(listen) => {
            // They are taken while the database is away, too, and so before the first look.
            programs.send_replace(programs_in(&mut Files::new(&config.jobs, config.only.as_deref())));
            Some(postbacks::begin(listen, known_programs, pulse.clone(), stop.clone()).await?)
        }
        None => None,
    };
    let mut without_database = Outage::of(Lost::Database);
    let Some(at) = opened(&config, &open, &mut without_database, stop.clone()).await? else { return Ok(()) };
    let at = Arc::new(at);
    ready.send_replace(Some(at.clone()));
    let server = Server {
        tidied: (config.clock)().saturating_sub(TIDY_AGAIN - TIDY_FIRST),
        files: Files::new(&config.jobs, config.only.as_deref()),
        permits: Arc::new(Semaphore::new(config.at_once)),
        config,
        at,
        pulse,
        busy: BTreeSet::new(),
        running: JoinSet::new(),
        stop,
        telling: JoinSet::new(),
        mailing: JoinSet::new(),
        sent_again: 0,
        tidying: JoinSet::new(),
        known_to_wait: BTreeSet::new(),
        usable: tell,
        without_database,
        without_files: Outage::of(Lost::Programs),
        programs,
    };
    server.until_stopped().await?;
    pages.await.context("an internal fault stopped the pages")??;
    if let Some(desk) = desk {
        // Who is in the middle of a report sends it again.
        drop(tokio::time::timeout(FAREWELL, desk).await);
    }
    http.await.context("an internal fault stopped the answering")?
}

/// The programs of files that nobody looked at yet; none while the folder cannot be read, which the first look says.
fn programs_in(files: &mut Files) -> postbacks::Programs {
    files.look().map(|found| by_name(&found)).unwrap_or_default()
}

fn by_name(found: &[Found]) -> postbacks::Programs {
    found.iter().map(|found| (found.id.clone(), found.program.as_ref().ok().cloned())).collect()
}

/// Opens the database, as soon as it is there; none when the server is stopped before.
async fn opened(
    config: &Config,
    open: &Open,
    outage: &mut Outage,
    mut stop: watch::Receiver<bool>,
) -> Result<Option<Environment>> {
    let mut pause = Duration::from_secs(1);
    loop {
        let opening = tokio::select! {
            opening = open() => opening,
            () = stopped(&mut stop) => return Ok(None),
        };
        let error = match opening {
            Ok(at) => return Ok(Some(at)),
            Err(error) if !crate::error::is_transient(&error) => return Err(error),
            Err(error) => error,
        };
        tracing::error!("{error:#}; trying again in {} s", pause.as_secs());
        outage.goes_on(config, &error, (config.clock)()).await;
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(60)),
            () = stopped(&mut stop) => return Ok(None),
        }
    }
}

impl Server {
    async fn until_stopped(mut self) -> Result<()> {
        let (tell, mut ticks) = mpsc::channel(1);
        let mut scheduler = JobScheduler::new().await.context("cannot start the scheduler")?;
        // A tick that finds another one waiting adds nothing.
        let tick = move |_, _: JobScheduler| -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
            let _ = tell.try_send(());
            Box::pin(async {})
        };
        scheduler.add(Tick::new_async(EVERY_MINUTE, tick)?).await.context("cannot start the scheduler")?;
        scheduler.start().await.context("cannot start the scheduler")?;
        tracing::info!(listen = self.config.listen, "serving the programs of {}", self.config.jobs.display());
        let mut stop = self.stop.clone();
        self.tick().await;
        loop {
            tokio::select! {
                _ = ticks.recv() => self.tick().await,
                // A clock that was set back keeps the clockwork waiting.
                () = tokio::time::sleep(LONGEST) => self.tick().await,
                Some(ended) = self.running.join_next() => {
                    if self.has_ended(ended) {
                        self.tick().await;
                    }
                }
                Some(_) = self.telling.join_next() => {}
                Some(_) = self.mailing.join_next() => {}
                Some(_) = self.tidying.join_next() => {}
                () = stopped(&mut stop) => break,
            }
        }
        self.wind_down().await;
        scheduler.shutdown().await.context("cannot stop the scheduler")
    }

    /// Lets running steps end.
    async fn wind_down(mut self) {
        tracing::info!(running = self.busy.len(), "stopping: no new step starts");
        let ended = async {
            while self.running.join_next().await.is_some() {}
            while self.telling.join_next().await.is_some() {}
            while self.mailing.join_next().await.is_some() {}
        };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("{CUT_SHORT}");
        }
    }

    /// Answers whether something else may begin now.
    fn has_ended(&mut self, ended: Result<Ended, tokio::task::JoinError>) -> bool {
        let is_done = match ended {
            Ok(Ended { program, is_done }) => {
                self.busy.remove(&program);
                is_done
            }
            Err(error) => {
                tracing::error!("an internal fault stopped a run; it will be tried again: {error}");
                // Which one it was is not known any more; a run that is still at work holds its lease.
                self.busy.clear();
                false
            }
        };
        self.pulse.running.store(self.busy.len(), Ordering::Relaxed);
        is_done
    }

    async fn tick(&mut self) {
        if *self.stop.borrow() {
            return;
        }
        let now = (self.config.clock)();
        self.pulse.last_look.store(now, Ordering::Relaxed);
        match self.files.look() {
            Ok(found) => {
                self.programs.send_replace(by_name(&found));
                self.pulse.programs.store(found.len(), Ordering::Relaxed);
                self.without_files.is_over(&self.config, now).await;
                self.tick_with(&found, now).await;
            }
            Err(error) => {
                tracing::error!("cannot tell what is due; trying again in a minute: {error:#}");
                self.without_files.goes_on(&self.config, &error, now).await;
            }
        }
        self.deliver(now);
    }

    async fn tick_with(&mut self, found: &[Found], now: i64) {
        match self.due(found, now).await {
            Ok(()) => {
                self.pulse.last_tick.store(now, Ordering::Relaxed);
                self.without_database.is_over(&self.config, now).await;
            }
            Err(error) => {
                tracing::error!("cannot tell what is due; trying again in a minute: {error:#}");
                self.without_database.goes_on(&self.config, &error, now).await;
            }
        }
    }

    /// Starts what is due.
    async fn due(&mut self, found: &[Found], now: i64) -> Result<()> {
        let ledgers = list_ledgers(&self.at).await?;
        let programs = self.usable(found, &ledgers, now).await?;
        self.usable.send_replace(Arc::new(programs.clone()));
        self.tidy(&programs, now);
        let all: Vec<&Program> = programs.iter().map(Arc::as_ref).collect();
        let (known, mut unseen) = look(&self.at, &all, now).await?;
        if self.config.only.is_none() {
            look_for_gone(&self.at, &ledgers.looked_after(&self.files.names), &known, now).await?;
        }
        let mut waiting = BTreeSet::new();
        for program in programs {
            let waits = match known.waiting_for_books(&program) {
                Ok(waits) => waits,
                Err(error) => {
                    unseen.push(error);
                    continue;
                }
            };
            waiting.extend(self.log_waits(&program, &waits));
            let waits = |job: &str, slot: i64| waits.iter().any(|waiting| waiting.job == job && waiting.slot == slot);
            let open = known.open.iter().filter(|slot| slot.program == program.id && !slot.failed);
            let open = open.filter(|slot| !waits(&slot.job, slot.slot));
            // The oldest first, and of the same time in the order of the file: a payout rests on the night before it.
            let place = |name: &str| program.jobs.iter().position(|job| job.name == name && job.schedule.is_some());
            let first = open.filter_map(|slot| Some((slot.slot, place(&slot.job)?, slot.next_attempt))).min();
            if let Some((slot, place, next_attempt)) = first
                && next_attempt <= now
                && self.busy.insert(program.id.clone())
            {
                let job = program.jobs[place].clone();
                self.begin(program.clone(), job, slot);
            }
        }
        self.known_to_wait = waiting;
        self.pulse.running.store(self.busy.len(), Ordering::Relaxed);
        // A database that can be read and not written says so here.
        unseen.into_iter().next().map_or(Ok(()), Err)
    }

    /// Says in the log what waits for a good reconciliation, once for each slot. Answers of which slots that was said.
    fn log_waits(&self, program: &Program, waits: &[WaitingJob]) -> Vec<(String, String, i64)> {
        let mut said = Vec::new();
        for waiting in waits {
            let key = (program.id.clone(), waiting.job.clone(), waiting.slot);
            if self.known_to_wait.contains(&key) {
                said.push(key);
            } else if waiting.wait.is_news() {
                tracing::warn!(program = program.id, job = waiting.job, "{}", waiting.describe(program));
                said.push(key);
            }
        }
        said
    }

    /// The programs whose files can be used. The operator is alerted to the others.
    async fn usable(&self, found: &[Found], ledgers: &Ledgers, now: i64) -> Result<Vec<Arc<Program>>> {
        let mut programs = Vec::new();
        for found in found {
            match self.admitted(found, ledgers) {
                Ok(program) => programs.push(program),
                Err(error) => {
                    if found.is_news {
                        tracing::error!(program = found.id, "{error:#}");
                    }
                    program_is_broken(&self.at, &found.id, &error, now).await?;
                }
            }
        }
        let all: Vec<&Program> = programs.iter().map(Arc::as_ref).collect();
        programs_are_sound(&self.at, &all, now).await?;
        Ok(programs)
    }

    /// A program with its ledger, if its file can be used, and is not another's under a new name.
    fn admitted(&self, found: &Found, ledgers: &Ledgers) -> Result<Arc<Program>> {
        let program = found.program.as_ref().map_err(|error| anyhow!("{error:#}"))?;
        let id = ledgers.id_of(&found.id)?;
        ledgers.admit(id, &self.files.names)?;
        // Nearly all have the ledger of their name: those are not copied each minute.
        Ok(if id == program.id { program.clone() } else { Arc::new(Program::clone(program).of_ledger(id)) })
    }

    fn begin(&mut self, program: Arc<Program>, job: Job, slot: i64) {
        let (at, permits, stop, clock) = (self.at.clone(), self.permits.clone(), self.stop.clone(), self.config.clock);
        let files = self.files.names.clone();
        self.running.spawn(async move {
            // The permits are never closed.
            let _permit = permits.acquire_owned().await;
            let is_done = run_slot(&at, &program, &job, slot, clock, &files, &stop).await;
            Ended { program: program.id.clone(), is_done }
        });
    }

    /// Removes what is old, once a day, one program after the other.
    fn tidy(&mut self, programs: &[Arc<Program>], now: i64) {
        if now.saturating_sub(self.tidied) < TIDY_AGAIN || !self.tidying.is_empty() {
            return;
        }
        self.tidied = now;
        let (at, programs) = (self.at.clone(), programs.to_vec());
        self.tidying.spawn(async move {
            for program in programs {
                match tidy(&at, &program, now, false).await {
                    Ok(tidied) => {
                        for (what, removed) in tidied.each().into_iter().filter(|(_, removed)| removed.count > 0) {
                            tracing::info!(
                                program = program.id,
                                count = removed.count,
                                bytes = removed.bytes,
                                "removed old {what}"
                            );
                        }
                    }
                    Err(error) => tracing::error!(program = program.id, "cannot remove expired data: {error:#}"),
                }
            }
        });
    }

    /// Sends what waits for the operator, and from time to time what waits for creators: neither holds the other up.
    fn deliver(&mut self, now: i64) {
        if self.telling.is_empty() {
            self.telling.spawn(deliver(self.at.clone(), Waiting::Alerts));
        }
        if self.mailing.is_empty() && now.saturating_sub(self.sent_again) >= SEND_AGAIN {
            self.sent_again = now;
            self.mailing.spawn(deliver(self.at.clone(), Waiting::Statements));
        }
    }
}

async fn deliver(at: Arc<Environment>, waiting: Waiting) {
    if let Err(error) = deliver_waiting(&at, waiting).await {
        tracing::error!("cannot send waiting messages: {error:#}");
    }
}
