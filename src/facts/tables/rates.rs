//! Percentages agreed with single creators. Two of one creator and campaign that hold on one day are refused.

use anyhow::{Context, Result};
use polars::prelude::DataFrame;

use crate::calendar::{day_of_epoch, parse_day};
use crate::facts::columns::{column, frame, refuse_bad_key, text_column};
use crate::facts::hashing::hash_key;
use crate::facts::owners::Campaigns;
use crate::facts::repeats::distinct_rows;
use crate::facts::row::each_row;
use crate::facts::text_table::TextTable;
use crate::money::Rate;
use crate::program::{Pays, RateRule};
use crate::sources::Mistakes;

/// A percentage agreed with a creator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgreedRate {
    /// With whom.
    pub creator_id: String,
    /// Only for credit by this campaign; empty for all.
    pub campaign: String,
    /// The first local day of orders it holds for, as days since 1970; `i32::MIN` if open.
    pub from: i32,
    /// The first local day it no longer holds for; `i32::MAX` if open.
    pub until: i32,
    /// The percentage, a decimal.
    pub percent: String,
}

impl AgreedRate {
    /// The rate as a rule of the program.
    ///
    /// # Errors
    ///
    /// When its percentage is none: what was not checked.
    fn rule(&self) -> Result<RateRule> {
        let percent = self.percent.parse().with_context(|| format!("an agreed rate is \"{}\"", self.percent))?;
        Ok(RateRule {
            creator: Some(self.creator_id.clone()),
            campaign: Some(self.campaign.clone()).filter(|campaign| !campaign.is_empty()),
            group: None,
            customer: None,
            sku: None,
            category: None,
            from: Some(self.from).filter(|day| *day != i32::MIN).and_then(day_of_epoch),
            until: Some(self.until).filter(|day| *day != i32::MAX).and_then(day_of_epoch),
            pays: Pays::Percent { percent, counts: true },
            is_agreed: true,
        })
    }
}

/// The rates as rules of the program, which follow those of its file.
///
/// # Errors
///
/// As of values that were not checked.
pub fn agreed_rules(rates: &[AgreedRate]) -> Result<Vec<RateRule>> {
    rates.iter().map(AgreedRate::rule).collect()
}

/// Types and checks the rates.
pub(in crate::facts) fn load(table: &TextTable<'_>, campaigns: Campaigns<'_>, mistakes: &mut Mistakes) -> Result<DataFrame> {
    let [creator, campaign, percent] = ["creator_id", "campaign", "percent"].map(|name| table.column(name));
    let (creator, campaign, percent) = (creator?, campaign?, percent?);
    let (from, until) = (edges(table, "from", i32::MIN, mistakes)?, edges(table, "until", i32::MAX, mistakes)?);
    let mut hashes = Vec::with_capacity(table.height());
    for row in 0..table.height() {
        refuse_bad_key(table, row, "creator_id", creator.get(row), mistakes);
        campaigns.check(table, row, campaign.get(row), mistakes);
        if let Err(why) = percent.get(row).parse::<Rate>() {
            mistakes.add(row, || table.wrong(row, "percent", why));
        }
        hashes.push(hash_key((creator.get(row), campaign.get(row), from[row], until[row])));
    }
    let keep = distinct_rows(table, &hashes, mistakes)?;
    let whose = |row: usize| (creator.get(row), campaign.get(row));
    let mut order: Vec<usize> = (0..table.height()).filter(|row| keep[*row] && from[*row] < until[*row]).collect();
    order.sort_by_key(|row| (whose(*row), from[*row], *row));
    for pair in order.windows(2).filter(|pair| whose(pair[0]) == whose(pair[1]) && from[pair[1]] < until[pair[0]]) {
        let [first, second] = [pair[0], pair[1]].map(|row| table.place(row));
        mistakes.add(pair[1], || {
            format!(
                "{}: {first} and {second} both hold for {} from {}; end the one (until) where the other begins",
                table.table,
                creator.get(pair[1]),
                match table.column("from").map(|from| from.get(pair[1]).to_owned()) {
                    Ok(from) if !from.is_empty() => from,
                    _ => "the beginning".to_owned(),
                }
            )
        });
    }
    let columns = vec![
        text_column("creator_id", creator),
        text_column("campaign", campaign),
        text_column("percent", percent),
        column("from", from),
        column("until", until),
    ];
    frame(&keep, columns)
}

/// The first day, or the one after the last, of each row; `open` where it is empty.
fn edges(table: &TextTable<'_>, name: &str, open: i32, mistakes: &mut Mistakes) -> Result<Vec<i32>> {
    let edge = |(row, text): (usize, &str)| match parse_day(text) {
        _ if text.is_empty() => open,
        Some(day) => day,
        None => {
            mistakes.add(row, || table.wrong(row, name, "is not a date such as 2026-02-01"));
            open
        }
    };
    Ok(table.column(name)?.iter().enumerate().map(edge).collect())
}

/// The rates as plain values, in an order that does not depend on that of the rows.
pub(in crate::facts) fn rows(frame: &DataFrame) -> Result<Vec<AgreedRate>> {
    let mut rates = each_row(frame, |r| {
        Ok(AgreedRate {
            creator_id: r.text("creator_id")?,
            campaign: r.text("campaign")?,
            from: r.i32("from")?,
            until: r.i32("until")?,
            percent: r.text("percent")?,
        })
    })?;
    rates.sort_unstable();
    Ok(rates)
}
