//! The sheet by which a batch is approved, as text and as JSON.

use anyhow::Result;
use serde_json::{Value, json};

use super::batch_files;
use super::funds;
use super::show::{Sheet, print};
use crate::app::{
    ApprovalAbsence, ApprovalLine, ApprovalSheet, BatchState, Conversion, Hold, LineState, Missing, SheetLine, Signature, Why,
    absence_words, missing_words, proposal_words, signers_words,
};
use crate::calendar::{day_of, format_day, format_time};
use crate::money::{Currency, Money, Overflow, format_minor};
use crate::program::Program;
use crate::vocabulary::counted;

/// Shows the sheet as text.
pub(super) fn text(program: &Program, sheet: &ApprovalSheet) -> Result<()> {
    let batch = &sheet.batch;
    let amount = Money::from_minor(batch.amount, program.currency);
    let approved = batch.approved_by.as_ref().map(|by| format!(", approved by {by}")).unwrap_or_default();
    let waiting = sheet.waiting.iter().map(|proposal| {
        let by = &proposal.proposed_by;
        Ok(format!(
            "{}: {}; awaiting approval by somebody other than {by}\n",
            proposal.proposal_id,
            proposal_words(program, proposal)?
        ))
    });
    let signed = match batch.signatures.is_empty() {
        true => String::new(),
        false => format!("\nsigned by {}", signers_words(&batch.signatures)),
    };
    // Where any other person will do, the heading says enough.
    let missing = sheet.missing.as_ref().filter(|missing| !signed.is_empty() || missing.approvers > 1 || missing.group.is_some());
    let needs = missing.map(|missing| format!("\nto be signed by {}", missing_words(missing))).unwrap_or_default();
    print(&format!(
        "batch {} of {}: {}, {amount} to {}\n{}drafted by {} at {}{approved}{signed}{needs}\n{}{}",
        batch.batch_id,
        program.name,
        batch.state.code(),
        counted(batch.creators, "creator", "creators"),
        sums(program, &sheet.lines)?,
        batch.drafted_by,
        format_time(batch.created_at),
        waiting.collect::<Result<String>>()?,
        batch_files::how(program, sheet.payees.as_ref())? + &funds::beside(program, sheet)?,
    ))?;
    print(&table(program, &sheet.lines)?.aligned())?;
    print(&absent(program, sheet)?)
}

/// What became of the lines, as sums, once they do not all share the batch's fate.
fn sums(program: &Program, lines: &[ApprovalLine]) -> Result<String> {
    let mut parts = Vec::new();
    for state in LineState::ALL {
        let of_state = lines.iter().map(|line| &line.line).filter(|line| line.state == *state);
        let of_state: Vec<i64> = of_state.map(|line| line.amount).collect();
        let sum = of_state.iter().try_fold(0i64, |sum, amount| sum.checked_add(*amount)).ok_or(Overflow)?;
        if !of_state.is_empty() {
            let sum = Money::from_minor(sum, program.currency);
            parts.push(format!("{} {sum} to {}", state.words(), counted(of_state.len(), "creator", "creators")));
        }
    }
    Ok(if parts.len() > 1 { format!("{}\n", parts.join(", ")) } else { String::new() })
}

/// The lines, each with how it came about.
fn table(program: &Program, lines: &[ApprovalLine]) -> Result<Sheet> {
    let minor = |minor: i64| format_minor(minor, program.currency.exponent());
    let row = |ApprovalLine { line, flags }: &ApprovalLine| -> Result<Vec<String>> {
        let changed = match &line.earlier {
            Some(earlier) => format!("{} since {}", signed(program, changed(line)?.unwrap_or(0)), earlier.batch_id),
            None => String::new(),
        };
        Ok(vec![
            line.creator_id.clone(),
            minor(line.amount),
            line.state.code().to_owned(),
            minor(line.carried),
            minor(line.change.earned),
            minor(line.change.clawed_back),
            minor(line.change.other),
            changed,
            flags.iter().map(|flag| flag.words()).collect::<Vec<_>>().join(", "),
        ])
    };
    Ok(Sheet {
        header: vec!["creator_id", "amount", "state", "carried_over", "earned", "clawed_back", "other", "change", "look_at"],
        figures: vec![1, 3, 4, 5, 6],
        rows: lines.iter().map(row).collect::<Result<_>>()?,
    })
}

/// How much more a line pays than the creator's last batch did.
fn changed(line: &SheetLine) -> Result<Option<i64>, Overflow> {
    let change = line.earlier.as_ref().map(|earlier| line.amount.checked_sub(earlier.amount).ok_or(Overflow));
    change.transpose()
}

fn signed(program: &Program, minor: i64) -> String {
    let sign = if minor > 0 { "+" } else { "" };
    format!("{sign}{}", format_minor(minor, program.currency.exponent()))
}

/// Who is not in it, a sentence each.
fn absent(program: &Program, sheet: &ApprovalSheet) -> Result<String> {
    let as_of = sheet.as_of_words();
    if sheet.absent.is_empty() {
        return Ok(format!("nobody else is owed anything or owes anything, {as_of}"));
    }
    let mut lines = vec![format!("not in this batch, {as_of}: {}", counted(sheet.absent.len(), "creator", "creators"))];
    lines.extend(sheet.holds_unread.iter().map(|why| format!("until when holds last is not known: {why}")));
    for absence in &sheet.absent {
        lines.push(format!("  {}: {}", absence.absent.creator_id, absence_words(program, sheet, absence)));
    }
    Ok(lines.join("\n"))
}

/// Shows the sheet as JSON.
pub(super) fn object(program: &Program, sheet: &ApprovalSheet) -> Result<()> {
    let minor = |minor: i64| format_minor(minor, program.currency.exponent());
    let batch = &sheet.batch;
    let payees = sheet.payees.as_ref();
    let totals = payees.ok().and_then(Option::as_ref).map(|payees| {
        let total = |funds: &crate::app::Funds| {
            let mut total = json!({
                "format": funds.format.code(), "rail": funds.format.rail().code(), "creators": funds.creators,
                "amount": minor(funds.amount), "currency": program.currency.code(),
            });
            let sum = |(currency, minor): &(Currency, i64)| json!({ "amount": format_minor(*minor, currency.exponent()), "currency": currency.code() });
            if !funds.converted.is_empty() {
                total["converted"] = funds.converted.iter().map(sum).collect();
            }
            total
        };
        payees.funds.iter().map(total).collect::<Vec<_>>()
    });
    let gets = |creator: &str| {
        let conversion = payees.ok().and_then(Option::as_ref).and_then(|payees| payees.conversions.of(creator))?;
        let Conversion { currency, rate, source, amount } = conversion;
        let amount = format_minor(*amount, currency.exponent());
        Some(json!({ "amount": amount, "currency": currency.code(), "rate": rate.to_string(), "source": source }))
    };
    let line = |ApprovalLine { line, flags }: &ApprovalLine| -> Result<Value> {
        let mut shown = json!({
            "creator_id": line.creator_id, "amount": minor(line.amount), "state": line.state.code(),
            "carried_over": minor(line.carried), "earned": minor(line.change.earned),
            "clawed_back": minor(line.change.clawed_back), "other": minor(line.change.other),
            "last_batch": line.earlier.as_ref().map(|earlier| &earlier.batch_id),
            "change": changed(line)?.map(minor),
            "flags": flags.iter().map(|flag| flag.code()).collect::<Vec<_>>(),
        });
        if let Some(gets) = gets(&line.creator_id) {
            shown["gets"] = gets;
        }
        Ok(shown)
    };
    let absence = |absence: &ApprovalAbsence| {
        let balance = absence.absent.balance;
        let first = absence.on_hold.and_then(|on_hold| on_hold.first);
        json!({
            "creator_id": absence.absent.creator_id, "why": absence.absent.why.code(),
            "payable": minor(balance.payable), "pending": minor(balance.pending), "reserved": minor(balance.reserved),
            "holds": holds(program, absence), "on_hold_until": first.map(|(day, _)| format_day(day)), "sentence": absence_words(program, sheet, absence),
        })
    };
    let shown = json!({
        "batch_id": batch.batch_id, "state": batch.state.code(), "creators": batch.creators, "amount": minor(batch.amount),
        "currency": program.currency.code(), "drafted_by": batch.drafted_by, "drafted_at": format_time(batch.created_at),
        "approved_by": batch.approved_by, "signatures": batch.signatures.iter().map(signature).collect::<Vec<_>>(),
        "missing": sheet.missing.as_ref().map(missing), "seen": sheet.seen, "minimum": minor(sheet.minimum), "as_of": format_time(sheet.as_of),
        "as_of_what": if batch.state == BatchState::Draft { "last_entry" } else { "draft" },
        "funds": sheet.funds.as_ref().map(|funds| json!({
            "amount": minor(funds.amount), "day": format_day(funds.day), "by": funds.by, "from_bank": funds.from_bank,
        })),
        "in_other_batches": minor(sheet.others), "funds_left": funds::left(sheet)?.map(minor),
        "totals": totals, "payees_unread": payees.err().map(|error| format!("{error:#}")),
        "lines": sheet.lines.iter().map(line).collect::<Result<Vec<_>>>()?,
        "not_in_it": sheet.absent.iter().map(absence).collect::<Vec<_>>(), "holds_unread": sheet.holds_unread,
    });
    print(&serde_json::to_string_pretty(&shown)?)
}

fn signature(signature: &Signature) -> Value {
    json!({ "by": signature.by, "at": format_time(signature.at) })
}

fn missing(missing: &Missing) -> Value {
    let group = missing.group.as_ref();
    json!({ "approvers": missing.approvers, "group": group.map(|group| &group.name), "people": group.map(|group| &group.people) })
}

/// Who keeps somebody out of a batch by hold, and why.
fn holds(program: &Program, absence: &ApprovalAbsence) -> Value {
    let shown = |kind: &str, by: &str, since: i64, until: Option<i32>, reason: &str| {
        let since = format_day(day_of(program.time_zone, since));
        json!({ "kind": kind, "by": by, "since": since, "until": until.map(format_day), "reason": reason })
    };
    let of_hold = |hold: &Hold| shown(hold.kind.code(), &hold.by, hold.since, hold.until, &hold.reason);
    match &absence.absent.why {
        Why::Held(holds) => holds.iter().map(of_hold).collect(),
        Why::Withheld(line, holds) => {
            let line = shown("line", &line.by, line.at, None, &line.reason);
            [line].into_iter().chain(holds.iter().map(of_hold)).collect()
        }
        _ => Vec::<Value>::new().into(),
    }
}
