//! What is shown of payees and payment files.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};

use super::args::Decide;
use super::context::now;
use super::show::print;
use crate::app::{self, BatchPayees, Charged, Environment, ExportedFiles, FileOrder, LeftOut, Proposal, proposal_words};
use crate::calendar::format_time;
use crate::error::Invalid;
use crate::money::{Currency, Money};
use crate::program::Program;
use crate::vocabulary::counted;

/// How the creators of a batch are paid, a line for each format, and who is missing.
pub(super) fn how(program: &Program, payees: Result<&Option<BatchPayees>, &anyhow::Error>) -> Result<String> {
    let payees = match payees {
        Ok(None) => return Ok(String::new()),
        Ok(Some(payees)) => payees,
        Err(error) => return Ok(format!("payees cannot be read: {error:#}\n")),
    };
    let mut out = String::new();
    for funds in &payees.funds {
        let amount = Money::from_minor(funds.amount, program.currency);
        let creators = counted(funds.creators, "creator", "creators");
        writeln!(out, "{}: {amount} to {creators}{}", funds.format, converted(&funds.converted))?;
        funds.notes.iter().try_for_each(|note| writeln!(out, "  {note}"))?;
    }
    out += &left_out("without usable payment details", &payees.left)?;
    for (creator, account) in &payees.accounts {
        writeln!(out, "  {creator}: {account}")?;
    }
    Ok(out)
}

/// What of a sum is paid in other currencies.
fn converted(sums: &[(Currency, i64)]) -> String {
    let sums: Vec<String> = sums.iter().map(|(currency, minor)| Money::from_minor(*minor, *currency).to_string()).collect();
    if sums.is_empty() { String::new() } else { format!(", of which {} in other currencies", sums.join(" and ")) }
}

fn left_out(what: &str, left: &[LeftOut]) -> Result<String> {
    let mut out = String::new();
    if !left.is_empty() {
        writeln!(out, "{what}: {}", counted(left.len(), "creator", "creators"))?;
    }
    left.iter().try_for_each(|left| writeln!(out, "  {}: {}", left.creator_id, left.why))?;
    Ok(out)
}

/// Books what a bank's file says, and says what came of it.
pub(super) async fn import(at: &Environment, program: &Program, file: &Path, (by, as_of): (&str, i64)) -> Result<()> {
    let shown = file.display();
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {shown}"))?;
    let text =
        String::from_utf8(bytes).ok().with_context(|| Invalid(format!("{shown} is not UTF-8 text; nothing was changed")))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let done = app::import_answers(at, program, by, as_of, (&name, &text)).await.with_context(|| format!("importing {shown}"))?;
    let mut out = String::new();
    for (batch_id, settled) in &done.settled {
        let decided = &settled.decided;
        let amount = Money::from_minor(decided.amount, program.currency);
        let creators = counted(decided.creators, "creator", "creators");
        writeln!(
            out,
            "{batch_id} was settled by {by} (ledger entry {}): {amount} paid to {creators}",
            decided.posted.head.entry
        )?;
        if let Some(proposal) = &settled.failed {
            proposed(&mut out, program, proposal, by)?;
        }
    }
    done.returned.iter().try_for_each(|proposal| proposed(&mut out, program, proposal, by))?;
    for (batch_id, charged) in &done.charged {
        charges(&mut out, program, batch_id, charged, by)?;
    }
    if let Some(funds) = &done.funds {
        writeln!(out, "{} (ledger entry {})", super::funds::noted(program, funds), funds.entry)?;
    }
    for (count, what) in [(done.known, "known already"), (done.open, "not final yet")] {
        if count > 0 {
            writeln!(out, "{}: {what}", counted(count, "answer", "answers"))?;
        }
    }
    if !done.problems.is_empty() {
        writeln!(out, "to look at: {}", counted(done.problems.len(), "answer", "answers"))?;
    }
    done.problems.iter().try_for_each(|problem| writeln!(out, "  {problem}"))?;
    print(if out.is_empty() { "the file says nothing about payments" } else { out.trim_end() })
}

/// What the bank took.
fn charges(out: &mut String, program: &Program, batch_id: &str, charged: &Charged, by: &str) -> Result<()> {
    let money = |minor| Money::from_minor(minor, program.currency);
    let Some(posted) = &charged.posted else { return Ok(()) };
    let mut parts = Vec::new();
    if charged.fees != 0 {
        parts.push(format!("fees of {}", money(charged.fees)));
    }
    if charged.exchange != 0 {
        parts.push(format!("exchange differences of {}", money(charged.exchange)));
    }
    Ok(writeln!(out, "{batch_id}: {} were booked by {by} (ledger entry {})", parts.join(" and "), posted.head.entry)?)
}

fn proposed(out: &mut String, program: &Program, proposal: &Proposal, by: &str) -> Result<()> {
    let id = &proposal.proposal_id;
    let what = proposal_words(program, proposal)?;
    Ok(writeln!(
        out,
        "{id} was proposed by {by}: {what}\nit takes effect once somebody else approves it: purser proposal approve {id} --by NAME"
    )?)
}

/// Exports payment files, and says what they hold.
pub(super) async fn export(at: &Environment, program: &Program, order: &Decide, files: FileOrder<'_>) -> Result<()> {
    let Decide { batch_id, by, as_of } = order;
    let done = app::export_batch_files(at, program, by, as_of.unwrap_or_else(now), batch_id, files).await?;
    let ExportedFiles { entry, paths, payments, amount, .. } = &done;
    let mut out = String::new();
    let amount = Money::from_minor(*amount, program.currency);
    let amount = format!("{amount}{}", converted(&done.converted));
    let payments = counted(*payments, "payment", "payments");
    let entry = format!("(ledger entry {entry} of program {})", program.id);
    if done.again {
        let once = if done.settled { "the batch is settled: do not pay them again" } else { "pay them once" };
        let (by, at) = (&done.by, format_time(done.at));
        writeln!(
            out,
            "{batch_id} was already exported as {} by {by} at {at} {entry}; the same {payments} of {amount}: {once}",
            files.format
        )?;
    } else {
        writeln!(out, "{batch_id} was exported as {} by {} {entry}: {payments} of {amount}", files.format, done.by)?;
    }
    for path in paths {
        writeln!(out, "{}", path.display())?;
    }
    if let Some(day) = &done.pays_on {
        writeln!(out, "to be paid on {day}")?;
    }
    done.notes.iter().try_for_each(|note| writeln!(out, "{note}"))?;
    out += &left_out("in no payment file", &done.left)?;
    for (format, count) in &done.elsewhere {
        writeln!(out, "{} to be paid with --format {format}", counted(*count, "creator is", "creators are"))?;
    }
    print(out.trim_end())
}
