//! Why an order pays what it pays, and a creator's statement.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::creator::{Whose, account_words};
use super::download::file;
use super::room::Room;
use super::table::{Asked, Cell, Column, Here, Listing, Table, Tag, Tone, figures, words};
use super::words::{change, money};
use crate::app::{
    self, Comparison, ExplainedOrder, ExplainedRow, NamedStatement, Posted, StatementLine, StatementSection, detail_of,
};
use crate::calendar::{Month, format_day};
use crate::web::page::{Frame, Place, page};
use crate::web::{Failure, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/programs/{program}/order", get(order)).route("/programs/{program}/statement", get(statement))
}

/// What an order pays somebody.
struct Share {
    name: String,
    to: String,
    of: String,
    amount: String,
    tag: Tag,
}

#[derive(Template)]
#[template(path = "web/templates/order.html", config = "src/askama.toml")]
struct Order {
    frame: Frame,
    title: String,
    order_id: String,
    outcome: Tag,
    because: String,
    placed: String,
    shares: Vec<Share>,
    differs: bool,
    text: String,
    list: Listing,
}

const TRANSFERS: &[Column] = &[
    words("day", "Day"),
    words("why", "Why"),
    words("line", "Line"),
    words("creator", "Creator"),
    words("from", "From"),
    words("to", "To"),
    figures("amount", "Amount"),
    figures("entry", "Entry"),
];

async fn order(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(Whose { id }): Query<Whose>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Elsewhere)?;
    let ExplainedOrder { explanation, transfers, comparison } = app::explain_order(&room.at, &room.program, &id, None).await?;
    let names = app::creator_names(&room.at, &room.program).await?;
    let row = |posted: &Posted| {
        let (transfer, about) = (&posted.transfer, &posted.transfer.about);
        vec![
            Cell::text(format_day(about.effective_day)),
            Cell::text(about.reason.words()),
            Cell::text(about.line_id.clone()),
            Cell::Named(names.of(&about.creator_id).to_owned(), about.creator_id.clone(), room.creator(&about.creator_id)),
            Cell::text(account_words(transfer.source)),
            Cell::text(account_words(transfer.target)),
            Cell::Money(transfer.amount),
            Cell::link(posted.entry.to_string(), room.to(&format!("books/entries/{}", posted.entry))),
        ]
    };
    let table = Table {
        name: format!("Transfers of order {}", explanation.order_id),
        columns: TRANSFERS,
        rows: transfers.iter().map(row).collect(),
        currency: room.program.currency,
        empty: "This order never moved any money.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, &asked, &Here::new(room.to("order")).with("id", &id));
    let share = |row: &ExplainedRow| Share {
        name: names.of(&row.creator_id).to_owned(),
        to: room.creator(&row.creator_id),
        of: if row.line_id.is_empty() { row.kind.to_string() } else { format!("line {}", row.line_id) },
        amount: format!("{}\u{a0}{}", row.commission, room.program.currency),
        tag: Tag::new(
            if row.state == "payable" { Tone::Good } else { Tone::Warn },
            if row.state == "payable" { "payable" } else { "on hold" },
        ),
    };
    let outcome = explanation.outcome.map_or("not visible", crate::vocabulary::Outcome::code);
    let name = if explanation.order_name.is_empty() { &explanation.order_id } else { &explanation.order_name };
    let placed = match (&explanation.ordered_at, &explanation.local_day) {
        (Some(_), Some(day)) => format!("Placed on {day} ({})", explanation.time_zone),
        _ => String::new(),
    };
    page(&Order {
        title: format!("Order {name}"),
        order_id: explanation.order_id.clone(),
        outcome: Tag::new(if outcome == "attributed" { Tone::Good } else { Tone::Plain }, outcome),
        because: sentence(&explanation.because),
        placed,
        shares: explanation.rows.iter().map(share).collect(),
        differs: matches!(comparison, Comparison::Differs { .. }),
        text: explanation.render(),
        list,
        frame: room.frame,
    })
}

/// With a capital at its beginning.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Of which month; of the latest, where none is said.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    month: String,
}

#[derive(Template)]
#[template(path = "web/templates/statement.html", config = "src/askama.toml")]
struct Statement {
    frame: Frame,
    name: String,
    creator: String,
    month: String,
    preview: bool,
    sums: Vec<(&'static str, String)>,
    opening: String,
    closing: String,
    text: String,
    list: Listing,
}

const LINES: &[Column] = &[
    words("what", "What"),
    words("day", "Day"),
    words("section", "Section"),
    words("evidence", "Evidence and rule"),
    words("correction", "Correction"),
    figures("amount", "Amount"),
    figures("entry", "Entry"),
];

fn line_row(room: &Room, line: &StatementLine, is_correction: bool) -> Vec<Cell> {
    let (what, to) = room.about(&line.about, line.amount);
    vec![
        to.map_or_else(|| Cell::text(what.clone()), |to| Cell::link(what.clone(), to)),
        Cell::text(format_day(line.about.effective_day)),
        Cell::text(section_words(line.section)),
        Cell::Text(detail_of(&line.about, &line.campaign, room.program.currency.exponent())),
        if is_correction { Cell::text("of an earlier month") } else { Cell::Empty },
        Cell::Change(line.amount),
        Cell::link(line.entry.to_string(), room.to(&format!("books/entries/{}", line.entry))),
    ]
}

async fn statement(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(Whose { id }): Query<Whose>,
    Query(Wanted { month }): Query<Wanted>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Creators)?;
    let named = app::statement_of(&room.at, &room.program, &id, Month::parse(&month), web.now()).await?;
    let text = named.render(&room.program)?.text;
    let NamedStatement { shown, name, .. } = named;
    let statement = &shown.statement;
    let rows = statement.corrections.iter().map(|line| line_row(&room, line, true));
    let rows = rows.chain(statement.lines.iter().map(|line| line_row(&room, line, false)));
    let table = Table {
        name: format!("Statement of {id} for {}", statement.month),
        columns: LINES,
        rows: rows.collect(),
        currency: room.program.currency,
        empty: "Nothing changed in this month.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let here = Here::new(room.to("statement")).with("id", &id).with("month", &statement.month);
    let list = Listing::of(table, &asked, &here);
    let totals = &statement.totals;
    let signed = |minor: i64| change(minor, room.program.currency);
    page(&Statement {
        creator: room.creator(&id),
        month: Month::parse(&statement.month).map_or_else(|| statement.month.clone(), Month::words),
        preview: shown.preview,
        sums: vec![
            ("Earned", signed(totals.earned)),
            ("Clawed back", signed(totals.clawed_back.saturating_neg())),
            ("Bonuses", signed(totals.bonuses)),
            ("Fixed fees", signed(totals.fees)),
            ("Adjustments", signed(totals.adjustments)),
            ("Paid", signed(totals.paid.saturating_neg())),
        ],
        opening: money(totals.opening, &room.program),
        closing: money(totals.closing, &room.program),
        text,
        name,
        list,
        frame: room.frame,
    })
}

/// As people read which of a month's figures a line is part of.
fn section_words(section: StatementSection) -> &'static str {
    match section {
        StatementSection::Earned => "Earned",
        StatementSection::ClawedBack => "Clawed back",
        StatementSection::Bonus => "Bonuses",
        StatementSection::Fee => "Fixed fees",
        StatementSection::Adjustment => "Adjustments",
        StatementSection::Paid => "Paid",
    }
}
