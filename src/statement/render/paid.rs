//! What will be paid, when and where to: what a reader wants to know first.

use super::pen::{Amount, Figure, Pen};
use crate::payout::{BatchState, HoldKind};
use crate::statement::model::Statement;
use crate::statement::outlook::{Coming, Outlook};
use crate::statement::reader::Reader;
use crate::statement::words::Words;

/// What will be paid.
pub(in crate::statement) struct Paid {
    /// What is said first, as a message: it names the amount in the subject.
    matter: &'static str,
    amount: i64,
    day: Option<i32>,
    minimum: i64,
    /// In large letters.
    pub figure: Amount,
    /// What becomes of it.
    pub headline: String,
    /// More about it.
    pub notes: Vec<String>,
    /// Where to, or nothing.
    pub account: String,
    /// What else is or will be paid.
    pub others: Vec<Figure>,
    /// What is on hold, or nothing.
    pub on_hold: Vec<Figure>,
}

/// One thing that can be said of money.
struct Matter {
    key: &'static str,
    amount: i64,
    batch: String,
}

impl Paid {
    pub(in crate::statement) fn of(statement: &Statement, reader: &Reader<'_>, pen: Pen) -> Self {
        let nothing = Outlook::default();
        let outlook = statement.outlook.as_ref().unwrap_or(&nothing);
        let mut matters = matters(outlook);
        let plain = |key: &'static str, amount: i64| Matter { key, amount, batch: String::new() };
        let first = match statement.outlook {
            // An older purser kept only how the month closed.
            None => plain("closed", statement.totals.closing),
            Some(_) if !matters.is_empty() => matters.remove(0),
            Some(_) if outlook.pending > 0 => plain("hold", outlook.pending),
            Some(_) => plain("nothing", 0),
        };
        let words = pen.words;
        let others = matters.iter().map(|matter| Figure {
            note: note(matter, outlook, pen),
            ..Figure::new(headline(matter.key, outlook, words), pen.number(matter.amount))
        });
        let mut notes = vec![note(&first, outlook, pen)];
        if outlook.payable < 0 {
            let debt = pen.money(outlook.payable.saturating_neg());
            notes.push(words.tell("owing", &[("amount", debt.into())]));
        }
        notes.retain(|note| !note.is_empty());
        let is_to_be_paid = matches!(first.key, "sent" | "approved" | "approval" | "due");
        let account = reader.account.filter(|_| is_to_be_paid);
        Self {
            matter: first.key,
            amount: first.amount,
            day: outlook.next_payout,
            minimum: outlook.minimum,
            figure: Amount(pen.money(if first.key == "hold" { 0 } else { first.amount })),
            headline: headline(first.key, outlook, words),
            notes,
            account: account.map_or_else(String::new, |to| words.tell("paid-to", &[("account", to.to_owned().into())])),
            others: others.collect(),
            on_hold: on_hold(outlook, pen),
        }
    }

    /// The subject of the mail.
    pub(in crate::statement) fn subject(&self, program: &str, month: &str, pen: Pen) -> String {
        let words = pen.words;
        let key = match (self.matter, self.day) {
            ("due", None) => "subject-due-open",
            ("due", _) => "subject-due",
            ("sent", _) => "subject-sent",
            ("approved", _) => "subject-approved",
            ("paused", _) => "subject-paused",
            ("approval", _) => "subject-approval",
            ("question", _) => "subject-question",
            ("below", _) => "subject-below",
            ("hold", _) => "subject-hold",
            ("closed", _) => "subject-closed",
            _ => "subject-nothing",
        };
        let day = self.day.map_or_else(String::new, |day| words.day(day));
        let variables = [
            ("program", program.to_owned().into()),
            ("month", month.to_owned().into()),
            ("amount", pen.money(self.amount).into()),
            ("minimum", pen.money(self.minimum).into()),
            ("day", day.into()),
        ];
        words.tell(key, &variables).replace('\u{a0}', " ")
    }

    /// The first lines of plain text.
    pub(in crate::statement) fn text(&self) -> String {
        format!("{}  {}", self.figure.text(), self.headline)
    }
}

/// What can be said of the money, the most certain first.
fn matters(outlook: &Outlook) -> Vec<Matter> {
    let in_state = |is_meant: fn(BatchState) -> bool, key: &'static str| {
        let batches = outlook.batches.iter().filter(move |batch| is_meant(batch.state));
        batches.map(move |batch| Matter { key, amount: batch.amount, batch: batch.batch_id.clone() })
    };
    let plain = |key: &'static str, amount: i64| Some(Matter { key, amount, batch: String::new() }).filter(|m| m.amount > 0);
    let due = outlook.due();
    let carried = if due == 0 { outlook.payable } else { 0 };
    in_state(|state| !matches!(state, BatchState::Draft | BatchState::Approved), "sent")
        .chain(in_state(|state| state == BatchState::Approved, "approved"))
        .chain(in_state(|state| state == BatchState::Draft, "approval"))
        .chain(plain("due", due))
        .chain(plain("question", outlook.in_question))
        .chain(plain(if outlook.paused.is_some() { "paused" } else { "below" }, carried))
        .collect()
}

/// What becomes of an amount, in a few words.
fn headline(key: &str, outlook: &Outlook, words: Words) -> String {
    match (key, outlook.next_payout) {
        ("due", Some(day)) => words.tell("paid-due", &[("day", words.long_day(day).into())]),
        ("due", None) => words.say("paid-due-open"),
        ("sent", _) => words.say("paid-sent"),
        ("approved", _) => words.say("paid-approved"),
        ("paused", _) => words.say("paid-paused"),
        ("approval", _) => words.say("paid-approval"),
        ("question", _) => words.say("paid-question"),
        ("below", _) => words.say("paid-below"),
        ("closed", _) => words.say("paid-closed"),
        _ => words.say("paid-nothing"),
    }
}

/// More about an amount, or nothing.
fn note(matter: &Matter, outlook: &Outlook, pen: Pen) -> String {
    let batch = || ("batch", matter.batch.clone().into());
    match matter.key {
        "sent" | "approved" => pen.words.tell("note-sent", &[batch()]),
        "approval" => pen.words.tell("note-approval", &[batch()]),
        "due" => pen.words.say("note-due"),
        "question" => pen.words.say("note-question"),
        "below" => {
            let less = outlook.minimum.saturating_sub(outlook.payable);
            let variables = [("minimum", pen.money(outlook.minimum).into()), ("less", pen.money(less).into())];
            pen.words.tell("note-below", &variables)
        }
        "hold" => pen.words.say("note-hold"),
        "paused" => outlook.paused.map_or_else(String::new, |kind| pen.words.say(why_paused(kind))),
        _ => String::new(),
    }
}

/// The message that says why payments to somebody are on hold.
fn why_paused(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Review => "note-paused-review",
        HoldKind::TaxForm => "note-paused-tax_form",
        HoldKind::Details => "note-paused-details",
    }
}

/// What is on hold, and when it is paid.
fn on_hold(outlook: &Outlook, pen: Pen) -> Vec<Figure> {
    let words = pen.words;
    let row = |coming: &Coming| {
        let (first, last) = (words.day(coming.first), words.day(coming.last));
        let label = match coming.payout {
            Some(day) => words.tell("hold-payout", &[("day", words.long_day(day).into())]),
            None => words.say("hold-later"),
        };
        let note = match coming.first == coming.last {
            true => words.tell("hold-ends-on", &[("day", first.into())]),
            false => words.tell("hold-ends", &[("first", first.into()), ("last", last.into())]),
        };
        Figure { note, ..Figure::new(label, pen.number(coming.amount)) }
    };
    let mut rows: Vec<Figure> = outlook.coming.iter().filter(|coming| coming.amount != 0).map(row).collect();
    if outlook.disputed != 0 {
        rows.push(Figure::new(words.say("hold-disputed"), pen.number(outlook.disputed)));
    }
    if rows.is_empty() && outlook.pending != 0 {
        rows.push(Figure::new(words.say("hold-unknown"), pen.number(outlook.pending)));
    }
    rows
}
