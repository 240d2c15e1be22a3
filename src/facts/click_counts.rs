//! Clicks as figures: how many each link had in a span of time, and where single clicks came from.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result};
use foldhash::fast::FixedState;
use polars::prelude::{DataFrame, DataType, IntoLazy, JoinArgs, JoinType, LazyFrame, NamedFrom, Series, col, len, lit};

use super::click_checks::checked;
use super::click_query::Clicks;
use super::manifest::Manifest;
use super::owners::Campaigns;
use super::parquet::rows_in;
use super::scan::cannot_read;
use super::tables::links;
use super::text_column::Texts;
use super::text_table::TextTable;
use crate::program::Table;
use crate::sources::Mistakes;

/// How many clicks a creator's link had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClickCount {
    /// Who owned the link at the clicks.
    pub creator_id: String,
    /// The link.
    pub link_key: String,
    /// Where it was placed (story, post, bio), or empty.
    pub sub_id: String,
    /// How many; never zero.
    pub clicks: i64,
}

/// Where one click came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClickPlace {
    /// The link.
    pub link_key: String,
    /// Where it was placed, or empty.
    pub sub_id: String,
}

/// What one pass over the clicks comes to.
#[derive(Debug, Clone, Default)]
pub struct ClickFigures {
    /// Clicks on links that had an owner at the time, by creator, link and sub-id.
    pub counts: Vec<ClickCount>,
    /// The clicks that were asked for by id, at any time.
    pub places: BTreeMap<String, ClickPlace>,
}

/// Counts the clicks with `from <= clicked_at < to` (microseconds since 1970) and finds those of the `wanted` ids. A click that is listed
/// twice counts once.
///
/// # Errors
///
/// When a kept file is missing or cannot be read, or something is wrong with its clicks.
pub fn count_clicks(
    manifest: &Manifest,
    data: &Path,
    from: i64,
    to: i64,
    wanted: HashSet<String, FixedState>,
) -> Result<ClickFigures> {
    let clicks = sound(manifest, data)?;
    Ok(ClickFigures { counts: counts(&clicks, from, to, owners(manifest, data)?)?, places: places(&clicks, wanted)? })
}

/// Links that somebody owned: `link_key` str, `creator_id` str, `active_from` i64, `active_to` i64. A link that is a campaign's own is
/// nobody's.
fn owners(manifest: &Manifest, data: &Path) -> Result<LazyFrame> {
    let mut mistakes = Mistakes::default();
    let links = links::load(&TextTable::read(manifest, data, Table::Links)?, Campaigns(None), &mut mistakes)?;
    if !mistakes.is_empty() {
        return Err(mistakes.into());
    }
    let owned = links.lazy().filter(col("creator_id").neq(lit("")));
    Ok(owned.select(["link_key", "creator_id", "active_from", "active_to"].map(col)))
}

/// The kept clicks. What was not checked when it was kept is checked here.
fn sound<'a>(manifest: &'a Manifest, data: &'a Path) -> Result<Clicks<'a>> {
    let (mut mistakes, mut rows) = (Mistakes::default(), 0);
    for file in manifest.files(Table::Clicks) {
        checked(file, rows, data, &mut mistakes)?;
        rows += rows_in(&file.path(data, Table::Clicks)).with_context(|| cannot_read(file, data, Table::Clicks))?;
    }
    if !mistakes.is_empty() {
        return Err(mistakes.into());
    }
    let files = manifest.files(Table::Clicks).iter().collect();
    Ok(Clicks { files, data, rows, has_each_once: manifest.has_each_click_once })
}

/// The clicks of a span of time on links that had an owner, by creator, link and sub-id.
fn counts(clicks: &Clicks<'_>, from: i64, to: i64, owners: LazyFrame) -> Result<Vec<ClickCount>> {
    let all = clicks.query(&["click_id", "clicked_at", "link_key", "sub_id"])?;
    let at = || col("clicked_at");
    let seen = clicks.once(all).filter(at().gt_eq(lit(from)).and(at().lt(lit(to))));
    let owned = seen.join(owners, [col("link_key")], [col("link_key")], JoinArgs::new(JoinType::Inner));
    let owned = owned.filter(col("active_from").lt_eq(at()).and(at().lt(col("active_to"))));
    let by = ["creator_id", "link_key", "sub_id"];
    let counted = clicks.collect(owned.group_by(by.map(col)).agg([len().cast(DataType::Int64).alias("clicks")]))?;
    let [creators, links, subs] = by.map(|name| counted.column(name).map_err(anyhow::Error::from).and_then(Texts::of));
    let (creators, links, subs, numbers) = (creators?, links?, subs?, counted.column("clicks")?.i64()?);
    let count = |(row, clicks): (usize, i64)| ClickCount {
        creator_id: creators.get(row).to_owned(),
        link_key: links.get(row).to_owned(),
        sub_id: subs.get(row).to_owned(),
        clicks,
    };
    let mut counts: Vec<ClickCount> = numbers.iter().flatten().enumerate().map(count).collect();
    counts.sort();
    Ok(counts)
}

/// The clicks of these ids.
fn places(clicks: &Clicks<'_>, wanted: HashSet<String, FixedState>) -> Result<BTreeMap<String, ClickPlace>> {
    let columns = ["click_id", "link_key", "sub_id"];
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let all = clicks.query(&columns)?;
    let wanted = Series::new("click_id".into(), wanted.into_iter().collect::<Vec<_>>());
    let wanted = DataFrame::new_infer_height(vec![wanted.into()])?.lazy();
    let found = all.join(wanted, [col("click_id")], [col("click_id")], JoinArgs::new(JoinType::Semi));
    let found = clicks.collect(clicks.once(found))?;
    let [ids, links, subs] = columns.map(|name| found.column(name).map_err(anyhow::Error::from).and_then(Texts::of));
    let (ids, links, subs) = (ids?, links?, subs?);
    let place = |row: usize| ClickPlace { link_key: links.get(row).to_owned(), sub_id: subs.get(row).to_owned() };
    Ok((0..found.height()).map(|row| (ids.get(row).to_owned(), place(row))).collect())
}
