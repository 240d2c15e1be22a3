//! How the balance came about, from the month's first day to its last.

use anyhow::Result;

use super::pen::{Figure, Pen};
use crate::calendar::Month;
use crate::money::Overflow;
use crate::statement::model::{Line, Section, Statement};

/// The balance of a month. Its figures add up as they stand: what was paid is taken off.
pub(in crate::statement) struct Balance {
    pub opened: Figure,
    pub changes: Vec<Figure>,
    /// What was paid out; none where nothing was.
    pub paid: Option<Figure>,
    pub closed: Figure,
    /// Where the closing balance stood, in one sentence; or nothing.
    pub stood: String,
}

impl Balance {
    pub(in crate::statement) fn of(statement: &Statement, month: Month, pen: Pen) -> Result<Self> {
        let (words, totals) = (pen.words, &statement.totals);
        let less = |minor: i64| minor.checked_neg().ok_or(Overflow);
        let has = |section: Section| all_lines(statement).any(|line| line.section == section);
        let mut changes = vec![Figure::new(words.say("commission"), pen.number(totals.earned))];
        let others = [
            ("taken-back", less(totals.clawed_back)?, Section::ClawedBack),
            ("bonuses", totals.bonuses, Section::Bonus),
            ("flat-fees", totals.fees, Section::Fee),
            ("adjustments", totals.adjustments, Section::Adjustment),
        ];
        for (key, amount, section) in others {
            if amount != 0 || has(section) {
                changes.push(Figure::new(words.say(key), pen.number(amount)));
            }
        }
        let paid = (totals.paid != 0 || has(Section::Paid)).then(|| Figure {
            note: payout_days(statement, pen),
            // It adds up with its label, "less": it is no loss.
            ..Figure::new(words.say("less-paid"), pen.number(totals.paid))
        });
        let on = |key: &str, day: i32| words.tell(key, &[("day", words.long_day(day).into())]);
        Ok(Self {
            opened: Figure::new(on("balance-on", month.first_day()), pen.number(totals.opening)),
            changes,
            paid,
            closed: Figure::new(on("balance-on", month.last_day()), pen.money(totals.closing)),
            stood: stood(statement, pen),
        })
    }
}

/// All lines of a statement.
pub(super) fn all_lines(statement: &Statement) -> impl Iterator<Item = &Line> {
    statement.corrections.iter().chain(&statement.lines)
}

/// The days on which something was paid, or came back.
fn payout_days(statement: &Statement, pen: Pen) -> String {
    let mut days: Vec<i32> =
        all_lines(statement).filter(|line| line.section == Section::Paid).map(|line| line.about.effective_day).collect();
    days.sort_unstable();
    days.dedup();
    days.iter().map(|day| pen.words.day(*day)).collect::<Vec<_>>().join(", ")
}

/// Where the closing balance stood.
fn stood(statement: &Statement, pen: Pen) -> String {
    let held = &statement.held;
    let parts = [("stood-hold", held.pending), ("stood-available", held.payable), ("stood-payout", held.reserved)];
    let told = |(key, amount): (&str, i64)| {
        let key = if key == "stood-available" && amount < 0 { "stood-debt" } else { key };
        pen.words.tell(key, &[("amount", pen.number(amount).into())])
    };
    let parts: Vec<String> = parts.into_iter().filter(|(_, amount)| *amount != 0).map(told).collect();
    if parts.is_empty() { String::new() } else { pen.words.tell("stood", &[("parts", parts.join(", ").into())]) }
}
