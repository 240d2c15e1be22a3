//! Closed months: their statements, and the transfers that are on them.
//!
//! Which transfers a statement has to hold follows from the closed months alone. What each creator's statement of each
//! month has to come to is gathered while the journal is read; lines are compared by a sum of their hashes, and one by
//! one only where that differs. What a statement tells beside money, such as clicks, is not compared: the facts it was
//! counted from may have been other ones.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};

use super::check::Check;
use super::findings::{Findings, Found};
use super::journal_check::JournalCheck;
use super::shared::{Audit, registered};
use crate::calendar::{Month, format_time};
use crate::ledger::{Account, JournalEntry, Particulars, Posted, Register, select_transfers, transfers};
use crate::statement::{Held, Line, Statement, Totals, read_statement};
use crate::store::{Row, Tx};
use crate::vocabulary::counted;

/// How many statements are in memory at a time.
const STATEMENTS_PER_PAGE: i64 = 1_000;

pub(super) struct Statements<'a> {
    audit: &'a Audit<'a>,
    months: Vec<Closed>,
    /// Where each month's last entry is in `months`.
    heads: HashMap<i64, Vec<usize>>,
    creators: HashMap<String, BTreeMap<usize, Due>>,
    findings: Findings,
}

/// A month as it was closed.
struct Closed {
    month: Month,
    built_at: i64,
    through_entry: i64,
    head: String,
}

/// What the statement of one creator and month has to hold.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Due {
    /// Transfers, whether they make a line or not.
    transfers: u64,
    lines: Lines,
    /// How the transfers change pending, payable and reserved.
    held: [i128; 3],
}

/// A set of lines: how many, and the sum of their hashes, in any order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Lines {
    count: u64,
    hashes: u128,
}

impl Lines {
    fn add(&mut self, line: &Line) {
        let Line { section, entry, position, amount, note, campaign: _, label: _, about } = line;
        let Particulars { kind, order_id, line_id, effective_day, reason, rule, base, touch, .. } = about;
        let mut hasher = blake3::Hasher::new();
        for text in [section.code(), kind.code(), order_id, line_id, touch, rule, reason.code(), note] {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        }
        for number in [i64::from(*effective_day), *entry, *position, *base, *amount] {
            hasher.update(&number.to_le_bytes());
        }
        let mut first = [0; 16];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        self.count += 1;
        self.hashes = self.hashes.wrapping_add(u128::from_le_bytes(first));
    }
}

/// A statement as it is kept.
struct Kept {
    month: i64,
    opening: i64,
    closing: i64,
    body: String,
}

impl<'a> Statements<'a> {
    pub(super) async fn new(tx: &mut Tx, audit: &'a Audit<'a>) -> Result<Self> {
        let sql = "SELECT month, last_day, built_at, through_entry, head FROM statement_months WHERE program = $1 ORDER BY month";
        let mut new =
            Self { audit, months: Vec::new(), heads: HashMap::new(), creators: HashMap::new(), findings: Findings::default() };
        for row in tx.rows(sql, &[audit.program.into()]).await? {
            new.closed(&row)?;
        }
        Ok(new)
    }

    fn closed(&mut self, row: &Row) -> Result<()> {
        let month = Month::from_number(row.int(0)?)?;
        let closed = Closed { month, built_at: row.int(2)?, through_entry: row.int(3)?, head: row.text(4)?.to_owned() };
        let (label, findings) = (month.label(), &mut self.findings);
        findings.differs(
            || format!("the month {label}: its last day, counted from 1970,"),
            row.int(1)?,
            i64::from(month.last_day()),
        );
        if let Some(before) = self.months.last() {
            if before.month.next() != month {
                findings.add(|| format!("the month {label} is closed, but not the one before it; {} is", before.month.label()));
            }
            if before.through_entry > closed.through_entry || before.built_at > closed.built_at {
                findings
                    .add(|| format!("the month {label} was closed before {}, by its entry or its time", before.month.label()));
            }
        }
        if closed.through_entry != 0 {
            self.heads.entry(closed.through_entry).or_default().push(self.months.len());
        }
        self.months.push(closed);
        Ok(())
    }

    /// The month, by its place, on whose statement a transfer stands: the first that was closed with the transfer in sight.
    fn month_of(&self, entry: i64, day: i32) -> Option<usize> {
        let seen = self.months.partition_point(|closed| closed.through_entry < entry);
        let reached = self.months.partition_point(|closed| closed.month.last_day() < day);
        Some(seen.max(reached)).filter(|place| *place < self.months.len())
    }

    pub(super) async fn finish(mut self, tx: &mut Tx, audit: &Audit<'_>) -> Found {
        registered(tx, audit, Register::Months, &mut self.findings).await;
        for (entry, months) in std::mem::take(&mut self.heads) {
            for place in months {
                let label = self.months[place].month.label();
                self.findings.add(|| format!("the month {label} was closed through entry {entry}, which is not there"));
            }
        }
        let seen = self.compare(tx).await;
        self.findings.end(audit.program, Check::Statements, seen)
    }

    async fn compare(&mut self, tx: &mut Tx) -> Result<String> {
        let sql = "SELECT creator_id, month, opening, closing, body FROM statements WHERE program = $1 AND (creator_id, month) > ($2, $3) \
                   ORDER BY creator_id, month LIMIT $4";
        let mut after = (String::new(), i64::MIN);
        let (mut creator, mut kept, mut statements) = (String::new(), Vec::new(), 0u64);
        loop {
            let parameters = [self.audit.program.into(), after.0.as_str().into(), after.1.into(), STATEMENTS_PER_PAGE.into()];
            let rows = tx.rows(sql, &parameters).await?;
            for row in &rows {
                after = (row.text(0)?.to_owned(), row.int(1)?);
                if after.0 != creator {
                    self.creator(tx, &creator, std::mem::take(&mut kept)).await?;
                    creator.clone_from(&after.0);
                }
                kept.push(Kept { month: after.1, opening: row.int(2)?, closing: row.int(3)?, body: row.text(4)?.to_owned() });
                statements += 1;
            }
            if rows.is_empty() {
                break;
            }
        }
        self.creator(tx, &creator, kept).await?;
        let mut without: Vec<String> = self.creators.keys().cloned().collect();
        without.sort();
        for creator in without {
            self.creator(tx, &creator, Vec::new()).await?;
        }
        let months = counted(self.months.len(), "month", "months");
        Ok(format!("{months}, {}", counted(statements, "statement", "statements")))
    }

    /// All statements of one creator.
    async fn creator(&mut self, tx: &mut Tx, creator: &str, kept: Vec<Kept>) -> Result<()> {
        let due = self.creators.remove(creator).unwrap_or_default();
        let mut kept: BTreeMap<i64, Kept> = kept.into_iter().map(|kept| (kept.month, kept)).collect();
        let (mut held, mut closed_at) = ([0i128; 3], 0i64);
        for place in 0..self.months.len() {
            let month = self.months[place].month;
            let due = due.get(&place).copied().unwrap_or_default();
            held.iter_mut().zip(due.held).for_each(|(sum, change)| *sum += change);
            match kept.remove(&i64::from(month.number())) {
                Some(kept) => {
                    self.statement(tx, creator, place, &kept, (closed_at, due.lines, held)).await?;
                    closed_at = kept.closing;
                }
                None if due.transfers > 0 || held != [0; 3] => {
                    let label = month.label();
                    self.findings.add(|| format!("{creator} has no statement for {label}, but money that has to stand on one"));
                }
                None => {}
            }
        }
        for month in kept.into_keys() {
            self.findings
                .add(|| format!("{creator} has a statement for month {month}, counted from the year 0, which is not closed"));
        }
        Ok(())
    }

    async fn statement(
        &mut self,
        tx: &mut Tx,
        creator: &str,
        place: usize,
        kept: &Kept,
        due: (i64, Lines, [i128; 3]),
    ) -> Result<()> {
        let (Closed { month, built_at, through_entry, head }, figures) = (&self.months[place], self.audit.figures);
        let name = format!("the statement of {creator} for {}", month.label());
        let findings = &mut self.findings;
        let statement: Statement = match read_statement(&kept.body) {
            Ok(statement) => statement,
            Err(error) => {
                findings.add(|| format!("{name} cannot be read: {error}"));
                return Ok(());
            }
        };
        let (opening, lines, standing) = due;
        let record = |what: &str| format!("{name}: its {what}");
        findings.differs(|| record("program"), statement.program.as_str(), self.audit.program);
        findings.differs(|| record("creator"), statement.creator_id.as_str(), creator);
        findings.differs(|| record("month"), statement.month.as_str(), &month.label());
        findings.differs(|| record("time"), format_time(statement.built_at), format_time(*built_at));
        findings.differs(|| record("last entry"), statement.through_entry, *through_entry);
        findings.differs(|| record("head of the chain"), &statement.head, head);
        findings.differs(|| record("opening balance"), figures.show(kept.opening), figures.show(opening));
        let all = || statement.corrections.iter().chain(&statement.lines);
        let totals = Totals::of(kept.opening, all()).with_context(|| name.clone())?;
        if statement.totals != totals {
            findings.add(|| format!("{name}: its figures are {:?}, its lines come to {totals:?}", statement.totals));
        }
        findings.differs(|| record("closing balance"), figures.show(kept.closing), figures.show(totals.closing));
        let Held { pending, payable, reserved } = statement.held;
        for ((what, held), stood) in
            [("pending", pending), ("payable", payable), ("reserved", reserved)].into_iter().zip(standing)
        {
            findings.differs(|| record(&format!("{what} part")), figures.show(held), figures.show(stood));
        }
        let first_day = month.first_day();
        let is_late = |line: &Line| line.about.effective_day < first_day;
        if !statement.corrections.iter().all(is_late) || statement.lines.iter().any(is_late) {
            findings.add(|| format!("{name}: a line is not where its day belongs, among the month's or the corrections"));
        }
        let mut told = Lines::default();
        all().for_each(|line| told.add(line));
        if told != lines {
            self.report_lines(tx, creator, place, &name, all()).await?;
        }
        Ok(())
    }

    /// Says which lines are not what the ledger says.
    async fn report_lines(
        &mut self,
        tx: &mut Tx,
        creator: &str,
        place: usize,
        name: &str,
        lines: impl Iterator<Item = &Line>,
    ) -> Result<()> {
        if !self.findings.is_telling() {
            self.findings.add(String::new);
            return Ok(());
        }
        let mut posted = BTreeMap::new();
        let sql = select_transfers!("WHERE t.program = $1 AND t.creator_id = $2 ORDER BY t.entry, t.position");
        for transfer in transfers(tx, self.audit.program, sql, &[creator.into()]).await? {
            let belongs = self.month_of(transfer.entry, transfer.transfer.about.effective_day) == Some(place);
            if let Some(line) = Line::of(transfer).filter(|_| belongs) {
                posted.insert((line.entry, line.position), line);
            }
        }
        let figures = self.audit.figures;
        for line in lines {
            let record =
                format!("{name}: the line of entry {}, transfer {} ({})", line.entry, line.position, line.about.order_id);
            match posted.remove(&(line.entry, line.position)) {
                Some(right) if is_same(&right, line) => {}
                Some(right) if right.amount == line.amount => {
                    self.findings.add(|| format!("{record} is {line:?}, the transfer {right:?}"))
                }
                Some(right) => {
                    let (told, right) = (figures.show(line.amount), figures.show(right.amount));
                    self.findings.add(|| format!("{record} says {told}, the transfer {right}"));
                }
                None => self.findings.add(|| format!("{record} is of no transfer that belongs there")),
            }
        }
        for (entry, position) in posted.into_keys() {
            self.findings.add(|| format!("{name}: entry {entry}, transfer {position} is not on it"));
        }
        Ok(())
    }
}

/// Whether a line says what its transfer says, which knows no campaign. Statements of form 1 did not tell bonuses of one order apart.
fn is_same(right: &Line, line: &Line) -> bool {
    let about = Particulars { detail: right.about.detail.clone(), ..line.about.clone() };
    *right == Line { about, campaign: String::new(), ..line.clone() }
}

impl JournalCheck for Statements<'_> {
    fn begin(&mut self, entry: &JournalEntry) -> Result<()> {
        for place in self.heads.remove(&entry.entry).unwrap_or_default() {
            let Closed { month, head, .. } = &self.months[place];
            let (label, number) = (month.label(), entry.entry);
            self.findings.differs(|| format!("the month {label}: the hash of its last entry, {number},"), head, &entry.hash);
        }
        Ok(())
    }

    fn transfer(&mut self, _entry: &JournalEntry, posted: &Posted) -> Result<()> {
        let (transfer, about) = (&posted.transfer, &posted.transfer.about);
        let Some(place) = self.month_of(posted.entry, about.effective_day) else { return Ok(()) };
        if !self.creators.contains_key(&about.creator_id) {
            self.creators.insert(about.creator_id.clone(), BTreeMap::new());
        }
        let Some(months) = self.creators.get_mut(&about.creator_id) else { return Ok(()) };
        let due = months.entry(place).or_default();
        due.transfers += 1;
        for (sum, account) in due.held.iter_mut().zip([Account::Pending, Account::Payable, Account::Reserved]) {
            *sum +=
                i128::from(transfer.amount) * (i128::from(transfer.target == account) - i128::from(transfer.source == account));
        }
        if let Some(line) = Line::of(posted.clone()) {
            due.lines.add(&line);
        }
        Ok(())
    }
}
