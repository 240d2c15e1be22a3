//! Whom a batch pays and where: what people look at before, and the payment files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use super::batches::payment_lists;
use super::doctor::{Findings, Health};
use super::door::admit;
use super::environment::Environment;
use super::todays_payees::todays_payees;
use crate::adjustments;
use crate::error::Invalid;
use crate::money::Currency;
use crate::payees::{Keyring, Payee, Payees, read_payees};
use crate::payout::{self, BatchLine, Conversions, ExportedFiles, FileFormat, FileRequest, KeptExport, LeftOut, refuse_inside};
use crate::program::Program;
use crate::users::Act;
use crate::vocabulary::counted;

/// What one format pays of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funds {
    /// By which file.
    pub format: FileFormat,
    /// How many creators.
    pub creators: usize,
    /// What they get together, in minor units of the program's currency.
    pub amount: i64,
    /// What of that is paid in other currencies, by currency, in minor units of it.
    pub converted: Vec<(Currency, i64)>,
    /// What of their names the format writes otherwise.
    pub notes: Vec<String>,
}

/// How the creators of a batch are paid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchPayees {
    /// By format.
    pub funds: Vec<Funds>,
    /// Who cannot be paid as things are, and why.
    pub left: Vec<LeftOut>,
    /// Of each creator who can be paid, the payee, with the account masked; and what they get where that is another currency.
    pub accounts: BTreeMap<String, String>,
    /// What creators get in other currencies than the program's.
    pub conversions: Conversions,
    /// The creators whose account is that of others in the batch, too.
    pub shared: BTreeSet<String>,
}

/// How these lines of a batch would be paid today, at exchange rates that were approved; none where nobody approved any.
///
/// # Errors
///
/// When a sum cannot be kept exactly.
pub(super) fn payees_of_batch(
    program: &Program,
    batch_id: &str,
    lines: &[BatchLine],
    payees: &Payees,
    approved: Option<Conversions>,
) -> Result<BatchPayees> {
    let conversions = approved.map_or_else(|| Conversions::today(program, lines, payees), Ok)?;
    let mut found = BatchPayees { conversions, ..BatchPayees::default() };
    let mut by_account: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for format in FileFormat::ALL {
        let plan = payout::plan(program, batch_id, lines, (payees, Some(&found.conversions)), *format, &BTreeSet::new());
        found.left = plan.left;
        if plan.payments.is_empty() {
            continue;
        }
        let amount = plan.payments.iter().try_fold(0i64, |sum, payment| sum.checked_add(payment.amount));
        let amount = amount.context("the sum is too large")?;
        let converted = payout::converted_sums(&plan.payments)?;
        for payment in &plan.payments {
            let Payee { rail, routing, account, .. } = &payment.payee;
            let same = by_account.entry((*rail, routing.clone(), account.clone())).or_default();
            same.push(payment.creator_id.clone());
            let conversion = found.conversions.of(&payment.creator_id);
            let gets = conversion.map(|conversion| format!(": {}", conversion.words())).unwrap_or_default();
            found.accounts.insert(payment.creator_id.clone(), shown(&payment.payee) + &gets);
        }
        found.funds.push(Funds { format: *format, creators: plan.payments.len(), amount, converted, notes: plan.notes });
    }
    found.shared = by_account.into_values().filter(|same| same.len() > 1).flatten().collect();
    Ok(found)
}

/// Where a creator is paid, with the account masked; none where the program names no payees, or none of theirs.
///
/// # Errors
///
/// When the source of payees cannot be read, or something in it is wrong.
pub(super) async fn payee_of(at: &Environment, program: &Program, creator_id: &str) -> Result<Option<String>> {
    let Some(payees) = todays_payees(at, program).await? else { return Ok(None) };
    Ok(payees.of(creator_id).map(shown))
}

fn shown(payee: &Payee) -> String {
    format!("{} {}, {}", payee.rail, payee.shown_account(), payee.name)
}

/// Checks that details of payees can be kept: whether there is a key, where a program names payees.
pub fn check_payees(programs: &[Program], keyring: &Result<Keyring>, findings: &mut Findings) {
    for program in programs.iter().filter(|program| program.payees.is_some()) {
        let what = format!("payees of {}", program.id);
        match (keyring, &read_payees(program)) {
            (Err(error), _) | (_, Err(error)) => {
                findings.add(Health::Failed, &what, format!("{error:#}"), "follow the advice in the message")
            }
            (Ok(keyring), _) if keyring.is_empty() => findings.add(
                Health::Warning,
                &what,
                "there is no key under which payment files are kept, so none can be exported",
                "set PURSER_KEY or PURSER_KEY_FILE (PAYMENTS.md)",
            ),
            (Ok(_), Ok(payees)) => {
                let count = payees.as_ref().map_or(0, |payees| payees.count());
                findings.well(&what, format!("{} with payment details", counted(count, "creator", "creators")));
            }
        }
    }
}

/// What payment files are asked for.
#[derive(Debug, Clone, Copy)]
pub struct FileOrder<'a> {
    /// As what.
    pub format: FileFormat,
    /// Where to; several files get numbers before the ending. None where they are only kept, to be shown later.
    pub out: Option<&'a Path>,
    /// Go on though somebody is left out.
    pub allow_missing: bool,
}

/// Writes the payment files of an approved batch for one rail; keeps them, encrypted.
///
/// # Errors
///
/// When the batch is not approved, when a proposal to void it waits, when somebody has no details that can be used and that is not
/// allowed, or when a file cannot be written; a repeat writes it then.
pub async fn export_batch_files(
    at: &Environment,
    program: &Program,
    by: &str,
    as_of: i64,
    batch_id: &str,
    order: FileOrder<'_>,
) -> Result<ExportedFiles> {
    let by = admit(at, program, by, as_of, Act::Decide).await?;
    let absolute = |out: &Path| std::path::absolute(out).with_context(|| format!("cannot find {}", out.display()));
    let out = order.out.map(absolute).transpose()?;
    out.iter().try_for_each(|out| refuse_inside(out, &at.data))?;
    adjustments::check_export(&at.store, &program.id, batch_id).await?;
    // What was exported before needs no payees.
    let payees = todays_payees(at, program).await.and_then(|payees| {
        payees.with_context(|| {
            Invalid(format!(
                "the program {} does not say where payees are: add `payees = \"payees.csv\"` to [sources], with a row for each creator; \
                 nothing was exported",
                program.id
            ))
        })
    });
    let folder = payment_lists(at);
    let FileOrder { format, allow_missing, .. } = order;
    let request = FileRequest { format, out: out.as_deref(), allow_missing, folder: &folder, keyring: &at.keyring };
    payout::export_files(&at.store, program, batch_id, (&by, as_of), &request, payees).await
}

/// Every payment file that was exported of a batch, as it is kept, oldest first. Accounts stand in them in full.
///
/// # Errors
///
/// When the batch was exported as a list of all its creators, or when what is kept is gone or cannot be opened.
pub async fn exported_files(at: &Environment, program: &Program, batch_id: &str) -> Result<Vec<KeptExport>> {
    let folder = payment_lists(at);
    // Of the request only where and under which keys matters.
    let request =
        FileRequest { format: FileFormat::Nacha, out: None, allow_missing: false, folder: &folder, keyring: &at.keyring };
    payout::kept_exports(&at.store, program, batch_id, &request).await
}
