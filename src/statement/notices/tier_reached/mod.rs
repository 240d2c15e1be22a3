//! That a creator reached a tier, and how far the next one is.

use crate::statement::notices::said::{Said, Telling};
use crate::statement::render::tier_sentences;
use crate::statement::tier::TierReached;

impl TierReached {
    pub(in crate::statement::notices) fn said(&self, telling: &Telling<'_>) -> Said {
        let percent = || [("percent", telling.pen.words.locale.percent(&self.percent))];
        Said {
            subject: telling.tell("tier-reached-subject", &percent()),
            title: telling.tell("tier-reached-title", &percent()),
            paragraphs: tier_sentences(self, telling.pen),
            rows: Vec::new(),
            to_do: None,
        }
    }
}
