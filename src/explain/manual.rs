//! Orders that a person gave to a creator, whatever was clicked or entered.

use super::attribution::{Credit, Win, credit_note};
use super::notes::GivenNote;
use super::shop::Shop;
use super::trace::Trace;
use super::visible::Visible;

/// The order's credit by hand, if it has one whose creator is known. Active or not, the customer or not: a person decided.
pub(super) fn find<'a>(shop: &Shop<'a>, order: &Visible<'a>, trace: &mut Trace) -> Option<Win<'a>> {
    let given = shop.credits.of(&order.version.order_id)?;
    let creator = shop.latest_creator(&given.creator_id);
    if let Some(note) = trace.of(order.version.order) {
        note.given =
            Some(GivenNote { credit_id: given.credit_id.clone(), creator_id: given.creator_id.clone(), used: creator.is_some() });
    }
    let active = shop.creator_at(&given.creator_id, order.version.ordered_at);
    let group = active.map_or("", |row| row.group.as_str());
    let credit = Credit { creator: active.or(creator)?, group, touch: &given.credit_id };
    if let Some(note) = trace.of(order.version.order) {
        note.credits = vec![credit_note(&credit)];
    }
    Some(Win { kind: "credit", credits: vec![credit] })
}

/// The order's credit by hand, if its creator is unknown.
pub(super) fn without_creator<'a>(shop: &Shop<'a>, order: &Visible<'a>) -> Option<&'a str> {
    let given = shop.credits.of(&order.version.order_id)?;
    (!shop.knows_creator(&given.creator_id)).then_some(given.credit_id.as_str())
}
