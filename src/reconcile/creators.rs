//! The tables of creators and of owners, laid out so that an instant finds who is active and who owns what.
//!
//! Creators come in byte order of their ids, as splits and exports want them. Whether a creator may earn on an order is
//! a rule and stands in `eligibility.rs`.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use foldhash::fast::FixedState;
use polars::prelude::DataFrame;

use super::frame::{TextColumn, i64s, texts};
use crate::facts::Facts;

/// A creator's place in byte order of the ids, called `c`.
pub(super) type Place = u32;

/// One span of a creator's time.
pub(super) struct Span {
    from: i64,
    to: i64,
    /// The creator's own email, trimmed, in lower case.
    pub email: Option<String>,
    /// The group during the span, or empty.
    pub group: String,
}

/// Everybody the facts name as a creator, or as the owner of a link, a code or a fee.
pub(super) struct Creators {
    /// Ids in byte order.
    pub ids: Vec<String>,
    spans: Vec<Vec<Span>>,
    places: HashMap<String, Place, FixedState>,
}

/// All creators of the facts.
pub(super) fn creators(facts: &Facts) -> Result<Creators> {
    let mut known: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for owners in [&facts.links, &facts.codes, &facts.fees] {
        for id in texts(owners, "creator_id")?.iter().flatten() {
            if !known.contains_key(id) {
                known.insert(id.to_owned(), Vec::new());
            }
        }
    }
    let frame = &facts.creators;
    let (id, email, group) = (texts(frame, "creator_id")?, texts(frame, "email")?, texts(frame, "group")?);
    let (from, to) = (i64s(frame, "active_from")?, i64s(frame, "active_to")?);
    for row in 0..frame.height() {
        let text = |column: TextColumn<'_>| column.get(row).map(str::to_owned);
        let span = Span { from: from[row], to: to[row], email: text(email), group: text(group).unwrap_or_default() };
        known.entry(text(id).unwrap_or_default()).or_default().push(span);
    }
    let places = known.keys().enumerate().map(|(c, id)| (id.clone(), c as Place)).collect();
    let (ids, spans) = known.into_iter().unzip();
    Ok(Creators { ids, spans, places })
}

impl Creators {
    /// The place of an id.
    pub(super) fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    /// Whether the table of creators has a row of this id.
    pub(super) fn is_known(&self, c: Place) -> bool {
        !self.spans[c as usize].is_empty()
    }

    /// The creator's span at an instant.
    pub(super) fn span_at(&self, c: Place, at: i64) -> Option<&Span> {
        self.spans[c as usize].iter().find(|span| span.from <= at && at < span.to)
    }
}

/// An owner with the span: from an instant, to before another.
pub(super) type OwnerSpan = (i64, i64, Place);

/// Who owns a key (a link or a code), by spans of time.
pub(super) struct Owners(HashMap<String, Vec<OwnerSpan>, FixedState>);

impl Owners {
    /// The owners in a table with the columns `key`, `creator_id`, `active_from`, `active_to`.
    pub(super) fn of(table: &DataFrame, key: &str, creators: &Creators) -> Result<Self> {
        let (key, creator) = (texts(table, key)?, texts(table, "creator_id")?);
        let (from, to) = (i64s(table, "active_from")?, i64s(table, "active_to")?);
        let mut owners: HashMap<String, Vec<OwnerSpan>, FixedState> = HashMap::default();
        for row in 0..table.height() {
            let owner = creators.place(creator.get(row).unwrap_or_default());
            let spans = owners.entry(key.get(row).unwrap_or_default().to_owned()).or_default();
            spans.extend(owner.map(|c| (from[row], to[row], c)));
        }
        Ok(Self(owners))
    }

    /// The owner at an instant.
    pub(super) fn at(&self, key: &str, at: i64) -> Option<Place> {
        owner_at(self.spans(key), at)
    }

    /// All owners of a key, for [`owner_at`].
    pub(super) fn spans(&self, key: &str) -> &[OwnerSpan] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }
}

/// The owner at an instant.
pub(super) fn owner_at(spans: &[OwnerSpan], at: i64) -> Option<Place> {
    spans.iter().find(|(from, to, _)| *from <= at && at < *to).map(|(.., c)| *c)
}
