//! The touches of an order: clicks on links, and codes, that had an owner (`RULES.md`, section 5).
//!
//! Clicks are by far the largest table, so they are laid out once, by visitor and time: an order then finds its own by
//! two binary searches. This is the only step whose input can outgrow a machine, and the one that another engine could
//! take over. So it is narrow: orders go in, the touches of each come out.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::Result;
use foldhash::fast::FixedState;

use super::creators::{Creators, Owners, Place, owner_at};
use super::frame::{TextColumn, i64s, texts, u32s};
use super::visible::Orders;
use crate::facts::Facts;

/// Visible clicks whose link had an owner, by visitor, time and click id; indexed by their place, called `k`.
pub(super) struct Clicks<'f> {
    clicks: Vec<Click>,
    ids: TextColumn<'f>,
    /// Where each visitor's clicks begin; one more entry than visitors, and nobody's come last.
    starts: Vec<u32>,
    /// The click that each order names, if it is known.
    named_by_order: HashMap<u32, u32, FixedState>,
}

/// A click that can be a touch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Click {
    at: i64,
    /// Its row in [`Facts::clicks`].
    row: u32,
    /// The link's owner at the click.
    pub creator: Place,
}

/// Lays out the clicks of visitors or ids that the orders name.
pub(super) fn clicks<'f>(facts: &'f Facts, as_of: i64, orders: &Orders<'_>, creators: &Creators) -> Result<Clicks<'f>> {
    let visitors = u32s(&facts.clicks, "visitor")?;
    let nobody = facts.visitors.height();
    let place_of = |row: usize| (visitors[row] as usize).min(nobody);
    let owned = owned_clicks(facts, as_of, creators)?;
    let mut starts = vec![0u32; nobody + 2];
    for click in &owned {
        starts[place_of(click.row as usize) + 1] += 1;
    }
    for v in 0..=nobody {
        starts[v + 1] += starts[v];
    }
    let mut next = starts.clone();
    let mut clicks = vec![Click::default(); owned.len()];
    for click in owned {
        let next = &mut next[place_of(click.row as usize)];
        clicks[*next as usize] = click;
        *next += 1;
    }
    let ids = texts(&facts.clicks, "click_id")?;
    let mut laid = Clicks { clicks, ids, starts, named_by_order: HashMap::default() };
    laid.sort_each_visitor(nobody);
    laid.named_by_order = laid.named(orders);
    Ok(laid)
}

/// Visible clicks with the owner of their link at the time, in the order of the facts; others are no touches.
fn owned_clicks(facts: &Facts, as_of: i64, creators: &Creators) -> Result<Vec<Click>> {
    let owners = Owners::of(&facts.links, "link_key", creators)?;
    let spans: Vec<_> = texts(&facts.link_keys, "link_key")?.iter().map(|key| owners.spans(key.unwrap_or_default())).collect();
    let (times, links) = (i64s(&facts.clicks, "clicked_at")?, u32s(&facts.clicks, "link")?);
    let owned = |(row, (at, link)): (usize, (&i64, &u32))| {
        let creator = owner_at(spans.get(*link as usize)?, *at)?;
        (*at < as_of).then_some(Click { at: *at, row: row as u32, creator })
    };
    Ok(times.iter().zip(links).enumerate().filter_map(owned).collect())
}

impl<'f> Clicks<'f> {
    /// How many clicks can be touches.
    pub(super) fn len(&self) -> usize {
        self.clicks.len()
    }

    /// The link's owner at the click.
    pub(super) fn creator(&self, k: usize) -> Place {
        self.clicks[k].creator
    }

    pub(super) fn id(&self, k: usize) -> &'f str {
        self.ids.get(self.clicks[k].row as usize).unwrap_or_default()
    }

    fn sort_each_visitor(&mut self, nobody: usize) {
        let ids = self.ids;
        let id = |click: &Click| ids.get(click.row as usize);
        for v in 0..nobody {
            let own = &mut self.clicks[self.starts[v] as usize..self.starts[v + 1] as usize];
            own.sort_unstable_by(|a, b| a.at.cmp(&b.at).then_with(|| id(a).cmp(&id(b))));
        }
    }

    /// From an order to the click whose id it carries.
    fn named(&self, orders: &Orders<'_>) -> HashMap<u32, u32, FixedState> {
        let ids = (0..orders.len()).filter_map(|o| orders.click_id(o));
        let mut places: HashMap<&str, Option<u32>, FixedState> = ids.map(|id| (id, None)).collect();
        if !places.is_empty() {
            for k in 0..self.len() {
                if let Some(place) = places.get_mut(self.id(k)) {
                    *place = Some(k as u32);
                }
            }
        }
        let named = |o: usize| Some((o as u32, places.get(orders.click_id(o)?).copied().flatten()?));
        (0..orders.len()).filter_map(named).collect()
    }

    /// The link touches of an order: not after it and at most `window` before it, by time, then click id.
    pub(super) fn touches(&self, orders: &Orders<'_>, o: usize, window: i64) -> Touches {
        let at = orders.ordered_at[o];
        let in_window = |k: usize| self.clicks[k].at <= at && at - self.clicks[k].at <= window;
        let visitors = match orders.visitor(o) {
            None => 0..0,
            Some(visitor) => {
                let own = self.starts[visitor as usize] as usize..self.starts[visitor as usize + 1] as usize;
                let clicks = &self.clicks[own.clone()];
                let first = own.start + clicks.partition_point(|click| at - click.at > window);
                let end = own.start + clicks.partition_point(|click| click.at <= at);
                first..end.max(first)
            }
        };
        let named = self.named_by_order.get(&(o as u32)).map(|k| *k as usize);
        let named = named.filter(|k| in_window(*k) && !visitors.contains(k));
        let named = named.map(|k| (k, visitors.start + self.place_among(visitors.clone(), k)));
        Touches { visitors, named }
    }

    /// How many of these clicks come before another one.
    fn place_among(&self, clicks: Range<usize>, k: usize) -> usize {
        let key = |k: usize| (self.clicks[k].at, self.id(k));
        clicks.filter(|other| key(*other) < key(k)).count()
    }
}

/// The code touches of an order, as entered: the code, trimmed, and who owned it at the order. Codes that nobody owned
/// are no touches.
pub(super) fn codes<'a>(orders: &'a Orders<'_>, owners: &'a Owners, o: usize) -> impl Iterator<Item = (&'a str, Place)> {
    let entered = orders.codes(o).into_iter().flat_map(|codes| codes.split('|')).map(str::trim);
    entered.filter_map(move |code| Some((code, owners.at(&code.to_lowercase(), orders.ordered_at[o])?)))
}

/// The link touches of one order.
#[derive(Debug, Clone)]
pub(super) struct Touches {
    /// Those of its visitor.
    visitors: Range<usize>,
    /// The click the order names, where it is not among them, and the place it would have there.
    named: Option<(usize, usize)>,
}

impl Touches {
    /// From the earliest to the latest, equal times by click id.
    pub(super) fn forward(&self) -> impl Iterator<Item = usize> {
        let (named, at) = self.named_at();
        (self.visitors.start..at).chain(named).chain(at..self.visitors.end)
    }

    /// From the latest to the earliest.
    pub(super) fn backward(&self) -> impl Iterator<Item = usize> {
        let (named, at) = self.named_at();
        (at..self.visitors.end).rev().chain(named).chain((self.visitors.start..at).rev())
    }

    fn named_at(&self) -> (Option<usize>, usize) {
        self.named.map_or((None, self.visitors.end), |(k, at)| (Some(k), at))
    }
}
