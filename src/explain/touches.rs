//! The touches of an order: clicks on links, and codes, that had an owner (`RULES.md`, section 5).

use caseless::default_case_fold_str;

use super::calendar::{duration_text, elapsed, utc_text};
use super::notes::{TouchNote, Verdict};
use super::shop::Shop;
use super::trace::Trace;
use crate::facts::{Click, Order, Owner};
use crate::program::Micros;
use crate::vocabulary::Kind;

/// A touch, whether its creator may earn or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touch<'a> {
    /// The click's id, or the code as entered, trimmed.
    pub shown: &'a str,
    /// When the click was made; of a code, the time of the order.
    pub at: i64,
    /// Whose link or code it was then; empty where it is its campaign's own.
    pub creator_id: &'a str,
    /// The campaign of the link or code then, or empty.
    pub campaign: &'a str,
    /// The link that was clicked.
    pub link_key: Option<&'a str>,
    /// Its place among all that was looked at of its kind, from 1.
    pub place: usize,
}

impl Touch<'_> {
    /// The touch as an explanation shows it.
    pub fn note(&self, kind: Kind, verdict: Verdict, why: String) -> TouchNote {
        TouchNote {
            kind,
            touch: self.shown.to_owned(),
            at: self.link_key.map(|_| utc_text(self.at)),
            link_key: self.link_key.map(str::to_owned),
            creator_id: Some(self.creator_id.to_owned()).filter(|id| !id.is_empty()),
            place: self.place,
            verdict,
            why,
        }
    }
}

/// The link touches of an order, by time and then click_id.
pub(super) fn links<'a>(shop: &Shop<'a>, order: &'a Order, trace: &mut Trace) -> Vec<Touch<'a>> {
    let mut touches = Vec::new();
    for (place, click) in (1..).zip(clicks_pointed_to(shop, order, trace.listens_to(order.order))) {
        match link_touch(shop, order, click, place) {
            Ok(touch) => touches.push(touch),
            Err(why) => {
                if let Some(note) = trace.of(order.order) {
                    note.touches.push(TouchNote {
                        kind: Kind::Link,
                        touch: click.click_id.clone(),
                        at: Some(utc_text(click.clicked_at)),
                        link_key: Some(click.link_key.clone()),
                        creator_id: None,
                        place,
                        verdict: Verdict::NoTouch,
                        why,
                    });
                }
            }
        }
    }
    touches
}

/// The code touches of an order, in the order entered.
pub(super) fn codes<'a>(shop: &Shop<'a>, order: &'a Order, trace: &mut Trace) -> Vec<Touch<'a>> {
    let mut touches = Vec::new();
    let entered = order.codes.as_deref().unwrap_or_default();
    for (place, code) in (1..).zip(entered.split('|').map(str::trim).filter(|code| !code.is_empty())) {
        if let Some(owned) = shop.code_at(code, order.ordered_at) {
            touches.push(Touch {
                shown: code,
                at: order.ordered_at,
                creator_id: &owned.creator_id,
                campaign: &owned.campaign,
                link_key: None,
                place,
            });
        } else if let Some(note) = trace.of(order.order) {
            note.touches.push(TouchNote {
                kind: Kind::Code,
                touch: code.to_owned(),
                at: None,
                link_key: None,
                creator_id: None,
                place,
                verdict: Verdict::NoTouch,
                why: if is_reservation(code) {
                    "TBD is not a code: it stands in place of one that was not decided yet".to_owned()
                } else {
                    "nobody owned the code when the order was placed".to_owned()
                },
            });
        }
    }
    touches
}

fn is_reservation(code: &str) -> bool {
    default_case_fold_str(code) == "tbd"
}

/// The clicks of the order's visitor, and the click the shop tied to it; by time and click_id.
///
/// `all` also gives the visitor's clicks that are plainly too old or after the order, so that they can be explained.
fn clicks_pointed_to<'a>(shop: &Shop<'a>, order: &Order, all: bool) -> Vec<&'a Click> {
    let visitors = order.visitor_id.as_deref().map_or(&[][..], |visitor| shop.clicks_of_visitor(visitor));
    let campaigns = shop.program.campaigns.iter().filter_map(|campaign| campaign.window);
    let longest = campaigns.chain([shop.program.attribution.window]).max().unwrap_or_default();
    let old = visitors.partition_point(|click| is_too_old(order, click, longest));
    let past = visitors.partition_point(|click| click.clicked_at <= order.ordered_at);
    let range = if all { 0..visitors.len() } else { old..past.max(old) };
    let mut clicks = visitors.get(range).unwrap_or_default().to_vec();
    if let Some(tied) = order.click_id.as_deref().and_then(|click_id| shop.click(click_id))
        && (tied.visitor_id.is_none() || tied.visitor_id != order.visitor_id)
    {
        clicks.push(tied);
        clicks.sort_by(|a, b| (a.clicked_at, &a.click_id).cmp(&(b.clicked_at, &b.click_id)));
    }
    clicks
}

fn is_too_old(order: &Order, click: &Click, window: Micros) -> bool {
    elapsed(click.clicked_at, order.ordered_at) > i128::from(window)
}

/// How old a click on a link may be, and whose window that is, in words.
fn window<'a>(shop: &Shop<'a>, link: Option<&Owner>) -> (Micros, String) {
    let campaign = link.and_then(|link| shop.program.campaigns.iter().find(|campaign| campaign.id == link.campaign));
    match campaign.and_then(|campaign| Some((campaign.window?, &campaign.name))) {
        Some((window, name)) => (window, format!("the window of the campaign {name}")),
        None => (shop.program.attribution.window, "the window".to_owned()),
    }
}

fn link_touch<'a>(shop: &Shop<'a>, order: &Order, click: &'a Click, place: usize) -> Result<Touch<'a>, String> {
    if click.clicked_at >= shop.as_of {
        return Err("not visible: the click is not before the as-of time".to_owned());
    }
    if click.clicked_at > order.ordered_at {
        return Err(format!("{} after the order", duration_text(elapsed(order.ordered_at, click.clicked_at))));
    }
    let owner = shop.link_at(&click.link_key, click.clicked_at);
    let (window, name) = window(shop, owner);
    if is_too_old(order, click, window) {
        let (age, window) = (elapsed(click.clicked_at, order.ordered_at), i128::from(window));
        return Err(format!("{} before the order, but {name} is {}", duration_text(age), duration_text(window)));
    }
    let owner = owner.ok_or_else(|| "nobody owned the link at the time of the click".to_owned())?;
    Ok(Touch {
        shown: &click.click_id,
        at: click.clicked_at,
        creator_id: &owner.creator_id,
        campaign: &owner.campaign,
        link_key: Some(&click.link_key),
        place,
    })
}
