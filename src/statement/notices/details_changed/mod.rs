//! That a creator is paid to another account from now on: who did not ask for it learns it in time.

use crate::statement::notices::said::{Said, Telling};

/// Somebody is paid to another account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailsChanged {
    /// Where to, masked.
    pub account: String,
}

impl DetailsChanged {
    pub(in crate::statement::notices) fn said(&self, telling: &Telling<'_>) -> Said {
        Said {
            subject: telling.say("details-changed-subject"),
            title: telling.say("details-changed-title"),
            paragraphs: vec![telling.tell("details-changed-lead", &[("account", self.account.clone())])],
            rows: Vec::new(),
            to_do: Some(telling.say("details-changed-to-do")),
        }
    }
}
