//! The facts of a shop, indexed so that one order's surroundings are found without looking at every row.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use anyhow::{Context, Result, ensure};
use caseless::default_case_fold_str;
use chrono::NaiveDate;

use crate::facts::{AMOUNT_DECIMALS, Click, Creator, Credits, Dispute, FxRate, Line, Order, Owner, Refund, Rows};
use crate::money::{Currency, Rate, format_minor};
use crate::program::{Program, rate_name};

/// A program, its facts and the as-of time.
pub(super) struct Shop<'a> {
    pub program: &'a Program,
    pub facts: &'a Rows,
    /// Orders that people gave to creators.
    pub credits: &'a Credits,
    /// Microseconds since 1970.
    pub as_of: i64,
    /// The versions of each order, by its number.
    pub versions: HashMap<u32, Vec<&'a Order>>,
    /// How the program's rates are named, in their order.
    pub rate_names: Vec<String>,
    lines: HashMap<u32, Vec<&'a Line>>,
    refunds: HashMap<u32, Vec<&'a Refund>>,
    visitors: HashMap<&'a str, Vec<&'a Click>>,
    clicks: HashMap<&'a str, &'a Click>,
    creators: HashMap<&'a str, Vec<&'a Creator>>,
    links: HashMap<&'a str, Vec<&'a Owner>>,
    codes: HashMap<&'a str, Vec<&'a Owner>>,
    disputes: HashMap<u32, Vec<&'a Dispute>>,
    fx: HashMap<&'a str, BTreeMap<NaiveDate, Rate>>,
}

impl<'a> Shop<'a> {
    pub fn new(program: &'a Program, facts: &'a Rows, credits: &'a Credits, as_of: i64) -> Self {
        let mut lines = group(&facts.lines, |l| Some(l.order));
        lines.values_mut().for_each(|l| l.sort_by(|a, b| a.line_id.cmp(&b.line_id)));
        let mut refunds = group(&facts.refunds, |r| r.order);
        refunds.values_mut().for_each(|r| r.sort_by(|a, b| (a.refunded_at, &a.refund_id).cmp(&(b.refunded_at, &b.refund_id))));
        let mut visitors = group(&facts.clicks, |c| c.visitor_id.as_deref());
        visitors.values_mut().for_each(|c| c.sort_by(|a, b| (a.clicked_at, &a.click_id).cmp(&(b.clicked_at, &b.click_id))));
        Self {
            program,
            facts,
            credits,
            as_of,
            versions: group(&facts.orders, |o| Some(o.order)),
            rate_names: (1..).zip(&program.commission.rates).map(|(n, rate)| rate_name(n, rate, program.currency)).collect(),
            lines,
            refunds,
            visitors,
            clicks: facts.clicks.iter().map(|c| (c.click_id.as_str(), c)).collect(),
            creators: group(&facts.creators, |c| Some(c.creator_id.as_str())),
            links: group(&facts.links, |l| Some(l.key.as_str())),
            codes: group(&facts.codes, |c| Some(c.key.as_str())),
            disputes: group(&facts.disputes, |d| d.order),
            fx: exchange_rates(&facts.fx, program.currency.code()),
        }
    }

    /// An order's lines, by line_id.
    pub fn lines(&self, order: u32) -> &[&'a Line] {
        self.lines.get(&order).map_or(&[], Vec::as_slice)
    }

    /// An order's refunds, visible or not, by time and refund_id.
    pub fn refunds(&self, order: u32) -> &[&'a Refund] {
        self.refunds.get(&order).map_or(&[], Vec::as_slice)
    }

    /// The disputes of an order, visible or not.
    pub fn disputes(&self, order: u32) -> &[&'a Dispute] {
        self.disputes.get(&order).map_or(&[], Vec::as_slice)
    }

    /// A visitor's clicks, visible or not, by time and click_id.
    pub fn clicks_of_visitor(&self, visitor_id: &str) -> &[&'a Click] {
        self.visitors.get(visitor_id).map_or(&[], Vec::as_slice)
    }

    /// The click of this id.
    pub fn click(&self, click_id: &str) -> Option<&'a Click> {
        self.clicks.get(click_id).copied()
    }

    /// Whether a creator has any row, active or not.
    pub fn knows_creator(&self, creator_id: &str) -> bool {
        self.creators.contains_key(creator_id)
    }

    /// The row of a creator that is active at a time.
    pub fn creator_at(&self, creator_id: &str, at: i64) -> Option<&'a Creator> {
        let rows = self.creators.get(creator_id)?;
        rows.iter().find(|row| row.active_from <= at && at < row.active_to).copied()
    }

    /// The latest row of a creator, active or not.
    pub fn latest_creator(&self, creator_id: &str) -> Option<&'a Creator> {
        self.creators.get(creator_id)?.iter().max_by_key(|row| row.active_from).copied()
    }

    /// Who owns a link at a time.
    pub fn link_at(&self, link_key: &str, at: i64) -> Option<&'a Owner> {
        let rows = self.links.get(link_key)?;
        rows.iter().find(|row| row.active_from <= at && at < row.active_to).copied()
    }

    /// Who owns a code at a time. The code is compared without case and surrounding space.
    pub fn code_at(&self, code: &str, at: i64) -> Option<&'a Owner> {
        let rows = self.codes.get(default_case_fold_str(code.trim()).as_str())?;
        rows.iter().find(|row| row.active_from <= at && at < row.active_to).copied()
    }

    /// The latest rate from a currency to the program's that is dated on or before a day.
    pub fn latest_rate(&self, from: &str, day: NaiveDate) -> Option<(NaiveDate, Rate)> {
        self.fx.get(from)?.range(..=day).next_back().map(|(date, rate)| (*date, *rate))
    }

    /// An amount of the program's currency as text, with its code.
    pub fn show(&self, minor: i64) -> String {
        format!("{} {}", self.plain(minor), self.program.currency)
    }

    /// An amount of the program's currency as text, with exactly its decimals.
    pub fn plain(&self, minor: i64) -> String {
        format_minor(minor, self.program.currency.exponent())
    }
}

/// The rows of each key. Rows without a key belong to no group.
fn group<'a, T, K: Eq + Hash>(rows: &'a [T], key: impl Fn(&'a T) -> Option<K>) -> HashMap<K, Vec<&'a T>> {
    let mut groups: HashMap<K, Vec<&'a T>> = HashMap::new();
    for row in rows {
        if let Some(key) = key(row) {
            groups.entry(key).or_default().push(row);
        }
    }
    groups
}

fn exchange_rates<'a>(rows: &'a [FxRate], to: &str) -> HashMap<&'a str, BTreeMap<NaiveDate, Rate>> {
    let mut rates: HashMap<&str, BTreeMap<NaiveDate, Rate>> = HashMap::new();
    for row in rows.iter().filter(|row| row.to == to) {
        rates.entry(row.from.as_str()).or_default().insert(row.date, row.rate);
    }
    rates
}

/// Minor units of a currency from the ten-thousandths in which facts keep order amounts.
pub(super) fn minor_units(amount: i64, currency: Currency) -> Result<i64> {
    let decimals = AMOUNT_DECIMALS.checked_sub(currency.exponent()).context("no currency has more decimals than facts keep")?;
    let scale = 10i64.pow(decimals);
    ensure!(amount % scale == 0, "{} has more than the decimals of {currency}", format_minor(amount, AMOUNT_DECIMALS));
    Ok(amount / scale)
}
