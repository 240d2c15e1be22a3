use std::path::Path;

use anyhow::{Result, bail, ensure};

use super::content::{Kind, ProposalLine, State, digest};
use super::decide::{check_withdrawable, payable, reversal_of, transfers};
use super::known::{Known, KnownOrder, check_creator, check_credit};
use super::list::Proposal;
use super::told::{find_in, read};
use super::{closing, opening, unusual};
use crate::calendar::Month;
use crate::error::{Conflict, Invalid};
use crate::ledger::{
    Entry, EntryKind, Moved, checked_actor, checked_reason, is_same_person, moves, post, reads_alike, refuse_before_last,
};
use crate::money::{Money, Overflow, parse_minor};
use crate::payout::{BatchLine, Cause, Reversal};
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
        /// An amount far above the usual is meant.
        unusual: bool,
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
        /// The earlier openings of the same creators, to which this one adds.
        adds_to: &'a [String],
        /// An amount far above the usual is meant.
        unusual: bool,
    },
    /// To give an order to a creator.
    Credit {
        /// The order.
        order_id: &'a str,
        /// The creator.
        creator_id: &'a str,
    },
    /// To end an approved credit.
    Withdraw {
        /// The credit.
        credit_id: &'a str,
    },
    /// To void an exported batch.
    Void {
        /// The batch.
        batch_id: &'a str,
    },
    /// To take back a payment that was made and came back.
    Return {
        /// The batch that paid it.
        batch_id: &'a str,
        /// To whom.
        creator_id: &'a str,
    },
    /// To erase a person who asked for it.
    Erase {
        /// Who: `creator ID`, or `customer PSEUDONYM`, as the ledger keeps it and names no customer.
        subject: &'a str,
        /// The creator; none of a customer.
        creator_id: Option<&'a str>,
    },
    /// To close the books of a month, and of all before it.
    Close {
        /// The month.
        month: Month,
    },
}

impl Request<'_> {
    /// Whether an amount far above the usual is meant.
    const fn is_meant(self) -> bool {
        matches!(self, Self::Adjust { unusual: true, .. } | Self::Open { unusual: true, .. })
    }
}

/// A request once it is understood.
pub(super) struct Content {
    pub kind: Kind,
    pub subject: String,
    /// By creator.
    pub lines: Vec<ProposalLine>,
}

/// A proposal that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The proposal.
    pub proposal: Proposal,
    /// Whether it was there already: the same person proposed the same for the same reason.
    pub again: bool,
    /// How an approval would change the balances of creators, as they are now.
    pub moves: Vec<Moved>,
    /// What the order of a credit, or of its withdrawal, pays.
    pub order: Option<KnownOrder>,
    /// The last that was approved of the same content, for a reason that reads alike: this one is a second.
    pub earlier: Option<Proposal>,
}

/// Proposes something, for somebody else to approve. Nothing moves yet. The same that the same person proposed for a reason that
/// reads alike, and that still waits, is answered, not proposed twice: a command that was cut short is repeated.
///
/// # Errors
///
/// When it names what is not known, cannot be done as things stand, or waits already because somebody else proposed it;
/// nothing is written then.
pub async fn propose(
    store: &Store,
    program: &Program,
    known: &Known,
    request: Request<'_>,
    reason: &str,
    by: &str,
    as_of: i64,
) -> Result<Proposed> {
    let (by, reason) = (checked_actor(by)?, checked_reason(reason)?);
    let mut tx = store.begin(&program.id).await?;
    let content = content(&mut tx, program, known, request, as_of).await?;
    if let Request::Withdraw { credit_id } = request {
        refuse_before_last(&mut tx, &program.id, credit_id, as_of).await?;
    }
    let is_same = |proposal: &Proposal| {
        (proposal.kind, &proposal.subject, &proposal.lines) == (content.kind, &content.subject, &content.lines)
            && reads_alike(&proposal.reason, reason)
    };
    let same: Vec<Proposal> = read(&mut tx, &program.id).await?.into_iter().filter(is_same).collect();
    let earlier = same.iter().rfind(|proposal| proposal.state == State::Approved && !content.kind.is_once()).cloned();
    let waiting = same.into_iter().find(|proposal| proposal.state == State::Proposed);
    let (proposal, again) = match waiting {
        Some(waiting) if is_same_person(&waiting.proposed_by, by) => (waiting, true),
        Some(waiting) if !content.kind.is_once() => bail!(already(&waiting)),
        _ => {
            check_new(&mut tx, program, &content, request).await?;
            (propose_in(&mut tx, program, content, reason, by, as_of).await?, false)
        }
    };
    let reversal = reversal_of(&mut tx, program, &proposal, as_of).await?;
    let moves = moves(&mut tx, &program.id, &transfers(program, &proposal, reversal.as_ref(), as_of)?).await?;
    if !again {
        tx.commit("a proposal").await?;
    }
    Ok(Proposed { proposal, again, moves, order: known.order.clone(), earlier })
}

/// Two people who propose the same correction speak of one event more often than of two.
fn already(waiting: &Proposal) -> Conflict {
    let Proposal { proposal_id: id, proposed_by: by, .. } = waiting;
    Conflict(format!(
        "{by} has already proposed the same for the same reason ({id}); nothing was proposed. If you mean that one, approve it: \
         `purser proposal approve {id} --by NAME`; {}",
        waiting.advice()
    ))
}

/// Refuses what may be proposed only once, and waits, or says too much.
async fn check_new(tx: &mut Tx, program: &Program, content: &Content, request: Request<'_>) -> Result<()> {
    let is_about_it = |proposal: &Proposal| {
        let whom = |line: &ProposalLine| content.lines.iter().any(|own| own.creator_id == line.creator_id);
        // An order is given to one creator: a second proposal is in the way of the first, whomever it names.
        let is_whole = content.lines.is_empty() || content.kind == Kind::Credit;
        (proposal.kind, &proposal.subject) == (content.kind, &content.subject) && (is_whole || proposal.lines.iter().any(whom))
    };
    if content.kind.is_once() {
        let waiting = read(tx, &program.id).await?.into_iter().find(|p| p.state == State::Proposed && is_about_it(p));
        if let Some(Proposal { proposal_id: id, proposed_by: by, lines, .. }) = waiting {
            let approve = match content.kind {
                Kind::Erasure => "the same command with --approve instead of --reason".to_owned(),
                _ => format!("`purser proposal approve {id} --by NAME`"),
            };
            let this = match lines.as_slice() {
                [line] if lines != content.lines => format!("to attribute it to {} ({id})", line.creator_id),
                _ => format!("this ({id})"),
            };
            bail!(Conflict(format!(
                "{by} has already proposed {this}. Approve or reject it first: {approve}, or `purser proposal reject {id} --by NAME`"
            )));
        }
    }
    if let Request::Open { adds_to, .. } = request {
        opening::check_new(&read(tx, &program.id).await?, &content.lines, adds_to)?;
    }
    unusual::check(tx, program, content.kind, &content.lines, request.is_meant()).await
}

/// Posts a proposal, in the caller's transaction.
pub(super) async fn propose_in(
    tx: &mut Tx,
    program: &Program,
    Content { kind, subject, lines }: Content,
    reason: &str,
    by: &str,
    as_of: i64,
) -> Result<Proposal> {
    let proposed = "SELECT COUNT(*) FROM entries WHERE program = $1 AND kind = 'proposed'";
    let counted = tx.rows(proposed, &[program.id.as_str().into()]).await?;
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
    post(tx, program, &entry, &[]).await?;
    show(tx, program, &proposal, number).await?;
    Ok(proposal)
}

async fn content(tx: &mut Tx, program: &Program, known: &Known, request: Request<'_>, as_of: i64) -> Result<Content> {
    let line = |creator_id: &str, amount| vec![ProposalLine { creator_id: creator_id.to_owned(), amount }];
    let creators = known.with_balances(tx, &program.id).await?;
    let content = |kind, subject: &str, lines| Content { kind, subject: subject.to_owned(), lines };
    Ok(match request {
        Request::Adjust { creator_id, amount, .. } => {
            check_creator(program, &creators, creator_id)?;
            let refused = |why| Invalid(format!("the amount \"{amount}\" {why}"));
            let amount = parse_minor(amount, program.currency).map_err(refused)?;
            ensure!(amount != 0, Invalid("the amount is zero, so there is nothing to propose".to_owned()));
            content(Kind::Adjustment, "", line(creator_id, amount))
        }
        Request::WriteOff { creator_id } => {
            check_creator(program, &creators, creator_id)?;
            let payable = payable(tx, &program.id, creator_id).await?;
            if payable >= 0 {
                let payable = Money::from_minor(payable, program.currency);
                bail!(Conflict(format!("{creator_id} owes nothing that could be written off: {payable} is payable")));
            }
            content(Kind::WriteOff, "", line(creator_id, payable.checked_neg().ok_or(Overflow)?))
        }
        Request::Open { file, adds_to, .. } => {
            let rows = opening::read(file, program.currency)?;
            for row in &rows {
                let refused = |why| Invalid(format!("{}: {why:#}", row.place));
                check_creator(program, &creators, &row.line.creator_id).map_err(refused)?;
            }
            let lines: Vec<ProposalLine> = rows.into_iter().map(|row| row.line).collect();
            content(Kind::Opening, &opening::subject(adds_to), lines)
        }
        Request::Credit { order_id, creator_id } => {
            check_credit(program, known, order_id, creator_id)?;
            content(Kind::Credit, order_id, line(creator_id, 0))
        }
        Request::Withdraw { credit_id } => {
            let credit = find_in(tx, &program.id, credit_id).await?;
            check_withdrawable(tx, program, &credit).await?;
            content(Kind::Withdrawal, credit_id, credit.lines)
        }
        Request::Erase { subject, creator_id } => {
            content(Kind::Erasure, subject, creator_id.map_or_else(Vec::new, |id| line(id, 0)))
        }
        Request::Close { month } => {
            closing::check(tx, program, known, month, as_of).await?;
            content(Kind::Closing, &month.label(), Vec::new())
        }
        Request::Void { batch_id } => {
            content(Kind::Void, batch_id, reversed(tx, program, Cause::Voided, batch_id, &[], as_of).await?)
        }
        Request::Return { batch_id, creator_id } => {
            let lines = reversed(tx, program, Cause::Returned, batch_id, &[creator_id], as_of).await?;
            content(Kind::ReturnedPayment, batch_id, lines)
        }
    })
}

/// What a reversal would make payable again.
async fn reversed(
    tx: &mut Tx,
    program: &Program,
    cause: Cause,
    batch_id: &str,
    creators: &[&str],
    as_of: i64,
) -> Result<Vec<ProposalLine>> {
    let reversal = Reversal::find(tx, &program.id, cause, batch_id, creators, as_of).await?;
    let line = |line: &BatchLine| ProposalLine { creator_id: line.creator_id.clone(), amount: line.amount };
    Ok(reversal.lines().iter().map(line).collect())
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
