use std::path::Path;

use anyhow::{Result, bail, ensure};

use super::content::{Kind, ProposalLine, State, digest};
use super::known::{Known, check_creator};
use super::list::{Proposal, read};
use super::opening;
use crate::error::{Conflict, Invalid, NotFound};
use crate::ledger::{Entry, EntryKind, checked_name, checked_reason, post};
use crate::money::{Money, Overflow, parse_minor};
use crate::payout::Voidable;
use crate::program::Program;
use crate::store::{Store, Tx};

/// What somebody wants to propose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request<'a> {
    /// To correct what a creator is owed.
    Adjust {
        /// The creator.
        creator_id: &'a str,
        /// Signed, in major units of the program's currency; above zero, the creator is owed more.
        amount: &'a str,
    },
    /// To end a creator's debt, as it is now.
    WriteOff {
        /// The creator.
        creator_id: &'a str,
    },
    /// To take over what creators were owed before the ledger began.
    Open {
        /// CSV: creator_id, amount.
        file: &'a Path,
    },
    /// To give an order to a creator.
    Credit {
        /// The order.
        order_id: &'a str,
        /// The creator.
        creator_id: &'a str,
    },
    /// To void an exported batch.
    Void {
        /// The batch.
        batch_id: &'a str,
    },
}

/// A request once it is understood.
struct Content {
    kind: Kind,
    subject: String,
    /// By creator.
    lines: Vec<ProposalLine>,
}

/// Proposes something, for somebody else to approve. Nothing moves yet. The same that the same person proposed for the same
/// reason and that still waits is answered, not proposed twice: a command that was cut short is repeated.
///
/// # Errors
///
/// When it names what is not known, or cannot be done as things stand; nothing is written then.
pub async fn propose(
    store: &Store,
    program: &Program,
    known: &Known,
    request: Request<'_>,
    reason: &str,
    by: &str,
    as_of: i64,
) -> Result<Proposal> {
    let (by, reason) = (checked_name(by)?, checked_reason(reason)?);
    let mut tx = store.begin(&program.id).await?;
    let Content { kind, subject, lines } = content(&mut tx, program, known, request, as_of).await?;
    let same = |proposal: &Proposal| {
        let waits = proposal.state == State::Proposed && (proposal.kind, &proposal.subject) == (kind, &subject);
        waits && proposal.lines == lines && proposal.reason == reason && proposal.proposed_by == by
    };
    if let Some(waiting) = read(&mut tx, &program.id).await?.into_iter().find(same) {
        return Ok(waiting);
    }
    let counted = tx.rows("SELECT COUNT(*) FROM proposals WHERE program = $1", &[program.id.as_str().into()]).await?;
    let number = counted.first().map_or(Ok(0), |row| row.int(0))? + 1;
    let proposal_id = format!("{}-p{number:04}", program.id);
    let proposal = Proposal {
        digest: digest(&proposal_id, kind, &subject, &lines),
        kind,
        state: State::Proposed,
        subject,
        reason: reason.to_owned(),
        proposed_at: as_of,
        proposed_by: by.to_owned(),
        decided: None,
        lines,
        proposal_id,
    };
    let entry = Entry {
        kind: EntryKind::Proposed,
        subject: &proposal.proposal_id,
        booked_at: as_of,
        actor: by,
        reason,
        program_text: "",
        facts: &proposal.digest,
    };
    post(&mut tx, program, &entry, &[]).await?;
    show(&mut tx, program, &proposal, number).await?;
    tx.commit("a proposal").await?;
    Ok(proposal)
}

async fn content(tx: &mut Tx, program: &Program, known: &Known, request: Request<'_>, as_of: i64) -> Result<Content> {
    let line = |creator_id: &str, amount| vec![ProposalLine { creator_id: creator_id.to_owned(), amount }];
    let creators = known.with_balances(tx, &program.id).await?;
    let content = |kind, subject: &str, lines| Content { kind, subject: subject.to_owned(), lines };
    Ok(match request {
        Request::Adjust { creator_id, amount } => {
            check_creator(program, &creators, creator_id)?;
            let refused = |why| Invalid(format!("the amount \"{amount}\": {why}"));
            let amount = parse_minor(amount, program.currency).map_err(refused)?;
            ensure!(amount != 0, Invalid("the amount is zero, so there is nothing to propose".to_owned()));
            content(Kind::Adjustment, "", line(creator_id, amount))
        }
        Request::WriteOff { creator_id } => {
            check_creator(program, &creators, creator_id)?;
            let payable = payable(tx, &program.id, creator_id).await?;
            if payable >= 0 {
                let payable = Money::from_minor(payable, program.currency);
                bail!(Conflict(format!("{creator_id} owes nothing that could be written off: {payable} are payable")));
            }
            content(Kind::WriteOff, "", line(creator_id, payable.checked_neg().ok_or(Overflow)?))
        }
        Request::Open { file } => {
            let rows = opening::read(file, program.currency)?;
            for row in &rows {
                let refused = |why| Invalid(format!("{}: {why:#}", row.place));
                check_creator(program, &creators, &row.line.creator_id).map_err(refused)?;
            }
            content(Kind::Opening, "", rows.into_iter().map(|row| row.line).collect())
        }
        Request::Credit { order_id, creator_id } => {
            check_creator(program, &known.creators, creator_id)?;
            ensure!(
                known.order,
                NotFound(format!(
                    "the last reconciliation of {} saw no order {order_id}; only one that it saw can be given",
                    program.id
                ))
            );
            content(Kind::Credit, order_id, line(creator_id, 0))
        }
        Request::Void { batch_id } => {
            let batch = Voidable::find(tx, &program.id, batch_id, as_of).await?;
            let lines =
                batch.lines().iter().map(|line| ProposalLine { creator_id: line.creator_id.clone(), amount: line.amount });
            content(Kind::Void, batch_id, lines.collect())
        }
    })
}

/// What is payable to a creator, in minor units; below zero, a debt.
pub(super) async fn payable(tx: &mut Tx, program: &str, creator_id: &str) -> Result<i64> {
    let sql = "SELECT payable FROM balances WHERE program = $1 AND creator_id = $2";
    tx.rows(sql, &[program.into(), creator_id.into()]).await?.first().map_or(Ok(0), |row| row.int(0))
}

async fn show(tx: &mut Tx, program: &Program, proposal: &Proposal, number: i64) -> Result<()> {
    let sql = "INSERT INTO proposals (program, proposal_id, number, kind, state, subject, reason, digest, proposed_at, proposed_by) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let (program, id) = (program.id.as_str(), proposal.proposal_id.as_str());
    let parameters = [
        program.into(),
        id.into(),
        number.into(),
        proposal.kind.code().into(),
        proposal.state.code().into(),
        proposal.subject.as_str().into(),
        proposal.reason.as_str().into(),
        proposal.digest.as_str().into(),
        proposal.proposed_at.into(),
        proposal.proposed_by.as_str().into(),
    ];
    tx.execute(sql, &parameters).await?;
    for line in &proposal.lines {
        let sql = "INSERT INTO proposal_lines (program, proposal_id, creator_id, amount) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, &[program.into(), id.into(), line.creator_id.as_str().into(), line.amount.into()]).await?;
    }
    Ok(())
}
