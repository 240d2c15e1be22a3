//! Which version of each order counts at `as_of`, and the visible orders in time order (`RULES.md`, section 3).

use anyhow::Result;
use chrono::NaiveDate;

use super::calendar::{duration_text, elapsed, local_day, utc_text};
use super::notes::VersionNote;
use super::shop::Shop;
use super::trace::Trace;
use crate::facts::Order;

/// An order as it is seen at `as_of`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visible<'a> {
    /// The version that counts.
    pub version: &'a Order,
    /// The local day of the order.
    pub day: NaiveDate,
}

impl Visible<'_> {
    /// Whether it was paid and is no test.
    pub fn is_paid(&self) -> bool {
        self.version.status == "paid"
    }
}

/// The visible orders in time order: by `ordered_at`, then `order_id`.
pub(super) fn orders<'a>(shop: &Shop<'a>, trace: &mut Trace) -> Result<Vec<Visible<'a>>> {
    let mut orders = Vec::with_capacity(shop.versions.len());
    for versions in shop.versions.values() {
        let counting = counting_version(shop, versions);
        if let Some(first) = versions.first() {
            note(shop, versions, counting, trace, first.order);
        }
        if let Some(version) = counting {
            orders.push(Visible { version, day: local_day(version.ordered_at, shop.program.time_zone)? });
        }
    }
    orders.sort_by(|a, b| (a.version.ordered_at, &a.version.order_id).cmp(&(b.version.ordered_at, &b.version.order_id)));
    Ok(orders)
}

fn counting_version<'a>(shop: &Shop<'a>, versions: &[&'a Order]) -> Option<&'a Order> {
    let visible = || versions.iter().copied().filter(|version| is_visible(shop, version));
    let timely = visible().filter(|version| !is_late_cancellation(shop, version)).max_by_key(|version| version.updated_at);
    timely.or_else(|| visible().max_by_key(|version| version.updated_at))
}

fn is_visible(shop: &Shop<'_>, version: &Order) -> bool {
    version.ordered_at < shop.as_of && version.updated_at < shop.as_of
}

fn is_late_cancellation(shop: &Shop<'_>, version: &Order) -> bool {
    let late = |clawback: i64| elapsed(version.ordered_at, version.updated_at) > i128::from(clawback);
    version.status == "cancelled" && shop.program.commission.clawback.is_some_and(late)
}

fn note(shop: &Shop<'_>, versions: &[&Order], counting: Option<&Order>, trace: &mut Trace, order: u32) {
    let Some(note) = trace.of(order) else { return };
    let mut versions = versions.to_vec();
    versions.sort_by_key(|version| version.updated_at);
    for version in versions {
        let counts = counting.is_some_and(|counting| std::ptr::eq(counting, version));
        note.versions.push(VersionNote {
            updated_at: utc_text(version.updated_at),
            ordered_at: utc_text(version.ordered_at),
            status: version.status.clone(),
            currency: version.currency.code(),
            counts,
            why: why(shop, version, counts),
        });
    }
}

fn why(shop: &Shop<'_>, version: &Order, counts: bool) -> String {
    let late = is_late_cancellation(shop, version);
    if !is_visible(shop, version) {
        "not visible: it is not before the as-of time".to_owned()
    } else if counts && late {
        "counts: a late cancellation, but no other version is visible".to_owned()
    } else if counts {
        "counts: the latest visible version".to_owned()
    } else if late {
        let after = duration_text(elapsed(version.ordered_at, version.updated_at));
        let clawback = duration_text(i128::from(shop.program.commission.clawback.unwrap_or_default()));
        format!("ignored: cancelled {after} after the order, later than the clawback of {clawback}")
    } else {
        "replaced by a later version".to_owned()
    }
}
