//! What the templates show: a statement in words and written amounts.

use std::collections::BTreeMap;

use anyhow::Result;
use askama::Template;

use super::model::{Line, PerformanceOf, Section, SourceFigures, Statement, Totals};
use crate::calendar::{Month, day_of_epoch};
use crate::ledger::Particulars;
use crate::money::{Overflow, grouped};
use crate::vocabulary::{Kind, Reason, rule_words};

/// How many lines a mail shows; all of them are in the attachment.
const LINES: usize = 60;

/// How many links and codes a mail shows.
const SOURCES: usize = 20;

/// How wide plain text is.
const WIDTH: usize = 72;

#[derive(Template)]
#[template(path = "statement/templates/statement/subject.txt", config = "src/askama.toml")]
pub(super) struct Subject<'a> {
    pub view: &'a View,
}

#[derive(Template)]
#[template(path = "statement/templates/statement/text.txt", config = "src/askama.toml")]
pub(super) struct Text<'a> {
    pub view: &'a View,
}

#[derive(Template)]
#[template(path = "statement/templates/statement/page.html", config = "src/askama.toml")]
pub(super) struct Html<'a> {
    pub view: &'a View,
}

/// A written amount.
pub(super) struct Amount(String);

impl Amount {
    /// For a page: with a real minus sign, and never broken.
    pub(super) fn html(&self) -> String {
        self.0.replace('-', "\u{2212}").replace(' ', "\u{a0}")
    }

    /// For plain text.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn is_negative(&self) -> bool {
        self.0.starts_with('-')
    }
}

/// A label and what stands against it.
pub(super) struct Figure {
    pub label: String,
    pub amount: Amount,
    /// Whether it is money that the creator received: no loss, though it lowers the balance.
    pub is_payout: bool,
}

impl Figure {
    /// Label to the left, amount to the right.
    pub(super) fn text(&self) -> String {
        spread(&self.label, &self.amount.0, WIDTH)
    }

    /// The same, set in.
    pub(super) fn text_indented(&self) -> String {
        spread(&format!("  {}", self.label), &self.amount.0, WIDTH)
    }
}

/// One transfer.
pub(super) struct Entry {
    pub day: String,
    pub title: String,
    pub detail: String,
    pub amount: Amount,
}

impl Entry {
    pub(super) fn text(&self) -> String {
        let detail: String = wrapped(&self.detail, WIDTH - 22).iter().map(|line| format!("\n          {line}")).collect();
        format!("{}{detail}", spread(&format!("  {:<8}{}", self.day, self.title), &self.amount.0, WIDTH))
    }
}

/// Transfers of one section.
pub(super) struct Group {
    pub heading: &'static str,
    pub total: Amount,
    pub entries: Vec<Entry>,
    /// How many more there are than are shown.
    pub hidden: usize,
}

impl Group {
    pub(super) fn heading_text(&self) -> String {
        spread(self.heading, &self.total.0, WIDTH)
    }
}

/// A row of the table of links and codes.
pub(super) struct SourceRow {
    pub name: String,
    pub clicks: String,
    pub orders: String,
    pub net_sales: Amount,
    pub commission: Amount,
}

impl SourceRow {
    /// Whether it is a sub-id under its link.
    pub(super) fn is_part(&self) -> bool {
        self.name.starts_with('·')
    }

    pub(super) fn text(&self) -> String {
        let Self { name, clicks, orders, net_sales, commission } = self;
        let name = shortened(name, 28);
        format!("{name:<28}{clicks:>8}{orders:>8}{:>14}{:>14}", net_sales.0, commission.0)
    }
}

/// What one campaign, or what came without any, earned.
pub(super) struct CampaignRow {
    pub name: String,
    pub earned: Amount,
    pub clawed_back: Amount,
    pub bonuses: Amount,
    pub total: Amount,
}

impl CampaignRow {
    pub(super) fn text(&self) -> String {
        let Self { name, earned, clawed_back, bonuses, total } = self;
        format!("{:<22}{:>11}{:>13}{:>12}{:>14}", shortened(name, 22), earned.0, clawed_back.0, bonuses.0, total.0)
    }
}

/// Everything the templates say.
pub(super) struct View {
    pub program: String,
    pub name: String,
    pub creator_id: String,
    pub month: String,
    pub currency: String,
    pub preview: bool,
    pub closing: Amount,
    pub opened: Figure,
    pub changes: Vec<Figure>,
    pub closed: Figure,
    pub held: Vec<Figure>,
    pub is_owing: bool,
    pub corrections: Vec<Group>,
    pub corrections_total: Amount,
    pub groups: Vec<Group>,
    pub campaigns: Vec<CampaignRow>,
    pub performance: Vec<Figure>,
    pub sources: Vec<SourceRow>,
    pub hidden_sources: usize,
    pub entry: i64,
    pub head: String,
    pub issued: String,
}

impl View {
    pub(super) fn of(statement: &Statement, name: &str, preview: bool) -> Result<Self> {
        let exponent = statement.money()?.exponent();
        let money = |minor: i64| Amount(grouped(minor, exponent));
        let month = Month::parse(&statement.month).unwrap_or(Month::of_day(0));
        let totals = &statement.totals;
        let figure = |label: &str, minor: i64| Figure { label: label.to_owned(), amount: money(minor), is_payout: false };
        let less = |minor: i64| minor.checked_neg().ok_or(Overflow);
        let (first, last) = (long_day(month.first_day()), long_day(month.last_day()));
        let has_adjustments =
            statement.corrections.iter().chain(&statement.lines).any(|line| line.section == Section::Adjustment);
        let mut shown = LINES;
        let corrections = groups(statement, &statement.corrections, exponent, &mut shown)?;
        let lines = groups(statement, &statement.lines, exponent, &mut shown)?;
        let rows = source_rows(&statement.performance.sources, exponent);
        Ok(Self {
            program: statement.program_name.clone(),
            name: name.to_owned(),
            creator_id: statement.creator_id.clone(),
            month: month.words(),
            currency: statement.currency.clone(),
            preview,
            closing: Amount(format!("{} {}", grouped(totals.closing, exponent), statement.currency)),
            opened: figure(&format!("Opening balance, {first}"), totals.opening),
            changes: [
                Some(figure("Earned", totals.earned)),
                Some(figure("Clawed back", less(totals.clawed_back)?)),
                Some(figure("Bonuses", totals.bonuses)),
                Some(figure("Fixed fees", totals.fees)),
                // Rare: most creators never have any.
                Some(figure("Adjustments", totals.adjustments)).filter(|_| totals.adjustments != 0 || has_adjustments),
                Some(Figure { is_payout: true, ..figure("Paid to you", less(totals.paid)?) }),
            ]
            .into_iter()
            .flatten()
            .collect(),
            closed: figure(&format!("Closing balance, {last}"), totals.closing),
            held: vec![
                figure("On hold until the return period ends", statement.held.pending),
                figure(
                    if statement.held.payable < 0 { "Negative balance" } else { "Available for payout" },
                    statement.held.payable,
                ),
                figure("Payout in progress", statement.held.reserved),
            ],
            is_owing: statement.held.payable < 0,
            corrections_total: money(sum(&statement.corrections)?),
            corrections,
            groups: lines,
            campaigns: campaign_rows(statement, exponent)?,
            performance: performance(&statement.performance, exponent, &statement.currency),
            hidden_sources: rows.len().saturating_sub(SOURCES),
            sources: rows.into_iter().take(SOURCES).collect(),
            entry: statement.through_entry,
            head: statement.head.chars().take(16).collect(),
            issued: issued(statement.built_at, preview),
        })
    }
}

impl View {
    /// The last line of the corrections.
    pub(super) fn corrections_text(&self) -> String {
        spread("Total corrections", self.corrections_total.text(), WIDTH)
    }

    /// The header of the table of campaigns.
    pub(super) fn campaigns_heading(&self) -> String {
        format!("{:<22}{:>11}{:>13}{:>12}{:>14}", "", "earned", "clawed back", "bonuses", "total")
    }

    /// The header of the table of links and codes.
    pub(super) fn sources_heading(&self) -> String {
        format!("{:<28}{:>8}{:>8}{:>14}{:>14}", "", "clicks", "orders", "net sales", "earned")
    }
}

fn sum(lines: &[Line]) -> Result<i64, Overflow> {
    lines.iter().try_fold(0i64, |sum, line| sum.checked_add(line.amount)).ok_or(Overflow)
}

fn groups(statement: &Statement, lines: &[Line], exponent: u32, shown: &mut usize) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    for section in Section::ALL {
        let of_section: Vec<&Line> = lines.iter().filter(|line| line.section == section).collect();
        if of_section.is_empty() {
            continue;
        }
        let total = of_section.iter().try_fold(0i64, |sum, line| sum.checked_add(line.amount)).ok_or(Overflow)?;
        let count = of_section.len().min(*shown);
        *shown -= count;
        groups.push(Group {
            heading: section.words(),
            total: Amount(grouped(total, exponent)),
            hidden: of_section.len() - count,
            entries: of_section.into_iter().take(count).map(|line| entry(statement, line, exponent)).collect(),
        });
    }
    Ok(groups)
}

fn entry(statement: &Statement, line: &Line, exponent: u32) -> Entry {
    Entry {
        day: short_day(line.about.effective_day),
        title: title_of(&line.about, line.amount),
        detail: detail(line, statement.campaign_of(line), exponent),
        amount: Amount(grouped(line.amount, exponent)),
    }
}

/// What a transfer is about, in a few words; `amount` above zero is owed more.
pub fn title_of(about: &Particulars, amount: i64) -> String {
    let (id, line_id) = (&about.order_id, &about.line_id);
    match about.kind {
        kind if kind.is_commission() && line_id.is_empty() => format!("Order {id}"),
        kind if kind.is_commission() => format!("Order {id}, line {line_id}"),
        Kind::BonusNewCustomer => format!("New customer, order {id}"),
        Kind::BonusNetSales => format!("Sales bonus for {id}"),
        Kind::Fee => format!("Fee {id}"),
        Kind::Adjustment => format!("Adjustment {id}"),
        Kind::WriteOff => format!("Negative balance written off, {id}"),
        Kind::Opening => format!("Balance brought forward, {id}"),
        Kind::Batch if amount > 0 => format!("Payout {id} returned"),
        Kind::Batch => format!("Payout {id}"),
        kind => format!("{kind} {id}"),
    }
}

/// The evidence, campaign and rule of a transfer, in words; empty where there is none.
pub fn detail_of(about: &Particulars, campaign: &str, exponent: u32) -> String {
    let Particulars { kind, touch, reason, .. } = about;
    let evidence = match kind {
        Kind::Link => format!("click {touch}"),
        Kind::Code => format!("code {touch}"),
        Kind::Lock => format!("returning customer, first referred in order {touch}"),
        Kind::Credit => format!("manual attribution, {touch}"),
        Kind::BonusNetSales => format!("sales over {touch}"),
        _ => String::new(),
    };
    let rule = if kind.is_commission() { rule_words(&about.rule) } else { String::new() };
    let earned = match (kind.is_commission() && !about.line_id.is_empty(), reason) {
        (false, _) => rule,
        (true, Reason::Sale | Reason::Reinstated) => format!("{rule} of {}", grouped(about.base, exponent)),
        (true, _) => format!("commissionable amount now {} · {rule}", grouped(about.base, exponent)),
    };
    let campaign = if campaign.is_empty() { String::new() } else { format!("campaign {campaign}") };
    [evidence, campaign, earned].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn detail(line: &Line, campaign: &str, exponent: u32) -> String {
    let why = if line.note.is_empty() { line.about.reason.words().to_owned() } else { line.note.clone() };
    let parts = [why, detail_of(&line.about, campaign, exponent), format!("entry {}", line.entry)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What each campaign earned; nothing where all of it is of one, or of none. The sums are those of the statement's figures.
fn campaign_rows(statement: &Statement, exponent: u32) -> Result<Vec<CampaignRow>> {
    // Those without a campaign come last.
    let mut by_campaign: BTreeMap<(bool, &str), Totals> = BTreeMap::new();
    let mut whole = Totals::default();
    for line in statement.corrections.iter().chain(&statement.lines) {
        if matches!(line.section, Section::Earned | Section::ClawedBack | Section::Bonus) {
            let name = statement.campaign_of(line);
            by_campaign.entry((name.is_empty(), name)).or_default().add(line)?;
            whole.add(line)?;
        }
    }
    if by_campaign.len() < 2 {
        return Ok(Vec::new());
    }
    let row = |name: &str, of: &Totals| -> Result<CampaignRow> {
        let money = |minor: i64| Amount(grouped(minor, exponent));
        Ok(CampaignRow {
            name: name.to_owned(),
            earned: money(of.earned),
            clawed_back: money(of.clawed_back.checked_neg().ok_or(Overflow)?),
            bonuses: money(of.bonuses),
            total: money(of.closing),
        })
    };
    let mut rows = Vec::new();
    for ((is_none, name), totals) in &by_campaign {
        rows.push(row(if *is_none { "Without a campaign" } else { name }, totals)?);
    }
    rows.push(row("Total", &whole)?);
    Ok(rows)
}

fn performance(performance: &PerformanceOf, exponent: u32, currency: &str) -> Vec<Figure> {
    let figure = |label: &str, text: String| Figure { label: label.to_owned(), amount: Amount(text), is_payout: false };
    let none = || "–".to_owned();
    let money = |minor: i64| format!("{} {currency}", grouped(minor, exponent));
    let conversion = performance.conversion().map_or_else(none, |hundredths| format!("{}%", grouped(hundredths, 2)));
    let per_click = performance.per_click().map_or_else(none, |parts| format!("{} {currency}", grouped(parts, exponent + 2)));
    vec![
        figure("Clicks on your links", grouped(performance.clicks, 0)),
        figure("Orders credited to you", grouped(performance.orders, 0)),
        figure("  of which through your links", grouped(performance.link_orders, 0)),
        figure("Conversion rate (link orders ÷ clicks)", conversion),
        figure("Net sales, after refunds", money(performance.net_sales)),
        figure("Average order value", performance.average_order().map_or_else(none, money)),
        figure("Earnings per click", per_click),
        figure("Credited orders refunded", grouped(performance.refunded_orders, 0)),
    ]
}

/// Each link with its sub-ids under it, then codes, the lock and manual attributions.
fn source_rows(sources: &[SourceFigures], exponent: u32) -> Vec<SourceRow> {
    let mut rows = Vec::new();
    for of_one in sources.chunk_by(|a, b| (&a.kind, &a.name) == (&b.kind, &b.name)) {
        let Some(first) = of_one.first() else { continue };
        let mut whole = SourceFigures { kind: first.kind.clone(), name: first.name.clone(), ..SourceFigures::default() };
        for part in of_one {
            // Parts of sums that were kept exactly.
            whole.clicks += part.clicks;
            whole.orders += part.orders;
            whole.net_sales += part.net_sales;
            whole.commission += part.commission;
        }
        rows.push(source_row(source_name(&whole), &whole, exponent));
        if of_one.len() > 1 || !first.sub_id.is_empty() {
            let sub = |part: &SourceFigures| if part.sub_id.is_empty() { "no sub-id" } else { &part.sub_id }.to_owned();
            rows.extend(of_one.iter().map(|part| source_row(format!("· {}", sub(part)), part, exponent)));
        }
    }
    rows
}

fn source_name(source: &SourceFigures) -> String {
    match source.kind.as_str() {
        "link" => format!("Link {}", source.name),
        "code" => format!("Code {}", source.name),
        "lock" => "Returning customers".to_owned(),
        "credit" => "Manually credited to you".to_owned(),
        _ => "Other sub-ids".to_owned(),
    }
}

fn source_row(name: String, source: &SourceFigures, exponent: u32) -> SourceRow {
    let has_clicks = matches!(source.kind.as_str(), "link" | "other");
    SourceRow {
        name,
        clicks: if has_clicks { grouped(source.clicks, 0) } else { String::new() },
        orders: grouped(source.orders, 0),
        net_sales: Amount(grouped(source.net_sales, exponent)),
        commission: Amount(grouped(source.commission, exponent)),
    }
}

/// `3 Mar`.
fn short_day(day: i32) -> String {
    day_of_epoch(day).map_or_else(String::new, |date| date.format("%-d %b").to_string())
}

/// `3 March 2026`.
fn long_day(day: i32) -> String {
    day_of_epoch(day).map_or_else(String::new, |date| date.format("%-d %B %Y").to_string())
}

/// `Issued 3 March 2026, 10:00 UTC`; a preview was not issued.
fn issued(at: i64, preview: bool) -> String {
    let time = chrono::DateTime::from_timestamp_micros(at).unwrap_or_default();
    format!("{} {}", if preview { "As of" } else { "Issued" }, time.format("%-d %B %Y, %H:%M UTC"))
}

/// Two texts at the two ends of a line; the left one is cut where they would touch.
fn spread(left: &str, right: &str, width: usize) -> String {
    let room = width.saturating_sub(right.chars().count() + 2);
    let left = shortened(left, room);
    let gap = width.saturating_sub(left.chars().count() + right.chars().count());
    format!("{left}{}{right}", " ".repeat(gap))
}

fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// A text in lines of at most `width` characters, broken at spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
