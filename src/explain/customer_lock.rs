//! The customer lock: an order without a touch goes to the creators who brought its customer before (`RULES.md`,
//! section 5).

use std::collections::HashMap;

use super::calendar::{duration_text, elapsed, utc_text};
use super::credit::{Credit, Win};
use super::eligibility::{Drops, admit};
use super::notes::{LockCreatorNote, LockNote, Verdict};
use super::shop::Shop;
use super::trace::Trace;
use super::visible::Visible;
use crate::program::Customers;
use crate::vocabulary::OutcomeReason;

/// The orders won by touch so far, by customer. Filled in time order.
#[derive(Debug, Default)]
pub(super) struct Sources<'a> {
    by_customer: HashMap<&'a str, Vec<Source<'a>>>,
}

/// An order that was won by touch.
#[derive(Debug)]
struct Source<'a> {
    ordered_at: i64,
    order_id: &'a str,
    creators: Vec<&'a str>,
}

impl<'a> Sources<'a> {
    /// Takes note of an order won by a link or code, even if it is then excluded. The lock and manual credits don't lock.
    pub fn add(&mut self, order: &Visible<'a>, win: &Win<'a>) {
        let by_touch = matches!(win.reason, OutcomeReason::Link | OutcomeReason::Code);
        let Some(customer) = order.version.customer.as_deref().filter(|_| by_touch) else { return };
        self.by_customer.entry(customer).or_default().push(Source {
            ordered_at: order.version.ordered_at,
            order_id: &order.version.order_id,
            creators: win.credits.iter().map(|credit| credit.creator.creator_id.as_str()).collect(),
        });
    }

    /// The customer's latest order before a time; of several at one time, the greatest order_id.
    fn latest_before(&self, customer: &str, at: i64) -> Option<&Source<'a>> {
        let orders = self.by_customer.get(customer)?;
        let earlier = orders.partition_point(|order| order.ordered_at < at);
        orders.get(earlier.checked_sub(1)?)
    }
}

/// The creators to whom the customer is locked, and who may earn on this order.
pub(super) fn find<'a>(
    shop: &Shop<'a>,
    order: &Visible<'a>,
    sources: &Sources<'a>,
    drops: &mut Drops,
    trace: &mut Trace,
) -> Option<Win<'a>> {
    let Customers::Locked(lock) = shop.program.attribution.customers else { return None };
    let version = order.version;
    let customer = version.customer.as_deref();
    let Some(source) = customer.and_then(|customer| sources.latest_before(customer, version.ordered_at)) else {
        let why = match customer {
            None => "the customer is unknown",
            Some(_) => "the customer has no earlier order that a link or code won",
        };
        note(trace, version.order, None, Vec::new(), why.to_owned());
        return None;
    };
    let age = elapsed(source.ordered_at, version.ordered_at);
    let (shown_age, shown_lock) = (duration_text(age), duration_text(i128::from(lock)));
    if age > i128::from(lock) {
        let why = format!("that order is {shown_age} older, but the lock lasts {shown_lock}");
        note(trace, version.order, Some(source), Vec::new(), why);
        return None;
    }
    let mut credits = Vec::with_capacity(source.creators.len());
    let mut notes = Vec::new();
    for creator_id in &source.creators {
        let admitted = admit(shop, version, creator_id);
        let (verdict, why) = match admitted {
            Ok(_) => (Verdict::Won, "brought in the customer"),
            Err(drop) => (Verdict::Dropped, drop.why()),
        };
        notes.push(LockCreatorNote { creator_id: (*creator_id).to_owned(), verdict, why: why.to_owned() });
        match admitted {
            Ok(creator) => credits.push(Credit { creator, group: &creator.group, touch: source.order_id, campaign: "" }),
            Err(drop) => drops.add(drop),
        }
    }
    let why = if credits.is_empty() {
        format!("that order is {shown_age} older, within the lock of {shown_lock}, but none of its creators may earn on this one")
    } else {
        format!("that order is {shown_age} older, within the lock of {shown_lock}")
    };
    note(trace, version.order, Some(source), notes, why);
    if credits.is_empty() { None } else { Some(Win { reason: OutcomeReason::Lock, credits }) }
}

fn note(trace: &mut Trace, order: u32, source: Option<&Source<'_>>, creators: Vec<LockCreatorNote>, why: String) {
    if let Some(note) = trace.of(order) {
        note.lock = Some(LockNote {
            source_order_id: source.map(|source| source.order_id.to_owned()),
            source_ordered_at: source.map(|source| utc_text(source.ordered_at)),
            creators,
            why,
        });
    }
}
