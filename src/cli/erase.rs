use anyhow::Result;

use super::args::{Erase, Places};
use super::context::{files, now, open_all};
use super::show::print;
use crate::app::{self, Erasing, ErasingPart, Erasure, Gone, Proposal, ProposalState, Who, key_file};
use crate::calendar::format_time;
use crate::money::Money;
use crate::program::Program;
use crate::vocabulary::counted;

/// What purser cannot reach.
const ELSEWHERE: &str = "Still to be done outside purser: the sources that hold this person's data, backups, dumps and exports, the mail \
                         server, logs. ERASING.md, which comes with purser, explains what stays in the ledger, and why.";

pub(super) async fn erase(places: &Places, command: &Erase) -> Result<()> {
    let (at, programs) = open_all(places).await?;
    let (who, request, typed) = match command {
        Erase::Creator { creator_id, request } => (Who::Creator(creator_id), request, format!("creator {creator_id}")),
        Erase::Customer { customer, request } => (Who::Customer(customer), request, format!("customer {customer}")),
    };
    let reason = request.reason.as_deref().unwrap_or_default();
    let part = if request.approve { ErasingPart::Approve } else { ErasingPart::Propose { reason } };
    let (as_of, dry_run) = (request.as_of.unwrap_or_else(now), request.dry_run);
    let erasures =
        app::erase(&at, &programs, &Erasing { who, part, by: &request.by, as_of, dry_run, here: &files(places)? }).await?;
    for erasure in &erasures {
        print(&said(erasure))?;
        owed(&programs, erasure)?;
    }
    if dry_run {
        return print("Dry run: nothing was changed");
    }
    if !request.approve {
        let by = &request.by;
        let is_waiting = |erasure: &Erasure| erasure.proposal.as_ref().is_some_and(|p| p.state == ProposalState::Proposed);
        if !erasures.iter().any(is_waiting) {
            return print(&format!(
                "The erasure was approved before. If it was interrupted, anyone can carry it out again: purser erase {typed} --by NAME \
                 --approve"
            ));
        }
        return print(&format!(
            "Nothing was erased yet; anyone but {by} can approve it and carry it out: purser erase {typed} --by NAME --approve"
        ));
    }
    print(&format!(
        "Keep a copy of {}, apart from the backups: nothing can be fetched without it.",
        key_file(&at.data).display()
    ))?;
    print(ELSEWHERE)
}

/// What became of the erasure in one program.
fn said(Erasure { program, proposal, erased, .. }: &Erasure) -> String {
    if let Some(Gone { files, mails, runs, exports }) = erased {
        let files = counted(*files, "file", "files");
        let exports = if *exports == 0 { String::new() } else { format!("; kept payment files: {exports} removed") };
        return format!(
            "{program}: erased. Facts: {files} rewritten; emails: {mails} removed; run records: {runs} redacted{exports}"
        );
    }
    let Some(Proposal { proposal_id: id, state, proposed_by, decided, .. }) = proposal else {
        return format!("{program}: holds data about this person, which would be erased from facts, emails and run records");
    };
    match (state, decided) {
        (ProposalState::Approved, Some((by, at))) => {
            format!(
                "{program}: {id} was approved by {by} at {}; approving it again completes an interrupted erasure",
                format_time(*at)
            )
        }
        _ => format!("{program}: {id}, proposed by {proposed_by}: erase this person from facts, emails and run records"),
    }
}

/// What a creator is still owed: the ledger keeps it under the id, but nobody can look up any more whom to pay.
fn owed(programs: &[Program], Erasure { program, owed, .. }: &Erasure) -> Result<()> {
    let Some(currency) = programs.iter().find(|known| known.id == *program).map(|known| known.currency) else { return Ok(()) };
    let figures = [("on hold", owed.pending), ("payable", owed.payable), ("reserved in a batch", owed.reserved)];
    let parts = figures.iter().filter(|(_, minor)| *minor != 0);
    let parts: Vec<String> = parts.map(|(what, minor)| format!("{} {what}", Money::from_minor(*minor, currency))).collect();
    if parts.is_empty() {
        return Ok(());
    }
    print(&format!(
        "{program}: still owed: {}. Erasure does not cancel this: the next payout still pays it. Record the payee's details elsewhere first",
        parts.join(", ")
    ))
}
