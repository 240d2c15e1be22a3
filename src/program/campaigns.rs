//! `[[campaigns]]`: what links and codes are made for, and rates may pay.

use super::keys::{Key, keys};
use super::micros::Micros;
use super::reader::Section;
use super::values::{duration, not_empty};

keys! {
    ID = "campaigns" "id", "text", "required", "What links, codes and rates name in their column or key `campaign`.";
    NAME = "campaigns" "name", "text", "the id", "The name people read.";
    WINDOW = "campaigns" "window", "duration", "attribution.window", "How old a click on one of its links may be when the order is placed.";
}

/// One `[[campaigns]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// What links, codes and rates name.
    pub id: String,
    /// What people read.
    pub name: String,
    /// How old a click on one of its links may be; none if as old as any other.
    pub window: Option<Micros>,
}

/// Reads the list.
pub(super) fn read(sections: &[Section<'_>]) -> Vec<Campaign> {
    let mut campaigns: Vec<Campaign> = Vec::new();
    for section in sections {
        let Some(id) = section.required(&ID, not_empty) else { continue };
        if let (true, Some(value)) = (campaigns.iter().any(|campaign| campaign.id == id), section.get(&ID)) {
            section.complain(value, &ID, "is that of an earlier campaign");
        }
        let name = section.read(&NAME, not_empty).unwrap_or_else(|| id.clone());
        campaigns.push(Campaign { id, name, window: section.read(&WINDOW, duration) });
    }
    campaigns
}
