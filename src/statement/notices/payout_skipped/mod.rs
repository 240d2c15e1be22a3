//! Why a creator is not in a batch, and what to do about it.

use crate::statement::notices::said::{Said, Telling};

/// A batch was drafted without somebody who has something to their credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutSkipped {
    /// What they have, in minor units.
    pub amount: i64,
    /// Which batch.
    pub batch: String,
    /// Why they are not in it.
    pub why: Skipped,
}

/// Why somebody is not in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// They have less than the least that is paid out. Minor units.
    Below {
        /// The least that is paid out.
        minimum: i64,
        /// How much they are away from it.
        missing: i64,
    },
    /// There are no payment details by which they can be paid.
    Details,
    /// A tax form is missing.
    TaxForm,
    /// Somebody is looking into something.
    Review,
}

impl PayoutSkipped {
    pub(in crate::statement::notices) fn said(&self, telling: &Telling<'_>) -> Said {
        let amount = ("amount", telling.money(self.amount));
        let (lead, to_do) = match self.why {
            Skipped::Below { minimum, missing } => {
                let limits = [("minimum", telling.money(minimum)), ("missing", telling.money(missing))];
                let [minimum, missing] = limits;
                (telling.tell("payout-skipped-below", &[amount, minimum, missing]), None)
            }
            Skipped::Details => {
                (telling.tell("payout-skipped-details", &[amount]), Some(telling.say("payout-skipped-details-to-do")))
            }
            Skipped::TaxForm => (telling.tell("payout-skipped-tax", &[amount]), Some(telling.say("payout-skipped-tax-to-do"))),
            Skipped::Review => (telling.tell("payout-skipped-review", &[amount]), None),
        };
        Said {
            subject: telling.say("payout-skipped-subject"),
            title: telling.say("payout-skipped-title"),
            paragraphs: vec![lead],
            rows: vec![(telling.say("notice-payout"), self.batch.clone())],
            to_do,
        }
    }
}
