//! Exceptions: what couldn't be used as it is, and somebody can do something about (`RULES.md`, section 15).

use std::collections::BTreeSet;

use super::trace::Trace;
use super::visible::Visible;
use crate::vocabulary::ExceptionKind;

/// Kind and subject, each pair once.
#[derive(Debug, Default)]
pub(super) struct Exceptions(BTreeSet<(ExceptionKind, String)>);

impl Exceptions {
    /// Raises one.
    pub fn add(&mut self, kind: ExceptionKind, subject: &str) {
        self.0.insert((kind, subject.to_owned()));
    }

    /// Raises one that an explanation of the order shows.
    pub fn add_to(&mut self, order: &Visible<'_>, kind: ExceptionKind, subject: &str, trace: &mut Trace) {
        self.add(kind, subject);
        if let Some(note) = trace.of(order.version.order) {
            note.exceptions.push(kind);
        }
    }

    /// All of them, sorted.
    pub fn sorted(self) -> Vec<(ExceptionKind, String)> {
        self.0.into_iter().collect()
    }
}
