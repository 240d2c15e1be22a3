//! The terms that held, and what changes of them.

use super::entries::plain;
use super::pen::Pen;
use crate::calendar::Month;
use crate::statement::terms::{Change, InForce, Paying, Rate, Terms};
use crate::statement::words::from_outside;

/// How many rates, and how many changes, are named: a page has room for no more.
const MOST: usize = 20;

/// Terms in words.
pub(in crate::statement) struct TermsView {
    pub heading: String,
    /// What changes, or has changed, a sentence each.
    pub changes: Vec<String>,
    /// Those that held: what about, and what.
    pub held: Vec<(String, String)>,
}

impl TermsView {
    pub(in crate::statement) fn of(terms: &Terms, month: Month, pen: Pen) -> Self {
        let held = facts(&terms.in_force, pen);
        let changes = terms_changes(terms, pen);
        let day = pen.words.long_day(month.last_day());
        Self { heading: pen.words.tell("terms-on", &[("day", day.into())]), changes, held }
    }
}

/// What changes of terms, or has changed, a sentence each.
pub(in crate::statement) fn terms_changes(terms: &Terms, pen: Pen) -> Vec<String> {
    let held = facts(&terms.in_force, pen);
    let mut changes: Vec<String> = terms.coming.iter().map(|change| coming(change, pen)).collect();
    if let Some(before) = &terms.before {
        let before = facts(before, pen);
        let was = |label: &str| before.iter().find(|(known, _)| known == label).map(|(_, was)| was.clone());
        for (label, now) in &held {
            let was = was(label).unwrap_or_else(|| pen.words.say("terms-none"));
            if was != *now {
                changes.push(changed(label, &was, now, pen));
            }
        }
        for (label, was) in before.iter().filter(|(label, _)| !held.iter().any(|(known, _)| known == label)) {
            changes.push(changed(label, was, &pen.words.say("terms-none"), pen));
        }
    }
    if changes.len() > MOST {
        let more = i64::try_from(changes.len() - MOST).unwrap_or(i64::MAX);
        changes.truncate(MOST);
        changes.push(pen.words.tell("more", &[("count", more.into())]));
    }
    changes
}

fn changed(label: &str, was: &str, now: &str, pen: Pen) -> String {
    let variables = [("what", label.to_owned().into()), ("was", was.to_owned().into()), ("now", now.to_owned().into())];
    pen.words.tell("terms-changed", &variables)
}

/// Terms as pairs of what they are about and what they say.
fn facts(terms: &InForce, pen: Pen) -> Vec<(String, String)> {
    let words = pen.words;
    let span = |minutes: i64| words.span(minutes);
    let mut rates: Vec<String> = terms.rates.iter().take(MOST).map(|of| rate(of, pen)).collect();
    if terms.rates.len() > MOST {
        let more = i64::try_from(terms.rates.len() - MOST).unwrap_or(i64::MAX);
        rates.push(words.tell("more", &[("count", more.into())]));
    }
    let mut facts = vec![(words.say("terms-rates"), if rates.is_empty() { words.say("terms-none") } else { rates.join("; ") })];
    let model = words.say(&format!("terms-{}", terms.model.replace('_', "-")));
    facts.push((
        words.say("terms-window"),
        words.tell("terms-window-is", &[("span", span(terms.window).into()), ("model", model.into())]),
    ));
    if let Some(lock) = terms.lock {
        facts.push((words.say("terms-lock"), span(lock)));
    }
    facts.push((words.say("terms-hold"), words.tell("terms-hold-is", &[("span", span(terms.hold).into())])));
    if let Some(clawback) = terms.clawback {
        facts.push((words.say("terms-clawback"), words.tell("terms-clawback-is", &[("span", span(clawback).into())])));
    }
    if terms.minimum > 0 {
        facts.push((words.say("terms-minimum"), pen.money(terms.minimum)));
    }
    for (key, cap) in [("terms-cap-order", terms.cap_per_order), ("terms-cap-month", terms.cap_per_month)] {
        facts.extend(cap.map(|cap| (words.say(key), pen.money(cap))));
    }
    facts
}

/// A rate in words: `8% (Sets)`.
fn rate(rate: &Rate, pen: Pen) -> String {
    let words = pen.words;
    let pays = match &rate.pays {
        Paying::Percent(percent) => words.locale.percent(percent),
        Paying::PerOrder(amount) => words.tell("rate-per-order", &[("amount", pen.money(*amount).into())]),
        Paying::Tiers { by_orders, steps } => {
            let step = |(from, percent): &(i64, String)| {
                let percent = words.locale.percent(percent);
                if *from == 0 {
                    return percent;
                }
                let from = if *by_orders { words.number(*from, 0) } else { words.locale.decimal(&plain(*from, pen)) };
                let key = if *by_orders { "terms-tier-orders" } else { "terms-tier-sales" };
                words.tell(key, &[("percent", percent.into()), ("from", from.into())])
            };
            steps.iter().map(step).collect::<Vec<_>>().join(", ")
        }
    };
    let customer = match rate.customer.as_str() {
        "" => String::new(),
        "new" => words.say("terms-new-customers"),
        _ => words.say("terms-returning-customers"),
    };
    let parts = [from_outside(&rate.campaign), customer, from_outside(&rate.sku), from_outside(&rate.category)];
    let scope: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if scope.is_empty() { pays } else { format!("{pays} ({})", scope.join(", ")) }
}

/// A rate that begins or ends.
fn coming(change: &Change, pen: Pen) -> String {
    let (day, rate) = (pen.words.long_day(change.day), rate(&change.rate, pen));
    let variables = [("day", day.into()), ("rate", rate.into())];
    match (change.begins, change.until) {
        (true, None) => pen.words.tell("terms-begins", &variables),
        (true, Some(until)) => {
            let [day, rate] = variables;
            // The first day without it is the day after its last.
            let last = ("last", pen.words.long_day(until - 1).into());
            pen.words.tell("terms-begins-until", &[day, rate, last])
        }
        (false, _) => pen.words.tell("terms-ends", &variables),
    }
}
