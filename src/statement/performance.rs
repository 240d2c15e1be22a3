//! What creators did in a month, from the kept facts and the last reconciliation.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use anyhow::Result;

use super::model::{PerformanceOf, SourceFigures};
use crate::calendar::Month;
use crate::facts::{ClickFigures, Manifest, count_clicks};
use crate::money::Overflow;
use crate::posting::KeptOutcome;
use crate::program::Program;

/// How many links with their sub-ids, and codes, a statement lists.
const MOST_SOURCES: usize = 200;

/// Performance by creator.
#[derive(Debug, Clone, Default)]
pub struct Performances(BTreeMap<String, PerformanceOf>);

impl Performances {
    /// One creator's.
    pub fn of(&self, creator_id: &str) -> PerformanceOf {
        self.0.get(creator_id).cloned().unwrap_or_default()
    }

    /// The creators who have any.
    pub fn creators(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, performance)| !performance.is_empty()).map(|(id, _)| id.as_str())
    }
}

/// A credited order of one creator.
struct CreditedOrder {
    kind: String,
    touch: String,
    is_of_month: bool,
    is_refunded: bool,
    net_sales: i64,
    commission: i64,
}

type Credited = BTreeMap<String, BTreeMap<String, CreditedOrder>>;

/// Counts clicks, credited orders and what they came to, for one local month as visible at `as_of` (microseconds since
/// 1970). Reads every kept click once; heavy work, to be kept off threads that wait.
///
/// # Errors
///
/// When kept files are missing or cannot be read, or a sum cannot be kept exactly.
pub fn perform(
    program: &Program,
    manifest: &Manifest,
    outcome: &KeptOutcome,
    data: &Path,
    month: Month,
    as_of: i64,
) -> Result<Performances> {
    let credited = credited(outcome, data, month)?;
    let links = credited.values().flat_map(BTreeMap::values).filter(|order| order.is_of_month && order.kind == "link");
    let wanted: HashSet<String, _> = links.map(|order| order.touch.clone()).collect();
    let span = month.span(program.time_zone);
    let clicks = count_clicks(manifest, data, span.start, span.end.min(as_of), wanted)?;
    let creators: BTreeSet<&str> =
        credited.keys().map(String::as_str).chain(clicks.counts.iter().map(|count| count.creator_id.as_str())).collect();
    let mut clicks_of: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, count) in clicks.counts.iter().enumerate() {
        clicks_of.entry(&count.creator_id).or_default().push(place);
    }
    let mut performances = BTreeMap::new();
    for creator in creators {
        let counted = clicks_of.get(creator).map_or(&[][..], Vec::as_slice);
        performances.insert(creator.to_owned(), one(credited.get(creator), &clicks, counted)?);
    }
    Ok(Performances(performances))
}

fn credited(outcome: &KeptOutcome, data: &Path, month: Month) -> Result<Credited> {
    let days = month.first_day()..=month.last_day();
    let mut credited = Credited::new();
    outcome.for_each_credit(data, days.clone(), |credit| {
        let orders = credited.entry(credit.creator_id.to_owned()).or_default();
        let order = orders.entry(credit.order_id.to_owned()).or_insert_with(|| CreditedOrder {
            kind: credit.kind.to_owned(),
            touch: credit.touch.to_owned(),
            is_of_month: days.contains(&credit.day),
            is_refunded: credit.refund_day.is_some_and(|day| days.contains(&day)),
            net_sales: 0,
            commission: 0,
        });
        add(&mut order.net_sales, credit.base)?;
        add(&mut order.commission, credit.commission)
    })?;
    Ok(credited)
}

fn one(orders: Option<&BTreeMap<String, CreditedOrder>>, clicks: &ClickFigures, counted: &[usize]) -> Result<PerformanceOf> {
    let mut performance = PerformanceOf::default();
    let mut sources: BTreeMap<(u8, String, String), SourceFigures> = BTreeMap::new();
    for count in counted.iter().map(|place| &clicks.counts[*place]) {
        performance.clicks += count.clicks;
        source(&mut sources, "link", &count.link_key, &count.sub_id).clicks += count.clicks;
    }
    for order in orders.into_iter().flat_map(BTreeMap::values) {
        performance.refunded_orders += i64::from(order.is_refunded);
        if !order.is_of_month {
            continue;
        }
        performance.orders += 1;
        add(&mut performance.net_sales, order.net_sales)?;
        add(&mut performance.commission, order.commission)?;
        let source = match order.kind.as_str() {
            "link" => {
                performance.link_orders += 1;
                add(&mut performance.link_commission, order.commission)?;
                match clicks.places.get(&order.touch) {
                    Some(place) => source(&mut sources, "link", &place.link_key, &place.sub_id),
                    None => source(&mut sources, "link", &order.touch, ""),
                }
            }
            // Codes are compared without case.
            "code" => source(&mut sources, "code", &order.touch.to_uppercase(), ""),
            kind => source(&mut sources, kind, "", ""),
        };
        source.orders += 1;
        add(&mut source.net_sales, order.net_sales)?;
        add(&mut source.commission, order.commission)?;
    }
    performance.sources = folded(sources.into_values().collect())?;
    Ok(performance)
}

/// The sources in their order; beyond [`MOST_SOURCES`] of them, those with the fewest orders and clicks as one. (What
/// stands in a sub-id is up to the person who writes the link.)
fn folded(mut sources: Vec<SourceFigures>) -> Result<Vec<SourceFigures>> {
    if sources.len() <= MOST_SOURCES {
        return Ok(sources);
    }
    sources.sort_by(|a, b| (b.orders, b.clicks).cmp(&(a.orders, a.clicks)).then_with(|| a.cmp(b)));
    let mut rest = SourceFigures { kind: "other".to_owned(), ..SourceFigures::default() };
    for source in sources.drain(MOST_SOURCES..) {
        rest.clicks += source.clicks;
        rest.orders += source.orders;
        add(&mut rest.net_sales, source.net_sales)?;
        add(&mut rest.commission, source.commission)?;
    }
    sources.sort_by_key(|source| (place_of(&source.kind), source.name.clone(), source.sub_id.clone()));
    sources.push(rest);
    Ok(sources)
}

fn place_of(kind: &str) -> u8 {
    ["link", "code", "lock", "credit"].iter().position(|known| *known == kind).unwrap_or(4) as u8
}

fn source<'a>(
    sources: &'a mut BTreeMap<(u8, String, String), SourceFigures>,
    kind: &str,
    name: &str,
    sub_id: &str,
) -> &'a mut SourceFigures {
    sources.entry((place_of(kind), name.to_owned(), sub_id.to_owned())).or_insert_with(|| SourceFigures {
        kind: kind.to_owned(),
        name: name.to_owned(),
        sub_id: sub_id.to_owned(),
        ..SourceFigures::default()
    })
}

fn add(sum: &mut i64, amount: i64) -> Result<()> {
    *sum = sum.checked_add(amount).ok_or(Overflow)?;
    Ok(())
}
