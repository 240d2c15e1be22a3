//! That the buyer of an order disputes its payment.

use crate::statement::notices::said::{Said, Telling};

/// The payment of an order is disputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisputeOpened {
    /// The local day of the order (days since 1970).
    pub day: i32,
}

impl DisputeOpened {
    pub(in crate::statement::notices) fn said(self, telling: &Telling<'_>) -> Said {
        Said {
            subject: telling.say("dispute-opened-subject"),
            title: telling.say("dispute-opened-title"),
            paragraphs: vec![telling.tell("dispute-opened-lead", &[("day", telling.day(self.day))])],
            rows: Vec::new(),
            to_do: None,
        }
    }
}
