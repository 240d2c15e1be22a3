//! Fetching from shops with an API: batch by batch, each kept together with the cursor that stands behind it, until nothing more has changed.
//! Then the shop is asked by another way what it has.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

use super::api_source::{Fetch, shown};
use super::compare_api::compare;
use super::session::Session;
use crate::facts::{Compared, Erased, Manifest};
use crate::sources::connect;

/// The facts of all sources with an API, as they are now, and what came of comparing them with the shops.
///
/// # Errors
///
/// When a shop cannot be reached or refuses, or has orders that did not come. What came is kept, and the next fetch goes on from there.
pub(super) async fn fetch_apis(session: &Session<'_>, erased: &Erased) -> Result<(Manifest, Vec<Compared>)> {
    let (mut facts, mut all) = (Manifest::default(), Vec::new());
    for source in session.program.sources.iter().filter(|source| !source.kind.has_files()) {
        let Some(shop) = connect(source)? else { continue };
        let mut fetch = Fetch::begin(session, source, shop, erased).await?;
        let compared = whole(&mut fetch).await?;
        for (table, files) in fetch.progress.landing.manifest.tables {
            facts.tables.entry(table).or_default().extend(files);
        }
        all.push(compared);
    }
    Ok((facts, all))
}

/// Fetches all that changed, and compares.
async fn whole(fetch: &mut Fetch<'_>) -> Result<Compared> {
    let mut fetched = 0;
    let end = loop {
        let batch = fetch.shop.next(fetch.progress.state.cursor.as_deref()).await.with_context(|| stopped(fetch))?;
        fetched += batch.orders.len();
        fetch.land(batch.orders, BTreeSet::new()).await?;
        fetch.progress.state.cursor = Some(batch.cursor);
        fetch.record().await?;
        tracing::info!("{}: {fetched} changed orders fetched", shown(fetch.source));
        if let Some(end) = batch.end {
            break end;
        }
    };
    let compared = compare(fetch).await.with_context(|| stopped(fetch))?;
    for warning in &compared.warnings {
        tracing::warn!("{warning}");
    }
    fetch.progress.state.cursor = Some(end);
    fetch.progress.state.compared = Some(compared.clone());
    fetch.record().await?;
    Ok(compared)
}

fn stopped(fetch: &Fetch<'_>) -> String {
    let Session { program, .. } = fetch.session;
    format!("could not fetch {} of {}, so nothing was posted", fetch.source.name, program.id)
}
