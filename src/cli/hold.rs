//! Payment holds: whom people keep from being paid.

use anyhow::Result;

use super::args::{Format, Hold as Command, Places, Propose};
use super::context::{now, open};
use super::show::{Sheet, print};
use crate::app::{self, Environment, Hold, HoldRequest};
use crate::calendar::{format_day, format_time};
use crate::program::Program;

pub(super) async fn hold(places: &Places, command: &Command) -> Result<()> {
    let (at, program) = open(places).await?;
    match command {
        Command::Add { creator_id, kind, until, request: propose } => {
            let request = HoldRequest { creator_id, kind: kind.kind(), until: *until, reason: &propose.reason };
            add(&at, &program, request, propose).await
        }
        Command::Release { creator_id, kind, request: Propose { reason, by, as_of } } => {
            let whom = (creator_id.as_str(), kind.map(|kind| kind.kind()));
            let hold = app::release_creator(&at, &program, (by, as_of.unwrap_or_else(now)), whom, reason).await?;
            print(&format!(
                "{creator_id} was released by {by}; held by {} since {}: {}. The next payout run drafts what is due to them",
                hold.by,
                format_time(hold.since),
                hold.kind.words()
            ))
        }
        Command::List { format } => list(app::list_holds(&at, &program, now()).await?, *format),
    }
}

async fn add(at: &Environment, program: &Program, request: HoldRequest<'_>, propose: &Propose) -> Result<()> {
    let Propose { by, as_of, .. } = propose;
    let (hold, again) = app::hold_creator(at, program, (by, as_of.unwrap_or_else(now)), request).await?;
    let Hold { creator_id, kind, until, entry, .. } = &hold;
    let until = until.map_or_else(|| "until somebody releases them".to_owned(), |day| format!("until {}", format_day(day)));
    let (held, kind) = (if again { "is already held" } else { "was put on hold" }, kind.words());
    print(&format!(
        "{creator_id} {held} by {} (ledger entry {entry} of program {}): {kind}, {until}; commissions go on accruing, and no batch is drafted \
         with them",
        hold.by, program.id
    ))
}

fn list(holds: Vec<Hold>, format: Format) -> Result<()> {
    let row = |hold: Hold| {
        vec![
            hold.creator_id,
            hold.kind.code().to_owned(),
            hold.by,
            format_time(hold.since),
            hold.until.map(format_day).unwrap_or_default(),
            hold.reason,
        ]
    };
    let header = vec!["creator_id", "kind", "held_by", "since", "until", "reason"];
    Sheet { header, figures: Vec::new(), rows: holds.into_iter().map(row).collect() }.print(format)
}
