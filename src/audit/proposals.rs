//! Proposals as their entries tell them, and as the tables show them.

use std::collections::BTreeMap;

use anyhow::Result;

use super::check::Check;
use super::findings::{Findings, Found};
use super::shared::{Audit, registered};
use crate::adjustments::content_digest;
use crate::calendar::format_time;
use crate::ledger::{EntryKind, Register, is_same_person};
use crate::store::{Row, Tx};
use crate::vocabulary::counted;

/// A proposal as its entries tell it.
struct Journaled {
    number: i64,
    state: &'static str,
    reason: String,
    digest: String,
    proposed: (i64, String),
    decided: Option<(i64, String)>,
}

pub(super) async fn check(tx: &mut Tx, audit: &Audit<'_>) -> Found {
    let mut findings = Findings::default();
    let seen = read(tx, audit, &mut findings).await;
    findings.end(audit.program, Check::Proposals, seen)
}

async fn read(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<String> {
    let sql = "SELECT entry, kind, subject, booked_at, actor, reason, facts FROM entries \
               WHERE program = $1 AND kind IN ('proposed', 'accepted', 'declined') ORDER BY entry";
    let mut told: BTreeMap<String, Journaled> = BTreeMap::new();
    for row in &tx.rows(sql, &[audit.program.into()]).await? {
        tell(row, &mut told, findings)?;
    }
    let mut digests = shown_digests(tx, audit).await?;
    let sql = "SELECT proposal_id, number, state, reason, digest, proposed_at, proposed_by, decided_at, decided_by \
               FROM proposals WHERE program = $1 ORDER BY proposal_id";
    let count = told.len();
    for row in &tx.rows(sql, &[audit.program.into()]).await? {
        let id = row.text(0)?;
        match told.remove(id) {
            Some(told) => compare(row, &told, digests.remove(id).as_deref(), findings)?,
            None => findings.add(|| format!("the proposal {id} is shown, but no entry proposed it")),
        }
    }
    for id in told.keys() {
        findings.add(|| format!("the proposal {id} was proposed, but is not shown"));
    }
    orphans(tx, audit, findings).await?;
    registered(tx, audit, Register::Erasures, findings).await;
    Ok(counted(count, "proposal", "proposals"))
}

/// Takes one entry into the account of its proposal.
fn tell(row: &Row, told: &mut BTreeMap<String, Journaled>, findings: &mut Findings) -> Result<()> {
    let (entry, kind, id) = (row.int(0)?, row.text(1)?, row.text(2)?);
    let (at, by, reason) = (row.int(3)?, row.text(4)?.to_owned(), row.text(5)?);
    if kind == EntryKind::Proposed.code() {
        let (reason, digest) = (reason.to_owned(), row.text(6)?.to_owned());
        let number = i64::try_from(told.len())? + 1;
        let proposal = Journaled { number, state: "proposed", reason, digest, proposed: (at, by), decided: None };
        if told.insert(id.to_owned(), proposal).is_some() {
            findings.add(|| format!("entry {entry}: {id} was proposed before"));
        }
        return Ok(());
    }
    let Some(proposal) = told.get_mut(id) else {
        findings.add(|| format!("entry {entry}: {id} was {kind}, but never proposed"));
        return Ok(());
    };
    let accepted = kind == EntryKind::Accepted.code();
    if proposal.decided.is_some() {
        findings.add(|| format!("entry {entry}: {id} was {kind}, but it was decided before"));
    }
    if accepted && is_same_person(&by, &proposal.proposed.1) {
        findings.add(|| format!("entry {entry}: {id} was approved by {by}, who made it"));
    }
    findings.differs(|| format!("entry {entry}: what {id} was {kind} as"), reason, &proposal.digest);
    (proposal.state, proposal.decided) = (if accepted { "approved" } else { "rejected" }, Some((at, by)));
    Ok(())
}

fn compare(row: &Row, told: &Journaled, content: Option<&str>, findings: &mut Findings) -> Result<()> {
    let id = row.text(0)?;
    let record = |column: &str| format!("the proposal {id}: its {column}");
    findings.differs(|| record("number"), row.int(1)?, told.number);
    findings.differs(|| record("state"), row.text(2)?, told.state);
    findings.differs(|| record("reason"), row.text(3)?, &told.reason);
    findings.differs(|| record("digest"), row.text(4)?, &told.digest);
    findings.differs(|| record("content"), content.unwrap_or_default(), told.digest.as_str());
    findings.differs(|| record("time"), format_time(row.int(5)?), format_time(told.proposed.0));
    findings.differs(|| record("maker"), row.text(6)?, &told.proposed.1);
    let shown = row.optional_int(7)?.map(format_time).unwrap_or_default();
    findings.differs(
        || record("decision's time"),
        shown,
        told.decided.as_ref().map(|(at, _)| format_time(*at)).unwrap_or_default(),
    );
    let decider = told.decided.as_ref().map_or("nobody", |(_, by)| by);
    findings.differs(|| record("decider"), row.optional_text(8)?.unwrap_or("nobody"), decider);
    Ok(())
}

/// What the tables show of a proposal's content.
#[derive(Default)]
struct Content {
    kind: String,
    subject: String,
    /// Creators and amounts, by creator.
    lines: Vec<(String, i64)>,
}

/// The digests of the contents that the tables show.
async fn shown_digests(tx: &mut Tx, audit: &Audit<'_>) -> Result<BTreeMap<String, String>> {
    let sql = "SELECT p.proposal_id, p.kind, p.subject, l.creator_id, l.amount FROM proposals p \
               LEFT JOIN proposal_lines l ON l.program = p.program AND l.proposal_id = p.proposal_id \
               WHERE p.program = $1 ORDER BY p.proposal_id, l.creator_id";
    let mut contents: BTreeMap<String, Content> = BTreeMap::new();
    for row in &tx.rows(sql, &[audit.program.into()]).await? {
        let content = contents.entry(row.text(0)?.to_owned()).or_default();
        (content.kind, content.subject) = (row.text(1)?.to_owned(), row.text(2)?.to_owned());
        if let (Some(creator), Some(amount)) = (row.optional_text(3)?, row.optional_int(4)?) {
            content.lines.push((creator.to_owned(), amount));
        }
    }
    let digest = |(id, content): (String, Content)| {
        let lines = content.lines.iter().map(|(creator, amount)| (creator.as_str(), *amount));
        let digest = content_digest(&id, &content.kind, &content.subject, lines);
        (id, digest)
    };
    Ok(contents.into_iter().map(digest).collect())
}

async fn orphans(tx: &mut Tx, audit: &Audit<'_>, findings: &mut Findings) -> Result<()> {
    let sql = "SELECT DISTINCT l.proposal_id FROM proposal_lines l LEFT JOIN proposals p ON p.program = l.program AND p.proposal_id = l.proposal_id \
               WHERE l.program = $1 AND p.proposal_id IS NULL ORDER BY l.proposal_id LIMIT 1000";
    for row in tx.rows(sql, &[audit.program.into()]).await? {
        let id = row.text(0)?;
        findings.add(|| format!("lines of the proposal {id} are there, but no such proposal"));
    }
    Ok(())
}
