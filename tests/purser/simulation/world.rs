//! The world outside: a shop, its customers and its creators, day by day.
//!
//! What happens on a day becomes known on that day or later: the files of a night hold what is known by then. So a click,
//! an order or a refund can come late, and a row can change when the shop knows better.

mod files;
mod money;
mod orders;
mod people;

use std::collections::{BTreeMap, BTreeSet};

use purser::facts::{Click, Fee, FxRate, Line, Order, Refund, Rows};

use super::terms::Terms;
use crate::support::shops::rng::Rng;
use crate::support::tally::Tally;

pub use files::Spoiled;

pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3_600 * SECOND;
pub const DAY: i64 = 24 * HOUR;

pub struct World {
    pub rng: Rng,
    pub terms: Terms,
    pub tally: Tally,
    /// The midnight (UTC) at which the first day begins, microseconds since 1970.
    pub start: i64,
    /// When each order was placed, by id; also of those that no file holds yet.
    pub ordered_at: BTreeMap<String, i64>,
    /// What the shop knows by tonight. Owners of links and codes stand in `owners`.
    known: Rows,
    owners: Vec<Owner>,
    /// What it will know, by day.
    coming: BTreeMap<i64, Vec<News>>,
    order_ids: Vec<String>,
    clicks: usize,
    refunds: usize,
}

/// Something that the shop comes to know.
enum News {
    Version(Order),
    /// A line that is new, or has another amount now.
    Line(Line),
    LineGone(u32, String),
    Refund(Refund),
    Click(Click),
    Rate(FxRate),
    Fee(Fee),
}

/// Who has a link or a code for a span of time.
struct Owner {
    is_code: bool,
    key: String,
    creator_id: String,
    from: i64,
    to: i64,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        // The clock of most of these changes within the 95 days.
        let places = [
            ("America/New_York", "2026-02-10T00:00:00Z"),
            ("America/New_York", "2026-09-20T00:00:00Z"),
            ("Europe/Berlin", "2026-01-20T00:00:00Z"),
            ("Asia/Tokyo", "2025-11-25T00:00:00Z"),
            ("UTC", "2026-01-01T00:00:00Z"),
            ("Australia/Lord_Howe", "2026-03-01T00:00:00Z"),
        ];
        let (zone, start) = rng.pick(&places);
        let terms = Terms::new(&mut rng, zone);
        let mut world = Self {
            rng,
            terms,
            tally: Tally::default(),
            start: purser::calendar::parse_time(start).expect("a start is a time"),
            ordered_at: BTreeMap::new(),
            known: Rows::default(),
            owners: Vec::new(),
            coming: BTreeMap::new(),
            order_ids: Vec::new(),
            clicks: 0,
            refunds: 0,
        };
        world.first_people();
        world.first_rates();
        world
    }

    /// What happens on a day, and what becomes known on it.
    pub fn live(&mut self, day: i64) {
        for _ in 0..self.rng.below(9) {
            self.place_order(day);
        }
        self.move_people(day);
        self.move_money(day);
        for news in self.coming.remove(&day).unwrap_or_default() {
            self.learn(news);
        }
    }

    /// The facts as purser should read them from tonight's files.
    pub fn facts(&self) -> Rows {
        let mut rows = self.known.clone();
        let known: BTreeSet<u32> = rows.orders.iter().map(|order| order.order).collect();
        rows.lines.retain(|line| known.contains(&line.order));
        for refund in &mut rows.refunds {
            refund.order = refund.order.filter(|order| known.contains(order));
        }
        for owner in &self.owners {
            let (key, creator_id, active_from, active_to) = (owner.key.clone(), owner.creator_id.clone(), owner.from, owner.to);
            let row = purser::facts::Owner { key, creator_id, active_from, active_to, campaign: String::new() };
            if owner.is_code { rows.codes.push(row) } else { rows.links.push(row) }
        }
        rows
    }

    /// Hides some orders or one, or their lines, as a truncated export does; answers what is to be put back.
    pub fn truncate(&mut self) -> Rows {
        let whole = self.known.clone();
        let mut lost: BTreeSet<u32> = whole.orders.iter().map(|order| order.order).collect();
        if self.rng.chance(50) && !lost.is_empty() {
            let place = self.rng.below(whole.orders.len());
            lost = BTreeSet::from([whole.orders[place].order]);
        } else {
            lost.retain(|_| self.rng.chance(30));
        }
        let is_lost = |order: u32| lost.contains(&order);
        match self.rng.below(6) {
            0 | 1 => self.known.orders.retain(|order| !is_lost(order.order)),
            2 => self.known.lines.retain(|line| !is_lost(line.order)),
            3 => self.known.lines.retain(|line| !is_lost(line.order) || line.line_id == "9"),
            4 => self.known.refunds.retain(|refund| !refund.order.is_some_and(is_lost)),
            _ => drop(self.known.fees.pop()),
        }
        whole
    }

    pub fn put_back(&mut self, whole: Rows) {
        self.known = whole;
    }

    /// Moments from `low` to `high` at which something begins to count or a hold of so long ends.
    pub fn moments(&self, low: i64, high: i64, hold: i64) -> Vec<i64> {
        let Rows { orders, refunds, clicks, .. } = &self.known;
        let orders = orders.iter().flat_map(|order| [order.ordered_at, order.updated_at, order.ordered_at + hold]);
        let others = refunds.iter().map(|refund| refund.refunded_at).chain(clicks.iter().map(|click| click.clicked_at));
        orders.chain(others).filter(|at| (low..=high).contains(at)).collect()
    }

    /// The local days of an order's refunds.
    pub fn refund_times(&self, order_id: &str) -> impl Iterator<Item = i64> {
        let is_of = move |refund: &&Refund| refund.order.is_some_and(|order| self.order_ids[order as usize] == order_id);
        self.known.refunds.iter().filter(is_of).map(|refund| refund.refunded_at)
    }

    /// When each version of an order was made that the shop knows, and its status.
    pub fn versions(&self, order_id: &str) -> Vec<(i64, String)> {
        let of_order = self.known.orders.iter().filter(|order| order.order_id == order_id);
        of_order.map(|order| (order.updated_at, order.status.clone())).collect()
    }

    fn instant(&mut self, day: i64) -> i64 {
        self.start + day * DAY + self.rng.between(0, 24 * 3_600 - 1) * SECOND
    }

    fn day_of(&self, at: i64) -> i64 {
        (at - self.start).div_euclid(DAY)
    }

    /// On which day something of a day becomes known: mostly the same, sometimes much later.
    fn known_on(&mut self, day: i64, what: &str) -> i64 {
        if !self.rng.chance(10) {
            return day;
        }
        self.tally.add(format!("late {what}"));
        day + self.rng.between(1, 14)
    }

    fn tell(&mut self, day: i64, news: News) {
        self.coming.entry(day).or_default().push(news);
    }

    fn learn(&mut self, news: News) {
        let known = &mut self.known;
        match news {
            News::Version(order) => known.orders.push(order),
            News::Line(line) => {
                known.lines.retain(|old| (old.order, &old.line_id) != (line.order, &line.line_id));
                known.lines.push(line);
            }
            News::LineGone(order, id) => known.lines.retain(|line| line.order != order || line.line_id != id),
            News::Refund(refund) => known.refunds.push(refund),
            News::Click(click) => known.clicks.push(click),
            News::Rate(rate) => {
                known.fx.retain(|old| (old.date, &old.from) != (rate.date, &rate.from));
                known.fx.push(rate);
            }
            News::Fee(fee) => known.fees.push(fee),
        }
    }
}
