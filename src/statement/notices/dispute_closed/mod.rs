//! How the dispute of an order ended.

use crate::statement::notices::said::{Said, Telling};

/// The dispute of an order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisputeClosed {
    /// The local day of the order (days since 1970).
    pub day: i32,
    /// Whether the buyer got the money back.
    pub is_lost: bool,
}

impl DisputeClosed {
    pub(in crate::statement::notices) fn said(self, telling: &Telling<'_>) -> Said {
        let day = [("day", telling.day(self.day))];
        Said {
            subject: telling.say("dispute-closed-subject"),
            title: telling.say("dispute-closed-title"),
            paragraphs: vec![match self.is_lost {
                true => telling.tell("dispute-closed-lost", &day),
                false => telling.tell("dispute-closed-won", &day),
            }],
            rows: Vec::new(),
            to_do: None,
        }
    }
}
