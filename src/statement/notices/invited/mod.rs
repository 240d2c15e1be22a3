//! That somebody belongs to the program now.

use crate::statement::notices::said::{Said, Telling};

/// Somebody was entered in the table of creators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited;

impl Invited {
    pub(in crate::statement::notices) fn said(telling: &Telling<'_>) -> Said {
        Said {
            subject: telling.tell("invited-subject", &[]),
            title: telling.tell("invited-title", &[]),
            paragraphs: vec![telling.say("invited-lead"), telling.say("invited-monthly")],
            rows: Vec::new(),
            to_do: None,
        }
    }
}
