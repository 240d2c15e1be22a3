//! What sold, through what, and how that compares.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::balance::all_lines;
use super::entries::{period, place};
use super::layout::{row, shortened};
use super::pen::{Amount, Pen};
use crate::money::Overflow;
use crate::statement::figures::{PerformanceOf, ProductFigures, SourceFigures};
use crate::statement::model::{Line, Section, Statement, Totals};
use crate::statement::tier::TierReached;
use crate::statement::words::from_outside;

/// How many links and codes are shown.
const SOURCES: usize = 12;

/// How many campaigns are shown.
const CAMPAIGNS: usize = 20;

/// How many products are shown.
const PRODUCTS: usize = 5;

/// What was sold.
pub(in crate::statement) struct Sales {
    pub heading: String,
    /// Figures of the month; none where there is nothing to state.
    pub figures: Vec<Comparison>,
    /// Whether one of them has something to be compared with.
    pub has_medians: bool,
    pub sources: Vec<SourceRow>,
    /// How many more links and codes there are, in words; or nothing.
    pub hidden_sources: String,
    pub products: Vec<ProductRow>,
    pub campaigns: Vec<CampaignRow>,
    pub tier: Option<Tier>,
}

/// A figure, and what is usual.
pub(in crate::statement) struct Comparison {
    pub label: String,
    pub figure: String,
    /// The program's median, or nothing.
    pub median: String,
}

impl Comparison {
    pub(in crate::statement) fn text(&self) -> String {
        row(&[&self.label, &self.figure, &self.median], &[36, 14, 22])
    }
}

/// A row of the table of links and codes.
pub(in crate::statement) struct SourceRow {
    pub name: String,
    pub clicks: String,
    pub orders: String,
    pub net_sales: Amount,
    pub commission: Amount,
}

impl SourceRow {
    pub(in crate::statement) fn text(&self) -> String {
        row(&[&self.name, &self.clicks, &self.orders, self.net_sales.text(), self.commission.text()], &[28, 8, 8, 14, 14])
    }
}

/// A row of the table of products.
pub(in crate::statement) struct ProductRow {
    pub name: String,
    pub orders: String,
    pub net_sales: Amount,
    pub commission: Amount,
}

impl ProductRow {
    pub(in crate::statement) fn text(&self) -> String {
        row(&[&self.name, &self.orders, self.net_sales.text(), self.commission.text()], &[36, 8, 14, 14])
    }
}

/// What one campaign, or what came without any, earned.
pub(in crate::statement) struct CampaignRow {
    pub name: String,
    pub earned: Amount,
    pub clawed_back: Amount,
    pub bonuses: Amount,
    pub total: Amount,
}

impl CampaignRow {
    pub(in crate::statement) fn text(&self) -> String {
        let Self { name, earned, clawed_back, bonuses, total } = self;
        row(&[name, earned.text(), clawed_back.text(), bonuses.text(), total.text()], &[24, 12, 12, 12, 12])
    }
}

/// The tier that was reached.
pub(in crate::statement) struct Tier {
    pub sentences: Vec<String>,
    /// How much of the way to the next tier is done, from 0 to 100; none in the last.
    pub done: Option<i64>,
}

impl Tier {
    /// What is left of the way.
    pub(in crate::statement) fn rest(&self, done: &i64) -> i64 {
        100 - done
    }
}

impl Sales {
    pub(in crate::statement) fn of(statement: &Statement, month: &str, pen: Pen) -> Result<Self> {
        let performance = &statement.performance;
        let figures = if performance.is_empty() { Vec::new() } else { figures(performance, pen) };
        let links = performance.sources.iter().filter(|source| source.kind == "link").map(|source| source.name.as_str());
        let has_one_link = links.collect::<BTreeSet<_>>().len() < 2;
        let ranked = ranked(&performance.sources);
        let sources: Vec<SourceRow> = ranked.into_iter().map(|source| source_row(source, has_one_link, pen)).collect();
        let hidden = sources.len().saturating_sub(SOURCES);
        Ok(Self {
            heading: pen.words.tell("sales-in", &[("month", month.to_owned().into())]),
            has_medians: figures.iter().any(|figure| !figure.median.is_empty()),
            figures,
            hidden_sources: match hidden {
                0 => String::new(),
                more => pen.words.tell("more", &[("count", i64::try_from(more)?.into())]),
            },
            sources: sources.into_iter().take(SOURCES).collect(),
            products: performance.products.iter().take(PRODUCTS).map(|product| product_row(product, pen)).collect(),
            campaigns: campaign_rows(statement, pen)?,
            tier: statement.tier.as_ref().map(|tier| tier_view(tier, pen)),
        })
    }

    /// The header of the figures in plain text.
    pub(in crate::statement) fn figures_heading(&self, median: String) -> String {
        row(&["", "", &median], &[36, 14, 22])
    }

    /// The header of the table of links and codes in plain text.
    pub(in crate::statement) fn sources_heading(&self, columns: [String; 5]) -> String {
        row(&columns.each_ref().map(String::as_str), &[28, 8, 8, 14, 14])
    }

    /// The header of the table of products in plain text.
    pub(in crate::statement) fn products_heading(&self, columns: [String; 4]) -> String {
        row(&columns.each_ref().map(String::as_str), &[36, 8, 14, 14])
    }

    /// The header of the table of campaigns in plain text.
    pub(in crate::statement) fn campaigns_heading(&self, columns: [String; 5]) -> String {
        row(&columns.each_ref().map(String::as_str), &[24, 12, 12, 12, 12])
    }
}

fn figures(performance: &PerformanceOf, pen: Pen) -> Vec<Comparison> {
    let words = pen.words;
    let none = || "–".to_owned();
    let count = |count: i64| words.number(count, 0);
    let percent = |hundredths: i64| words.locale.percent(&crate::money::format_minor(hundredths, 2));
    let per_click = |parts: i64| {
        let number = words.number(parts, pen.currency.exponent() + 2);
        words.locale.with_currency(&number, pen.currency)
    };
    let peers = performance.peers.as_ref();
    let figure = |key: &str, figure: String| Comparison { label: words.say(key), figure, median: String::new() };
    let compared = |key: &str, mine: Option<String>, median: Option<String>| Comparison {
        label: words.say(key),
        median: median.filter(|_| mine.is_some()).unwrap_or_default(),
        figure: mine.unwrap_or_else(none),
    };
    vec![
        figure("figure-clicks", count(performance.clicks)),
        figure("figure-orders", count(performance.orders)),
        figure("figure-link-orders", count(performance.link_orders)),
        compared(
            "figure-conversion",
            performance.conversion().map(percent),
            peers.and_then(|peers| peers.conversion).map(percent),
        ),
        figure("figure-net-sales", pen.money(performance.net_sales)),
        compared(
            "figure-average-order",
            performance.average_order().map(|minor| pen.money(minor)),
            peers.and_then(|peers| peers.average_order).map(|minor| pen.money(minor)),
        ),
        figure("figure-per-click", performance.per_click().map_or_else(none, per_click)),
        figure("figure-refunded", count(performance.refunded_orders)),
    ]
}

/// Links by their places, codes and the rest: the most commission first, then the most orders and clicks.
fn ranked(sources: &[SourceFigures]) -> Vec<&SourceFigures> {
    let mut ranked: Vec<&SourceFigures> = sources.iter().collect();
    ranked.sort_by_key(|source| std::cmp::Reverse((source.commission, source.orders, source.clicks)));
    ranked
}

fn source_row(source: &SourceFigures, has_one_link: bool, pen: Pen) -> SourceRow {
    let words = pen.words;
    let name = match source.kind.as_str() {
        // The only link need not be told from others.
        "link" if source.sub_id.is_empty() || has_one_link => place(&source.name, &source.sub_id, pen),
        "link" => {
            let at = place(&source.name, &source.sub_id, pen);
            words.tell("source-place", &[("place", at.into()), ("link", from_outside(&source.name).into())])
        }
        "code" => words.tell("source-code", &[("name", from_outside(&source.name).into())]),
        "lock" => words.say("source-lock"),
        "credit" => words.say("source-credit"),
        _ => words.say("source-others"),
    };
    let has_clicks = matches!(source.kind.as_str(), "link" | "other");
    SourceRow {
        name: shortened(&name, 60),
        clicks: if has_clicks { words.number(source.clicks, 0) } else { String::new() },
        orders: words.number(source.orders, 0),
        net_sales: pen.amount(source.net_sales),
        commission: pen.amount(source.commission),
    }
}

fn product_row(product: &ProductFigures, pen: Pen) -> ProductRow {
    ProductRow {
        name: shortened(&from_outside(&product.name), 60),
        orders: pen.words.number(product.orders, 0),
        net_sales: pen.amount(product.net_sales),
        commission: pen.amount(product.commission),
    }
}

/// What each campaign earned; nothing where all of it is of one, or of none. The sums are those of the statement's figures.
fn campaign_rows(statement: &Statement, pen: Pen) -> Result<Vec<CampaignRow>> {
    let mut by_campaign: BTreeMap<&str, Totals> = BTreeMap::new();
    let counts = |line: &&Line| matches!(line.section, Section::Earned | Section::ClawedBack | Section::Bonus);
    for line in all_lines(statement).filter(counts) {
        by_campaign.entry(statement.campaign_of(line)).or_default().add(line)?;
    }
    if by_campaign.len() < 2 {
        return Ok(Vec::new());
    }
    let mut ranked: Vec<(&str, Totals)> = by_campaign.into_iter().collect();
    if ranked.len() > CAMPAIGNS {
        ranked.sort_by_key(|(_, totals)| std::cmp::Reverse(totals.closing.unsigned_abs()));
        ranked.truncate(CAMPAIGNS);
    }
    let shown: BTreeSet<&str> = ranked.iter().map(|(name, _)| *name).collect();
    // Those without a campaign come after those with one, then the rest of many.
    let place = |name: &str| if !shown.contains(name) { 2 } else { i32::from(name.is_empty()) };
    let (mut rows, mut whole): (BTreeMap<(i32, &str), Totals>, Totals) = (BTreeMap::new(), Totals::default());
    let mut hidden = BTreeSet::new();
    for line in all_lines(statement).filter(counts) {
        let name = statement.campaign_of(line);
        let place = place(name);
        if place == 2 {
            hidden.insert(name);
        }
        rows.entry((place, if place == 2 { "" } else { name })).or_default().add(line)?;
        whole.add(line)?;
    }
    let called = |(place, name): (i32, &str)| -> Result<String> {
        Ok(match place {
            0 => shortened(&from_outside(name), 60),
            1 => pen.words.say("no-campaign"),
            _ => pen.words.tell("more", &[("count", i64::try_from(hidden.len())?.into())]),
        })
    };
    let mut shown_rows = Vec::new();
    for (key, totals) in &rows {
        shown_rows.push(campaign_row(called(*key)?, totals, pen)?);
    }
    shown_rows.push(campaign_row(pen.words.say("total"), &whole, pen)?);
    Ok(shown_rows)
}

fn campaign_row(name: String, of: &Totals, pen: Pen) -> Result<CampaignRow> {
    Ok(CampaignRow {
        name,
        earned: pen.amount(of.earned),
        clawed_back: pen.amount(of.clawed_back.checked_neg().ok_or(Overflow)?),
        bonuses: pen.amount(of.bonuses),
        total: pen.amount(of.closing),
    })
}

/// How far somebody has come in their tiers, in sentences.
pub(in crate::statement) fn tier_sentences(tier: &TierReached, pen: Pen) -> Vec<String> {
    tier_view(tier, pen).sentences
}

fn tier_view(tier: &TierReached, pen: Pen) -> Tier {
    let words = pen.words;
    let count = |progress: i64| {
        let shown = if tier.counts_orders { words.number(progress, 0) } else { pen.money(progress) };
        let key = if tier.counts_orders { "tier-orders" } else { "tier-sales" };
        words.tell(key, &[("count", progress.into()), ("shown", shown.into())])
    };
    let progress = || ("progress", count(tier.progress).into());
    let percent = |percent: &str| words.locale.percent(percent);
    let mut sentences = vec![match tier.period.is_empty() {
        true => words.tell("tier-reached-ever", &[progress(), ("percent", percent(&tier.percent).into())]),
        false => {
            let over = ("period", period(&tier.period, pen).into());
            words.tell("tier-reached", &[progress(), over, ("percent", percent(&tier.percent).into())])
        }
    }];
    let next = tier.next.as_ref().map(|(from, next)| {
        let missing = from.saturating_sub(tier.progress).max(0);
        let key = if tier.is_retroactive { "tier-next-retroactive" } else { "tier-next" };
        let variables = [("missing", count(missing).into()), ("percent", percent(next).into())];
        sentences.push(words.tell(key, &variables));
        i64::try_from(i128::from(tier.progress.max(0)) * 100 / i128::from((*from).max(1))).unwrap_or(100).clamp(0, 100)
    });
    if let Some(day) = tier.starts_anew {
        sentences.push(words.tell("tier-anew", &[("day", words.long_day(day).into())]));
    }
    Tier { sentences, done: next }
}
