//! How far each creator has come in a period: what tiers and net-sales bonuses look at (`RULES.md`, sections 7 and 9).

use std::collections::HashMap;

use anyhow::{Context, Result};
use chrono::NaiveDate;

use super::calendar::Span;
use super::rates::counts;
use super::shares::Shared;
use super::shop::Shop;
use crate::program::{Bonus, Pays, Period, Program};

/// How far a creator came in a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Base that counts, in minor units of the program's currency.
    pub sales: i64,
    /// Orders with base left on lines that count.
    pub orders: i64,
}

/// The progress of every creator in every span that matters.
#[derive(Debug, Default)]
pub(super) struct Tally<'a> {
    kinds: Vec<Period>,
    spans: HashMap<(Span, &'a str), Progress>,
}

impl<'a> Tally<'a> {
    /// An empty tally of the kinds of period that a program asks for.
    pub fn of(program: &Program) -> Self {
        let tiers = program.commission.rates.iter().filter_map(|rate| match &rate.pays {
            Pays::Tiers(tiers) => Some(tiers.period),
            _ => None,
        });
        let bonuses = program.commission.bonuses.iter().filter_map(|bonus| match bonus {
            Bonus::NetSales { period, .. } => Some(*period),
            Bonus::NewCustomer { .. } => None,
        });
        let mut kinds: Vec<Period> = Vec::new();
        for kind in tiers.chain(bonuses) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        Self { kinds, spans: HashMap::new() }
    }

    /// Adds one creator's part of an order: each line that counts, and the order if any base is left on them.
    pub fn add_order(&mut self, shop: &Shop<'a>, shared: &Shared<'a>, credit: usize) -> Result<()> {
        let creator_id = shared.win.credits[credit].creator.creator_id.as_str();
        let mut sales: i64 = 0;
        for share in shared.shares.iter().filter(|share| share.credit == credit && counts(shop, share.rate)) {
            sales = sales.checked_add(share.base).context("an order is too large to compute exactly")?;
        }
        self.add(creator_id, shared.order.day, Progress { sales, orders: i64::from(sales > 0) })
    }

    /// Adds to a creator's progress in every kind of period that holds the day.
    fn add(&mut self, creator_id: &'a str, day: NaiveDate, more: Progress) -> Result<()> {
        for kind in &self.kinds {
            let progress = self.spans.entry((Span::holding(*kind, day), creator_id)).or_default();
            progress.sales =
                progress.sales.checked_add(more.sales).context("a creator's sales are too large to compute exactly")?;
            progress.orders = progress.orders.checked_add(more.orders).context("a creator has too many orders")?;
        }
        Ok(())
    }

    /// A creator's progress in a span.
    pub fn get(&self, creator_id: &str, span: Span) -> Progress {
        self.spans.get(&(span, creator_id)).copied().unwrap_or_default()
    }

    /// All that was counted, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Span, &'a str, Progress)> {
        self.spans.iter().map(|((span, creator_id), progress)| (*span, *creator_id, *progress))
    }
}
