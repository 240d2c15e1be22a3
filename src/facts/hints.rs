//! What is allowed in the facts and probably not meant: rows and rates that name what occurs nowhere, codes that only look like
//! those that orders have, and the like. Nothing of it is refused.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context, Result};
use foldhash::fast::FixedState;
use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::folding::fold;
use super::frames::Facts;
use super::text_column::TextColumn;
use crate::money::Rate;
use crate::program::{Campaign, Program, RateRule, rate_name};
use crate::vocabulary::{closest, counted};

/// How many hints a night tells.
const TOLD: usize = 3;

/// What is allowed and probably not meant, in short: how many sentences there are to say, and the first few.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hints {
    /// How many.
    pub count: usize,
    /// The first few, of different kinds where there are such.
    pub examples: Vec<String>,
}

impl Hints {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// What there is to say of one thing: how many sentences, and the first of them.
struct About {
    count: usize,
    told: Vec<String>,
}

impl About {
    /// Puts no more in words than are asked for: to look for what was meant takes a while.
    fn of<T>(found: Vec<T>, most: usize, words: impl Fn(T) -> String) -> Self {
        Self { count: found.len(), told: found.into_iter().take(most).map(words).collect() }
    }
}

/// What is allowed and probably not meant, a sentence each.
///
/// # Errors
///
/// When a frame lacks a column.
pub(super) fn all_hints(program: &Program, facts: &Facts) -> Result<Vec<String>> {
    let mut kinds = by_kind(program, facts, usize::MAX)?;
    // Of a night they are exceptions.
    kinds.push(unknown_creators("fees", &facts.fees, &values(&facts.creators, "creator_id")?, usize::MAX)?);
    Ok(kinds.into_iter().flat_map(|about| about.told).collect())
}

/// What is allowed and probably not meant, in short: for a night, whose report is about other things.
///
/// # Errors
///
/// When a frame lacks a column.
pub fn hints(program: &Program, facts: &Facts) -> Result<Hints> {
    let kinds = by_kind(program, facts, TOLD)?;
    let count = kinds.iter().map(|about| about.count).sum();
    let told = (0..TOLD).flat_map(|nth| kinds.iter().filter_map(move |about| about.told.get(nth)));
    Ok(Hints { count, examples: told.take(TOLD).cloned().collect() })
}

fn by_kind(program: &Program, facts: &Facts, most: usize) -> Result<Vec<About>> {
    let creators = values(&facts.creators, "creator_id")?;
    let mut kinds = Vec::new();
    for (table, frame) in [("links", &facts.links), ("codes", &facts.codes), ("rates", &facts.rates)] {
        kinds.push(unknown_creators(table, frame, &creators, most)?);
    }
    kinds.push(unknown_selectors(program, facts, &creators, most)?);
    kinds.push(unused_campaigns(program, facts, most)?);
    kinds.push(high_rates(facts, most)?);
    kinds.push(moved_orders(&facts.orders)?);
    kinds.push(lookalikes(facts, most)?);
    Ok(kinds)
}

/// The distinct values of a column, without the empty one.
fn values(frame: &DataFrame, name: &str) -> Result<BTreeSet<String>> {
    let column = TextColumn::of(frame.column(name)?)?;
    let distinct: HashSet<&str, FixedState> = column.iter().flatten().filter(|text| !text.is_empty()).collect();
    Ok(distinct.into_iter().map(str::to_owned).collect())
}

/// Of the values that are wanted those that a column lacks, and then also what it has: most nights look no further than to the
/// first row of each.
fn lacking<'a>(mut wanted: BTreeSet<&'a str>, frame: &DataFrame, name: &str) -> Result<(BTreeSet<&'a str>, BTreeSet<String>)> {
    let mut texts = TextColumn::of(frame.column(name)?)?.iter().flatten();
    while !wanted.is_empty()
        && let Some(text) = texts.next()
    {
        wanted.remove(text);
    }
    let known = if wanted.is_empty() { BTreeSet::new() } else { values(frame, name)? };
    Ok((wanted, known))
}

/// A known value that was probably meant, as a sentence ends with it.
fn instead(known: &BTreeSet<String>, written: &str) -> String {
    closest(known, written).map_or_else(String::new, |near| format!("; the closest is \"{near}\""))
}

/// The creators that a table names and the table of creators does not have: they earn nothing.
fn unknown_creators(table: &str, frame: &DataFrame, known: &BTreeSet<String>, most: usize) -> Result<About> {
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    let column = TextColumn::of(frame.column("creator_id")?)?;
    for id in column.iter().flatten().filter(|id| !id.is_empty() && !known.contains(*id)) {
        *rows.entry(id).or_default() += 1;
    }
    let hint = |(id, rows): (&str, usize)| {
        format!(
            "{table}: {} the creator \"{id}\", who is not in creators{}",
            counted(rows, "row names", "rows name"),
            instead(known, id)
        )
    };
    Ok(About::of(rows.into_iter().collect(), most, hint))
}

/// The rates of the program file that select what occurs nowhere.
fn unknown_selectors(program: &Program, facts: &Facts, creators: &BTreeSet<String>, most: usize) -> Result<About> {
    let rates = &program.commission.rates;
    let wanted = |of: fn(&RateRule) -> Option<&String>| rates.iter().filter_map(of).map(String::as_str).collect();
    let (groups, known_groups) = lacking(wanted(|rate| rate.group.as_ref()), &facts.creators, "group")?;
    let (skus, known_skus) = lacking(wanted(|rate| rate.sku.as_ref()), &facts.lines, "sku")?;
    let (categories, known_categories) = lacking(wanted(|rate| rate.category.as_ref()), &facts.lines, "category")?;
    let lacks = |lacking: &BTreeSet<&str>, wanted: &Option<String>| {
        wanted.as_deref().filter(|wanted| lacking.contains(wanted)).map(str::to_owned)
    };
    let mut found = Vec::new();
    for (position, rate) in (1..).zip(rates) {
        let unknown = rate.creator.clone().filter(|creator| !creators.contains(creator));
        let selectors = [
            ("creator", unknown, creators, "creators"),
            ("group", lacks(&groups, &rate.group), &known_groups, "creators"),
            ("sku", lacks(&skus, &rate.sku), &known_skus, "order_lines"),
            ("category", lacks(&categories, &rate.category), &known_categories, "order_lines"),
        ];
        let of_rate =
            selectors.into_iter().filter_map(|(selector, wanted, known, table)| Some((selector, wanted?, known, table)));
        found.extend(of_rate.map(|selected| (position, rate, selected)));
    }
    Ok(About::of(found, most, |(position, rate, (selector, wanted, known, table))| {
        let name = rate_name(position, rate, program.currency);
        format!("{name}: no row of {table} has the {selector} \"{wanted}\"{}", instead(known, &wanted))
    }))
}

/// The campaigns that neither links nor codes name.
fn unused_campaigns(program: &Program, facts: &Facts, most: usize) -> Result<About> {
    let ids = program.campaigns.iter().map(|campaign| campaign.id.as_str()).collect();
    let (unlinked, _) = lacking(ids, &facts.links, "campaign")?;
    let (unused, _) = lacking(unlinked, &facts.codes, "campaign")?;
    let in_order = program.campaigns.iter().filter(|campaign| unused.contains(campaign.id.as_str())).collect();
    Ok(About::of(in_order, most, |campaign: &Campaign| format!("campaign {}: no link and no code names it", campaign.id)))
}

/// Agreed rates that pay more than the sale.
fn high_rates(facts: &Facts, most: usize) -> Result<About> {
    let whole: Rate = "100".parse().context("it is a rate")?;
    let (creators, percents) =
        (TextColumn::of(facts.rates.column("creator_id")?)?, TextColumn::of(facts.rates.column("percent")?)?);
    let rows = creators.iter().flatten().zip(percents.iter().flatten());
    let high = rows.filter(|(_, percent)| percent.parse::<Rate>().is_ok_and(|percent| percent > whole)).collect();
    Ok(About::of(high, most, |(creator, percent)| {
        format!("rates: {creator} gets {percent}%, more than the sales come to; 10 is written for 10%")
    }))
}

/// Orders whose versions say that they were placed at different times: the latest version decides in which month they count.
fn moved_orders(orders: &DataFrame) -> Result<About> {
    let ids = TextColumn::of(orders.column("order_id")?)?;
    let numbers = orders.column("order")?.as_materialized_series().u32()?;
    let times = orders.column("ordered_at")?.as_materialized_series().i64()?;
    let mut first: Vec<Option<i64>> = vec![None; orders.height()];
    let mut moved = BTreeSet::new();
    for (row, (number, at)) in numbers.iter().zip(times.iter()).enumerate() {
        let (Some(number), Some(at)) = (number, at) else { continue };
        if *first[number as usize].get_or_insert(at) != at {
            moved.extend(ids.get(row));
        }
    }
    let count = counted(moved.len(), "order has", "orders have");
    Ok(About::of(moved.first().into_iter().collect(), 1, |one| {
        format!("orders: {count} versions with different times of ordering, such as {one}; the latest version counts")
    }))
}

/// Codes on orders that nobody owns and that look like one that somebody does: in another Unicode form, or with characters that
/// cannot be seen.
fn lookalikes(facts: &Facts, most: usize) -> Result<About> {
    let owned = values(&facts.codes, "code")?;
    let looks: BTreeMap<String, &String> = owned.iter().map(|code| (look(code), code)).collect();
    let mut orders: BTreeMap<String, usize> = BTreeMap::new();
    // What is plain looks like itself alone.
    for codes in TextColumn::of(facts.orders.column("codes")?)?.iter().flatten().filter(|codes| !codes.is_ascii()) {
        for code in codes.split('|').filter(|code| !code.is_ascii()).map(fold).filter(|code| !owned.contains(code)) {
            *orders.entry(code).or_default() += 1;
        }
    }
    let alike = orders.into_iter().filter_map(|(code, rows)| Some((*looks.get(&look(&code))?, code, rows))).collect();
    Ok(About::of(alike, most, |(other, code, rows): (&String, String, usize)| {
        let rows = counted(rows, "version has", "versions have");
        format!(
            "orders: {rows} the code \"{}\", which looks like \"{other}\" and is another: in another Unicode form, or with characters \
             that cannot be seen",
            code.escape_unicode()
        )
    }))
}

/// A text as it looks: in one Unicode form, and without what cannot be seen.
fn look(text: &str) -> String {
    let is_seen = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
    };
    text.nfkc().filter(is_seen).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
