use std::collections::BTreeMap;

use super::words::Locale;
use crate::facts::Creator;
use crate::vocabulary::closest;

/// Who the creators are, by id.
#[derive(Debug, Clone, Default)]
pub struct Addressees(BTreeMap<String, Vec<Creator>>);

impl Addressees {
    /// From the rows of the creators' table.
    pub fn new(creators: Vec<Creator>) -> Self {
        let mut by_id: BTreeMap<String, Vec<Creator>> = BTreeMap::new();
        for creator in creators {
            by_id.entry(creator.creator_id.clone()).or_default().push(creator);
        }
        for rows in by_id.values_mut() {
            rows.sort_by_key(|row| (row.active_to, row.active_from));
        }
        Self(by_id)
    }

    /// The row that is active at a time, else the last one.
    fn row(&self, creator_id: &str, at: i64) -> Option<&Creator> {
        let rows = self.0.get(creator_id)?;
        rows.iter().find(|row| row.active_from <= at && at < row.active_to).or(rows.last())
    }

    /// The ids of all creators.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The name people read: without control characters, and the id where there is none.
    pub fn name(&self, creator_id: &str, at: i64) -> String {
        let name: String =
            self.row(creator_id, at).map_or("", |row| row.name.trim()).chars().filter(|c| !c.is_control()).collect();
        if name.is_empty() { creator_id.to_owned() } else { name }
    }

    /// The address, if there is one.
    pub fn email(&self, creator_id: &str, at: i64) -> Option<&str> {
        self.row(creator_id, at)?.address.as_deref()
    }

    /// How numbers, dates and words are written for a creator; none where the table does not say it, or names a language that is
    /// not known.
    pub fn locale(&self, creator_id: &str, at: i64) -> Option<Locale> {
        self.row(creator_id, at).and_then(|row| Locale::parse(&row.locale))
    }

    /// The group, or empty.
    pub fn group(&self, creator_id: &str, at: i64) -> &str {
        self.row(creator_id, at).map_or("", |row| &row.group)
    }

    /// Whether the creator is active at a time (microseconds since 1970).
    pub fn is_active_at(&self, creator_id: &str, at: i64) -> bool {
        let rows = self.0.get(creator_id).map_or(&[][..], Vec::as_slice);
        rows.iter().any(|row| row.active_from <= at && at < row.active_to)
    }

    /// How many have an address at a time.
    pub fn with_email(&self, at: i64) -> usize {
        self.0.keys().filter(|creator_id| self.email(creator_id, at).is_some()).count()
    }

    /// Whether the creator was active at any time within a span (microseconds since 1970).
    pub fn is_active_within(&self, creator_id: &str, span: &std::ops::Range<i64>) -> bool {
        let rows = self.0.get(creator_id).map_or(&[][..], Vec::as_slice);
        rows.iter().any(|row| row.active_from < span.end && span.start < row.active_to)
    }
}

impl Addressees {
    /// For an id that nobody has: the one that was probably meant, as the end of a message; none for a known id.
    pub fn unless_known(&self, creator_id: &str) -> Option<String> {
        if self.0.contains_key(creator_id) {
            return None;
        }
        Some(closest(self.0.keys(), creator_id).map(|nearest| format!("; the closest id is {nearest}")).unwrap_or_default())
    }
}
