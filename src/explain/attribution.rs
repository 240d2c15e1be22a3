//! Who gets credit for an order: the touches, those dropped, and the model that picks among the rest.

use std::collections::BTreeMap;

use super::calendar::duration_text;
use super::lock;
use super::manual;
use super::notes::{CreditNote, Verdict};
use super::shop::Shop;
use super::touches::{Touch, codes, links};
use super::trace::Trace;
use super::visible::Visible;
use crate::facts::{Creator, Order};
use crate::program::{Customers, Model, Program, TouchKind};

/// A creator who gets an equal part of the credit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credit<'a> {
    /// The row that is active at the order; of a credit by hand, the latest where none is.
    pub creator: &'a Creator,
    /// The group at the order; empty where no row is active.
    pub group: &'a str,
    /// What is shown as the touch.
    pub touch: &'a str,
}

/// Credit for an order.
#[derive(Debug, Clone)]
pub(super) struct Win<'a> {
    /// `link`, `code`, `lock` or `credit`.
    pub kind: &'static str,
    /// Who gets it, by the bytes of their ids; at least one.
    pub credits: Vec<Credit<'a>>,
}

/// Why a creator may not earn on an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drop {
    /// Unknown, or not active at the order.
    Inactive,
    /// The order's email is the creator's.
    SelfPurchase,
}

/// Which drops an order has seen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drops {
    inactive: bool,
    self_purchase: bool,
}

impl Drops {
    /// Takes note of a drop.
    pub fn add(&mut self, drop: Drop) {
        match drop {
            Drop::Inactive => self.inactive = true,
            Drop::SelfPurchase => self.self_purchase = true,
        }
    }

    /// The reason for which nobody gets credit.
    pub fn reason(self) -> &'static str {
        if self.self_purchase {
            "self_purchase"
        } else if self.inactive {
            "creator_inactive"
        } else {
            "no_touch"
        }
    }
}

impl Drop {
    /// The drop as a sentence.
    pub fn why(self) -> &'static str {
        match self {
            Self::Inactive => "the creator is unknown or was not active at the order",
            Self::SelfPurchase => "self purchase: the order's email is the creator's own",
        }
    }
}

/// The creator's row at the order, if the creator may earn on it.
pub(super) fn admit<'a>(shop: &Shop<'a>, order: &Order, creator_id: &str) -> Result<&'a Creator, Drop> {
    let creator = shop.creator_at(creator_id, order.ordered_at).ok_or(Drop::Inactive)?;
    let own = order.email.as_deref().filter(|email| !email.is_empty());
    if own.is_some() && own == creator.email.as_deref() { Err(Drop::SelfPurchase) } else { Ok(creator) }
}

/// Who gets credit; or why nobody does.
pub(super) fn attribute<'a>(
    shop: &Shop<'a>,
    order: &Visible<'a>,
    sources: &lock::Sources<'a>,
    trace: &mut Trace,
) -> Result<Win<'a>, &'static str> {
    if let Some(win) = manual::find(shop, order, trace) {
        return Ok(win);
    }
    let mut drops = Drops::default();
    let mut win: Option<Win<'a>> = None;
    for kind in &shop.program.attribution.precedence {
        let (name, touches) = match kind {
            TouchKind::Link => ("link", links(shop, order.version, trace)),
            TouchKind::Code => ("code", codes(shop, order.version, trace)),
        };
        let kept = keep(shop, order.version, name, touches, &mut drops, trace);
        let earlier = win.as_ref().map(|win| win.kind);
        let picked = if earlier.is_none() { pick(shop.program.attribution.model, *kind, &kept) } else { Vec::new() };
        note_kept(shop, order.version, name, &kept, &picked, earlier, trace);
        if let Some(note) = trace.of(order.version.order) {
            // Stable and within this kind only: kinds were told in their precedence.
            let begun = note.touches.iter().position(|touch| touch.kind == name).unwrap_or(note.touches.len());
            note.touches[begun..].sort_by_key(|touch| touch.place);
        }
        if !picked.is_empty() {
            win = Some(Win { kind: name, credits: picked });
        }
    }
    let win = win.or_else(|| lock::find(shop, order, sources, &mut drops, trace));
    let win = win.ok_or_else(|| drops.reason())?;
    if let Some(note) = trace.of(order.version.order) {
        note.credits = win.credits.iter().map(credit_note).collect();
    }
    Ok(win)
}

/// A touch whose creator may earn.
#[derive(Debug, Clone, Copy)]
struct Kept<'a> {
    touch: Touch<'a>,
    creator: &'a Creator,
}

impl<'a> Kept<'a> {
    fn credit(&self) -> Credit<'a> {
        Credit { creator: self.creator, group: &self.creator.group, touch: self.touch.shown }
    }
}

fn keep<'a>(
    shop: &Shop<'a>,
    order: &Order,
    kind: &'static str,
    touches: Vec<Touch<'a>>,
    drops: &mut Drops,
    trace: &mut Trace,
) -> Vec<Kept<'a>> {
    let mut kept = Vec::with_capacity(touches.len());
    for touch in touches {
        match admit(shop, order, touch.creator_id) {
            Ok(creator) => kept.push(Kept { touch, creator }),
            Err(drop) => {
                drops.add(drop);
                if let Some(note) = trace.of(order.order) {
                    note.touches.push(touch.note(kind, Verdict::Dropped, drop.why().to_owned()));
                }
            }
        }
    }
    kept
}

/// Who wins among the touches of one kind. Link touches come by time and click_id, codes as entered.
fn pick<'a>(model: Model, kind: TouchKind, kept: &[Kept<'a>]) -> Vec<Credit<'a>> {
    let one = |kept: Option<&Kept<'a>>| kept.map(Kept::credit).into_iter().collect();
    match (kind, model) {
        (TouchKind::Code, _) | (TouchKind::Link, Model::FirstClick) => one(kept.first()),
        (TouchKind::Link, Model::LastClick) => one(kept.last()),
        (TouchKind::Link, Model::Linear) => {
            // Later clicks replace earlier ones, so each creator's own latest remains.
            let latest: BTreeMap<&str, Credit<'a>> = kept.iter().map(|k| (k.touch.creator_id, k.credit())).collect();
            latest.into_values().collect()
        }
    }
}

fn note_kept(
    shop: &Shop<'_>,
    order: &Order,
    kind: &'static str,
    kept: &[Kept<'_>],
    picked: &[Credit<'_>],
    earlier: Option<&'static str>,
    trace: &mut Trace,
) {
    let Some(note) = trace.of(order.order) else { return };
    let (best, other) = match (kind, shop.program.attribution.model) {
        ("code", _) => ("the first code whose creator may earn", "another code was entered before it"),
        (_, Model::LastClick) => ("the latest click", "another click came later"),
        (_, Model::FirstClick) => ("the earliest click", "another click came before it"),
        (_, Model::Linear) => {
            ("this creator's latest click; all creators who were clicked share", "the same creator has a later click")
        }
    };
    let mut used: Vec<&str> = Vec::new();
    for one in kept {
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

/// A credit as an explanation tells it.
pub(super) fn credit_note(credit: &Credit<'_>) -> CreditNote {
    CreditNote {
        creator_id: credit.creator.creator_id.clone(),
        name: credit.creator.name.clone(),
        group: credit.group.to_owned(),
        touch: credit.touch.to_owned(),
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
