//! Step 6a: the clicks that can be touches, laid out so that an order finds its own.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use anyhow::Result;
use foldhash::fast::FixedState;
use polars::prelude::{DataFrame, IntoLazy, JoinArgs, JoinType, StringChunked, col, lit};

use super::creators::{Creators, Place};
use super::frame::{collect, i64s, take, texts, u32s};
use super::visible::Orders;
use crate::facts::Facts;

/// Visible clicks whose link had an owner, by visitor, time and click id; indexed by their place, called `k`.
pub(super) struct Clicks {
    /// `click_id` str and others.
    pub frame: DataFrame,
    pub at: Vec<i64>,
    /// The link's owner at the click.
    pub creator: Vec<Place>,
    /// Where each visitor's clicks begin; one more entry than visitors.
    starts: Vec<u32>,
    /// The visitor of each order, if any click is theirs.
    visitor_of_order: Vec<Option<u32>>,
    /// The click that each order names, if it is known.
    named_by_order: HashMap<u32, u32, FixedState>,
}

/// The clicks of visitors or ids that the visible orders name.
pub(super) fn clicks(facts: &Facts, as_of: i64, orders: &Orders, creators: &Creators) -> Result<Clicks> {
    let owned = owned_clicks(facts, as_of)?;
    let mut visitors: HashMap<&str, u32, FixedState> = HashMap::default();
    let order_visitors = texts(&orders.frame, "visitor_id")?;
    let mut visitor_of_order = Vec::with_capacity(orders.len());
    for visitor in order_visitors.iter() {
        let next = visitors.len() as u32;
        visitor_of_order.push(visitor.map(|visitor| *visitors.entry(visitor).or_insert(next)));
    }
    let nobody = visitors.len();
    let visitor_of_click: Vec<usize> =
        texts(&owned, "visitor_id")?.iter().map(|v| v.and_then(|v| visitors.get(v)).map_or(nobody, |v| *v as usize)).collect();
    let (rows, starts) = by_visitor(&owned, &visitor_of_click, nobody)?;
    let mut frame = take(&owned, &rows)?;
    frame.rechunk_mut();
    let names = texts(&frame, "creator_id")?;
    let creator = names.iter().map(|id| creators.place(id.unwrap_or_default()).unwrap_or(Place::MAX)).collect();
    let named_by_order = named_clicks(&frame, orders)?;
    Ok(Clicks { at: i64s(&frame, "clicked_at")?.to_vec(), creator, starts, visitor_of_order, named_by_order, frame })
}

/// Visible clicks joined with whoever owned their link at the time; others are no touches.
fn owned_clicks(facts: &Facts, as_of: i64) -> Result<DataFrame> {
    let links = facts.links.clone().lazy();
    let visible = facts.clicks.clone().lazy().filter(col("clicked_at").lt(lit(as_of)));
    collect(
        visible
            .join(links, [col("link_key")], [col("link_key")], JoinArgs::new(JoinType::Inner))
            .filter(col("active_from").lt_eq(col("clicked_at")).and(col("clicked_at").lt(col("active_to"))))
            .select([col("click_id"), col("clicked_at"), col("visitor_id"), col("creator_id")]),
    )
}

/// The order of the clicks by visitor, time and id, and where each visitor's begin. Nobody's come last.
fn by_visitor(clicks: &DataFrame, visitor: &[usize], nobody: usize) -> Result<(Vec<u32>, Vec<u32>)> {
    let at = i64s(clicks, "clicked_at")?;
    let ids = texts(clicks, "click_id")?;
    let mut starts = vec![0u32; nobody + 2];
    for v in visitor {
        starts[v + 1] += 1;
    }
    for v in 0..=nobody {
        starts[v + 1] += starts[v];
    }
    let mut next = starts.clone();
    let mut rows = vec![0u32; visitor.len()];
    for (row, v) in visitor.iter().enumerate() {
        rows[next[*v] as usize] = row as u32;
        next[*v] += 1;
    }
    for v in 0..nobody {
        let own = &mut rows[starts[v] as usize..starts[v + 1] as usize];
        own.sort_unstable_by(|a, b| {
            let (a, b) = (*a as usize, *b as usize);
            at[a].cmp(&at[b]).then_with(|| ids.get(a).cmp(&ids.get(b)))
        });
    }
    Ok((rows, starts))
}

/// From an order to the click whose id it carries.
fn named_clicks(clicks: &DataFrame, orders: &Orders) -> Result<HashMap<u32, u32, FixedState>> {
    let named = orders
        .frame
        .clone()
        .lazy()
        .with_row_index("o", None)
        .filter(col("click_id").is_not_null())
        .select([col("o"), col("click_id")]);
    let known = clicks.clone().lazy().with_row_index("k", None).select([col("k"), col("click_id")]);
    let pairs = collect(named.join(known, [col("click_id")], [col("click_id")], JoinArgs::new(JoinType::Inner)))?;
    Ok(u32s(&pairs, "o")?.iter().copied().zip(u32s(&pairs, "k")?.iter().copied()).collect())
}

impl Clicks {
    /// The link touches of an order: not after it and at most `window` before it, by time, then click id.
    pub(super) fn touches(&self, orders: &Orders, o: usize, window: i64) -> Result<Touches> {
        let at = orders.ordered_at[o];
        let in_window = |k: usize| self.at[k] <= at && at - self.at[k] <= window;
        let visitors = match self.visitor_of_order[o] {
            None => 0..0,
            Some(visitor) => {
                let own = self.starts[visitor as usize] as usize..self.starts[visitor as usize + 1] as usize;
                let times = &self.at[own.clone()];
                let first = own.start + times.partition_point(|t| at - t > window);
                let end = own.start + times.partition_point(|t| *t <= at);
                first..end.max(first)
            }
        };
        let named = self.named_by_order.get(&(o as u32)).map(|k| *k as usize);
        let named = named.filter(|k| in_window(*k) && !visitors.contains(k));
        let named = match named {
            None => None,
            Some(k) => Some((k, visitors.start + self.place_among(visitors.clone(), k)?)),
        };
        Ok(Touches { visitors, named })
    }

    /// How many of these clicks come before another one.
    fn place_among(&self, clicks: Range<usize>, k: usize) -> Result<usize> {
        let ids = self.ids()?;
        let before = clicks.filter(|other| match self.at[*other].cmp(&self.at[k]) {
            Ordering::Equal => ids.get(*other) < ids.get(k),
            order => order == Ordering::Less,
        });
        Ok(before.count())
    }

    /// The click ids.
    pub(super) fn ids(&self) -> Result<&StringChunked> {
        texts(&self.frame, "click_id")
    }
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
