//! What people call what a line is about: where the link was placed, what was sold, when it was ordered. The journal knows ids
//! only, so that it is the same whatever a shop calls its things; a statement keeps what they were called when it was built.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use anyhow::Result;
use foldhash::fast::FixedState;

use super::label::Label;
use super::model::Line;
use crate::calendar::{day_of, parse_time};
use crate::facts::{ClickPlace, Manifest, fee_memos, lines_called, order_times};
use crate::program::Program;
use crate::vocabulary::Kind;

/// A set of ids.
pub(super) type Ids = HashSet<String, FixedState>;

/// What the transfers that are on no statement yet are about.
#[derive(Debug, Clone, Default)]
pub struct Mentioned {
    /// Orders.
    pub(super) orders: Ids,
    /// Clicks.
    pub(super) clicks: Ids,
    /// What proposals say, by id.
    pub(super) notes: HashMap<String, String>,
}

/// What people call orders, lines, clicks and fees.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    places: BTreeMap<String, ClickPlace>,
    titles: HashMap<(String, String), String>,
    days: HashMap<String, i32>,
    memos: HashMap<String, String>,
    notes: HashMap<String, String>,
}

impl Labels {
    /// Reads what orders, their lines and fees are called; clicks come from where they were counted.
    pub(super) fn read(
        program: &Program,
        manifest: &Manifest,
        data: &Path,
        orders: &Ids,
        places: BTreeMap<String, ClickPlace>,
        notes: HashMap<String, String>,
    ) -> Result<Self> {
        let mut days = HashMap::new();
        for (order_id, ordered_at) in order_times(manifest, data, orders)? {
            if let Some(time) = parse_time(&ordered_at) {
                days.insert(order_id, day_of(program.time_zone, time));
            }
        }
        let (titles, memos) = (lines_called(manifest, data, orders)?, fee_memos(manifest, data)?);
        Ok(Self { places, titles, days, memos, notes })
    }

    /// Where a click came from.
    pub(super) fn place(&self, click_id: &str) -> Option<&ClickPlace> {
        self.places.get(click_id)
    }

    /// What was sold in a line of an order; empty where nobody knows.
    pub(super) fn title(&self, order_id: &str, line_id: &str) -> &str {
        // Two texts as a key: an owned pair is the price of one map.
        self.titles.get(&(order_id.to_owned(), line_id.to_owned())).map_or("", String::as_str)
    }

    /// Writes on a line what people call what it is about.
    pub(super) fn put_on(&self, line: &mut Line) {
        let about = &line.about;
        let mut label = Label::default();
        if about.kind.is_commission() || about.kind == Kind::BonusNewCustomer {
            label.ordered_on = self.days.get(&about.order_id).copied();
            label.title = self.title(&about.order_id, &about.line_id).to_owned();
        }
        match about.kind {
            Kind::Link => {
                if let Some(place) = self.place(&about.touch) {
                    (label.link, label.sub_id) = (place.link_key.clone(), place.sub_id.clone());
                }
            }
            Kind::Credit => label.given_for = self.notes.get(&about.touch).cloned().unwrap_or_default(),
            Kind::Fee => label.title = self.memos.get(&about.order_id).cloned().unwrap_or_default(),
            _ => {}
        }
        line.label = label;
    }
}
