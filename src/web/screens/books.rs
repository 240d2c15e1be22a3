//! The books: months by booking day and by effective day, how statements come from them, and the journal itself.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::creator::transfer_row;
use super::creators::Totals;
use super::download::file;
use super::room::Room;
use super::table::{Asked, Cell, Column, Here, Listing, Table, Tag, Tone, figures, words};
use super::words::local;
use crate::app::{self, Account, Balance, Bridge, DayOf, JournalEntry, MonthSums, Posted};
use crate::money::Overflow;
use crate::web::page::{Frame, Place, page};
use crate::web::{Failure, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    let books = "/programs/{program}/books";
    Router::new()
        .route(books, get(months))
        .route(&format!("{books}/statements"), get(statements))
        .route(&format!("{books}/journal"), get(journal))
        .route(&format!("{books}/entries/{{entry}}"), get(entry))
}

/// What stands above each page of the books.
struct Head {
    path: String,
    totals: Totals,
    owed: String,
    /// The last month whose books are closed.
    closed_through: String,
    head_entry: i64,
    head_hash: String,
    tab: &'static str,
}

async fn head(room: &Room, tab: &'static str) -> Result<Head, Failure> {
    let app::ProgramStatus { balance, closed_through, .. } = app::program_status(&room.at, &room.program).await?;
    let (head, _) = app::list_entries(&room.at, &room.program).await?;
    let Balance { pending, payable, reserved, .. } = balance;
    let owed =
        pending.checked_add(payable).and_then(|sum| sum.checked_add(reserved)).ok_or_else(|| anyhow::Error::from(Overflow))?;
    Ok(Head {
        path: room.to("books"),
        totals: Totals::of(balance, &room.program),
        owed: super::words::money(owed, &room.program),
        closed_through: closed_through.map_or_else(|| "no month yet".to_owned(), |month| month.label()),
        head_entry: head.entry,
        head_hash: head.hash,
        tab,
    })
}

/// By which day.
#[derive(Deserialize)]
struct By {
    #[serde(default)]
    by: String,
}

const MONTHS: &[Column] = &[
    words("month", "Month"),
    figures("spent", "Expense"),
    figures("paid", "Paid out"),
    figures("brought_forward", "Brought forward"),
    figures("pending", "On hold at month end"),
    figures("payable", "Payable at month end"),
    figures("reserved", "In batches at month end"),
    figures("owed", "Owed at month end"),
];

#[derive(Template)]
#[template(path = "web/templates/books.html", config = "src/askama.toml")]
struct Months {
    frame: Frame,
    head: Head,
    by_effect: bool,
    list: Listing,
}

/// What moved on an account, in minor units: above zero, more came than went.
fn net(accounts: &BTreeMap<Account, MonthSums>, account: Account) -> Result<i64, Overflow> {
    let sums = accounts.get(&account).copied().unwrap_or_default();
    sums.into.checked_sub(sums.out).ok_or(Overflow)
}

fn month_rows(months: &app::AccountMonths) -> Result<Vec<Vec<Cell>>, Overflow> {
    let mut standing = [0i64; 3];
    let mut rows = Vec::with_capacity(months.len());
    for (month, accounts) in months {
        for (balance, account) in standing.iter_mut().zip([Account::Pending, Account::Payable, Account::Reserved]) {
            *balance = balance.checked_add(net(accounts, account)?).ok_or(Overflow)?;
        }
        let owed = standing.iter().try_fold(0i64, |sum, part| sum.checked_add(*part)).ok_or(Overflow)?;
        let less = |minor: i64| minor.checked_neg().ok_or(Overflow);
        rows.push(vec![
            Cell::text(month.label()),
            Cell::Money(less(net(accounts, Account::Expense)?)?),
            Cell::Money(net(accounts, Account::Cash)?),
            Cell::Money(less(net(accounts, Account::Opening)?)?),
            Cell::Money(standing[0]),
            Cell::Money(standing[1]),
            Cell::Money(standing[2]),
            Cell::Money(owed),
        ]);
    }
    rows.reverse();
    Ok(rows)
}

async fn months(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(By { by }): Query<By>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Books)?;
    let by_effect = by == "effective";
    let day = if by_effect { DayOf::Effect } else { DayOf::Booking };
    let months = app::account_months(&room.at, &room.program, day).await?;
    let table = Table {
        name: format!("Months of {} by {} day", room.program.id, if by_effect { "effective" } else { "booking" }),
        columns: MONTHS,
        rows: month_rows(&months).map_err(anyhow::Error::from)?,
        currency: room.program.currency,
        empty: "Nothing was posted yet.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, &asked, &Here::new(room.to("books")).with("by", if by_effect { "effective" } else { "" }));
    let head = head(&room, "months").await?;
    page(&Months { head, by_effect, list, frame: room.frame })
}

const BRIDGES: &[Column] = &[
    words("month", "Month"),
    figures("booked", "Booked in it"),
    figures("stated_before", "on the statements before"),
    figures("stated_later", "on later ones, or none yet"),
    figures("booked_after", "belongs to it, booked after"),
    figures("booked_before", "booked before, stated now"),
    figures("stated", "On its statements"),
    figures("corrections", "of that, corrections"),
    figures("opening", "Opening"),
    figures("closing", "Closing"),
    figures("statements", "Statements"),
    words("check", "Check"),
];

#[derive(Template)]
#[template(path = "web/templates/books_statements.html", config = "src/askama.toml")]
struct Statements {
    frame: Frame,
    head: Head,
    list: Listing,
}

fn bridge_row(bridge: &Bridge) -> Vec<Cell> {
    let check = if bridge.agrees() { Tag::new(Tone::Good, "adds up") } else { Tag::new(Tone::Bad, "does not add up") };
    vec![
        Cell::text(bridge.closed.month.label()),
        Cell::Change(bridge.booked),
        Cell::Change(bridge.stated_before.saturating_neg()),
        Cell::Change(bridge.stated_later.saturating_neg()),
        Cell::Change(bridge.booked_after),
        Cell::Change(bridge.booked_before),
        Cell::Change(bridge.stated),
        Cell::Change(bridge.corrections),
        Cell::Money(bridge.closed.opening),
        Cell::Money(bridge.closed.closing),
        Cell::Count(bridge.closed.statements),
        Cell::Tags(vec![check]),
    ]
}

async fn statements(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Books)?;
    let bridges = app::bridges(&room.at, &room.program).await?;
    let table = Table {
        name: format!("Statements of {} from the books", room.program.id),
        columns: BRIDGES,
        rows: bridges.iter().map(bridge_row).collect(),
        currency: room.program.currency,
        empty: "No month of statements is closed yet.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, &asked, &Here::new(room.to("books/statements")));
    let head = head(&room, "statements").await?;
    page(&Statements { head, list, frame: room.frame })
}

const JOURNAL: &[Column] = &[
    figures("entry", "Entry"),
    words("booked", "Booked"),
    words("kind", "What"),
    words("subject", "About"),
    words("who", "Who"),
    figures("transfers", "Transfers"),
    words("reason", "Reason or digest"),
    words("hash", "Hash"),
];

#[derive(Template)]
#[template(path = "web/templates/journal.html", config = "src/askama.toml")]
struct Journal {
    frame: Frame,
    head: Head,
    list: Listing,
}

fn entry_row(room: &Room, entry: JournalEntry) -> Vec<Cell> {
    vec![
        Cell::link(entry.entry.to_string(), room.to(&format!("books/entries/{}", entry.entry))),
        Cell::text(local(room.program.time_zone, entry.booked_at)),
        Cell::text(entry.kind.code()),
        Cell::Text(entry.subject),
        Cell::Text(entry.actor),
        Cell::Count(entry.transfers),
        Cell::Text(entry.reason),
        Cell::Text(entry.hash),
    ]
}

async fn journal(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Books)?;
    let (_, entries) = app::list_entries(&room.at, &room.program).await?;
    let table = Table {
        name: format!("Journal of {}", room.program.id),
        columns: JOURNAL,
        rows: entries.into_iter().map(|entry| entry_row(&room, entry)).collect(),
        currency: room.program.currency,
        empty: "The journal is empty.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, &asked, &Here::new(room.to("books/journal")));
    let head = head(&room, "journal").await?;
    page(&Journal { head, list, frame: room.frame })
}

/// How many transfers of an entry are on a page; a file has them all.
const PAGE: i64 = 100;

/// From which transfer on.
#[derive(Deserialize)]
struct From {
    #[serde(default)]
    from: i64,
}

const TRANSFERS: &[Column] = &[
    words("what", "What"),
    words("day", "Day"),
    words("why", "Why"),
    words("evidence", "Evidence and rule"),
    words("from", "From"),
    words("to", "To"),
    figures("amount", "Amount"),
    words("creator", "Creator"),
];

#[derive(Template)]
#[template(path = "web/templates/entry.html", config = "src/askama.toml")]
struct Entry {
    frame: Frame,
    journal: String,
    entry: JournalEntry,
    booked: String,
    first: i64,
    last: i64,
    before: Option<String>,
    after: Option<String>,
    list: Listing,
}

async fn entry(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, number)): Path<(String, i64)>,
    Query(From { from }): Query<From>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Books)?;
    let from = from.max(0);
    let (from, count) = if asked.file.is_empty() { (from, PAGE) } else { (0, i64::MAX) };
    let (entry, posted) = app::find_entry(&room.at, &room.program, number, from, count).await?;
    let row = |posted: &Posted| {
        let mut row = transfer_row(&room, posted);
        let creator = &posted.transfer.about.creator_id;
        row.pop();
        row.push(Cell::link(creator.clone(), room.creator(creator)));
        row
    };
    let path = room.to(&format!("books/entries/{number}"));
    let table = Table {
        name: format!("Transfers of entry {number}"),
        columns: TRANSFERS,
        rows: posted.iter().map(row).collect(),
        currency: room.program.currency,
        empty: "This entry moved no money.",
    };
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let here = Here::new(path).with("from", &if from == 0 { String::new() } else { from.to_string() });
    let list = Listing::of(table, &asked, &here);
    let after = from.saturating_add(PAGE);
    page(&Entry {
        journal: room.to("books/journal"),
        booked: local(room.program.time_zone, entry.booked_at),
        first: from.saturating_add(1),
        last: after.min(entry.transfers),
        before: (from > 0).then(|| room.to(&format!("books/entries/{number}?from={}", (from - PAGE).max(0)))),
        after: (after < entry.transfers).then(|| room.to(&format!("books/entries/{number}?from={after}"))),
        entry,
        list,
        frame: room.frame,
    })
}
