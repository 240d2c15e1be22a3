//! Closing a month: every creator's statement and its mail, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result, bail};
use lettre::message::Mailbox;

use super::assemble::{Background, Common, Parts, assemble, converted};
use super::journal::{Sight, SoFar, last_closed, open_counts, open_transfers, standing, statements_so_far};
use super::mail::message;
use super::model::{Held, Line, Statement, Totals};
use super::reader::{Postage, Reader};
use crate::calendar::{Month, format_time};
use crate::error::Conflict;
use crate::facts::is_pseudonym;
use crate::ledger::{Head, Register, check_currency, first_day, head, refuse_unsealed, seal_register};
use crate::money::Overflow;
use crate::outbox::{Channel, NewLetter, Signer, put};
use crate::program::Program;
use crate::store::{Store, Tx};
use crate::vocabulary::{done, planned};

/// How many transfers are held in memory at a time.
const TRANSFERS_AT_A_TIME: i64 = 100_000;

/// The months to be closed by a run at `as_of` (microseconds since 1970): the local month before, and every earlier one
/// that was missed, from the first with a transfer. None where all are closed.
///
/// # Errors
///
/// When statements were already built at a later time, or the record of what was closed was changed.
pub async fn plan(store: &Store, program: &Program, as_of: i64) -> Result<Vec<Month>> {
    let mut tx = store.snapshot().await?;
    refuse_unsealed(&mut tx, &program.id, Register::Months).await?;
    let target = Month::of_time(program.time_zone, as_of).previous();
    let last = last_closed(&mut tx, &program.id).await?;
    if let Some(last) = last.as_ref().filter(|last| as_of < last.built_at) {
        bail!(Conflict(format!(
            "{}: statements at {} would be earlier than the last that were built, at {}; what is built is never built again",
            program.id,
            format_time(as_of),
            format_time(last.built_at)
        )));
    }
    let first = match last {
        Some(last) => last.month.next(),
        None => first_day(&mut tx, &program.id).await?.map_or(target, Month::of_day).min(target),
    };
    let months = std::iter::successors(Some(first), |month| Some(month.next()));
    Ok(months.take_while(|month| *month <= target).collect())
}

/// What a month is closed with.
pub struct Closing<'a> {
    /// Whose statements.
    pub program: &'a Program,
    /// Which month.
    pub month: Month,
    /// When (microseconds since 1970); the date of the mails.
    pub as_of: i64,
    /// What was read beside the ledger.
    pub background: Background<'a>,
    /// Who sends the mails.
    pub sender: &'a Mailbox,
    /// How they are signed, if they are.
    pub signer: Option<&'a Signer>,
    /// Where each creator is paid, masked; nothing where that is not known.
    pub accounts: &'a BTreeMap<String, String>,
}

/// The result of closing a month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closed {
    /// How many statements were built.
    pub statements: usize,
    /// How many mails wait because of it.
    pub mails: usize,
    /// The sums of the statements, in minor units.
    pub totals: Totals,
    /// Creators whose statement is kept but not mailed, and why.
    pub unmailed: Vec<(String, String)>,
}

/// Builds every statement of a month and puts the mails into the outbox, in the caller's transaction. Answers none when
/// the month is closed already.
///
/// # Errors
///
/// When a statement does not add up to what the ledger says; nothing must be committed then.
pub async fn close(tx: &mut Tx, closing: &Closing<'_>) -> Result<Option<Closed>> {
    let program = closing.program;
    if last_closed(tx, &program.id).await?.is_some_and(|last| last.month >= closing.month) {
        return Ok(None);
    }
    check_currency(tx, program).await?;
    let head = head(tx, &program.id).await?;
    let sight = Sight { through_entry: head.entry, month: closing.month };
    let open = open_counts(tx, &program.id, sight).await?;
    let standing = standing(tx, &program.id, sight).await?;
    let so_far = statements_so_far(tx, &program.id).await?;
    // What the terms were at the last closing is asked before this one is marked.
    let common = Common::read(tx, program, (closing.month, closing.as_of), &head, closing.background).await?;
    mark_closed(tx, closing, &head).await?;
    let mut building = Building { closing, common, so_far, standing, closed: Closed::default() };
    planned("statements", open.len());
    for chunk in chunks(&open) {
        let mut lines = lines_of(tx, &program.id, sight, chunk).await?;
        for (creator_id, _) in chunk {
            building.build(tx, creator_id, lines.remove(creator_id).unwrap_or_default()).await?;
            done("statements", 1);
        }
    }
    let built: BTreeSet<&str> = open.iter().map(|(creator_id, _)| creator_id.as_str()).collect();
    for creator_id in building.others(&built) {
        building.build(tx, &creator_id, Vec::new()).await?;
        planned("statements", 1);
        done("statements", 1);
    }
    let sql = "UPDATE statement_months SET letters = $3 WHERE program = $1 AND month = $2";
    let letters = i64::try_from(building.closed.mails)?;
    tx.execute(sql, &[program.id.as_str().into(), i64::from(closing.month.number()).into(), letters.into()]).await?;
    seal_register(tx, &program.id, Register::Months).await?;
    Ok(Some(building.closed))
}

/// Runs of creators whose transfers fit in memory together.
fn chunks(open: &[(String, i64)]) -> Vec<&[(String, i64)]> {
    let mut chunks = Vec::new();
    let (mut start, mut transfers) = (0, 0i64);
    for (place, (_, count)) in open.iter().enumerate() {
        if place > start && transfers.saturating_add(*count) > TRANSFERS_AT_A_TIME {
            chunks.push(&open[start..place]);
            (start, transfers) = (place, 0);
        }
        transfers = transfers.saturating_add(*count);
    }
    if start < open.len() {
        chunks.push(&open[start..]);
    }
    chunks
}

/// The lines of a run of creators, by creator.
async fn lines_of(tx: &mut Tx, program: &str, sight: Sight, chunk: &[(String, i64)]) -> Result<HashMap<String, Vec<Line>>> {
    let mut lines: HashMap<String, Vec<Line>> = HashMap::new();
    if let (Some((first, _)), Some((last, _))) = (chunk.first(), chunk.last()) {
        for open in open_transfers(tx, program, sight, first, last).await? {
            let creator_id = open.transfer.about.creator_id.clone();
            if let Some(line) = Line::of(open) {
                lines.entry(creator_id).or_default().push(line);
            }
        }
    }
    Ok(lines)
}

async fn mark_closed(tx: &mut Tx, closing: &Closing<'_>, head: &Head) -> Result<()> {
    let sql =
        "INSERT INTO statement_months (program, month, last_day, built_at, through_entry, head) VALUES ($1, $2, $3, $4, $5, $6)";
    let parameters = [
        closing.program.id.as_str().into(),
        i64::from(closing.month.number()).into(),
        i64::from(closing.month.last_day()).into(),
        closing.as_of.into(),
        head.entry.into(),
        head.hash.as_str().into(),
    ];
    tx.execute(sql, &parameters).await.map(|_| ())
}

/// The statements of a month while they are built.
struct Building<'a> {
    closing: &'a Closing<'a>,
    common: Common<'a>,
    so_far: HashMap<String, SoFar>,
    standing: BTreeMap<String, Held>,
    closed: Closed,
}

impl Building<'_> {
    /// Creators without new transfers who get a statement all the same: those with a balance, and those who did something
    /// while they were active.
    fn others(&self, built: &BTreeSet<&str>) -> BTreeSet<String> {
        let span = self.closing.month.span(self.closing.program.time_zone);
        let with_balance = self.standing.iter().filter(|(_, held)| **held != Held::default()).map(|(id, _)| id.as_str());
        let Background { addressees, performances, .. } = self.closing.background;
        let performing = performances.creators().filter(|id| addressees.is_active_within(id, &span));
        with_balance.chain(performing).filter(|id| !built.contains(id)).map(str::to_owned).collect()
    }

    async fn build(&mut self, tx: &mut Tx, creator_id: &str, lines: Vec<Line>) -> Result<()> {
        let Closing { program, month, as_of, background, sender, signer, accounts } = *self.closing;
        let so_far = self.so_far.get(creator_id).copied().unwrap_or_default();
        let parts = Parts {
            creator_id,
            number: so_far.count + 1,
            opening: so_far.closing,
            converted: converted(tx, &self.common, &lines).await?,
            lines,
            held: self.standing.get(creator_id).copied().unwrap_or_default(),
        };
        let statement = assemble(&self.common, parts)?;
        keep(tx, &statement, month).await?;
        self.closed.statements += 1;
        self.count(&statement.totals)?;
        let name = background.addressees.name(creator_id, as_of);
        let reader = Reader {
            name: &name,
            account: accounts.get(creator_id).map(String::as_str),
            ..Reader::of(&program.mailing).in_locale(background.addressees.locale(creator_id, as_of))
        };
        match background.addressees.email(creator_id, as_of) {
            None => self.closed.unmailed.push((creator_id.to_owned(), "has no email".to_owned())),
            Some(email) => match email.parse() {
                Err(_) => {
                    let erased = is_pseudonym(email);
                    let why = if erased { "was erased".to_owned() } else { format!("\"{email}\" is not an email address") };
                    self.closed.unmailed.push((creator_id.to_owned(), why));
                }
                Ok(to) => {
                    let postage = Postage { to, sender, signer, is_test: false };
                    let message = message(&statement, &reader, &postage)
                        .with_context(|| format!("the mail of the statement {} cannot be written", statement.key()))?;
                    let letter = NewLetter {
                        channel: Channel::Statement,
                        key: statement.key(),
                        sender: postage.sender(&program.mailing).email.to_string(),
                        recipient: email.to_owned(),
                        message,
                    };
                    put(tx, &program.id, &letter, as_of).await?;
                    self.closed.mails += 1;
                }
            },
        }
        Ok(())
    }

    fn count(&mut self, totals: &Totals) -> Result<(), Overflow> {
        let sums = &mut self.closed.totals;
        for (sum, amount) in [
            (&mut sums.opening, totals.opening),
            (&mut sums.earned, totals.earned),
            (&mut sums.clawed_back, totals.clawed_back),
            (&mut sums.bonuses, totals.bonuses),
            (&mut sums.fees, totals.fees),
            (&mut sums.adjustments, totals.adjustments),
            (&mut sums.paid, totals.paid),
            (&mut sums.closing, totals.closing),
        ] {
            *sum = sum.checked_add(amount).ok_or(Overflow)?;
        }
        Ok(())
    }
}

async fn keep(tx: &mut Tx, statement: &Statement, month: Month) -> Result<()> {
    let body = serde_json::to_string(statement).context("a statement cannot be written")?;
    let sql = "INSERT INTO statements (program, creator_id, month, opening, closing, body) VALUES ($1, $2, $3, $4, $5, $6)";
    let parameters = [
        statement.program.as_str().into(),
        statement.creator_id.as_str().into(),
        i64::from(month.number()).into(),
        statement.totals.opening.into(),
        statement.totals.closing.into(),
        body.into(),
    ];
    tx.execute(sql, &parameters).await.map(|_| ())
}
