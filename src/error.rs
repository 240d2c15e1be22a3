//! The few errors that callers tell apart. Everything else is an [`anyhow::Error`] with what was being done around it.
//!
//! A caller that must choose asks [`kind_of`]: the command line for its exit code, the scheduler whether to try again, a page
//! for its status. What people read is the message; the kind stands beside it and is never derived from words.
//!
//! An error of one of these kinds may stand anywhere in a chain of contexts. To tell another one apart, add a type here and a
//! [`Kind`]; do not parse messages.

use std::io::ErrorKind;

use anyhow::Error;

/// The kinds of errors that callers tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for is not there: a batch, a proposal, a program.
    NotFound,
    /// It is there, but in a state in which this cannot be done, or it was done before.
    Conflict,
    /// It could be done, but not by this person.
    Forbidden,
    /// What was given cannot be used: a program file, a row of a table, an argument.
    Invalid,
    /// The same may work later without anybody changing anything: a network that is down, a database that is locked, a file
    /// that is not there yet.
    Transient,
}

macro_rules! errors {
    ($($(#[$about:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$about])*
            #[derive(Debug, thiserror::Error)]
            #[error("{0}")]
            pub struct $name(
                /// What happened, and what to do about it.
                pub String,
            );
        )*

        fn kind_of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<Kind> {
            $(if cause.is::<$name>() { return Some(Kind::$name); })*
            let system = cause.downcast_ref::<std::io::Error>()?.kind();
            TRANSIENT.contains(&system).then_some(Kind::Transient)
        }

        /// The kind of an error: that of its outermost cause that has one. None for an error that callers need not tell apart.
        pub fn kind_of(error: &Error) -> Option<Kind> {
            let of_cause = error.chain().enumerate().find_map(|(depth, cause)| Some((depth, kind_of_cause(cause)?)));
            // A context of one of these types is no cause in the chain, but can be asked for.
            let of_contexts = [$(error.downcast_ref::<$name>().map(|found| (depth_of(error, found), Kind::$name))),*];
            of_contexts.into_iter().flatten().chain(of_cause).min_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
        }
    };
}

/// How far inside an error something stands: in which link of its chain it lies.
fn depth_of<T>(error: &Error, found: &T) -> usize {
    let found = std::ptr::from_ref(found).addr();
    let holds = |cause: &(dyn std::error::Error + 'static)| {
        let start = std::ptr::from_ref(cause).addr();
        (start..start + size_of_val(cause)).contains(&found)
    };
    error.chain().position(holds).unwrap_or(usize::MAX)
}

errors! {
    /// [`Kind::NotFound`].
    NotFound,
    /// [`Kind::Conflict`].
    Conflict,
    /// [`Kind::Forbidden`].
    Forbidden,
    /// [`Kind::Invalid`].
    Invalid,
    /// [`Kind::Transient`].
    Transient,
}

/// Whether it makes sense to try the same again later. Bad input and broken rules stay what they are.
pub fn is_transient(error: &Error) -> bool {
    kind_of(error) == Some(Kind::Transient)
}

/// Whether it was refused because of the state that something is in, which somebody else may have changed just before.
pub fn is_conflict(error: &Error) -> bool {
    kind_of(error) == Some(Kind::Conflict)
}

/// What the system says of networks that are down, disks that are full, files that somebody else has.
const TRANSIENT: &[ErrorKind] = &[
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
