//! What one person proposed and another approves.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::download::file;
use super::room::Room;
use super::table::{Asked, Cell, Column, Here, Listing, Table, Tag, Tone, figures, words};
use super::words::{age, local, money};
use crate::app::{self, Proposal, ProposalKind, ProposalState, Verdict, is_same_person, proposal_words};
use crate::web::page::{Frame, Place, page_with};
use crate::web::{Failure, Fields, SignedIn, Web, escaped};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/programs/{program}/proposals", get(show))
        .route("/programs/{program}/proposals/{proposal}/approve", post(approve))
        .route("/programs/{program}/proposals/{proposal}/reject", post(reject))
}

/// A proposal's state as a mark.
pub(super) fn state_tag(proposal: &Proposal) -> Tag {
    let tone = match proposal.state {
        ProposalState::Proposed => Tone::Warn,
        ProposalState::Approved => Tone::Good,
        ProposalState::Rejected => Tone::Plain,
    };
    Tag::new(tone, proposal.state.code())
}

/// A proposal that waits, and what the one who is signed in may do about it.
struct Waiting {
    id: String,
    text: String,
    by: String,
    lines: Vec<(String, String, String)>,
    path: String,
    is_own: bool,
    approve: bool,
    reject: bool,
    not: &'static str,
}

const COLUMNS: &[Column] = &[
    words("proposal_id", "Proposal"),
    words("what", "What"),
    words("state", "State"),
    figures("amount", "Amount"),
    words("proposed_by", "Proposed by"),
    words("proposed_at", "Proposed"),
    words("decided_by", "Decided by"),
    words("decided_at", "Decided"),
];

#[derive(Template)]
#[template(path = "web/templates/proposals.html", config = "src/askama.toml")]
struct Proposals {
    frame: Frame,
    waiting: Vec<Waiting>,
    wrong: String,
    list: Listing,
}

fn waiting(web: &Web, room: &Room, proposal: &Proposal) -> Result<Waiting, Failure> {
    let (user, frame) = (room.frame.user.as_ref(), &room.frame);
    let is_own = user.is_some_and(|user| is_same_person(&user.name, &proposal.proposed_by));
    let has_code = user.is_some_and(|user| user.has_second_factor);
    let is_erasure = proposal.kind == ProposalKind::Erasure;
    let can = frame.may_decide() && has_code;
    let not = match (is_own, can, is_erasure) {
        (_, _, true) => {
            "An erasure is approved by who carries it out, on the machine that runs purser: purser erase … --approve."
        }
        (true, ..) => "You proposed this, so somebody else approves it. You can take it back.",
        (_, true, _) => "",
        _ if frame.may_decide() => "Decisions take a code of your second factor, and you have none: set one up under your name.",
        _ => "An approver decides.",
    };
    let amount = |minor: i64| if proposal.kind.has_amount() { money(minor, &room.program) } else { String::new() };
    let lines = proposal.lines.iter().take(10);
    Ok(Waiting {
        id: proposal.proposal_id.clone(),
        text: proposal_words(&room.program, proposal)?,
        by: format!("{}, {} ago", proposal.proposed_by, age(web.now(), proposal.proposed_at)),
        lines: lines.map(|line| (line.creator_id.clone(), room.creator(&line.creator_id), amount(line.amount))).collect(),
        path: format!("{}/{}", room.to("proposals"), escaped(&proposal.proposal_id)),
        is_own,
        approve: can && !is_own && !is_erasure,
        reject: can && !is_own || is_own && frame.may_prepare(),
        not,
    })
}

async fn shown(web: &Web, room: Room, asked: &Asked, wrong: Option<Failure>) -> Result<Response, Failure> {
    let mut proposals = app::list_proposals(&room.at, &room.program).await?;
    proposals.reverse();
    let (mut rows, mut open) = (Vec::new(), Vec::new());
    for proposal in &proposals {
        if proposal.state == ProposalState::Proposed {
            open.push(waiting(web, &room, proposal)?);
        }
        let (decided_by, decided_at) = match &proposal.decided {
            Some((by, at)) => (Cell::text(by.clone()), Cell::text(local(room.program.time_zone, *at))),
            None => (Cell::Empty, Cell::Empty),
        };
        rows.push(vec![
            Cell::text(proposal.proposal_id.clone()),
            Cell::Text(proposal_words(&room.program, proposal)?),
            Cell::Tags(vec![state_tag(proposal)]),
            proposal.amount().map_err(anyhow::Error::from)?.map_or(Cell::Empty, Cell::Money),
            Cell::text(proposal.proposed_by.clone()),
            Cell::text(local(room.program.time_zone, proposal.proposed_at)),
            decided_by,
            decided_at,
        ]);
    }
    let table = Table {
        name: format!("Proposals of {}", room.program.id),
        columns: COLUMNS,
        rows,
        currency: room.program.currency,
        empty: "Nobody has proposed anything yet. Adjustments, write-offs, credits and voids are proposed with `purser`.",
    };
    if let Some(file) = file(&table, asked)? {
        return Ok(file);
    }
    let list = Listing::of(table, asked, &Here::new(room.to("proposals")));
    let (status, wrong) = match wrong {
        Some(failure) => (failure.status(), failure.message().to_owned()),
        None => (axum::http::StatusCode::OK, String::new()),
    };
    Ok(page_with(status, &Proposals { waiting: open, wrong, list, frame: room.frame }))
}

async fn show(
    State(web): State<Web>,
    signed: SignedIn,
    Path(program): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Start)?;
    shown(&web, room, &asked, None).await
}

async fn approve(web: State<Web>, signed: SignedIn, of: Path<(String, String)>, fields: Fields) -> Result<Response, Failure> {
    let verdict = Verdict::Approve { unusual: !fields.text("unusual").is_empty() };
    decide(web, signed, of, fields, verdict).await
}

async fn reject(web: State<Web>, signed: SignedIn, of: Path<(String, String)>, fields: Fields) -> Result<Response, Failure> {
    decide(web, signed, of, fields, Verdict::Reject).await
}

async fn decide(
    State(web): State<Web>,
    signed: SignedIn,
    Path((program, proposal_id)): Path<(String, String)>,
    fields: Fields,
    verdict: Verdict,
) -> Result<Response, Failure> {
    let room = Room::enter(&web, &signed, &program, Place::Start)?;
    // Who takes back what they proposed needs no code.
    let at = match fields.text("code") {
        "" => signed.at(&web)?,
        code => signed.confirmed(&web, code)?,
    };
    match app::decide_proposal(&at, &room.program, &signed.user.name, web.now(), &proposal_id, verdict).await {
        Ok(_) => Ok(Redirect::to(&room.to("proposals")).into_response()),
        Err(error) => shown(&web, room, &Asked::default(), Some(error.into())).await,
    }
}
