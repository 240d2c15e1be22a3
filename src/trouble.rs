//! Which troubles may be over when the same is tried again later, without anybody mending anything.

use std::io::ErrorKind;

/// Says of an error what happened, and that it may pass: a network that is down, a database that is locked, a file that is
/// not there yet. Stands anywhere in the chain of an error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Passing(
    /// What happened, and what to do about it.
    pub String,
);

/// Whether it makes sense to try again later. Bad input and broken rules do not pass by themselves.
pub fn may_pass(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Passing>().is_some() || error.chain().any(passes)
}

fn passes(cause: &(dyn std::error::Error + 'static)) -> bool {
    if cause.is::<Passing>() {
        return true;
    }
    let kind = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    kind.is_some_and(|kind| PASSES.contains(&kind))
}

/// Networks that are down, disks that are full, files that somebody else has.
const PASSES: &[ErrorKind] = &[
    ErrorKind::ConnectionRefused,
    ErrorKind::ConnectionReset,
    ErrorKind::ConnectionAborted,
    ErrorKind::NotConnected,
    ErrorKind::HostUnreachable,
    ErrorKind::NetworkUnreachable,
    ErrorKind::NetworkDown,
    ErrorKind::TimedOut,
    ErrorKind::WouldBlock,
    ErrorKind::ResourceBusy,
    ErrorKind::StaleNetworkFileHandle,
    ErrorKind::StorageFull,
    ErrorKind::QuotaExceeded,
];
