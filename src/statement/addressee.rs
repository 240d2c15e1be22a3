use std::collections::BTreeMap;

use crate::facts::Creator;

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

    /// The name people read: without control characters, and the id where there is none.
    pub fn name(&self, creator_id: &str, at: i64) -> String {
        let name: String =
            self.row(creator_id, at).map_or("", |row| row.name.trim()).chars().filter(|c| !c.is_control()).collect();
        if name.is_empty() { creator_id.to_owned() } else { name }
    }

    /// The address, if there is one.
    pub fn email(&self, creator_id: &str, at: i64) -> Option<&str> {
        self.row(creator_id, at)?.email.as_deref()
    }

    /// Whether the creator was active at any time within a span (microseconds since 1970).
    pub fn is_active_within(&self, creator_id: &str, span: &std::ops::Range<i64>) -> bool {
        let rows = self.0.get(creator_id).map_or(&[][..], Vec::as_slice);
        rows.iter().any(|row| row.active_from < span.end && span.start < row.active_to)
    }
}

impl Addressees {
    /// For an id that nobody has: the nearest one that somebody has, as the end of a message; none for a known id.
    pub fn unless_known(&self, creator_id: &str) -> Option<String> {
        if self.0.contains_key(creator_id) {
            return None;
        }
        let nearest = self.0.keys().min_by_key(|known| strsim::damerau_levenshtein(known, creator_id));
        Some(nearest.map(|nearest| format!("; the nearest is {nearest}")).unwrap_or_default())
    }
}
