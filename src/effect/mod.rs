//! Durable effects: what stays when the process dies. A commit, a file put into place, a mail handed over.
//!
//! All of them pass through [`effect`] (or [`effect_now`], the same for work that waits for nothing), and nothing durable
//! happens elsewhere; a test reads the sources for that. So there is one list of all moments at which a crash can make a
//! difference, and the tests can stop the process before and after each of them (see [`trial`]).
//!
//! Killing the process at random is not enough: it hits the microseconds that matter once in thousands of tries. The tests do
//! both. Simulating the disk and the database was rejected, as the simulation would have been what is tested.
//!
//! To add an effect of a new sort, add a [`Kind`], do the work inside [`effect`], and let the house test know what it looks
//! like.

mod append;
mod crash_trial;
mod file;
mod kind;
mod scratch;

use std::future::Future;
use std::pin::pin;
use std::task::{Context as Task, Poll, Waker};

use anyhow::{Result, bail};

pub use append::{Appending, settled_end};
pub use file::{
    Unfinished, UnfinishedFolder, claim_file, clear_folder, create_folder, lock_file, remove, reuse_file, try_to_write,
    write_file,
};
pub use kind::Kind;
pub use scratch::{Scratch, clear_scratch};

/// Does one durable effect. `subject` names it, the same in every run that does the same.
///
/// # Errors
///
/// Those of the work itself.
pub async fn effect<T>(kind: Kind, subject: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let step = crash_trial::reached(kind, subject);
    step.before()?;
    let done = work.await?;
    step.after()?;
    Ok(done)
}

/// As [`effect`], for work that waits for nothing.
///
/// # Errors
///
/// Those of the work itself.
pub fn effect_now<T>(kind: Kind, subject: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let effect = pin!(effect(kind, subject, async { work() }));
    match effect.poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => bail!("the effect {kind} {subject} waits, which it must not"),
    }
}
