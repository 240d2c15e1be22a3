//! Clicks, from what Shopify knows of the visits before an order: a landing page whose address holds a link's key.

use std::collections::BTreeMap;

use super::super::click_labels::ClickLabels;
use super::super::query::parameter;
use super::answers::{Journey, Utm, Visit};
use super::values::{Wrong, number, time};
use crate::calendar::format_time;
use crate::program::ShopApi;

/// The visits that came by a link, as rows of clicks of this visitor, in order of time.
pub(super) fn clicks(journey: &Journey, order: &str, visitor: &str, shop: &ShopApi) -> Result<Vec<Vec<String>>, Wrong> {
    let moments = journey.moments.iter().flat_map(|moments| &moments.nodes);
    let mut clicks = BTreeMap::new();
    for visit in journey.first_visit.iter().chain(moments).chain(&journey.last_visit) {
        let (Some(id), Some(at), Some(page)) = (&visit.id, &visit.occurred_at, &visit.landing_page) else { continue };
        let query = page.split_once('?').map_or("", |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let Some(link) = parameter(query, &shop.link).filter(|link| !link.is_empty()) else { continue };
        let sub_id = parameter(query, &shop.sub_id).or_else(|| utm(visit, &shop.sub_id)).unwrap_or_default();
        let (id, at) = (format!("{order}/{}", number(id)), time(at, "occurredAt")?);
        let own = [id.clone(), format_time(at), visitor.to_owned(), link, sub_id];
        clicks.insert((at, id), own.into_iter().chain(labels(visit, page).values()).collect());
    }
    Ok(clicks.into_values().collect())
}

/// What a visit tells beside whose link it was.
fn labels(visit: &Visit, page: &str) -> ClickLabels {
    let platform = visit.source.clone().unwrap_or_default();
    let labels = ClickLabels { platform, ..ClickLabels::of_page(page) };
    let Some(utm) = &visit.utm_parameters else { return labels };
    labels.or_utm([&utm.source, &utm.medium, &utm.campaign, &utm.content, &utm.term].map(Option::as_deref))
}

/// What Shopify read of a UTM parameter: it may have come by another page than the landing page.
fn utm(visit: &Visit, name: &str) -> Option<String> {
    let Utm { campaign, content, medium, source, term } = visit.utm_parameters.as_ref()?;
    let known = [campaign, content, medium, source, term];
    let names = ["utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term"];
    known[names.iter().position(|known| *known == name)?].clone()
}
