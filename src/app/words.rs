//! Sentences about batches and proposals that the command line and the pages share, so that both say the same.

use anyhow::Result;

use super::sheet::{ApprovalAbsence, ApprovalSheet, Flag};
use crate::adjustments::{Kind as ProposalKind, Proposal};
use crate::calendar::{day_of, day_of_epoch, format_day, format_time};
use crate::ledger::Particulars;
use crate::money::{Money, format_minor, grouped};
use crate::payout::{BatchState, Hold, Missing, Signature, Why, Withheld};
use crate::posting::OnHold;
use crate::program::Program;
use crate::vocabulary::{Kind, Reason, counted, rule_words};

impl Flag {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::FirstPayout => "first payout",
            Self::FarAboveHabit => "far above their usual payout",
            Self::SharedPayee => "account shared with others",
            Self::ChangedDetails => "payment details changed",
            Self::NoDetails => "no payment details",
            Self::OwesMoney => "owes money now",
            Self::Held => "on hold now",
            Self::Erased => "erased",
        }
    }
}

impl ApprovalSheet {
    /// As of when it says who is not in the batch.
    pub fn as_of_words(&self) -> String {
        match self.batch.state {
            BatchState::Draft => format!("as of the last entry, {}", format_time(self.as_of)),
            _ => format!("as of the draft, {}", format_time(self.as_of)),
        }
    }
}

/// Why somebody is not in a batch, a dated sentence.
pub fn absence_words(program: &Program, sheet: &ApprovalSheet, absence: &ApprovalAbsence) -> String {
    let money = |minor| Money::from_minor(minor, program.currency);
    let today = day_of(program.time_zone, sheet.as_of);
    let on = day_words(today);
    let balance = absence.absent.balance;
    let payable = money(balance.payable);
    let mut parts = match &absence.absent.why {
        Why::Debt(debt) => vec![format!("owes {} as of {on}", money(*debt))],
        Why::Withheld(Withheld { amount, by, at, reason }, holds) => {
            let at = day_words(day_of(program.time_zone, *at));
            let until = if holds.is_empty() { "; until the next payout" } else { "" };
            let line = format!("{} taken out of it by {by} on {at}: {reason}{until}", money(*amount));
            [line].into_iter().chain(holds.iter().map(|hold| held_words(program, hold))).collect()
        }
        Why::Held(holds) => {
            let held = holds.iter().map(|hold| held_words(program, hold)).collect::<Vec<_>>().join("; ");
            vec![format!("{payable} payable as of {on}, {held}")]
        }
        Why::BelowMinimum(by) => {
            let (minimum, by) = (money(sheet.minimum), format_minor(*by, program.currency.exponent()));
            vec![format!("{payable} payable as of {on}, below the minimum of {minimum} by {by}")]
        }
        Why::AfterDraft => vec![format!("{payable} payable as of {on}, which came after the draft")],
        Why::OnHold | Why::InOther(_) => Vec::new(),
    };
    if balance.pending != 0 {
        parts.push(hold_words(program, absence, today));
    }
    if balance.reserved != 0 {
        let (reserved, elsewhere) = (
            money(balance.reserved),
            match &absence.absent.why {
                Why::InOther(Some(batch_id)) => format!("batch {batch_id}"),
                _ => "other batches".to_owned(),
            },
        );
        parts.push(format!("{reserved} in {elsewhere} on {on}"));
    }
    parts.join("; ")
}

/// Who holds somebody, since when, why and until when.
pub fn held_words(program: &Program, hold: &Hold) -> String {
    let since = day_words(day_of(program.time_zone, hold.since));
    let reason = if hold.is_automatic() { String::new() } else { format!(" ({})", hold.reason) };
    let until = hold.until.map(|day| format!("; until {}", day_words(day))).unwrap_or_default();
    format!("on hold since {since} (by {}): {}{reason}{until}", hold.by, hold.kind.words())
}

/// How much is on hold, and until when.
fn hold_words(program: &Program, absence: &ApprovalAbsence, today: i32) -> String {
    let money = |minor| Money::from_minor(minor, program.currency);
    let pending = money(absence.absent.balance.pending);
    let on = day_words(today);
    let Some(OnHold { amount, first, disputed }) = absence.on_hold else { return format!("{pending} on hold on {on}") };
    let disputes = if disputed == 0 { String::new() } else { format!(", {} while a dispute is open", money(disputed)) };
    match first {
        None => format!("{pending} on hold on {on}, while a dispute is open"),
        Some((day, _)) if day < today => format!("{pending} on hold until the next nightly run{disputes}"),
        Some((day, part)) if part == amount => format!("{pending} on hold until {}", day_words(day)),
        Some((day, part)) => format!("{pending} on hold, {} of it until {}{disputes}", money(part), day_words(day)),
    }
}

/// A day as a sentence has it: 3 March 2026.
fn day_words(day: i32) -> String {
    day_of_epoch(day).map_or_else(|| format_day(day), |date| date.format("%-d %B %Y").to_string())
}

/// A proposal in a few words.
///
/// # Errors
///
/// When its sum cannot be kept exactly.
pub fn proposal_words(program: &Program, proposal: &Proposal) -> Result<String> {
    let amount = Money::from_minor(proposal.amount()?.unwrap_or(0), program.currency);
    let whom = match proposal.lines.as_slice() {
        [one] => one.creator_id.clone(),
        several => counted(several.len(), "creator", "creators"),
    };
    let subject = &proposal.subject;
    let what = match proposal.kind {
        ProposalKind::Adjustment => format!("adjustment of {amount} for {whom}"),
        ProposalKind::WriteOff => format!("write-off of {amount} owed by {whom}"),
        ProposalKind::Opening if subject.is_empty() => format!("opening balances of {amount} for {whom}"),
        ProposalKind::Opening => format!("opening balances of {amount} for {whom}, on top of {subject}"),
        ProposalKind::Credit => format!("order {subject} attributed to {whom}"),
        ProposalKind::Void => format!("batch {subject} voided, {amount} for {whom} returned to payable"),
        ProposalKind::FailedPayment => format!("payment of {amount} to {whom} in batch {subject} failed"),
        ProposalKind::ReturnedPayment => format!("payment of {amount} to {whom} in batch {subject} came back"),
        ProposalKind::Withdrawal => format!("credit {subject} to {whom} withdrawn"),
        ProposalKind::Erasure => format!("erasure of {subject}"),
        ProposalKind::Closing => format!("books of {subject} closed"),
    };
    Ok(format!("{what} ({})", proposal.reason))
}

/// What a transfer is about, in a few words; `amount` above zero is owed more.
pub fn title_of(about: &Particulars, amount: i64) -> String {
    let (id, line_id) = (&about.order_id, &about.line_id);
    match about.kind {
        kind if kind.is_commission() && line_id.is_empty() => format!("Order {id}"),
        kind if kind.is_commission() => format!("Order {id}, line {line_id}"),
        Kind::BonusNewCustomer => format!("New customer, order {id}"),
        Kind::BonusNetSales => format!("Sales bonus for {id}"),
        Kind::Fee => format!("Fee {id}"),
        Kind::Adjustment => format!("Adjustment {id}"),
        Kind::WriteOff => format!("Negative balance written off, {id}"),
        Kind::Opening => format!("Balance brought forward, {id}"),
        Kind::Batch if amount > 0 => format!("Payout {id} returned"),
        Kind::Batch => format!("Payout {id}"),
        kind => format!("{kind} {id}"),
    }
}

/// The evidence, campaign and rule of a transfer, in words; empty where there is none.
pub fn detail_of(about: &Particulars, campaign: &str, exponent: u32) -> String {
    let Particulars { kind, touch, reason, .. } = about;
    let evidence = match kind {
        Kind::Link => format!("click {touch}"),
        Kind::Code => format!("code {touch}"),
        Kind::Lock => format!("returning customer, first referred in order {touch}"),
        Kind::Credit => format!("manual attribution, {touch}"),
        Kind::BonusNetSales => format!("sales over {touch}"),
        _ => String::new(),
    };
    let rule = if kind.is_commission() { rule_words(&about.rule) } else { String::new() };
    let earned = match (kind.is_commission() && !about.line_id.is_empty(), reason) {
        (false, _) => rule,
        (true, Reason::Sale | Reason::Reinstated) => format!("{rule} of {}", grouped(about.base, exponent)),
        (true, _) => format!("commissionable amount now {} · {rule}", grouped(about.base, exponent)),
    };
    let campaign = if campaign.is_empty() { String::new() } else { format!("campaign {campaign}") };
    [evidence, campaign, earned].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Who signed, and when.
pub fn signers_words(signatures: &[Signature]) -> String {
    signatures.iter().map(|signature| format!("{} at {}", signature.by, format_time(signature.at))).collect::<Vec<_>>().join(", ")
}

/// Who has to sign still.
pub fn missing_words(missing: &Missing) -> String {
    let people = counted(missing.approvers, "other person", "other people");
    match &missing.group {
        None => people,
        Some(group) if missing.approvers == 1 => format!("one of the {} ({})", group.name, group.people.join(", ")),
        Some(group) => format!("{people}, one of them of the {} ({})", group.name, group.people.join(", ")),
    }
}
