//! What could not be used and somebody can fix: each with whom it concerns, how much it is about, where it stands and what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, ensure};

use super::bank_problems::open_problems;
use super::door::admit_person;
use super::environment::Environment;
use crate::adjustments::{Kind as ProposalKind, proposals};
use crate::alerts::{Acknowledgement, KeptProblem, about_alert, about_exception, acknowledge, acknowledgements, list_open};
use crate::calendar::{day_of, parse_day, parse_time};
use crate::error::{Invalid, NotFound};
use crate::facts::{FoundRow, Manifest, blocking, find_rows, fold};
use crate::ledger::{check_currency_shown, checked_name, checked_reason};
use crate::posting::{KeptOutcome, last_basis};
use crate::program::{Program, Table};
use crate::users::Act;
use crate::vocabulary::{BankProblem, ExceptionKind};

/// What is the matter with an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// A record could not be used by the last reconciliation. Once it can, the exception is gone.
    Record(ExceptionKind),
    /// A bank said something from which nothing followed. It waits until somebody acknowledges it.
    Bank(BankProblem),
}

impl Matter {
    /// The one spelling.
    pub fn code(self) -> &'static str {
        match self {
            Self::Record(kind) => kind.code(),
            Self::Bank(kind) => kind.code(),
        }
    }

    /// The matter of a code.
    pub fn parse(code: &str) -> Option<Self> {
        ExceptionKind::parse(code).map(Self::Record).or_else(|| BankProblem::parse(code).map(Self::Bank))
    }

    /// What it is, as people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Record(kind) => kind.words(),
            Self::Bank(kind) => kind.words(),
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Record(kind) => kind.remedy(),
            Self::Bank(kind) => kind.remedy(),
        }
    }
}

/// What could not be used, and somebody can fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenException {
    /// What is the matter.
    pub kind: Matter,
    /// The order, refund, dispute, fee or manual credit; of what a bank said, the payment as far as it names one, and what tells it from
    /// others.
    pub subject: String,
    /// What the bank said; else empty.
    pub what: String,
    /// The order it is about, where there is one.
    pub order_id: String,
    /// Whom it concerns, as far as anybody knows.
    pub creators: Vec<String>,
    /// What it is about, as the source writes it, with its currency where that is known; or empty.
    pub amount: String,
    /// The local day of what it is about (days since 1970): since then it has waited.
    pub day: Option<i32>,
    /// File and row, of each row that makes it.
    pub places: Vec<String>,
    /// What somebody said about it last.
    pub said: Option<Acknowledgement>,
}

/// What waits for somebody: what banks said that nothing followed from, the oldest first, and the exceptions of the last
/// reconciliation, by kind and subject.
///
/// # Errors
///
/// When the database or kept files cannot be read.
pub async fn open_exceptions(at: &Environment, program: &Program) -> Result<Vec<OpenException>> {
    check_currency_shown(&at.store, program).await?;
    let said = acknowledgements(&at.store, &program.id).await?;
    let problems = open_problems(at, program, &said).await?;
    let mut found: Vec<OpenException> = problems.into_iter().map(|problem| of_bank(program, problem)).collect();
    found.append(&mut of_records(at, program).await?);
    for exception in &mut found {
        exception.said = said.get(&about_exception(exception.kind.code(), &exception.subject)).cloned();
    }
    Ok(found)
}

fn of_bank(program: &Program, problem: KeptProblem) -> OpenException {
    OpenException {
        kind: Matter::Bank(problem.kind),
        subject: problem.subject,
        what: problem.what,
        order_id: String::new(),
        creators: Some(problem.creator_id).filter(|id| !id.is_empty()).into_iter().collect(),
        amount: problem.amount,
        day: Some(day_of(program.time_zone, problem.at)),
        places: vec![problem.place],
        said: None,
    }
}

/// The exceptions of the last reconciliation; none where there was none.
async fn of_records(at: &Environment, program: &Program) -> Result<Vec<OpenException>> {
    let Some(basis) = last_basis(&at.store, program).await? else { return Ok(Vec::new()) };
    let credits: BTreeMap<String, String> = proposals(&at.store, &program.id)
        .await?
        .into_iter()
        .filter(|proposal| proposal.kind == ProposalKind::Credit)
        .filter_map(|proposal| Some((proposal.proposal_id, proposal.lines.first()?.creator_id.clone())))
        .collect();
    let (data, program) = (at.data.clone(), program.clone());
    blocking(move || {
        let exceptions = basis.outcome.exceptions(&data)?;
        Search { program: &program, data: &data, manifest: &basis.manifest, outcome: &basis.outcome }.all(exceptions, &credits)
    })
    .await
}

/// Where exceptions are looked up.
struct Search<'a> {
    program: &'a Program,
    data: &'a Path,
    manifest: &'a Manifest,
    outcome: &'a KeptOutcome,
}

/// Which table an exception's subject is in, its key there, and what else is read of it: the order, the amount, the time.
fn source_of(kind: ExceptionKind) -> Option<(Table, [&'static str; 4])> {
    match kind {
        ExceptionKind::NoLines | ExceptionKind::NoFxRate | ExceptionKind::NegativeAmount => {
            Some((Table::Orders, ["order_id", "currency", "codes", "ordered_at"]))
        }
        ExceptionKind::OverRefund => Some((Table::Refunds, ["order_id", "amount", "refund_id", "refunded_at"])),
        ExceptionKind::RefundWithoutOrder => Some((Table::Refunds, ["refund_id", "amount", "order_id", "refunded_at"])),
        ExceptionKind::DisputeWithoutOrder => Some((Table::Disputes, ["dispute_id", "amount", "order_id", "opened_at"])),
        ExceptionKind::FeeWithoutCreator => Some((Table::Fees, ["fee_id", "amount", "creator_id", "due_on"])),
        ExceptionKind::CreditWithoutCreator => None,
    }
}

impl Search<'_> {
    fn all(
        &self,
        exceptions: BTreeSet<(ExceptionKind, String)>,
        credits: &BTreeMap<String, String>,
    ) -> Result<Vec<OpenException>> {
        let mut found = Vec::with_capacity(exceptions.len());
        let mut by_kind: BTreeMap<ExceptionKind, BTreeSet<String>> = BTreeMap::new();
        for (kind, subject) in exceptions {
            by_kind.entry(kind).or_default().insert(subject);
        }
        for (kind, subjects) in by_kind {
            let mut rows = match source_of(kind) {
                Some((table, columns)) => self.rows(table, &columns, &subjects)?,
                None => BTreeMap::new(),
            };
            for subject in subjects {
                let rows = rows.remove(&subject).unwrap_or_default();
                found.push(self.exception(kind, subject, &rows, credits)?);
            }
        }
        self.name_credited(&mut found)?;
        Ok(found)
    }

    /// The rows of a table whose first column is wanted, by that.
    fn rows(&self, table: Table, columns: &[&str], wanted: &BTreeSet<String>) -> Result<BTreeMap<String, Vec<FoundRow>>> {
        let mut by_key: BTreeMap<String, Vec<FoundRow>> = BTreeMap::new();
        for row in find_rows(self.manifest, self.data, table, columns, |cells| wanted.contains(cells[0]))? {
            by_key.entry(row.cells[0].clone()).or_default().push(row);
        }
        Ok(by_key)
    }

    fn exception(
        &self,
        kind: ExceptionKind,
        subject: String,
        rows: &[FoundRow],
        credits: &BTreeMap<String, String>,
    ) -> Result<OpenException> {
        let cell = |column: usize| rows.last().and_then(|row| row.cells.get(column)).cloned().unwrap_or_default();
        let time = cell(3);
        let day = parse_time(&time).map(|time| day_of(self.program.time_zone, time)).or_else(|| parse_day(&time));
        let mut places: Vec<String> = rows.iter().map(|row| row.place.clone()).collect();
        let (mut order_id, mut amount, mut creators) = (String::new(), cell(1), Vec::new());
        match kind {
            ExceptionKind::NoLines | ExceptionKind::NoFxRate | ExceptionKind::NegativeAmount => {
                order_id.clone_from(&subject);
                let lines = self.lines(&subject)?;
                amount = lines.iter().map(|line| format!("{} {}", line.cells[1], cell(1))).collect::<Vec<_>>().join(", ");
                places.extend(lines.into_iter().map(|line| line.place));
                creators = self.owners(&cell(2))?;
            }
            ExceptionKind::OverRefund => {
                order_id.clone_from(&subject);
                amount = rows.iter().map(|row| row.cells[1].clone()).collect::<Vec<_>>().join(", ");
            }
            ExceptionKind::RefundWithoutOrder | ExceptionKind::DisputeWithoutOrder => order_id = cell(2),
            ExceptionKind::FeeWithoutCreator => {
                creators.push(cell(2));
                amount = format!("{amount} {}", self.program.currency);
            }
            ExceptionKind::CreditWithoutCreator => creators.extend(credits.get(&subject).cloned()),
        }
        let kind = Matter::Record(kind);
        Ok(OpenException { kind, subject, what: String::new(), order_id, creators, amount, day, places, said: None })
    }

    /// The lines of an order that couldn't be used.
    fn lines(&self, order_id: &str) -> Result<Vec<FoundRow>> {
        find_rows(self.manifest, self.data, Table::OrderLines, &["order_id", "net_amount"], |cells| cells[0] == order_id)
    }

    /// Whose the codes on an order are, in whatever span of time.
    fn owners(&self, codes: &str) -> Result<Vec<String>> {
        let codes: BTreeSet<String> = codes.split('|').map(fold).filter(|code| !code.is_empty()).collect();
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        let rows =
            find_rows(self.manifest, self.data, Table::Codes, &["code", "creator_id"], |cells| codes.contains(&fold(cells[0])))?;
        let owners: BTreeSet<String> =
            rows.into_iter().map(|row| row.cells[1].clone()).filter(|owner| !owner.is_empty()).collect();
        Ok(owners.into_iter().collect())
    }

    /// Names who is credited with orders that pay somebody in spite of an exception.
    fn name_credited(&self, found: &mut [OpenException]) -> Result<()> {
        let wanted = |exception: &OpenException| exception.kind == Matter::Record(ExceptionKind::OverRefund);
        let mut credited: BTreeMap<String, BTreeSet<String>> =
            found.iter().filter(|one| wanted(one)).map(|one| (one.subject.clone(), BTreeSet::new())).collect();
        if credited.is_empty() {
            return Ok(());
        }
        self.outcome.for_each_target(self.data, |target| {
            if let Some(creators) = credited.get_mut(target.order_id) {
                creators.insert(target.creator_id.to_owned());
            }
            Ok(())
        })?;
        for exception in found.iter_mut().filter(|one| wanted(one)) {
            exception.creators = credited.remove(&exception.subject).unwrap_or_default().into_iter().collect();
        }
        Ok(())
    }
}

/// What somebody says they know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nag<'a> {
    /// An alert, by its key within its program.
    Alert(&'a str),
    /// An exception.
    Exception(Matter, &'a str),
}

impl Nag<'_> {
    /// What stands for it among what people said.
    pub fn subject(self) -> String {
        match self {
            Self::Alert(key) => about_alert(key),
            Self::Exception(kind, subject) => about_exception(kind.code(), subject),
        }
    }
}

/// Records that somebody knows of an alert or an exception, with a note, and who looks after it (nobody in particular where that is
/// empty): it is not asked about again for a month.
///
/// # Errors
///
/// When nobody has such a name, when there is no note, or when the database refuses.
pub async fn acknowledge_nag(
    at: &Environment,
    program: &str,
    by: &str,
    nag: Nag<'_>,
    assigned_to: &str,
    note: &str,
) -> Result<Acknowledgement> {
    let (by, note) = (admit_person(at, by, Act::Prepare).await?, checked_reason(note)?);
    ensure!(
        assigned_to.is_empty() || checked_name(assigned_to).is_ok(),
        Invalid("who looks after it is not named as people are; nothing was recorded".to_owned())
    );
    if let Nag::Alert(key) = nag {
        let is_open = list_open(&at.store).await?.iter().any(|raised| raised.program == program && raised.key == key);
        ensure!(is_open, NotFound(format!("no such alert about {program} is open; nothing was recorded")));
    }
    let said = Acknowledgement {
        subject: nag.subject(),
        by,
        at: (at.clock)(),
        assigned_to: assigned_to.to_owned(),
        note: note.to_owned(),
    };
    let mut tx = at.store.begin(program).await?;
    acknowledge(&mut tx, program, &said).await?;
    tx.commit("what somebody said about an alert or an exception").await?;
    Ok(said)
}

/// What was said last about the alerts and exceptions of a program, by subject.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn list_acknowledgements(at: &Environment, program: &str) -> Result<BTreeMap<String, Acknowledgement>> {
    acknowledgements(&at.store, program).await
}
