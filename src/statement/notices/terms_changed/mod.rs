//! What changes of a creator's terms.

use crate::statement::notices::said::{Said, Telling};
use crate::statement::render::terms_changes;
use crate::statement::terms::Terms;

impl Terms {
    pub(in crate::statement::notices) fn said(&self, telling: &Telling<'_>) -> Said {
        let mut paragraphs = terms_changes(self, telling.pen);
        paragraphs.push(telling.say("terms-changed-after"));
        Said {
            subject: telling.say("terms-changed-subject"),
            title: telling.say("terms-changed-title"),
            paragraphs,
            rows: Vec::new(),
            to_do: None,
        }
    }
}
