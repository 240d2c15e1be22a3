//! One creator: what they have, what they were paid, and every movement behind it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::batch_head::Done;
use super::creators::{Totals, marks};
use super::download::file;
use super::holds_panel::{Holds, done_words};
use super::room::Room;
use super::table::{Asked, Cell, Column, Here, Listing, Table, Tag, Tone, figures, words};
use super::words::{local, money};
use crate::app::{self, Account, FoundRow, LineState, ListedStatement, Posted, detail_of, proposal_words};
use crate::calendar::format_day;
use crate::web::page::{Frame, Place, page, page_with};
use crate::web::{Failure, SignedIn, Web, escaped};

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/programs/{program}/creator", get(show)).route("/programs/{program}/creator/transfers", get(transfers))
}

/// Whose page is asked for.
#[derive(Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    pub id: String,
}

/// A row of a small list: what, where that leads, and more about it.
struct Line {
    what: String,
    to: String,
    more: String,
    tag: Option<Tag>,
}

#[derive(Template)]
#[template(path = "web/templates/creator.html", config = "src/askama.toml")]
struct Creator {
    frame: Frame,
    name: String,
    creator_id: String,
    group: String,
    tags: Vec<Tag>,
    totals: Totals,
    debt: bool,
    holds: Holds,
    done: &'static str,
    wrong: String,
    all: String,
    transfers: String,
    preview: String,
    payee: Option<String>,
    payee_unread: String,
    suppressed: Option<String>,
    batches: Vec<Line>,
    statements: Vec<Line>,
    proposals: Vec<Line>,
    links: Vec<Line>,
    codes: Vec<Line>,
}

/// A mark for the state of a line of a batch.
pub(super) fn line_tag(state: LineState) -> Tag {
    use LineState::{Failed, InQuestion, Paid, Released, Reserved, Returned, Withheld};
    let tone = match state {
        Paid => Tone::Good,
        Failed | Returned | InQuestion => Tone::Bad,
        Reserved => Tone::Warn,
        Released | Withheld => Tone::Plain,
    };
    Tag::new(tone, state.words())
}

fn owned(row: FoundRow) -> Line {
    let mut cells = row.cells.into_iter();
    let what = cells.next().unwrap_or_default();
    let [from, to, campaign] = [(); 3].map(|()| cells.next().unwrap_or_default());
    let parts = [("from ", from), ("until ", to), ("campaign ", campaign)];
    let parts: Vec<String> =
        parts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(word, text)| format!("{word}{text}")).collect();
    Line { what, to: String::new(), more: parts.join(", "), tag: None }
}

async fn show(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(Whose { id }): Query<Whose>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Creators)?;
    page_of(room, &id, done_words(&done), (StatusCode::OK, String::new())).await
}

/// The page of a creator, with what was done just now, or could not be done.
pub(super) async fn page_of(
    room: Room,
    id: &str,
    done: &'static str,
    (status, wrong): (StatusCode, String),
) -> Result<Response, Failure> {
    let sheet = app::creator_sheet(&room.at, &room.program, id).await?;
    let zone = room.program.time_zone;
    let batch = |(batch_id, drafted, amount, state): (String, i64, i64, LineState)| Line {
        to: room.line(&batch_id, id),
        what: batch_id,
        more: format!("{}, drafted {}", money(amount, &room.program), local(zone, drafted)),
        tag: Some(line_tag(state)),
    };
    let taken_out = |batch_id: String| Line {
        to: room.line(&batch_id, id),
        what: batch_id,
        more: String::new(),
        tag: Some(Tag::new(Tone::Warn, "taken out")),
    };
    let statement_path = |month: &str| format!("{}?id={}&month={month}", room.to("statement"), escaped(id));
    let statement = |listed: ListedStatement| Line {
        what: listed.month.words(),
        to: statement_path(&listed.month.label()),
        more: format!("{} opening, {} closing", money(listed.opening, &room.program), money(listed.closing, &room.program)),
        tag: None,
    };
    let mut proposals = Vec::new();
    for proposal in &sheet.proposals {
        proposals.push(Line {
            what: proposal.proposal_id.clone(),
            to: format!("{}?q={}", room.to("proposals"), escaped(&proposal.proposal_id)),
            more: proposal_words(&room.program, proposal)?,
            tag: Some(super::proposals::state_tag(proposal)),
        });
    }
    let (payee, payee_unread) = match sheet.payee {
        Ok(payee) => (payee, String::new()),
        Err(error) => (None, format!("{error:#}")),
    };
    let suppressed = sheet.suppressed.map(|suppressed| {
        let since = local(zone, suppressed.since);
        format!("since {since}, as {} came back with status {}: {}", suppressed.message_key, suppressed.status, suppressed.said)
    });
    let creator = sheet.creator;
    let shown = Creator {
        tags: marks(&creator),
        totals: Totals::of(creator.balance, &room.program),
        debt: creator.balance.payable < 0,
        all: room.to("creators"),
        transfers: format!("{}?id={}", room.to("creator/transfers"), escaped(id)),
        preview: format!("{}?id={}", room.to("statement"), escaped(id)),
        holds: Holds::of(&room, &sheet.holds),
        done,
        wrong,
        batches: sheet.taken_out.into_iter().map(taken_out).chain(sheet.batches.into_iter().map(batch)).collect(),
        statements: sheet.statements.into_iter().map(statement).collect(),
        proposals,
        links: sheet.links.into_iter().map(owned).collect(),
        codes: sheet.codes.into_iter().map(owned).collect(),
        name: creator.name,
        creator_id: creator.creator_id,
        group: creator.group,
        payee,
        payee_unread,
        suppressed,
        frame: room.frame,
    };
    Ok(page_with(status, &shown))
}

const TRANSFERS: &[Column] = &[
    words("what", "What"),
    words("day", "Day"),
    words("why", "Why"),
    words("evidence", "Evidence and rule"),
    words("from", "From"),
    words("to", "To"),
    figures("amount", "Amount"),
    figures("entry", "Entry"),
];

#[derive(Template)]
#[template(path = "web/templates/creator_transfers.html", config = "src/askama.toml")]
struct Transfers {
    frame: Frame,
    name: String,
    creator: String,
    list: Listing,
}

/// As people read where money stands.
pub(super) fn account_words(account: Account) -> &'static str {
    match account {
        Account::Expense => "spent",
        Account::Opening => "brought forward",
        Account::Pending => "on hold",
        Account::Payable => "payable",
        Account::Reserved => "in a batch",
        Account::Clearing => "on its way",
        Account::Cash => "paid",
        Account::BankFees => "the bank's fees",
        Account::Exchange => "exchange differences",
        Account::Bank => "taken by the bank",
    }
}

/// A transfer as a row.
pub(super) fn transfer_row(room: &Room, posted: &Posted) -> Vec<Cell> {
    let transfer = &posted.transfer;
    let about = &transfer.about;
    let is_back = matches!(transfer.target, Account::Payable) && !matches!(transfer.source, Account::Pending | Account::Expense);
    let (what, to) = room.about(about, if is_back { transfer.amount } else { -transfer.amount });
    let why = if posted.note.is_empty() { about.reason.words().to_owned() } else { posted.note.clone() };
    vec![
        to.map_or_else(|| Cell::text(what.clone()), |to| Cell::link(what.clone(), to)),
        Cell::text(format_day(about.effective_day)),
        Cell::Text(why),
        Cell::Text(detail_of(about, "", room.program.currency.exponent())),
        Cell::text(account_words(transfer.source)),
        Cell::text(account_words(transfer.target)),
        Cell::Money(transfer.amount),
        Cell::Count(posted.entry),
    ]
}

async fn transfers(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(Whose { id }): Query<Whose>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Creators)?;
    let posted = app::creator_transfers(&room.at, &room.program, &id).await?;
    let table = Table {
        name: format!("Transfers of {id}"),
        columns: TRANSFERS,
        rows: posted.iter().map(|posted| transfer_row(&room, posted)).collect(),
        currency: room.program.currency,
        empty: "Nothing was ever posted for this creator.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, &asked, &Here::new(room.to("creator/transfers")).with("id", &id));
    let names = app::creator_names(&room.at, &room.program).await?;
    page(&Transfers { name: names.of(&id).to_owned(), creator: room.creator(&id), list, frame: room.frame })
}
