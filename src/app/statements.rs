//! The step `statements`: close the months that are due, and send every mail that waits.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};

use super::bounces::{read_before_sending, tell_of_bounces};
use super::environment::Environment;
use super::report::{Exceptions, StatementMonth, StatementsReport};
use super::session::Session;
use super::todays_payees::todays_payees;
use crate::calendar::{Month, format_time};
use crate::error::{Conflict, NotFound};
use crate::facts::{Manifest, blocking, latest_manifest, load_creators, load_edited};
use crate::ledger::check_currency_shown;
use crate::outbox::{Channel, Delivery, Transport};
use crate::payees::{Payee, Payees};
use crate::posting::{Basis, Brought, last_basis, last_time};
use crate::program::{Program, Step};
use crate::statement::{self, Addressees, Background, Closed, Closing, Holds, Locale, Performances, Reader, Rendered, Shown};
use crate::vocabulary::counted;

/// How many months a run closes without being asked.
const MONTHS_UNASKED: u32 = 3;

/// Closes the months that are due and sends every mail that waits.
pub(super) async fn statements(session: &Session<'_>, manifest: Manifest) -> Result<StatementsReport> {
    let Session { at, program, options, .. } = *session;
    let (transport, sender, signer) = (&at.post.mails, &at.post.sender, at.post.signer.as_ref());
    let mut report = StatementsReport {
        transport: if matches!(transport, Transport::Files) { "files" } else { "smtp" }.to_owned(),
        ..StatementsReport::default()
    };
    let months = statement::plan(&at.store, program, options.as_of).await?;
    let basis = basis(at, program).await?;
    warn_of_open_month(at, program, &months, &mut report).await?;
    let reads = Reads::of(at, program, &manifest, basis, options.as_of).await?;
    let accounts = accounts(at, program, &mut report).await;
    refuse_many(session, &months, &reads.addressees)?;
    let mut unmailed = Vec::new();
    let mut dry_run_tx = None;
    for month in months {
        let performances = reads.perform(at, &manifest, (month, options.as_of), None).await?;
        let background = reads.background(&performances);
        let closing =
            Closing { program: &reads.program, month, as_of: options.as_of, background, sender, signer, accounts: &accounts };
        let mut tx = match dry_run_tx.take() {
            Some(tx) => tx,
            None => session.begin().await?,
        };
        let closed = statement::close(&mut tx, &closing)
            .await
            .with_context(|| format!("{}: building the statements of {}; none of them was written", program.id, month.label()))?;
        if options.dry_run {
            // Each month builds on the one before, so a dry run builds them all before it rolls back.
            dry_run_tx = Some(tx);
        } else {
            session.commit(tx, "the statements of a month").await?;
        }
        if let Some(Closed { statements, mails, totals, unmailed: without }) = closed {
            report.months.push(StatementMonth { month: month.label(), built: statements, mails, totals });
            unmailed.extend(without);
        }
    }
    drop(dry_run_tx);
    report.unmailed = Exceptions::by_kind(unmailed);
    if !options.dry_run {
        if let Some(warning) = read_before_sending(at, program).await? {
            tracing::warn!(program = program.id, "{warning}");
            report.warnings.push(warning);
        }
        let delivery = at.post.deliver(&at.store, &at.data, &program.id, Channel::Statement).await;
        let Delivery { sent, repeated, failed, waiting, unknown, .. } =
            delivery.with_context(|| format!("{}: sending statements; those not sent wait for the next run", program.id))?;
        (report.mailed, report.repeated) = (sent, repeated);
        (report.failed, report.waiting) = (Exceptions::by_kind(failed), Exceptions::by_kind(waiting));
        report.unknown = Exceptions::by_kind(unknown);
        tell_of_bounces(at).await?;
    }
    Ok(report)
}

/// Refuses to close more months than usual unless somebody means it: a mistyped year looks like this.
fn refuse_many(session: &Session<'_>, months: &[Month], addressees: &Addressees) -> Result<()> {
    let Session { program, options, .. } = *session;
    let (count, id) = (u32::try_from(months.len())?, &program.id);
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return Ok(()) };
    let job = program.jobs.iter().find(|job| job.steps.contains(&Step::Statements)).map_or("statements", |job| &job.name);
    let creators = addressees.with_email(options.as_of);
    let mails = creators.saturating_mul(months.len());
    ensure!(
        options.dry_run || count <= MONTHS_UNASKED.max(options.close_months),
        Conflict(format!(
            "{id}: statements for {count} months are to be issued at once, {} to {}: that would send up to {} to {}. Nothing was closed or sent. If a \
             date is wrong, correct it first. See what would be sent: `purser run {job} --program {id} --dry-run`; then run it manually: \
             `purser run {job} --program {id} --close-months {count}`",
            first.label(),
            last.label(),
            counted(mails, "email", "emails"),
            counted(creators, "creator", "creators")
        ))
    );
    Ok(())
}

/// What statements are made of beside the ledger: the same for every month.
struct Reads {
    /// With the rates that were agreed with single creators.
    program: Program,
    basis: Basis,
    addressees: Addressees,
    brought: Brought,
    holds: Holds,
}

impl Reads {
    async fn of(at: &Environment, program: &Program, manifest: &Manifest, basis: Basis, as_of: i64) -> Result<Self> {
        let addressees = addressees(at, manifest).await?;
        let (manifest, data, plain, kept) = (manifest.clone(), at.data.clone(), program.clone(), basis.outcome.clone());
        let reconciled = basis.as_of;
        let read = move || {
            let program = load_edited(&manifest, &data)?.with_agreed_rates(&plain)?;
            let holds = statement::holds(&program, &kept, &data, reconciled, as_of)?;
            // What campaigns brought is read only where the program has any.
            let brought = if program.campaigns.is_empty() { Brought::default() } else { kept.brought(&data)? };
            Ok((program, brought, holds))
        };
        let (program, brought, holds) = blocking(read).await.context("reading what the last reconciliation kept")?;
        Ok(Self { program, basis, addressees, brought, holds })
    }

    fn background<'a>(&'a self, performances: &'a Performances) -> Background<'a> {
        Background { addressees: &self.addressees, performances, brought: &self.brought, holds: &self.holds }
    }

    /// What creators did in a month as of a time (microseconds since 1970), and what people call what is on no statement yet: of all,
    /// or of one.
    async fn perform(
        &self,
        at: &Environment,
        manifest: &Manifest,
        (month, as_of): (Month, i64),
        creator_id: Option<&str>,
    ) -> Result<Performances> {
        let mentioned = statement::mentioned(&at.store, &self.program.id, month, creator_id).await?;
        let (program, manifest, outcome) = (self.program.clone(), manifest.clone(), self.basis.outcome.clone());
        let (data, label) = (at.data.clone(), month.label());
        blocking(move || statement::perform(&program, &manifest, &outcome, &data, (month, as_of), mentioned))
            .await
            .with_context(|| format!("counting clicks and orders of {label}"))
    }
}

async fn basis(at: &Environment, program: &Program) -> Result<Basis> {
    match last_basis(&at.store, program).await? {
        Some(basis) => Ok(basis),
        None => {
            bail!(Conflict(format!(
                "{} has never been reconciled; run a job with the step `reconcile` first, such as `purser run nightly`",
                program.id
            )))
        }
    }
}

/// Where each creator is paid, masked. Statements are sent without, where payees cannot be read.
async fn accounts(at: &Environment, program: &Program, report: &mut StatementsReport) -> BTreeMap<String, String> {
    match masked_accounts(at, program).await {
        Ok(accounts) => accounts,
        Err(error) => {
            let warning = format!("statements do not say where they are paid to, as payees cannot be read: {error:#}");
            tracing::warn!(program = program.id, "{warning}");
            report.warnings.push(warning);
            BTreeMap::new()
        }
    }
}

pub(super) async fn masked_accounts(at: &Environment, program: &Program) -> Result<BTreeMap<String, String>> {
    let payees = todays_payees(at, program).await?;
    let shown = |(creator_id, payee): (&str, &Payee)| (creator_id.to_owned(), payee.shown_way());
    Ok(payees.iter().flat_map(Payees::iter).map(shown).collect())
}

/// Warns when the ledger has not seen the end of the last of these months.
async fn warn_of_open_month(at: &Environment, program: &Program, months: &[Month], report: &mut StatementsReport) -> Result<()> {
    let reconciled = last_time(&mut at.store.snapshot().await?, &program.id).await?;
    let ends = months.last().map(|month| month.span(program.time_zone).end);
    if let (Some(end), Some(reconciled)) = (ends, reconciled)
        && reconciled < end
    {
        let (reconciled, end) = (format_time(reconciled), format_time(end));
        let warning = format!(
            "the ledger was last reconciled at {reconciled}, before the month ended at {end}: anything missing follows as a correction"
        );
        tracing::warn!(program = program.id, "{warning}");
        report.warnings.push(warning);
    }
    Ok(())
}

pub(super) async fn addressees(at: &Environment, manifest: &Manifest) -> Result<Addressees> {
    let (manifest, data) = (manifest.clone(), at.data.clone());
    blocking(move || load_creators(&manifest, &data)).await.map(Addressees::new).context("reading the creators")
}

/// A statement, and who reads it.
pub struct NamedStatement {
    /// The statement.
    pub shown: Shown,
    /// The creator's name today, or the id.
    pub name: String,
    /// How numbers, dates and words are written for the creator, where that is known.
    locale: Option<Locale>,
    /// Where the creator is paid today, masked; none where that is not known, or the statement was sent already.
    account: Option<String>,
}

impl NamedStatement {
    /// The statement in words.
    ///
    /// # Errors
    ///
    /// When an amount cannot be kept exactly.
    pub fn render(&self, program: &Program) -> Result<Rendered> {
        statement::render(&self.shown.statement, &self.reader(program))
    }

    /// The statement as a document.
    ///
    /// # Errors
    ///
    /// When an amount cannot be kept exactly.
    pub fn pdf(&self, program: &Program) -> Result<Vec<u8>> {
        statement::pdf(&self.shown.statement, &self.reader(program))
    }

    pub(super) fn reader<'a>(&'a self, program: &'a Program) -> Reader<'a> {
        Reader {
            name: &self.name,
            account: self.account.as_deref(),
            is_preview: self.shown.preview,
            ..Reader::of(&program.mailing).in_locale(self.locale)
        }
    }
}

/// A creator's statement: the one that was built for the month, or a preview; without a month, the latest one that was
/// built, else a preview of the month in which `as_of` (microseconds since 1970) lies.
///
/// # Errors
///
/// When nobody has that id, or the month is closed and there was nothing to state.
pub async fn statement_of(
    at: &Environment,
    program: &Program,
    creator_id: &str,
    month: Option<Month>,
    as_of: i64,
) -> Result<NamedStatement> {
    check_currency_shown(&at.store, program).await?;
    let manifest = latest_manifest(&at.store, &program.id).await?;
    if let Some(shown) = statement::built(&at.store, program, creator_id, month).await? {
        let addressees = match &manifest {
            Some(manifest) => addressees(at, manifest).await?,
            None => Addressees::default(),
        };
        let at = shown.statement.built_at;
        let (name, locale) = (addressees.name(creator_id, at), addressees.locale(creator_id, at));
        return Ok(NamedStatement { name, locale, shown, account: None });
    }
    if let Some(manifest) = &manifest
        && let Some(known) = addressees(at, manifest).await?.unless_known(creator_id)
    {
        bail!(NotFound(format!("the program {} has no creator {creator_id}{known}", program.id)));
    }
    let basis = basis(at, program).await?;
    let manifest = manifest.context("the facts of the last run are not recorded")?;
    let month = month.unwrap_or(Month::of_time(program.time_zone, as_of));
    let reads = Reads::of(at, program, &manifest, basis, as_of).await?;
    let performances = reads.perform(at, &manifest, (month, as_of), Some(creator_id)).await?;
    let background = reads.background(&performances);
    let shown = statement::preview(&at.store, &reads.program, creator_id, month, as_of, background).await?;
    let account = masked_accounts(at, program).await.ok().and_then(|mut accounts| accounts.remove(creator_id));
    let (name, locale) = (reads.addressees.name(creator_id, as_of), reads.addressees.locale(creator_id, as_of));
    Ok(NamedStatement { name, locale, shown, account })
}
