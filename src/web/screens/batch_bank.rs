//! Paying a batch: its files, what the bank said of each payment, and how it is settled.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::batch_acts::refused;
use super::batch_head::{Done, Head};
use super::batch_looked::Looked;
use super::creator::line_tag;
use super::download::{attachment, file};
use super::room::Room;
use super::table::{Asked, Cell, Column, Here, Listing, Table, figures, words};
use super::words::{local, money};
use crate::app::{
    self, ApprovalLine, BatchState, FileFormat, FileOrder, Imported, KeptExport, Proposal, ProposalKind, Settled, Settlement,
    proposal_words,
};
use crate::vocabulary::counted;
use crate::web::page::{Frame, page};
use crate::web::{Failure, Fields, SignedIn, Web};

pub(super) fn routes() -> Router<Web> {
    let of = "/programs/{program}/batches/{batch}";
    Router::new()
        .route(&format!("{of}/bank"), get(show))
        .route(&format!("{of}/export"), post(export))
        .route(&format!("{of}/list"), get(list))
        .route(&format!("{of}/files/{{export}}/{{file}}"), get(one_file))
        .route(&format!("{of}/import"), post(import))
        .route(&format!("{of}/settle"), post(settle))
}

/// A payment file that can be had.
struct Kept {
    name: String,
    more: String,
    to: String,
}

const LINES: &[Column] = &[
    words("creator", "Creator"),
    figures("amount", "Amount"),
    words("state", "State"),
    words("bank", "What the bank said"),
    words("proposal", "Proposal"),
];

#[derive(Template)]
#[template(path = "web/templates/batch_bank.html", config = "src/askama.toml")]
struct Bank {
    frame: Frame,
    head: Head,
    path: String,
    formats: Vec<(&'static str, String)>,
    has_payees: bool,
    is_exported: bool,
    kept: Vec<Kept>,
    kept_unread: String,
    list: Listing,
}

/// What was said of a creator's payment, by the proposal that says so.
fn said<'a>(proposals: &'a [Proposal], batch_id: &str, creator_id: &str) -> Option<&'a Proposal> {
    let about = |proposal: &&Proposal| {
        matches!(proposal.kind, ProposalKind::FailedPayment | ProposalKind::ReturnedPayment)
            && proposal.subject == batch_id
            && proposal.lines.iter().any(|line| line.creator_id == creator_id)
    };
    proposals.iter().rfind(about)
}

fn lines(looked: &Looked, proposals: &[Proposal]) -> Table {
    let room = &looked.room;
    let row = |line: &ApprovalLine| {
        let (id, said) = (line.line.creator_id.as_str(), said(proposals, &looked.batch().batch_id, &line.line.creator_id));
        let proposal = said.map(|said| {
            let to = format!("{}?q={}", room.to("proposals"), crate::web::escaped(&said.proposal_id));
            Cell::link(format!("{} {}", said.proposal_id, said.state.code()), to)
        });
        vec![
            Cell::Named(looked.names.of(id).to_owned(), id.to_owned(), room.creator(id)),
            Cell::Money(line.line.amount),
            Cell::Tags(vec![line_tag(line.line.state)]),
            said.map_or(Cell::Empty, |said| Cell::text(said.reason.clone())),
            proposal.unwrap_or(Cell::Empty),
        ]
    };
    Table {
        name: format!("{} payments", looked.batch().batch_id),
        columns: LINES,
        rows: looked.sheet.lines.iter().map(row).collect(),
        currency: room.program.currency,
        empty: "This batch pays nobody.",
    }
}

async fn show(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let looked = Looked::at(&web, &signed, &program, &batch_id).await?;
    let proposals = app::list_proposals(&looked.room.at, &looked.room.program).await?;
    let table = lines(&looked, &proposals);
    if let Some(file) = file(&table, &asked)? {
        return Ok(file);
    }
    let path = looked.path();
    let list = Listing::of(table, &asked, &Here::new(format!("{path}/bank")));
    let is_exported = matches!(looked.batch().state, BatchState::Exported | BatchState::Settled);
    let (kept, kept_unread) = if is_exported && looked.room.frame.may_decide() {
        match app::exported_files(&looked.room.at, &looked.room.program, &batch_id).await {
            Ok(exports) => (
                exports.iter().enumerate().flat_map(|(place, export)| files(&looked.room, &path, place, export)).collect(),
                String::new(),
            ),
            Err(error) => (Vec::new(), format!("{error:#}")),
        }
    } else {
        (Vec::new(), String::new())
    };
    let (formats, has_payees) = formats(&looked);
    let head = looked.head(&web, "bank", &done, String::new())?;
    page(&Bank { frame: looked.room.frame, head, path, formats, has_payees, is_exported, kept, kept_unread, list })
}

/// In which formats it can be exported, with what each carries.
fn formats(looked: &Looked) -> (Vec<(&'static str, String)>, bool) {
    let Ok(Some(payees)) = &looked.sheet.payees else { return (Vec::new(), false) };
    let one = |funds: &app::Funds| {
        let amount = money(funds.amount, &looked.room.program);
        (funds.format.code(), format!("{}: {amount} to {}", funds.format.code(), counted(funds.creators, "creator", "creators")))
    };
    (payees.funds.iter().map(one).collect(), true)
}

fn files(room: &Room, path: &str, place: usize, export: &KeptExport) -> Vec<Kept> {
    let count = export.files.len();
    let more = format!(
        "{}, by {}, {}{}",
        counted(export.payments, "payment", "payments"),
        export.by,
        local(room.program.time_zone, export.at),
        export.pays_on.as_ref().map(|day| format!("; to be paid on {day}")).unwrap_or_default()
    );
    let one = |number: usize| Kept {
        name: if count == 1 { export.format.code().to_owned() } else { format!("{} {number} of {count}", export.format.code()) },
        more: more.clone(),
        to: format!("{path}/files/{place}/{}", number - 1),
    };
    (1..=count).map(one).collect()
}

/// The list of creators and amounts, of a batch that was exported as one.
async fn list(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, crate::web::Place::Batches)?;
    let bytes = app::payment_list(&room.at, &room.program, &batch_id).await?;
    Ok(attachment(&format!("{batch_id}.csv"), "text/csv; charset=utf-8", bytes))
}

async fn one_file(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id, export, number)): Path<(String, String, usize, usize)>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, crate::web::Place::Batches)?;
    if !room.frame.may_decide() {
        return Err(Failure::new(StatusCode::FORBIDDEN, "accounts stand in payment files in full: an approver downloads them"));
    }
    let exports = app::exported_files(&room.at, &room.program, &batch_id).await?;
    let found = exports.into_iter().nth(export).and_then(|export| Some((export.format, export.files.into_iter().nth(number)?)));
    let Some((format, text)) = found else { return Err(Failure::new(StatusCode::NOT_FOUND, "there is no such payment file")) };
    let ending = match format {
        FileFormat::Pain001 => "xml",
        FileFormat::Paypal | FileFormat::Wise => "csv",
        FileFormat::Nacha | FileFormat::Bacs => "txt",
    };
    let name = format!("{batch_id}-{}-{}.{ending}", format.code(), number + 1);
    Ok(attachment(&name, "application/octet-stream", text.into_bytes()))
}

async fn export(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let of = web.program(&program)?;
    let at = signed.confirmed(&web, fields.text("code"))?;
    let (by, now) = (&signed.user.name, web.now());
    let done = match FileFormat::parse(fields.text("format")) {
        Some(format) => {
            let order = FileOrder { format, out: None, allow_missing: !fields.text("allow_missing").is_empty() };
            app::export_batch_files(&at, &of, by, now, &batch_id, order).await.map(|_| ())
        }
        None => app::export_batch(&at, &of, by, now, &batch_id, None).await.map(|_| ()),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{}/bank?done=export", super::room::batch(&of, &batch_id))).into_response()),
        Err(error) => refused(&web, &signed, (&program, &batch_id), error.into()).await,
    }
}

/// What came of a bank's answer.
#[derive(Template)]
#[template(path = "web/templates/imported.html", config = "src/askama.toml")]
struct Answered {
    frame: Frame,
    back: String,
    batch_id: String,
    settled: Vec<String>,
    proposed: Vec<String>,
    proposals: String,
    known: usize,
    open: usize,
    problems: Vec<String>,
}

async fn import(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let of = web.program(&program)?;
    let at = signed.confirmed(&web, fields.text("code"))?;
    let bytes = fields.file("file").map_or_else(|| fields.text("text").as_bytes().to_vec(), <[u8]>::to_vec);
    let file = fields.file_name("file").unwrap_or("pasted text");
    let no_text = Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "the bank's file is not UTF-8 text; nothing was changed");
    let empty = Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "choose the bank's file, or paste its text; nothing was changed");
    let done = match String::from_utf8(bytes) {
        Err(_) => Err(no_text),
        Ok(text) if text.trim().is_empty() => Err(empty),
        Ok(text) => app::import_answers(&at, &of, &signed.user.name, web.now(), (file, &text)).await.map_err(Failure::from),
    };
    match done {
        Ok(imported) => answered(&web, &signed, &program, batch_id, imported),
        Err(failure) => refused(&web, &signed, (&program, &batch_id), failure).await,
    }
}

fn answered(web: &Web, signed: &SignedIn, program: &str, batch_id: String, imported: Imported) -> Result<Response, Failure> {
    let room = Room::enter(web, signed, program, crate::web::Place::Batches)?;
    let paid = |(batch_id, settled): &(String, Settled)| {
        let (amount, creators) = (settled.decided.amount, settled.decided.creators);
        format!("{batch_id}: {} paid to {}", money(amount, &room.program), counted(creators, "creator", "creators"))
    };
    let failed = imported.settled.iter().filter_map(|(_, settled)| settled.failed.as_ref());
    let mut proposed = Vec::new();
    for proposal in failed.chain(&imported.returned) {
        proposed.push(format!("{}: {}", proposal.proposal_id, proposal_words(&room.program, proposal)?));
    }
    page(&Answered {
        back: format!("{}/bank", room.batch(&batch_id)),
        batch_id,
        settled: imported.settled.iter().map(paid).collect(),
        proposed,
        proposals: room.to("proposals"),
        known: imported.known,
        open: imported.open,
        problems: imported.problems.iter().map(ToString::to_string).collect(),
        frame: room.frame,
    })
}

async fn settle(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, batch_id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let of = web.program(&program)?;
    let at = signed.confirmed(&web, fields.text("code"))?;
    let failed: Vec<String> =
        fields.text("failed").lines().map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
    let reason = Some(fields.text("reason")).filter(|reason| !reason.is_empty()).unwrap_or("the payment failed");
    let settlement = Settlement { batch_id: &batch_id, failed: &failed, open: &[], reason };
    match app::settle_batch(&at, &of, &signed.user.name, web.now(), settlement).await {
        Ok(_) => Ok(Redirect::to(&format!("{}/bank?done=settle", super::room::batch(&of, &batch_id))).into_response()),
        Err(error) => refused(&web, &signed, (&program, &batch_id), error.into()).await,
    }
}
