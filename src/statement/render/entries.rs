//! The lines of a statement, grouped as people think of them: an order with what became of it, bonuses, flat fees, payouts.

use std::collections::HashMap;

use anyhow::{Result, ensure};

use super::balance::all_lines;
use super::layout::{WIDTH, shortened, spread, wrapped};
use super::pen::{Amount, Pen};
use crate::calendar::Month;
use crate::ledger::Particulars;
use crate::money::{Currency, Overflow, Rate, Rounding, format_minor};
use crate::statement::model::{Line, Section, Statement};
use crate::statement::words::from_outside;
use crate::vocabulary::{Kind, Reason};

/// How long a title may be; products have names of any length.
const LONGEST_TITLE: usize = 90;

/// What lines are grouped by: the message of the heading, and the sections that stand together.
const GROUPS: [(&str, &[Section]); 5] = [
    ("group-orders", &[Section::Earned, Section::ClawedBack]),
    ("group-bonuses", &[Section::Bonus]),
    ("group-fees", &[Section::Fee]),
    ("group-adjustments", &[Section::Adjustment]),
    ("group-payouts", &[Section::Paid]),
];

/// Lines of one kind.
pub(in crate::statement) struct Group {
    pub heading: String,
    pub total: Amount,
    pub entries: Vec<Entry>,
    /// How many more there are than are shown, in words; or nothing.
    pub hidden: String,
}

impl Group {
    pub(in crate::statement) fn heading_text(&self) -> String {
        spread(&self.heading, &self.total.0, WIDTH)
    }
}

/// One line.
pub(in crate::statement) struct Entry {
    pub title: String,
    pub detail: String,
    pub amount: Amount,
    /// What the journal calls it: ids and codes, for documents.
    pub ids: String,
    /// Whether it is about the order above it.
    pub is_part: bool,
}

impl Entry {
    pub(in crate::statement) fn text(&self) -> String {
        let indent = if self.is_part { "      " } else { "  " };
        let details = wrapped(&self.detail, WIDTH - 22);
        let details = details.iter().filter(|line| !line.is_empty());
        let detail: String = details.map(|line| format!("\n{indent}    {line}")).collect();
        format!("{}{detail}", spread(&format!("{indent}{}", self.title), &self.amount.0, WIDTH))
    }
}

/// The lines of the month, of which `left` may still be shown.
///
/// # Errors
///
/// When the groups do not come to all that changed.
pub(super) fn groups(statement: &Statement, lines: &[Line], pen: Pen, left: &mut usize) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    let mut whole = 0i64;
    for (heading, sections) in GROUPS {
        let of_group: Vec<&Line> = lines.iter().filter(|line| sections.contains(&line.section)).collect();
        if of_group.is_empty() {
            continue;
        }
        let total = sum(of_group.iter().copied())?;
        whole = whole.checked_add(total).ok_or(Overflow)?;
        let mut entries = entries(statement, &of_group, pen);
        let hidden = entries.len().saturating_sub(*left);
        entries.truncate(*left);
        *left -= entries.len();
        groups.push(Group {
            heading: pen.words.say(heading),
            total: pen.amount(total),
            entries,
            hidden: match hidden {
                0 => String::new(),
                more => pen.words.tell("more-attached", &[("count", i64::try_from(more)?.into())]),
            },
        });
    }
    let expected = sum(lines.iter())?;
    ensure!(whole == expected, "the groups of the statement {} come to {whole}, not {expected}", statement.key());
    Ok(groups)
}

/// What belongs to earlier months, and what it comes to.
///
/// # Errors
///
/// As [`groups`]; and when the month and the corrections do not lead from the opening to the closing balance.
pub(super) fn of_corrections(statement: &Statement, pen: Pen, left: &mut usize) -> Result<(Vec<Group>, i64)> {
    let groups = groups(statement, &statement.corrections, pen, left)?;
    let all = sum(all_lines(statement))?;
    let closing = statement.totals.opening.checked_add(all).ok_or(Overflow)?;
    ensure!(
        closing == statement.totals.closing,
        "the lines of the statement {} lead to {closing}, not {}",
        statement.key(),
        statement.totals.closing
    );
    Ok((groups, sum(statement.corrections.iter())?))
}

fn sum<'a>(mut lines: impl Iterator<Item = &'a Line>) -> Result<i64, Overflow> {
    lines.try_fold(0i64, |sum, line| sum.checked_add(line.amount)).ok_or(Overflow)
}

/// What is shown of lines: those about one thing stand together, the one that began it first.
fn entries(statement: &Statement, lines: &[&Line], pen: Pen) -> Vec<Entry> {
    let mut places: HashMap<[&str; 4], usize> = HashMap::new();
    let mut things: Vec<Vec<&Line>> = Vec::new();
    let mut in_order: Vec<&Line> = lines.to_vec();
    in_order.sort_by_key(|line| (line.about.effective_day, line.entry, line.position));
    for line in in_order {
        let [order_id, line_id, _, detail] = line.about.key();
        let place = *places.entry([line.about.kind.code(), order_id, line_id, detail]).or_insert(things.len());
        if place == things.len() {
            things.push(Vec::new());
        }
        things[place].push(line);
    }
    let mut entries = Vec::new();
    for thing in things {
        for (place, line) in thing.iter().enumerate() {
            entries.push(entry(statement, line, place > 0, pen));
        }
    }
    entries
}

fn entry(statement: &Statement, line: &Line, is_part: bool, pen: Pen) -> Entry {
    let amount = pen.amount(line.amount);
    if is_part {
        let title = on_day(pen, &reason(line, pen), line.about.effective_day);
        return Entry { title, detail: basis(line, pen), amount, ids: ids(line, pen), is_part };
    }
    let campaign = statement.campaign_of(line);
    let campaign = match campaign.is_empty() {
        true => String::new(),
        false => pen.words.tell("campaign", &[("name", from_outside(campaign).into())]),
    };
    let is_plain = matches!(line.about.reason, Reason::Sale | Reason::Bonus | Reason::Fee | Reason::Settled | Reason::Adjusted);
    let is_told = is_plain || matches!(line.about.reason, Reason::WrittenOff | Reason::TakenOver | Reason::Returned);
    let why = match is_told {
        true => String::new(),
        false => on_day(pen, &reason(line, pen), line.about.effective_day),
    };
    let parts = [why, note(line, pen), basis(line, pen), converted(statement, line, pen), campaign];
    let detail = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    Entry { title: shortened(&title(line, pen), LONGEST_TITLE), detail, amount, ids: ids(line, pen), is_part }
}

/// `11.09 EUR at a rate of 0.92 (ECB 2026-11-26)`: what a payment came to in the creator's currency.
fn converted(statement: &Statement, line: &Line, pen: Pen) -> String {
    let conversion = statement.converted.get(&line.about.order_id).filter(|_| line.section == Section::Paid);
    let Some((conversion, currency)) = conversion.and_then(|one| Some((one, Currency::parse(&one.currency).ok()?))) else {
        return String::new();
    };
    let variables = [
        ("amount", Pen { currency, ..pen }.money(conversion.amount).into()),
        ("rate", pen.words.locale.decimal(&conversion.rate).into()),
        ("source", from_outside(&conversion.source).into()),
    ];
    pen.words.tell("converted", &variables)
}

/// By what it is found: `1001/2 · c-103 · rate:2:percent:12 · 4:17`, of order and line, touch, rule, entry and place.
fn ids(line: &Line, pen: Pen) -> String {
    let Particulars { order_id, line_id, touch, rule, .. } = &line.about;
    let order = if line_id.is_empty() { order_id.clone() } else { format!("{order_id}/{line_id}") };
    let entry = pen.words.tell("document-entry", &[("entry", format!("{}:{}", line.entry, line.position).into())]);
    let parts = [order, touch.clone(), rule.clone(), entry];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// `Refund on 20 March`.
fn on_day(pen: Pen, what: &str, day: i32) -> String {
    pen.words.tell("on-day", &[("what", what.to_owned().into()), ("day", pen.words.day(day).into())])
}

/// Why it moved, in a few words.
fn reason(line: &Line, pen: Pen) -> String {
    pen.words.say(&format!("reason-{}", line.about.reason.code().replace('_', "-")))
}

/// What a person wrote about it.
fn note(line: &Line, pen: Pen) -> String {
    if !line.note.is_empty() {
        return from_outside(&line.note);
    }
    match line.label.given_for.is_empty() {
        true => String::new(),
        false => pen.words.tell("given-for", &[("why", from_outside(&line.label.given_for).into())]),
    }
}

/// `Instagram story, 11 March: Lip Mask`.
fn title(line: &Line, pen: Pen) -> String {
    let Particulars { kind, order_id, effective_day, .. } = &line.about;
    let day = pen.words.day(line.label.ordered_on.unwrap_or(*effective_day));
    let words = pen.words;
    let named = |key: &str, name: &str| words.tell(key, &[("name", name.to_owned().into()), ("day", day.clone().into())]);
    let paid_on = |key: &str| words.tell(key, &[("day", words.day(*effective_day).into()), ("batch", order_id.clone().into())]);
    match kind {
        kind if kind.is_commission() => {
            let what = match line.label.title.is_empty() {
                true => words.tell("order", &[("id", order_id.clone().into())]),
                false => from_outside(&line.label.title),
            };
            let variables = [("source", source(line, pen).into()), ("day", day.into()), ("what", what.into())];
            words.tell("sale", &variables)
        }
        Kind::BonusNewCustomer => named("bonus-new-customer", ""),
        Kind::BonusNetSales => {
            let variables = [("period", period(order_id, pen).into()), ("over", words.locale.decimal(&line.about.touch).into())];
            words.tell("bonus-net-sales", &variables)
        }
        Kind::Fee => match line.label.title.is_empty() {
            true => named("fee", order_id),
            false => named("fee", &from_outside(&line.label.title)),
        },
        Kind::Adjustment => named("adjustment", ""),
        Kind::WriteOff => named("write-off", ""),
        Kind::Opening => named("opening", ""),
        Kind::Batch if line.amount > 0 => paid_on("payout-returned"),
        _ => paid_on("payout"),
    }
}

/// What brought an order: `Instagram story`, `Code MAYA15`.
pub(super) fn source(line: &Line, pen: Pen) -> String {
    let words = pen.words;
    match line.about.kind {
        Kind::Link => place(&line.label.link, &line.label.sub_id, pen),
        Kind::Code => words.tell("source-code", &[("name", from_outside(&line.about.touch.to_uppercase()).into())]),
        Kind::Lock => words.say("source-lock"),
        _ => words.say("source-credit"),
    }
}

/// What people call the place of a link: its sub-id, else the link.
pub(super) fn place(link: &str, sub_id: &str, pen: Pen) -> String {
    match (link.is_empty(), sub_id.trim().is_empty()) {
        (_, false) => readable(sub_id),
        (false, true) => pen.words.tell("source-link", &[("name", from_outside(link).into())]),
        (true, true) => pen.words.say("source-some-link"),
    }
}

/// A sub-id as people write it: `instagram_story` is `Instagram story`. One with capitals is left as it is.
fn readable(sub_id: &str) -> String {
    let plain = from_outside(sub_id);
    if plain.chars().any(char::is_uppercase) {
        return plain;
    }
    let spaced = plain.replace(['_', '-', '+'], " ");
    let mut letters = spaced.trim().chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `12% of 28.00`.
fn basis(line: &Line, pen: Pen) -> String {
    let Particulars { kind, line_id, base, reason, .. } = &line.about;
    if !kind.is_commission() {
        return String::new();
    }
    let rate = rate(line, pen);
    if line_id.is_empty() || rate.is_empty() {
        return rate;
    }
    let variables = [("rate", rate.into()), ("base", pen.number(*base).into())];
    let key = if matches!(reason, Reason::Sale | Reason::Reinstated) { "rate-of" } else { "rate-of-rest" };
    pen.words.tell(key, &variables)
}

/// The percentage of the one tier in which a sale lies; none where it lies in several, or nobody can tell.
fn only_tier<'a>(percents: &'a str, line: &Line) -> Option<&'a str> {
    let pays = |percent: &&str| {
        let rate: Option<Rate> = percent.parse().ok();
        let earned = rate.and_then(|rate| rate.percent_of(line.about.base, Rounding::HalfEven).ok());
        line.about.reason == Reason::Sale && earned == Some(line.amount)
    };
    let mut found = percents.split(',').filter(pays);
    found.next().filter(|_| found.next().is_none())
}

/// What the rule of a line pays, by its code. What an older purser wrote in words stands as it is.
fn rate(line: &Line, pen: Pen) -> String {
    let (code, words) = (line.about.rule.as_str(), pen.words);
    let mut parts = code.splitn(5, ':');
    let (Some("rate"), Some(_), Some(pays), Some(amounts)) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return if code == "none" { words.say("rate-none") } else { code.to_owned() };
    };
    match pays {
        "percent" => words.locale.percent(amounts),
        "per_order" => words.tell("rate-per-order", &[("amount", words.locale.decimal(amounts).into())]),
        "tiers" => {
            if let Some(percent) = only_tier(amounts, line) {
                return words.locale.percent(percent);
            }
            let percents: Vec<String> = amounts.split(',').map(|percent| words.locale.decimal(percent)).collect();
            words.tell("rate-tiers", &[("percents", words.locale.percent_list(&percents).into())])
        }
        _ => code.to_owned(),
    }
}

/// A period as people call it: `March 2026`, `2026-Q1`, `2026`.
pub(super) fn period(label: &str, pen: Pen) -> String {
    Month::parse(label).map_or_else(|| label.to_owned(), |month| pen.words.month(month))
}

/// An amount of minor units as the plain decimal that rules have.
pub(super) fn plain(minor: i64, pen: Pen) -> String {
    format_minor(minor, pen.currency.exponent())
}
