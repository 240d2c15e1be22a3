//! Who gets credit for an order (`RULES.md`, section 5): which kind of touch wins, and which of several touches.

use std::collections::BTreeMap;

use super::calendar::duration_text;
use super::credit::{Credit, Win};
use super::customer_lock;
use super::eligibility::{Drops, admit};
use super::manual_attribution;
use super::notes::Verdict;
use super::shop::Shop;
use super::touches::{Touch, codes, links};
use super::trace::Trace;
use super::visible::Visible;
use crate::facts::{Creator, Order};
use crate::program::{Customers, Model, Program, TouchKind};
use crate::vocabulary::{Kind, OutcomeReason};

/// Who gets credit; or why nobody does.
pub(super) fn attribute<'a>(
    shop: &Shop<'a>,
    order: &Visible<'a>,
    sources: &customer_lock::Sources<'a>,
    trace: &mut Trace,
) -> Result<Win<'a>, OutcomeReason> {
    if let Some(win) = manual_attribution::find(shop, order, trace) {
        return Ok(win);
    }
    let mut drops = Drops::default();
    let win = by_touch(shop, order.version, &mut drops, trace);
    let win = win.or_else(|| customer_lock::find(shop, order, sources, &mut drops, trace));
    let win = win.ok_or_else(|| drops.reason())?;
    if let Some(note) = trace.of(order.version.order) {
        note.credits = win.credits.iter().map(Credit::note).collect();
    }
    Ok(win)
}

/// The first kind of touch in `precedence` that leaves a creator. The others are looked at too, so that they can be explained.
fn by_touch<'a>(shop: &Shop<'a>, order: &'a Order, drops: &mut Drops, trace: &mut Trace) -> Option<Win<'a>> {
    let mut win: Option<Win<'a>> = None;
    for touch_kind in &shop.program.attribution.precedence {
        let (reason, kind, touches) = match touch_kind {
            TouchKind::Link => (OutcomeReason::Link, Kind::Link, links(shop, order, trace)),
            TouchKind::Code => (OutcomeReason::Code, Kind::Code, codes(shop, order, trace)),
        };
        let eligible = eligible(shop, order, kind, touches, drops, trace);
        let earlier = win.as_ref().map(|win| win.reason);
        let picked = if earlier.is_none() { pick(shop.program.attribution.model, *touch_kind, &eligible) } else { Vec::new() };
        note_eligible(shop, order, kind, &eligible, &picked, earlier, trace);
        if let Some(note) = trace.of(order.order) {
            // Stable and within this kind only: kinds were noted in their precedence.
            let begun = note.touches.iter().position(|touch| touch.kind == kind).unwrap_or(note.touches.len());
            note.touches[begun..].sort_by_key(|touch| touch.place);
        }
        if !picked.is_empty() {
            win = Some(Win { reason, credits: picked });
        }
    }
    win
}

/// A touch whose creator may earn.
#[derive(Debug, Clone, Copy)]
struct Eligible<'a> {
    touch: Touch<'a>,
    creator: &'a Creator,
}

impl<'a> Eligible<'a> {
    fn credit(&self) -> Credit<'a> {
        Credit { creator: self.creator, group: &self.creator.group, touch: self.touch.shown, campaign: self.touch.campaign }
    }
}

fn eligible<'a>(
    shop: &Shop<'a>,
    order: &Order,
    kind: Kind,
    touches: Vec<Touch<'a>>,
    drops: &mut Drops,
    trace: &mut Trace,
) -> Vec<Eligible<'a>> {
    let mut eligible = Vec::with_capacity(touches.len());
    for touch in touches {
        match admit(shop, order, touch.creator_id) {
            Ok(creator) => eligible.push(Eligible { touch, creator }),
            Err(drop) => {
                drops.add(drop);
                if let Some(note) = trace.of(order.order) {
                    note.touches.push(touch.note(kind, Verdict::Dropped, drop.why().to_owned()));
                }
            }
        }
    }
    eligible
}

/// Who wins among the touches of one kind. Link touches come by time and click_id, codes as entered.
fn pick<'a>(model: Model, kind: TouchKind, eligible: &[Eligible<'a>]) -> Vec<Credit<'a>> {
    let one = |one: Option<&Eligible<'a>>| one.map(Eligible::credit).into_iter().collect();
    match (kind, model) {
        (TouchKind::Code, _) | (TouchKind::Link, Model::FirstClick) => one(eligible.first()),
        (TouchKind::Link, Model::LastClick) => one(eligible.last()),
        (TouchKind::Link, Model::Linear) => {
            // Later clicks replace earlier ones, so each creator's own latest remains.
            let latest: BTreeMap<&str, Credit<'a>> = eligible.iter().map(|one| (one.touch.creator_id, one.credit())).collect();
            latest.into_values().collect()
        }
    }
}

fn note_eligible(
    shop: &Shop<'_>,
    order: &Order,
    kind: Kind,
    eligible: &[Eligible<'_>],
    picked: &[Credit<'_>],
    earlier: Option<OutcomeReason>,
    trace: &mut Trace,
) {
    let Some(note) = trace.of(order.order) else { return };
    let (best, other) = match (kind, shop.program.attribution.model) {
        (Kind::Code, _) => ("the first code whose creator may earn", "another code was entered before it"),
        (_, Model::LastClick) => ("the latest click", "another click came later"),
        (_, Model::FirstClick) => ("the earliest click", "another click came before it"),
        (_, Model::Linear) => {
            ("this creator's latest click; all creators who were clicked share", "the same creator has a later click")
        }
    };
    let mut used: Vec<&str> = Vec::new();
    for one in eligible {
        let won = picked.iter().any(|credit| credit.touch == one.touch.shown) && !used.contains(&one.touch.shown);
        let (verdict, why) = match (won, earlier) {
            (true, _) => (Verdict::Won, best.to_owned()),
            (false, Some(earlier)) => (Verdict::Lost, format!("a {earlier} touch comes first in precedence")),
            (false, None) => (Verdict::Lost, other.to_owned()),
        };
        used.push(one.touch.shown);
        note.touches.push(one.touch.note(kind, verdict, why));
    }
}

/// How credit is found, in words.
pub(super) fn rule_text(program: &Program) -> String {
    let attribution = &program.attribution;
    let kinds: Vec<&str> = attribution
        .precedence
        .iter()
        .map(|kind| match kind {
            TouchKind::Link => "link",
            TouchKind::Code => "code",
        })
        .collect();
    let model = match attribution.model {
        Model::LastClick => "last_click",
        Model::FirstClick => "first_click",
        Model::Linear => "linear",
    };
    let customers = match attribution.customers {
        Customers::All => String::new(),
        Customers::New => "; only new customers' orders earn".to_owned(),
        Customers::Locked(lock) => format!("; without a touch, a customer stays locked for {}", duration_text(i128::from(lock))),
    };
    let window = duration_text(i128::from(attribution.window));
    format!("{}; clicks up to {window} before the order, {model}{customers}", kinds.join(" before "))
}
