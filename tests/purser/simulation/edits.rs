//! What counts as an edit, told from plain rows: whether anything is decided otherwise than at the last reconciliation, and
//! whether that touches money which is payable, was paid, or would be payable at once.

use std::collections::{BTreeMap, BTreeSet};

use purser::explain::Model;
use purser::facts::{Credits, Rows};
use purser::program::{Customers, Program};
use purser::vocabulary::Kind;

use super::books::{Key, Posted, key, model, standing};
use super::journal::local_day;

const WEEK: i64 = 7 * 86_400_000_000;

/// Whether the program or a table that people edit decides otherwise, were it only by something new.
pub fn decides_otherwise(posted: &Posted, next: &Posted) -> bool {
    let terms = |program: &Program| {
        let Program { currency, time_zone, starts, attribution, commission, .. } = program;
        format!("{currency:?} {time_zone:?} {starts:?} {attribution:?} {commission:?}")
    };
    terms(&posted.program) != terms(&next.program) || tables(&posted.facts) != tables(&next.facts)
}

/// Whether `next` needs a reason, as it changes by edits what is payable, was paid, or would be payable at once.
pub fn restates(posted: &Posted, next: &Posted) -> bool {
    let unedited = model(&posted.program, &unedited_facts(posted, next), next.as_of);
    let (without, with) = (standing(&unedited), standing(&next.model));
    let [seen, before, now]: [BTreeSet<Key>; 3] =
        [&posted.model, &unedited, &next.model].map(|model| model.commissions.iter().map(key).collect());
    seen.union(&before).chain(&now).any(|key| {
        let due = |amount: Option<&(i64, bool)>| amount.filter(|(_, payable)| *payable).map_or(0, |(amount, _)| *amount);
        let was_payable = due(posted.standing.get(key)) != 0;
        if key[0] == Kind::Fee.code() {
            return fee_was_edited(posted, next, key) && due(posted.standing.get(key)) != due(with.get(key));
        }
        let (unedited, edited) = (without.get(key), with.get(key));
        let differs = if was_payable { unedited != edited } else { due(unedited) != due(edited) };
        let is_held = unedited.is_some_and(|(_, payable)| !payable);
        differs && !(!seen.contains(key) && !is_held && is_first_seen(posted, next, key))
    })
}

/// A fee that stands in the table and was posted, whichever creator had it.
fn fee_was_edited(posted: &Posted, next: &Posted, key: &Key) -> bool {
    let is_fee = |kind: Kind, id: &str| kind == Kind::Fee && id == key[1];
    posted.model.commissions.iter().any(|row| is_fee(row.kind, &row.order_id))
        && next.facts.fees.iter().any(|fee| fee.fee_id == key[1])
}

/// A young order that was made since the last reconciliation.
fn is_first_seen(posted: &Posted, next: &Posted, key: &Key) -> bool {
    let made = next.facts.orders.iter().find(|order| order.order_id == key[1]).map(|order| order.ordered_at);
    made.is_some_and(|made| made >= posted.as_of && made > next.as_of - WEEK)
}

/// What a table decides by, row by row: its key, and the rest.
type Table = BTreeMap<String, BTreeSet<String>>;

fn table<T>(rows: &[T], row: impl Fn(&T) -> (String, String)) -> Table {
    let mut table = Table::new();
    for (key, rest) in rows.iter().map(row) {
        table.entry(key).or_default().insert(rest);
    }
    table
}

fn tables(facts: &Rows) -> [Table; 4] {
    [
        table(&facts.creators, |c| {
            (c.creator_id.clone(), format!("{:?} {} {} {}", c.email, c.group, c.active_from, c.active_to))
        }),
        table(&facts.links, |l| (l.key.clone(), format!("{} {} {}", l.creator_id, l.active_from, l.active_to))),
        table(&facts.codes, |c| (c.key.clone(), format!("{} {} {}", c.creator_id, c.active_from, c.active_to))),
        table(&facts.fx, |fx| (format!("{} {} {}", fx.date, fx.from, fx.to), format!("{:?}", fx.rate))),
    ]
}

/// The facts of now with the tables of before, but for rows of creators, links, codes and days that are only new.
fn unedited_facts(posted: &Posted, next: &Posted) -> Rows {
    let (old, now) = (&posted.facts, &next.facts);
    let firsts = firsts(next);
    let young = |kind: &str, key: &str| firsts.get(&format!("{kind} {key}")).is_none_or(|at| *at > next.as_of - WEEK);
    let known = local_day(next.program.time_zone, posted.as_of);
    let [creators, links, codes, fx] = tables(old);
    let mut facts = now.clone();
    facts.creators.retain(|c| !creators.contains_key(&c.creator_id) && young("creator", &c.creator_id));
    facts.links.retain(|l| !links.contains_key(&l.key) && young("link", &l.key));
    facts.codes.retain(|c| !codes.contains_key(&c.key) && young("code", &c.key));
    facts.fx.retain(|rate| {
        let day = rate.date.signed_duration_since(chrono::NaiveDate::default()).num_days();
        !fx.contains_key(&format!("{} {} {}", rate.date, rate.from, rate.to)) && day >= known
    });
    facts.creators.extend(old.creators.iter().cloned());
    facts.links.extend(old.links.iter().cloned());
    facts.codes.extend(old.codes.iter().cloned());
    facts.fx.extend(old.fx.iter().cloned());
    facts
}

/// The first order that each creator, link and code got credit for, also where the order is excluded then.
fn firsts(next: &Posted) -> BTreeMap<String, i64> {
    let mut program = next.program.clone();
    (program.starts, program.commission.min_order) = (None, None);
    if program.attribution.customers == Customers::New {
        program.attribution.customers = Customers::All;
    }
    let everything: Model =
        purser::explain::model(&program, &next.facts, &Credits::default(), next.as_of).expect("a simulated shop can be computed");
    let made: BTreeMap<&str, i64> = next.facts.orders.iter().map(|order| (order.order_id.as_str(), order.ordered_at)).collect();
    let links: BTreeMap<&str, &str> =
        next.facts.clicks.iter().map(|click| (click.click_id.as_str(), click.link_key.as_str())).collect();
    let mut firsts: BTreeMap<String, i64> = BTreeMap::new();
    for row in everything.commissions.iter().filter(|row| row.kind.is_commission()) {
        let at = made[row.order_id.as_str()];
        let touched = match row.kind {
            Kind::Link => links.get(row.touch.as_str()).map(|key| format!("link {key}")),
            Kind::Code => Some(format!("code {}", row.touch.to_lowercase())),
            _ => None,
        };
        for name in touched.into_iter().chain([format!("creator {}", row.creator_id)]) {
            let first = firsts.entry(name).or_insert(at);
            *first = at.min(*first);
        }
    }
    firsts
}
