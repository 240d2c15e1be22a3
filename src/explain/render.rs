//! An explanation as plain text, to be pasted into an email.

use std::fmt::{self, Write};

use super::notes::{CandidateNote, EarningNote, Explanation, HoldNote, LineNote, Verdict};
use crate::vocabulary::{ExceptionKind, Kind, Outcome};

impl Explanation {
    /// Indented plain text that people can read, ending in a line feed.
    pub fn render(&self) -> String {
        let mut text = Text::default();
        // Writing to a string cannot fail.
        let _ = write_all(self, &mut text);
        text.0
    }
}

/// Lines of text, each indented by two spaces for each level.
#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, level: usize, text: fmt::Arguments<'_>) -> fmt::Result {
        writeln!(self.0, "{:width$}{text}", "", width = level * 2)
    }

    fn heading(&mut self, text: &str) -> fmt::Result {
        writeln!(self.0, "\n{text}")
    }
}

macro_rules! say {
    ($out:expr, $level:expr, $($text:tt)*) => { $out.line($level, format_args!($($text)*)) };
}

fn write_all(note: &Explanation, out: &mut Text) -> fmt::Result {
    let name = if note.order_name.is_empty() { String::new() } else { format!("{}, ", note.order_name) };
    say!(out, 0, "Order {name}{} in {}, as of {}", note.order_id, note.program, note.as_of)?;
    match (note.reason, &note.ordered_at, &note.local_day) {
        (Some(reason), Some(ordered_at), Some(day)) => {
            say!(out, 0, "{} ({reason}): {}", reason.outcome(), note.because)?;
            say!(out, 0, "Placed at {ordered_at}, which is {day} in {}", note.time_zone)?;
        }
        _ => say!(out, 0, "Not visible: none of its versions is from before the as-of time")?,
    }
    versions(note, out)?;
    attribution(note, out)?;
    base(note, out)?;
    commission(note, out)?;
    bonuses(note, out)?;
    result(note, out)
}

fn versions(note: &Explanation, out: &mut Text) -> fmt::Result {
    out.heading("Versions")?;
    for version in &note.versions {
        say!(out, 1, "{} {}, {}: {}", version.updated_at, version.status, version.currency, version.why)?;
    }
    Ok(())
}

fn attribution(note: &Explanation, out: &mut Text) -> fmt::Result {
    // Orders that were excluded or rejected before anybody looked for a creator have nothing to show here.
    let nobody_looked = note.touches.is_empty() && note.manual.is_none() && note.lock.is_none();
    if nobody_looked && note.outcome != Some(Outcome::Unattributed) {
        return Ok(());
    }
    out.heading("Who gets credit")?;
    if let Some(manual) = &note.manual {
        let unused = if manual.used { "" } else { ", who is unknown: not used" };
        say!(out, 1, "manual attribution: credit {} to {}{unused}", manual.credit_id, manual.creator_id)?;
    }
    if !note.manual.as_ref().is_some_and(|manual| manual.used) {
        touches(note, out)?;
    }
    if let Some(minimum) = &note.minimum {
        let reached = if minimum.reached { "reaches" } else { "is below" };
        say!(out, 1, "the order's {} {} {reached} the minimum order amount of {}", minimum.sum, note.currency, minimum.minimum)?;
    }
    Ok(())
}

fn touches(note: &Explanation, out: &mut Text) -> fmt::Result {
    say!(out, 1, "{}", note.attribution_rule)?;
    if note.touches.is_empty() {
        say!(out, 1, "no click and no code was found")?;
    }
    for touch in &note.touches {
        let at = touch.at.as_ref().map_or_else(String::new, |at| format!(" at {at}"));
        let link = touch.link_key.as_ref().map_or_else(String::new, |link| format!(" on link {link}"));
        let owner = touch.creator_id.as_ref().map_or_else(String::new, |creator| format!(" of {creator}"));
        let kind = if touch.kind == Kind::Link { "click" } else { "code" };
        say!(out, 1, "{kind} {}{at}{link}{owner}: {}, {}", touch.touch, verdict(touch.verdict), touch.why)?;
    }
    if let Some(lock) = &note.lock {
        match (&lock.source_order_id, &lock.source_ordered_at) {
            (Some(order), Some(at)) => say!(out, 1, "lock: the customer's order {order} at {at}; {}", lock.why)?,
            _ => say!(out, 1, "lock: {}", lock.why)?,
        }
        for creator in &lock.creators {
            say!(out, 2, "{}: {}, {}", creator.creator_id, verdict(creator.verdict), creator.why)?;
        }
    }
    for credit in note.credits.iter().filter(|credit| !credit.campaign.is_empty()) {
        say!(out, 1, "{} gets credit through the campaign {}", credit.creator_id, credit.campaign)?;
    }
    if note.credits.len() > 1 {
        say!(out, 1, "the credit is split equally among {} creators", note.credits.len())?;
    }
    Ok(())
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Won => "won",
        Verdict::Lost => "lost",
        Verdict::Dropped => "dropped",
        Verdict::NoTouch => "no touch",
    }
}

fn base(note: &Explanation, out: &mut Text) -> fmt::Result {
    if note.lines.is_empty() && note.exchange.is_none() {
        return Ok(());
    }
    out.heading("Commissionable amounts")?;
    if let Some(exchange) = &note.exchange {
        let (from, to) = (exchange.from, exchange.to);
        match &exchange.rate {
            Some(rate) => say!(out, 1, "1 {from} is {rate} {to}: {}", exchange.why)?,
            None => say!(out, 1, "no rate from {from} to {to}: {}", exchange.why)?,
        }
    }
    let currency = note.lines.first().map_or("", |line| line.currency);
    for refund in &note.refunds {
        let of = refund.line_id.as_ref().map_or_else(|| "the whole order".to_owned(), |line| format!("line {line}"));
        let (id, at, amount) = (&refund.refund_id, &refund.refunded_at, &refund.amount);
        say!(out, 1, "refund {id} at {at}, {amount} {currency} of {of}: {}", refund.why)?;
    }
    note.lines.iter().try_for_each(|line| one_line(note, line, out))
}

fn one_line(note: &Explanation, line: &LineNote, out: &mut Text) -> fmt::Result {
    let goods: Vec<String> = [("", &line.title), ("sku ", &line.sku), ("category ", &line.category)]
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}{value}"))
        .collect();
    let goods = if goods.is_empty() { String::new() } else { format!(" ({})", goods.join(", ")) };
    say!(out, 1, "line {}{goods}: {} {}", line.line_id, line.net_amount, line.currency)?;
    for refund in &line.refunds {
        say!(out, 2, "less {} for refund {}", refund.taken, refund.refund_id)?;
    }
    if !line.refunds.is_empty() || line.currency != note.currency {
        say!(out, 2, "leaves {} {}, base {} {}", line.left, line.currency, line.base, note.currency)?;
    }
    if line.shares.len() > 1 {
        let shares: Vec<String> = line.shares.iter().map(|share| format!("{} {}", share.creator_id, share.amount)).collect();
        say!(out, 2, "shared: {}", shares.join(", "))?;
    }
    Ok(())
}

fn commission(note: &Explanation, out: &mut Text) -> fmt::Result {
    if note.earnings.is_empty() {
        return Ok(());
    }
    out.heading("Commission")?;
    for earning in &note.earnings {
        one_earning(note, earning, out)?;
    }
    if let Some(cap) = &note.order_cap {
        let cuts = if cap.cuts { "which is split in proportion" } else { "so nothing is cut" };
        say!(out, 1, "cap per order: the rows come to {}, the most is {}, {cuts}", cap.sum, cap.cap)?;
    }
    Ok(())
}

fn one_earning(note: &Explanation, earning: &EarningNote, out: &mut Text) -> fmt::Result {
    let currency = note.currency;
    if earning.line_id.is_empty() {
        say!(out, 1, "fixed amounts for {}: {} {currency}", earning.creator_id, earning.commission)?;
        say!(out, 2, "{}", earning.pays)?;
    } else {
        say!(out, 1, "line {} to {}: {} {currency}", earning.line_id, earning.creator_id, earning.commission)?;
        for rate in &earning.candidates {
            say!(out, 2, "{} (specificity {}): {}", rate.rule, rate.specificity, verdict_on(rate, &earning.candidates))?;
        }
        if earning.candidates.is_empty() {
            say!(out, 2, "{}", earning.pays)?;
        }
        for rate in &earning.others {
            say!(out, 2, "{}: does not match, {}", rate.rule, rate.why)?;
        }
        if let Some(tiers) = &earning.tiers {
            let (metric, period, mode) = (tiers.metric, &tiers.period, tiers.mode);
            say!(
                out,
                2,
                "tiers by {metric} in {period}, {mode}: {} before, {} after, {} in all",
                tiers.before,
                tiers.after,
                tiers.total
            )?;
            for part in &tiers.parts {
                say!(out, 3, "{} {currency} in the tier from {}, at {}%", part.amount, part.from, part.percent)?;
            }
        }
    }
    if earning.rule.is_empty() || earning.fixed {
        // Nothing was computed for this line: there is no rate, or its amount stands with the fixed ones.
    } else {
        let (pays, base, rounded) = (&earning.pays, &earning.base, &earning.rounded);
        if earning.exact == *rounded {
            say!(out, 2, "{pays} of {base} {currency} = {rounded}")?;
        } else {
            say!(
                out,
                2,
                "{pays} of {base} {currency} = {}, rounded to {rounded} (rounding: {})",
                earning.exact,
                rounding(earning)
            )?;
        }
    }
    if let Some(after) = &earning.after_order_cap {
        say!(out, 2, "the cap per order leaves {after}")?;
    }
    if let Some(cap) = &earning.month_cap {
        let cuts = if cap.cuts { format!("which leaves {}", earning.commission) } else { "so nothing is cut".to_owned() };
        say!(out, 2, "cap per month: {} earned before in {}, the most is {}, {cuts}", cap.earned_before, cap.month, cap.cap)?;
    }
    Ok(())
}

fn rounding(earning: &EarningNote) -> &str {
    match earning.rounding {
        "half_even" => "half to even",
        "half_up" => "half up",
        other => other,
    }
}

/// Whether a rate applies, and why not.
fn verdict_on(rate: &CandidateNote, all: &[CandidateNote]) -> String {
    let winner = all.iter().find(|other| other.wins).filter(|_| !rate.wins);
    let Some(winner) = winner else { return "applies".to_owned() };
    let name = winner.rule.split(':').next().unwrap_or_default();
    let why = if winner.specificity > rate.specificity { "is more specific" } else { "comes later in the file" };
    format!("not used, as {name} {why}")
}

fn bonuses(note: &Explanation, out: &mut Text) -> fmt::Result {
    if note.bonuses.is_empty() {
        return Ok(());
    }
    out.heading("Bonuses")?;
    for bonus in &note.bonuses {
        say!(out, 1, "{} to {}: {} {}, {}", bonus.bonus, bonus.creator_id, bonus.amount, note.currency, bonus.why)?;
    }
    Ok(())
}

fn result(note: &Explanation, out: &mut Text) -> fmt::Result {
    if !note.exceptions.is_empty() {
        out.heading("Exceptions")?;
        let kinds: Vec<&str> = note.exceptions.iter().map(|kind| ExceptionKind::code(*kind)).collect();
        say!(out, 1, "{}", kinds.join(", "))?;
    }
    out.heading("Result")?;
    if note.rows.is_empty() {
        return say!(out, 1, "this order pays nobody");
    }
    for row in &note.rows {
        let of = if row.line_id.is_empty() { String::new() } else { format!(" for line {}", row.line_id) };
        say!(out, 1, "{} {} to {}{of} ({}, {})", row.commission, note.currency, row.creator_id, row.kind, row.state)?;
    }
    match &note.hold {
        Some(HoldNote { dispute: Some(dispute), .. }) => say!(out, 1, "on hold until the end of {dispute}"),
        Some(hold) => {
            let state = if hold.state == "pending" { "still on hold" } else { "now payable" };
            say!(out, 1, "on hold until {}: {state}", hold.until)
        }
        None => Ok(()),
    }
}
