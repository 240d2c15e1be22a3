//! That a payment failed or came back, and what to do.

use crate::statement::notices::said::{Said, Telling};

/// A payment failed, or came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutFailed {
    /// How much, in minor units.
    pub amount: i64,
    /// The local day on which that was booked (days since 1970).
    pub day: i32,
    /// In which batch.
    pub batch: String,
    /// Whether it had been made, and came back.
    pub came_back: bool,
}

impl PayoutFailed {
    pub(in crate::statement::notices) fn said(&self, telling: &Telling<'_>) -> Said {
        let amount = ("amount", telling.money(self.amount));
        let lead = match self.came_back {
            true => telling.tell("payout-failed-returned", &[amount.clone(), ("day", telling.day(self.day))]),
            false => telling.tell("payout-failed-lead", std::slice::from_ref(&amount)),
        };
        Said {
            subject: telling.tell("payout-failed-subject", &[amount]),
            title: telling.say("payout-failed-title"),
            paragraphs: vec![lead],
            rows: [vec![(telling.say("notice-amount"), telling.money(self.amount))], telling.payment(&self.batch)].concat(),
            to_do: Some(telling.say("payout-failed-to-do")),
        }
    }
}
