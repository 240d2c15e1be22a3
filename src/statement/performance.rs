//! What creators did in a month, from the kept facts and the last reconciliation.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use anyhow::Result;

use super::figures::{MonthFigures, Peers, PerformanceOf, ProductFigures, SourceFigures};
use super::labels::{Labels, Mentioned};
use super::tier::{Progress, TierReached};
use crate::calendar::Month;
use crate::facts::{ClickFigures, Manifest, count_clicks};
use crate::money::Overflow;
use crate::posting::KeptOutcome;
use crate::program::Program;

/// How many links with their sub-ids, and codes, a statement lists.
const MOST_SOURCES: usize = 200;

/// How many products a statement lists.
const MOST_PRODUCTS: usize = 10;

/// How many months a statement looks back on, its own included.
const MONTHS: i32 = 6;

/// Performance by creator, and what people call what it is about.
#[derive(Debug, Clone, Default)]
pub struct Performances {
    of: BTreeMap<String, PerformanceOf>,
    peers: Option<Peers>,
    progress: Progress,
    pub(super) labels: Labels,
}

impl Performances {
    /// One creator's.
    pub fn of(&self, creator_id: &str) -> PerformanceOf {
        let mut performance = self.of.get(creator_id).cloned().unwrap_or_default();
        // Who did nothing is compared with nobody.
        performance.peers = self.peers.clone().filter(|_| !performance.is_empty());
        performance
    }

    /// The creators who have any.
    pub fn creators(&self) -> impl Iterator<Item = &str> {
        self.of.iter().filter(|(_, performance)| !performance.is_empty()).map(|(id, _)| id.as_str())
    }

    /// The tier that a creator of a group has reached, where their rate has tiers.
    pub(super) fn tier(&self, program: &Program, creator_id: &str, group: &str) -> Option<TierReached> {
        self.progress.tier(program, creator_id, group)
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
    lines: Vec<CreditedLine>,
}

struct CreditedLine {
    line_id: String,
    net_sales: i64,
    commission: i64,
}

type Orders = BTreeMap<String, CreditedOrder>;

/// What one pass over what was credited comes to, by creator.
struct Credited {
    orders: BTreeMap<String, Orders>,
    months: BTreeMap<String, Vec<MonthFigures>>,
    progress: Progress,
}

/// Counts clicks, credited orders and what they came to, for one local month as visible at `as_of` (microseconds since
/// 1970), and reads what people call them and all that is `mentioned`. Reads every kept click once; heavy work, to be kept off
/// threads that wait.
///
/// # Errors
///
/// When kept files are missing or cannot be read, or a sum cannot be kept exactly.
pub fn perform(
    program: &Program,
    manifest: &Manifest,
    outcome: &KeptOutcome,
    data: &Path,
    (month, as_of): (Month, i64),
    mentioned: Mentioned,
) -> Result<Performances> {
    let Credited { orders: credited, mut months, progress } = credited(program, outcome, data, month)?;
    let Mentioned { orders: mut wanted, clicks: mut touches, notes } = mentioned;
    for (order_id, order) in credited.values().flatten().filter(|(_, order)| order.is_of_month) {
        wanted.insert(order_id.clone());
        if order.kind == "link" {
            touches.insert(order.touch.clone());
        }
    }
    let span = month.span(program.time_zone);
    let mut clicks = count_clicks(manifest, data, span.start, span.end.min(as_of), touches)?;
    let labels = Labels::read(program, manifest, data, &wanted, std::mem::take(&mut clicks.places), notes)?;
    let active: BTreeSet<&str> =
        credited.keys().map(String::as_str).chain(clicks.counts.iter().map(|count| count.creator_id.as_str())).collect();
    let mut clicks_of: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, count) in clicks.counts.iter().enumerate() {
        clicks_of.entry(&count.creator_id).or_default().push(place);
    }
    let mut of = BTreeMap::new();
    for creator in active {
        let counted = clicks_of.get(creator).map_or(&[][..], Vec::as_slice);
        of.insert(creator.to_owned(), one(credited.get(creator), &clicks, counted, &labels)?);
    }
    for (creator, months) in std::mem::take(&mut months) {
        of.entry(creator).or_default().months = months;
    }
    let peers = Peers::of(of.values());
    Ok(Performances { of, peers, progress, labels })
}

/// One pass over what was credited.
fn credited(program: &Program, outcome: &KeptOutcome, data: &Path, month: Month) -> Result<Credited> {
    let days = month.first_day()..=month.last_day();
    let first_month = month.number() - (MONTHS - 1);
    let of_month = |number: i32| Month::from_number(i64::from(number));
    let since = of_month(first_month)?.first_day();
    let mut found =
        Credited { orders: BTreeMap::new(), months: BTreeMap::new(), progress: Progress::new(program, month.last_day()) };
    let from = found.progress.first_day().map_or(since, |first| first.min(since));
    let labels: Vec<String> =
        (first_month..=month.number()).map(|number| of_month(number).map(Month::label)).collect::<Result<_>>()?;
    outcome.for_each_credit(data, from..=month.last_day(), |credit| {
        found.progress.add(program, credit)?;
        if (since..=month.last_day()).contains(&credit.day) {
            let months = match found.months.get_mut(credit.creator_id) {
                Some(months) => months,
                None => found.months.entry(credit.creator_id.to_owned()).or_insert_with(|| blank(&labels)),
            };
            let place = usize::try_from(Month::of_day(credit.day).number() - first_month)?;
            if let Some(figures) = months.get_mut(place) {
                add(&mut figures.net_sales, credit.base)?;
                add(&mut figures.commission, credit.commission)?;
            }
        }
        let is_refunded = credit.refund_day.is_some_and(|day| days.contains(&day));
        if !days.contains(&credit.day) && !is_refunded {
            return Ok(());
        }
        let orders = found.orders.entry(credit.creator_id.to_owned()).or_default();
        let order = orders.entry(credit.order_id.to_owned()).or_insert_with(|| CreditedOrder {
            kind: credit.kind.to_owned(),
            touch: credit.touch.to_owned(),
            is_of_month: days.contains(&credit.day),
            is_refunded,
            net_sales: 0,
            commission: 0,
            lines: Vec::new(),
        });
        add(&mut order.net_sales, credit.base)?;
        add(&mut order.commission, credit.commission)?;
        let (net_sales, commission) = (credit.base, credit.commission);
        order.lines.push(CreditedLine { line_id: credit.line_id.to_owned(), net_sales, commission });
        Ok(())
    })?;
    Ok(found)
}

/// Months in which nothing happened yet.
fn blank(labels: &[String]) -> Vec<MonthFigures> {
    labels.iter().map(|label| MonthFigures { month: label.clone(), ..MonthFigures::default() }).collect()
}

fn one(orders: Option<&Orders>, clicks: &ClickFigures, counted: &[usize], labels: &Labels) -> Result<PerformanceOf> {
    let mut performance = PerformanceOf { products: products(orders, labels)?, ..PerformanceOf::default() };
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
                match labels.place(&order.touch) {
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

/// What was sold in the orders of the month, the most commission first. What nobody has a name for is left out.
fn products(orders: Option<&Orders>, labels: &Labels) -> Result<Vec<ProductFigures>> {
    let mut by_name: BTreeMap<&str, ProductFigures> = BTreeMap::new();
    for (order_id, order) in orders.into_iter().flatten().filter(|(_, order)| order.is_of_month) {
        let mut names = BTreeSet::new();
        for line in &order.lines {
            let name = labels.title(order_id, &line.line_id);
            if name.is_empty() {
                continue;
            }
            let product = by_name.entry(name).or_default();
            product.orders += i64::from(names.insert(name));
            add(&mut product.net_sales, line.net_sales)?;
            add(&mut product.commission, line.commission)?;
        }
    }
    let mut products: Vec<ProductFigures> =
        by_name.into_iter().map(|(name, figures)| ProductFigures { name: name.to_owned(), ..figures }).collect();
    products.sort_by_key(|product| std::cmp::Reverse((product.commission, product.net_sales, product.orders)));
    products.truncate(MOST_PRODUCTS);
    Ok(products)
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
