use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::content::{Kind, ProposalLine, State};
use crate::error::NotFound;
use crate::money::Overflow;
use crate::store::{Row, Store, Tx};

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id, such as `glow-p0003`.
    pub proposal_id: String,
    /// What is proposed.
    pub kind: Kind,
    /// How it stands.
    pub state: State,
    /// The order of a credit, the batch of a void or of payments that failed or came back, the credit of a withdrawal, the
    /// openings that an opening adds to (separated by commas), `creator ID` or `customer PSEUDONYM` of an erasure, the month of a closing, or empty.
    pub subject: String,
    /// Why, in one line.
    pub reason: String,
    /// The hash of its content, which is what is approved.
    pub digest: String,
    /// When it was proposed (microseconds since 1970).
    pub proposed_at: i64,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who approved, rejected or withdrew it, and when (microseconds since 1970).
    pub decided: Option<(String, i64)>,
    /// Whom it concerns, by creator; nobody where a customer is erased or books are closed.
    pub lines: Vec<ProposalLine>,
}

impl Proposal {
    /// The sum of its lines, in minor units; none for what has no amounts of its own.
    pub fn amount(&self) -> Result<Option<i64>, Overflow> {
        let sum = self.lines.iter().try_fold(0i64, |sum, line| sum.checked_add(line.amount)).ok_or(Overflow)?;
        Ok(Some(sum).filter(|_| self.kind.has_amount()))
    }

    /// How to make a second proposal like this one, which waits.
    pub fn advice(&self) -> String {
        let id = &self.proposal_id;
        match self.kind {
            Kind::Adjustment => "to propose it a second time, give a different reason".to_owned(),
            Kind::Opening => format!("to propose another one on top of it, add --adds-to {id}"),
            Kind::WriteOff => format!("a debt is written off only once: to change the proposal, reject {id} first"),
            _ => format!("it can be proposed only once: to change the proposal, reject {id} first"),
        }
    }
}

/// All proposals of a program, oldest first.
pub async fn proposals(store: &Store, program: &str) -> Result<Vec<Proposal>> {
    shown(&mut store.snapshot().await?, program).await
}

/// How many proposals of each program wait for a second person.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn waiting(store: &Store) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT program, COUNT(*) FROM proposals WHERE state = 'proposed' GROUP BY program ORDER BY program";
    store.rows(sql, &[]).await?.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
}

/// A proposal.
///
/// # Errors
///
/// When there is none of that id; names the newest.
pub async fn find(store: &Store, program: &str, proposal_id: &str) -> Result<Proposal> {
    pick(shown(&mut store.snapshot().await?, program).await?, program, proposal_id)
}

/// The proposal of this id among all of a program.
pub(super) fn pick(mut known: Vec<Proposal>, program: &str, proposal_id: &str) -> Result<Proposal> {
    let Some(place) = known.iter().position(|proposal| proposal.proposal_id == proposal_id) else {
        let newest = known.last().map_or("it has none".to_owned(), |newest| format!("the newest is {}", newest.proposal_id));
        bail!(NotFound(format!("the program {program} has no proposal {proposal_id}; {newest}")));
    };
    Ok(known.swap_remove(place))
}

/// All proposals of a program as the tables show them, oldest first.
pub(super) async fn shown(tx: &mut Tx, program: &str) -> Result<Vec<Proposal>> {
    let sql = "SELECT proposal_id, creator_id, amount FROM proposal_lines WHERE program = $1 ORDER BY proposal_id, creator_id";
    let mut lines: BTreeMap<String, Vec<ProposalLine>> = BTreeMap::new();
    for row in tx.rows(sql, &[program.into()]).await? {
        let line = ProposalLine { creator_id: row.text(1)?.to_owned(), amount: row.int(2)? };
        lines.entry(row.text(0)?.to_owned()).or_default().push(line);
    }
    let sql = "SELECT proposal_id, kind, state, subject, reason, digest, proposed_at, proposed_by, decided_by, decided_at \
               FROM proposals WHERE program = $1 ORDER BY number";
    let with_lines = |row: &Row| {
        let proposal = proposal(row)?;
        let lines = lines.remove(&proposal.proposal_id).unwrap_or_default();
        Ok(Proposal { lines, ..proposal })
    };
    tx.rows(sql, &[program.into()]).await?.iter().map(with_lines).collect()
}

fn proposal(row: &Row) -> Result<Proposal> {
    let text = |column: usize| row.text(column).map(str::to_owned);
    let decided = match row.optional_text(8)? {
        Some(by) => Some((by.to_owned(), row.optional_int(9)?.context("a decided proposal has no time")?)),
        None => None,
    };
    let (kind, state) = (row.text(1)?, row.text(2)?);
    Ok(Proposal {
        proposal_id: text(0)?,
        kind: Kind::parse(kind).with_context(|| format!("the database holds a proposal of the unknown kind \"{kind}\""))?,
        state: State::parse(state).with_context(|| format!("the database holds a proposal in the unknown state \"{state}\""))?,
        subject: text(3)?,
        reason: text(4)?,
        digest: text(5)?,
        proposed_at: row.int(6)?,
        proposed_by: text(7)?,
        decided,
        lines: Vec::new(),
    })
}
