//! What needs me: of every program what waits for somebody, and for whom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::creators::{ON_HOLD, Totals};
use super::exceptions::{nags, path_of, said_words};
use super::room::Room;
use super::table::{Here, Tag, Tone};
use super::words::{age, money};
use crate::app::{
    self, Acknowledgement, Batch, BatchState, CreatorNames, Hold, HoldKind, Nag, OpenException, ProgramStatus, Proposal,
    ProposalKind, Raised, RunRecord, RunState, is_same_person, proposal_words,
};
use crate::vocabulary::counted;
use crate::web::page::{Frame, Place, page};
use crate::web::{Failure, SignedIn, Web, escaped};

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/", get(show))
}

/// How many exceptions the page names.
const NAMED: usize = 8;

/// How many runs are looked at for one that failed.
const RUNS: i64 = 30;

/// Something that waits.
struct Todo {
    what: String,
    to: String,
    detail: String,
    age: String,
    tag: Tag,
}

/// An alert, and what was said about it.
struct Told {
    headline: String,
    body: String,
    age: String,
    acknowledge: String,
    subject: String,
    said: Option<String>,
    nag: String,
}

/// What waits in one program.
struct Section {
    id: String,
    name: String,
    path: String,
    totals: Option<Totals>,
    todos: Vec<Todo>,
    alerts: Vec<Told>,
    exceptions: Vec<Todo>,
    more_exceptions: usize,
    quiet: usize,
    all_exceptions: String,
    proposals: String,
    unread: String,
}

#[derive(Template)]
#[template(path = "web/templates/start.html", config = "src/askama.toml")]
struct Start {
    frame: Frame,
    waits: usize,
    sections: Vec<Section>,
    others: Vec<Told>,
    /// What the form says of an alert that it says the kind for an exception.
    code: &'static str,
}

async fn show(State(web): State<Web>, signed: SignedIn) -> Result<Response, Failure> {
    let at = signed.at(&web)?;
    let alerts = app::list_alerts(&at).await?;
    let mut sections = Vec::new();
    for program in web.programs().iter() {
        let room = Room::enter(&web, &signed, &program.id, Place::Start)?;
        let of_program: Vec<&Raised> = alerts.iter().filter(|raised| raised.program == program.id).collect();
        sections.push(match section(&web, &room, &of_program).await {
            Ok(section) => section,
            // What is the matter with one program keeps nobody from the others.
            Err(error) => unread(&room, &error),
        });
    }
    // A program whose file cannot be used has no pages, and its alert says why.
    let known = |program: &str| web.programs().iter().any(|known| known.id == program);
    let mut others = Vec::new();
    for raised in alerts.iter().filter(|raised| !known(&raised.program)) {
        let said = app::list_acknowledgements(&at, &raised.program).await?;
        others.extend(told(&web, &signed.user.name, raised, &said, &|said| format!("“{}” – {}", said.note, said.by)));
    }
    let frame = Frame::new(&web, &signed, None, Place::Start);
    let waits =
        |section: &Section| section.todos.len() + section.alerts.len() + section.exceptions.len() + section.more_exceptions;
    page(&Start { frame, waits: sections.iter().map(waits).sum::<usize>() + others.len(), sections, others, code: "alert" })
}

fn unread(room: &Room, error: &anyhow::Error) -> Section {
    Section {
        id: room.program.id.clone(),
        name: room.program.name.clone(),
        path: room.to("batches"),
        totals: None,
        todos: Vec::new(),
        alerts: Vec::new(),
        exceptions: Vec::new(),
        more_exceptions: 0,
        quiet: 0,
        all_exceptions: room.to("exceptions"),
        proposals: room.to("proposals"),
        unread: format!("{error:#}"),
    }
}

async fn section(web: &Web, room: &Room, alerts: &[&Raised]) -> anyhow::Result<Section> {
    let (at, program, now) = (&room.at, &room.program, web.now());
    let status = app::program_status(at, program).await?;
    let said = app::list_acknowledgements(at, &program.id).await?;
    let name = room.frame.user.as_ref().map(|user| user.name.clone()).unwrap_or_default();
    let mut todos = Vec::new();
    for batch in &status.batches {
        todos.push(of_batch(room, batch, now));
    }
    for proposal in &status.proposals {
        todos.push(of_proposal(room, proposal, now)?);
    }
    todos.extend(of_holds(room, &app::list_holds(at, program, now).await?, now));
    todos.extend(of_runs(room, now).await?);
    todos.extend(of_status(room, &status));
    let told: Vec<Told> =
        alerts.iter().filter_map(|raised| told(web, &name, raised, &said, &|said| said_words(room, now, said))).collect();
    let quiet_alerts = alerts.len() - told.len();
    let exceptions = app::open_exceptions(at, program).await?;
    let all = exceptions.len();
    let open: Vec<OpenException> = exceptions.into_iter().filter(|one| nags(one.said.as_ref(), now, &name)).collect();
    let names = if open.is_empty() { Arc::default() } else { app::creator_names(at, program).await? };
    let shown: Vec<Todo> = open.iter().take(NAMED).map(|one| of_exception(room, &names, one, now)).collect();
    Ok(Section {
        id: program.id.clone(),
        name: program.name.clone(),
        path: room.to("batches"),
        totals: Some(Totals::of(status.balance, program)),
        todos,
        alerts: told,
        more_exceptions: open.len() - shown.len(),
        exceptions: shown,
        quiet: all - open.len() + quiet_alerts,
        all_exceptions: room.to("exceptions"),
        proposals: room.to("proposals"),
        unread: String::new(),
    })
}

fn of_batch(room: &Room, batch: &Batch, now: i64) -> Todo {
    let program = &room.program;
    let amount = money(batch.amount, program);
    let creators = counted(batch.creators, "creator", "creators");
    let is_own = room.frame.user.as_ref().is_some_and(|user| is_same_person(&user.name, &batch.drafted_by));
    let can = room.frame.may_decide();
    let yours = |words: &str| if can { Tag::new(Tone::Warn, words) } else { Tag::new(Tone::Plain, "for an approver") };
    let (detail, tag, page) = match batch.state {
        BatchState::Draft => {
            let tag = match (is_own, can) {
                (true, _) => Tag::new(Tone::Plain, "you drafted it: somebody else approves"),
                _ => yours("approve or reject"),
            };
            (format!("draft by {}: {amount} to {creators}", batch.drafted_by), tag, "")
        }
        BatchState::Approved => (format!("approved, not exported: {amount} to {creators}"), yours("export"), "/bank"),
        BatchState::Exported => {
            (format!("exported: {amount} to {creators} await the bank's results"), yours("import the answer, or settle"), "/bank")
        }
        _ => {
            let open = money(batch.in_question, program);
            (format!("settled, but {open} is unresolved: did the payment fail, or was it made?"), yours("resolve"), "/bank")
        }
    };
    let to = format!("{}{page}", room.batch(&batch.batch_id));
    Todo { what: format!("Batch {}", batch.batch_id), to, detail, age: age(now, batch.created_at), tag }
}

fn of_proposal(room: &Room, proposal: &Proposal, now: i64) -> anyhow::Result<Todo> {
    let is_own = room.frame.user.as_ref().is_some_and(|user| is_same_person(&user.name, &proposal.proposed_by));
    let tag = match (is_own, room.frame.may_decide()) {
        (true, _) => Tag::new(Tone::Plain, "you proposed it: somebody else approves"),
        _ if proposal.kind == ProposalKind::Erasure => Tag::new(Tone::Plain, "approved with purser erase"),
        (_, true) => Tag::new(Tone::Warn, "approve or reject"),
        (_, false) => Tag::new(Tone::Plain, "for an approver"),
    };
    Ok(Todo {
        what: format!("Proposal {}", proposal.proposal_id),
        to: format!("{}#{}", room.to("proposals"), escaped(&proposal.proposal_id)),
        detail: format!("{}, by {}", proposal_words(&room.program, proposal)?, proposal.proposed_by),
        age: age(now, proposal.proposed_at),
        tag,
    })
}

/// Whom payments are on hold to, together: there may be hundreds without details.
fn of_holds(room: &Room, holds: &[Hold], now: i64) -> Option<Todo> {
    let oldest = holds.iter().map(|hold| hold.since).min()?;
    let creators: BTreeSet<&str> = holds.iter().map(|hold| hold.creator_id.as_str()).collect();
    let of_kind = |kind: &HoldKind| {
        let count = holds.iter().filter(|hold| hold.kind == *kind).count();
        (count > 0).then(|| format!("{count} {}", kind.words()))
    };
    Some(Todo {
        what: format!("Payments to {} on hold", counted(creators.len(), "creator", "creators")),
        to: Here::new(room.to("creators")).to(&[("q", ON_HOLD)]),
        detail: HoldKind::ALL.iter().filter_map(of_kind).collect::<Vec<_>>().join(", "),
        age: age(now, oldest),
        tag: Tag::new(Tone::Plain, "on hold"),
    })
}

/// The jobs whose latest run failed.
async fn of_runs(room: &Room, now: i64) -> anyhow::Result<Vec<Todo>> {
    let mut latest: BTreeMap<String, RunRecord> = BTreeMap::new();
    for run in app::list_runs(&room.at, &room.program.id, RUNS).await? {
        latest.entry(run.job.clone()).or_insert(run);
    }
    let failed = latest.into_values().filter(|run| run.state == RunState::Failed);
    let todo = |run: RunRecord| Todo {
        what: format!("Run {} of {}", run.run_id, run.job),
        to: String::new(),
        detail: run.error.unwrap_or_else(|| "no reason was recorded".to_owned()),
        age: age(now, run.started_at),
        tag: Tag::new(Tone::Bad, "failed"),
    };
    Ok(failed.map(todo).collect())
}

fn of_status(room: &Room, status: &ProgramStatus) -> Vec<Todo> {
    let mut todos = Vec::new();
    let todo = |what: String, detail: String, tag| Todo { what, to: String::new(), detail, age: String::new(), tag };
    if status.unmailed > 0 {
        let statements = counted(status.unmailed, "statement", "statements");
        let detail = "the server or the next statements run will send them".to_owned();
        todos.push(todo(format!("{statements} not emailed yet"), detail, Tag::new(Tone::Plain, "queued")));
    }
    if let Some(ahead) = &status.ahead {
        todos.push(todo(format!("{} is ahead of the clock", room.program.name), ahead.clone(), Tag::new(Tone::Bad, "look")));
    }
    todos
}

fn of_exception(room: &Room, names: &CreatorNames, exception: &OpenException, now: i64) -> Todo {
    let creators: Vec<&str> = exception.creators.iter().map(|id| names.of(id)).collect();
    let whom = if creators.is_empty() { String::new() } else { format!(", {}", creators.join(", ")) };
    let amount = if exception.amount.is_empty() { String::new() } else { format!(", {}", exception.amount) };
    let place = exception.places.first().map(|place| format!(" ({place})")).unwrap_or_default();
    let days = exception.day.map(|day| crate::calendar::day_of(room.program.time_zone, now).saturating_sub(day));
    let age = match days {
        Some(1) => "1 day".to_owned(),
        Some(days) => format!("{days} days"),
        None => String::new(),
    };
    let tag = match &exception.said {
        Some(said) if said.quiet_until() > now => Tag::new(Tone::Warn, "yours"),
        Some(_) => Tag::new(Tone::Warn, "still open"),
        None => Tag::new(Tone::Warn, "new"),
    };
    Todo {
        what: if exception.what.is_empty() {
            format!("{}: {}", exception.kind.words(), exception.subject)
        } else {
            exception.kind.words().to_owned()
        },
        to: path_of(room, exception),
        detail: format!("{}{}{whom}{amount}{place}. {}", exception.what, exception.order_id, exception.kind.remedy())
            .trim_start_matches([',', '.', ' '])
            .to_owned(),
        age,
        tag,
    }
}

/// An alert, unless it is quiet.
fn told(
    web: &Web,
    name: &str,
    raised: &Raised,
    said: &BTreeMap<String, Acknowledgement>,
    words: &dyn Fn(&Acknowledgement) -> String,
) -> Option<Told> {
    let of = said.get(&Nag::Alert(&raised.key).subject());
    nags(of, web.now(), name).then(|| Told {
        headline: raised.headline.clone(),
        body: raised.body.clone(),
        age: age(web.now(), raised.raised_at),
        acknowledge: format!("/programs/{}/acknowledge", escaped(&raised.program)),
        subject: raised.key.clone(),
        said: of.map(words),
        nag: escaped(&format!("{}-{}", raised.program, raised.key)).replace('%', "-"),
    })
}
