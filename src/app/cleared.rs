//! Which share of orders, of their commission and of payouts has cleared by so many days, as figures and as a picture.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::Result;

use super::basis::basis;
use super::environment::Environment;
use crate::facts::blocking;
use crate::ledger::check_currency_shown;
use crate::money::Overflow;
use crate::payout::payouts_by_days;
use crate::program::Program;

/// A part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// The part.
    pub part: i64,
    /// The whole.
    pub of: i64,
}

impl Share {
    /// In tenths of a percent, rounded down; none of nothing.
    pub fn tenths(self) -> Option<i64> {
        i64::try_from((i128::from(self.part) * 1000).checked_div(i128::from(self.of))?).ok()
    }
}

/// What has cleared by a number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClearedBy {
    /// By how many days: after the order for the first two, after the draft for payouts.
    pub days: i64,
    /// Orders whose commission is off hold.
    pub orders: Share,
    /// Commission that is off hold, in minor units.
    pub money: Share,
    /// Money of batches that was paid and did not come back, in minor units.
    pub payouts: Share,
}

/// What has cleared by each number of days at which something did, as of the last reconciliation. What still waits, such as orders on hold, is
/// part of the whole.
///
/// # Errors
///
/// When the program has never been reconciled, or kept files are missing.
pub async fn cleared_by_days(at: &Environment, program: &Program) -> Result<Vec<ClearedBy>> {
    check_currency_shown(&at.store, program).await?;
    let basis = basis(at, program).await?;
    let (data, zone) = (at.data.clone(), program.time_zone);
    let cleared = blocking(move || basis.outcome.cleared(&data, zone, basis.as_of)).await?;
    let payouts = payouts_by_days(&mut at.store.snapshot().await?, &program.id).await?;
    let all = [&cleared.orders, &cleared.money, &payouts];
    let days: BTreeSet<i64> = all.iter().flat_map(|by_days| by_days.keys().copied().flatten()).chain([0]).collect();
    let share = |by_days: &BTreeMap<Option<i64>, i64>, days: i64| -> Result<Share, Overflow> {
        let add = |sum: i64, part: &i64| sum.checked_add(*part).ok_or(Overflow);
        let part = by_days.iter().filter(|(took, _)| took.is_some_and(|took| took <= days)).map(|(_, part)| part);
        Ok(Share { part: part.into_iter().try_fold(0, add)?, of: by_days.values().try_fold(0, add)? })
    };
    let by = |days: i64| -> Result<ClearedBy> {
        let [orders, money, payouts] = [share(all[0], days)?, share(all[1], days)?, share(all[2], days)?];
        Ok(ClearedBy { days, orders, money, payouts })
    };
    days.into_iter().map(by).collect()
}

/// How large the picture is, and the margins of what it shows (left, right, top, bottom).
const SIZE: (i64, i64) = (640, 260);
const MARGINS: (i64, i64, i64, i64) = (48, 16, 16, 56);

/// The three lines: what each is, its color, and its dashes for eyes that tell colors apart badly.
type Line = (&'static str, &'static str, &'static str, fn(&ClearedBy) -> Share);
const LINES: [Line; 3] = [
    ("orders", "#1f5fa8", "", |by| by.orders),
    ("commission", "#b4540a", "6 3", |by| by.money),
    ("payouts", "#2f7d32", "2 3", |by| by.payouts),
];

/// The shares as a picture (SVG) that stands in a page as it is: a line that rises in steps for each of the three. It holds no script, style
/// or link, and says in words what it shows.
pub fn cleared_picture(cleared: &[ClearedBy]) -> String {
    let ((width, height), (left, right, top, bottom)) = (SIZE, MARGINS);
    let most = cleared.last().map_or(1, |last| last.days).max(1);
    let x = |days: i64| left + days.max(0) * (width - left - right) / most;
    let y = |tenths: i64| height - bottom - tenths * (height - top - bottom) / 1000;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<title>Share cleared by days</title>\n<desc>{}</desc>\n",
        words(cleared)
    );
    // Writing to a string cannot fail.
    for percent in [0, 25, 50, 75, 100] {
        let at = y(percent * 10);
        let _ = writeln!(
            out,
            "<line x1=\"{left}\" y1=\"{at}\" x2=\"{}\" y2=\"{at}\" stroke=\"#c8c8c8\"/>\n<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{percent} \
             %</text>",
            width - right,
            left - 6,
            at + 4
        );
    }
    for days in [0, most / 2, most].into_iter().collect::<BTreeSet<_>>() {
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">day {days}</text>", x(days), height - bottom + 16);
    }
    for ((name, color, dashes, share), place) in LINES.into_iter().zip(0..) {
        let mut points = format!("{},{}", x(0), y(0));
        let mut before = y(0);
        for by in cleared {
            let Some(tenths) = share(by).tenths() else { continue };
            let _ = write!(points, " {},{before} {},{}", x(by.days), x(by.days), y(tenths));
            before = y(tenths);
        }
        let (at, row) = (left + place * 150, height - 14);
        let _ = writeln!(
            out,
            "<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\" points=\"{points}\"/>\n\
             <line x1=\"{at}\" y1=\"{row}\" x2=\"{}\" y2=\"{row}\" stroke=\"{color}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>\n\
             <text x=\"{}\" y=\"{}\">{name}</text>",
            at + 24,
            at + 30,
            row + 4
        );
    }
    out + "</svg>\n"
}

/// What the picture shows, in words.
fn words(cleared: &[ClearedBy]) -> String {
    let Some(last) = cleared.last() else { return "Nothing has cleared yet.".to_owned() };
    let said = LINES.into_iter().filter_map(|(name, _, _, share)| {
        let tenths = share(last).tenths()?;
        Some(format!("{}.{} % of {name}", tenths / 10, tenths % 10))
    });
    let said = said.collect::<Vec<_>>().join(", ");
    if said.is_empty() { "Nothing has cleared yet.".to_owned() } else { format!("By day {}: {said}.", last.days) }
}
