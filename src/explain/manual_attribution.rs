//! Manual attribution: orders that a person gave to a creator, whatever was clicked or entered (`RULES.md`, section 5).

use super::credit::{Credit, Win};
use super::notes::ManualNote;
use super::shop::Shop;
use super::trace::Trace;
use super::visible::Visible;
use crate::vocabulary::OutcomeReason;

/// The order's manual credit, if it has one whose creator is known. Nobody asks whether the creator was active at the
/// order, or bought it: a person decided.
pub(super) fn find<'a>(shop: &Shop<'a>, order: &Visible<'a>, trace: &mut Trace) -> Option<Win<'a>> {
    let manual = shop.credits.of(&order.version.order_id)?;
    let creator = shop.latest_creator(&manual.creator_id);
    if let Some(note) = trace.of(order.version.order) {
        note.manual = Some(ManualNote {
            credit_id: manual.credit_id.clone(),
            creator_id: manual.creator_id.clone(),
            used: creator.is_some(),
        });
    }
    let active = shop.creator_at(&manual.creator_id, order.version.ordered_at);
    let group = active.map_or("", |row| row.group.as_str());
    let credit = Credit { creator: active.or(creator)?, group, touch: &manual.credit_id, campaign: "" };
    if let Some(note) = trace.of(order.version.order) {
        note.credits = vec![credit.note()];
    }
    Some(Win { reason: OutcomeReason::Credit, credits: vec![credit] })
}

/// The id of the order's manual credit, if its creator is unknown.
pub(super) fn without_creator<'a>(shop: &Shop<'a>, order: &Visible<'a>) -> Option<&'a str> {
    let manual = shop.credits.of(&order.version.order_id)?;
    (!shop.knows_creator(&manual.creator_id)).then_some(manual.credit_id.as_str())
}
