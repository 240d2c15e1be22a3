//! That codes or links became somebody's.

use crate::statement::notices::said::{Said, Telling};
use crate::statement::words::from_outside;

/// How many a subject names.
const NAMED: usize = 3;

/// Codes or links became somebody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeIssued {
    /// The codes, as customers type them.
    pub codes: Vec<String>,
    /// The keys of the links.
    pub links: Vec<String>,
}

impl CodeIssued {
    pub(in crate::statement::notices) fn said(&self, telling: &Telling<'_>) -> Said {
        let listed = |names: &[String]| names.iter().map(|name| from_outside(name)).collect::<Vec<_>>().join(", ");
        let all = [self.codes.as_slice(), &self.links].concat();
        let more = if all.len() > NAMED { ", …" } else { "" };
        let names = format!("{}{more}", listed(&all[..all.len().min(NAMED)]));
        let rows = [(telling.say("code-issued-codes"), &self.codes), (telling.say("code-issued-links"), &self.links)];
        Said {
            subject: telling.tell("code-issued-subject", &[("names", names)]),
            title: telling.say("code-issued-title"),
            paragraphs: vec![telling.say("code-issued-lead")],
            rows: rows.into_iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| (what, listed(names))).collect(),
            to_do: None,
        }
    }
}
