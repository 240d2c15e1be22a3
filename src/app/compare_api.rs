//! Whether all came: a shop is asked by a second way what it has, and each difference is followed to the orders that make it.
//!
//! A count of all orders, and the newest of them listed in another order than that in which they were fetched, each with the time of
//! its latest version. An order that did not come is asked for by its id. One that is kept and not listed was deleted, if the shop does not
//! know its id either; it leaves the table, and whether money may move by that is decided as of any row that disappears.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use super::api_source::{Fetch, shown};
use crate::error::Transient;
use crate::facts::{Compared, Landed};
use crate::sources::{Listed, Span};

/// How many of the newest orders are listed.
const NEWEST: usize = 250;

/// So many orders are listed at once, where counts differ.
const LISTED: u64 = 250;

/// A second in microseconds.
const SECOND: i64 = 1_000_000;

/// How many orders an error names.
const NAMED: usize = 5;

/// Compares what is kept with what the shop has, and fetches what it left out.
///
/// # Errors
///
/// When an order does not come though the shop has it.
pub(super) async fn compare(fetch: &mut Fetch<'_>) -> Result<Compared> {
    let span = fetch.shop.span().await?;
    let (source, at) = (shown(fetch.source), (fetch.session.at.clock)());
    let mut compared = Compared { source, at, ..Compared::default() };
    let newest = fetch.shop.list(span, NEWEST).await?;
    compared.listed = newest.len();
    follow(fetch, newest, BTreeSet::new(), &mut compared).await?;
    (compared.there, compared.kept) = counts(fetch, span).await?;
    let mut beside = 0;
    if compared.there != compared.kept {
        beside = search(fetch, span, &mut compared).await?;
        (compared.there, compared.kept) = counts(fetch, span).await?;
    }
    if compared.there + beside != compared.kept {
        bail!(Transient(format!(
            "{}: {} of {} orders came, and the shop lists no others. Nothing was posted; the next run asks again",
            compared.source, compared.kept, compared.there
        )));
    }
    compared.warnings = fetch.shop.warnings();
    Ok(compared)
}

/// How many orders the shop counts, and how many are kept.
async fn counts(fetch: &mut Fetch<'_>, span: Span) -> Result<(u64, u64)> {
    Ok((fetch.shop.count(span).await?, fetch.kept(move |landing, data| landing.count(span, data)).await?))
}

/// Follows a difference to where it lies, by halves of time, and to its orders. Answers how many orders the shop has that it does not list.
async fn search(fetch: &mut Fetch<'_>, span: Span, compared: &mut Compared) -> Result<u64> {
    let kept = fetch.kept(move |landing, data| landing.orders(span, data)).await?;
    let first = kept.first().map_or(span.until - SECOND, |order| order.ordered_at);
    let mut left = vec![Span { from: Some(first), ..span }, Span { until: first, ..span }];
    let mut beside = 0;
    while let Some(part) = left.pop() {
        let here = within(&kept, part);
        let there = fetch.shop.count(part).await?;
        if there == u64::try_from(here.len())? {
            continue;
        }
        // Shops keep whole seconds.
        let middle = part.from.map(|from| from + (part.until - from) / 2 / SECOND * SECOND);
        let middle = middle.filter(|middle| part.from < Some(*middle));
        match middle {
            Some(middle) if there > LISTED => {
                left.push(Span { until: middle, ..part });
                left.push(Span { from: Some(middle), ..part });
            }
            _ => {
                let listed = fetch.shop.list(part, usize::MAX).await?;
                let names: BTreeSet<&str> = listed.iter().map(|listed| listed.id.as_str()).collect();
                let unlisted = here.iter().map(|order| order.id.clone()).filter(|id| !names.contains(id.as_str())).collect();
                beside += follow(fetch, listed, unlisted, compared).await?;
            }
        }
    }
    Ok(beside)
}

/// The kept orders of a span, of all in order of time.
fn within(kept: &[Landed], span: Span) -> &[Landed] {
    let start = span.from.map_or(0, |from| kept.partition_point(|order| order.ordered_at < from));
    let end = kept.partition_point(|order| order.ordered_at < span.until);
    &kept[start.min(end)..end]
}

/// Fetches the listed orders that are not kept in their latest version, and looks after kept ones that are not listed. Answers how many of
/// these the shop has all the same.
async fn follow(fetch: &mut Fetch<'_>, listed: Vec<Listed>, unlisted: BTreeSet<String>, compared: &mut Compared) -> Result<u64> {
    let ids: Vec<String> = listed.iter().map(|listed| listed.id.clone()).collect();
    let asked = ids.clone();
    let versions = fetch.kept(move |landing, data| landing.versions(&asked, data)).await?;
    let is_there = |versions: &BTreeMap<String, i64>, listed: &Listed| {
        versions.get(&listed.id).is_some_and(|version| *version >= listed.updated_at)
    };
    let lacking: Vec<&Listed> = listed.iter().filter(|listed| !is_there(&versions, listed)).collect();
    let wanted: Vec<String> = lacking.iter().map(|listed| listed.id.clone()).chain(unlisted.iter().cloned()).collect();
    if wanted.is_empty() {
        return Ok(0);
    }
    let orders = fetch.shop.fetch(&wanted).await?;
    let found: BTreeSet<String> = orders.iter().map(|order| order.id.clone()).collect();
    let gone: BTreeSet<String> = unlisted.difference(&found).cloned().collect();
    compared.gone.extend(gone.iter().cloned());
    // One that was edited meanwhile was not left out.
    compared.asked_again += lacking.iter().filter(|listed| !versions.contains_key(&listed.id)).count();
    let beside = unlisted.len() - gone.len();
    fetch.land(orders, gone).await?;
    fetch.record().await?;
    let now = fetch.kept(move |landing, data| landing.versions(&ids, data)).await?;
    let missing: Vec<&Listed> = listed.iter().filter(|listed| !is_there(&now, listed)).collect();
    if missing.is_empty() {
        return Ok(u64::try_from(beside)?);
    }
    let names: Vec<&str> = missing.iter().take(NAMED).map(|listed| listed.name.as_str()).collect();
    bail!(Transient(format!(
        "{}: {} orders did not come in the version that the shop lists, such as {}. Nothing was posted; the next run asks again",
        compared.source,
        missing.len(),
        names.join(", ")
    )))
}
