//! That a creator was paid.

use crate::statement::notices::said::{Said, Telling};

/// A payment was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutSent {
    /// How much, in minor units.
    pub amount: i64,
    /// The local day (days since 1970).
    pub day: i32,
    /// In which batch.
    pub batch: String,
}

impl PayoutSent {
    pub(in crate::statement::notices) fn said(&self, telling: &Telling<'_>) -> Said {
        let amount = || [("amount", telling.money(self.amount))];
        Said {
            subject: telling.tell("payout-sent-subject", &amount()),
            title: telling.tell("payout-sent-title", &amount()),
            paragraphs: vec![
                telling.tell("payout-sent-lead", &[("amount", telling.money(self.amount)), ("day", telling.day(self.day))]),
            ],
            rows: [vec![(telling.say("notice-amount"), telling.money(self.amount))], telling.payment(&self.batch)].concat(),
            to_do: None,
        }
    }
}
