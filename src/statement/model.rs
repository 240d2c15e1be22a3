use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use super::figures::PerformanceOf;
use super::label::Label;
use super::outlook::Outlook;
use super::terms::Terms;
use super::tier::TierReached;
use crate::ledger::{Account, Form, Particulars, Posted, Transfer};
use crate::money::{Currency, Overflow};
use crate::vocabulary::Kind;

/// A creator's statement for one month. Amounts are minor units of its currency. It names nobody: the name and the
/// address are those of the creators' table when it is shown or sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The form of the journal's words in its lines (see [`Form`]); 1 where none is said.
    #[serde(default = "first_form")]
    pub form: i64,
    /// The program's id.
    pub program: String,
    /// The program's name.
    pub program_name: String,
    /// Whose it is.
    pub creator_id: String,
    /// Which of the creator's statements, from 1 without a gap; 0 where an older purser built it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub number: i64,
    /// The local month, such as `2026-03`.
    pub month: String,
    /// The code of the program's currency.
    pub currency: String,
    /// When it was built (microseconds since 1970).
    pub built_at: i64,
    /// The last journal entry it has seen.
    pub through_entry: i64,
    /// The hash of that entry.
    pub head: String,
    /// The month in figures.
    pub totals: Totals,
    /// Where the closing balance stood.
    pub held: Held,
    /// What came too late for the statements of earlier months. Counted in the totals.
    pub corrections: Vec<Line>,
    /// What belongs to the month.
    pub lines: Vec<Line>,
    /// The names of the campaigns that its lines have, by id, as the program file had them then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub campaigns: BTreeMap<String, String>,
    /// What payments came to in the currency of the creator's account, by batch, where that is another.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub converted: BTreeMap<String, Converted>,
    /// What the creator did in the month.
    pub performance: PerformanceOf,
    /// What will be paid, and when, as it stood when the statement was built; none where an older purser built it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlook: Option<Outlook>,
    /// The tier that was reached; none where the creator's rate has no tiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierReached>,
    /// The terms that held at the end of the month, and what changes of them; none where an older purser built it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
}

/// What a payment came to in another currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converted {
    /// The code of that currency.
    pub currency: String,
    /// In minor units of it.
    pub amount: i64,
    /// What one unit of the program's currency was in it.
    pub rate: String,
    /// Where the rate was from.
    pub source: String,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn first_form() -> i64 {
    Form::One.number()
}

/// `opening + earned − clawed_back + bonuses + fees + adjustments − paid = closing`, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// What was owed when the month began: pending, payable and reserved.
    pub opening: i64,
    /// Commissions of orders; never negative.
    pub earned: i64,
    /// Commissions clawed back; never negative.
    pub clawed_back: i64,
    /// Bonuses, less bonuses withdrawn.
    pub bonuses: i64,
    /// Fees, less fees withdrawn and charges.
    pub fees: i64,
    /// What people corrected: adjustments, debts written off, opening balances.
    #[serde(default)]
    pub adjustments: i64,
    /// What was paid out, less what came back.
    pub paid: i64,
    /// What is owed at the end.
    pub closing: i64,
}

impl Totals {
    /// What lines come to.
    pub fn of<'a>(opening: i64, lines: impl IntoIterator<Item = &'a Line>) -> Result<Self, Overflow> {
        let mut totals = Self { opening, closing: opening, ..Self::default() };
        lines.into_iter().try_for_each(|line| totals.add(line))?;
        Ok(totals)
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: &Line) -> Result<(), Overflow> {
        let (side, amount) = match line.section {
            Section::Earned => (&mut self.earned, Some(line.amount)),
            Section::ClawedBack => (&mut self.clawed_back, line.amount.checked_neg()),
            Section::Bonus => (&mut self.bonuses, Some(line.amount)),
            Section::Fee => (&mut self.fees, Some(line.amount)),
            Section::Adjustment => (&mut self.adjustments, Some(line.amount)),
            Section::Paid => (&mut self.paid, line.amount.checked_neg()),
        };
        *side = amount.and_then(|amount| side.checked_add(amount)).ok_or(Overflow)?;
        self.closing = self.closing.checked_add(line.amount).ok_or(Overflow)?;
        Ok(())
    }

    /// The right side of the identity, computed from all the rest.
    pub fn sum(&self) -> Result<i64, Overflow> {
        let parts = [Some(self.earned), self.clawed_back.checked_neg(), Some(self.bonuses), Some(self.fees)];
        let parts = parts.into_iter().chain([Some(self.adjustments), self.paid.checked_neg()]);
        parts.into_iter().try_fold(self.opening, |sum, part| sum.checked_add(part?)).ok_or(Overflow)
    }
}

/// Where owed money stands, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// On hold.
    pub pending: i64,
    /// Due; negative after a clawback of paid money.
    pub payable: i64,
    /// In a payout batch.
    pub reserved: i64,
}

impl Held {
    /// All of it.
    pub fn sum(&self) -> Result<i64, Overflow> {
        self.pending.checked_add(self.payable).and_then(|sum| sum.checked_add(self.reserved)).ok_or(Overflow)
    }
}

/// Which of the month's figures a line is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// A commission.
    Earned,
    /// A clawback of commission.
    ClawedBack,
    /// A bonus, or one withdrawn.
    Bonus,
    /// A fee, a charge, or one of them withdrawn.
    Fee,
    /// What a person corrected, and another one approved.
    Adjustment,
    /// A payment, or one that came back.
    Paid,
}

impl Section {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::Earned, Self::ClawedBack, Self::Bonus, Self::Fee, Self::Adjustment, Self::Paid];

    /// Which figure a transfer is part of, and how it changes what is owed; none where it leaves it as it is.
    ///
    /// Money that leaves for the clearing account is paid; on from there to cash it is the same money.
    fn of(transfer: &Transfer) -> Option<(Self, i64)> {
        let is_owed = |account| matches!(account, Account::Pending | Account::Payable | Account::Reserved);
        let (amount, other) = match (is_owed(transfer.source), is_owed(transfer.target)) {
            (false, true) => (transfer.amount, transfer.source),
            (true, false) => (-transfer.amount, transfer.target),
            _ => return None,
        };
        let section = match transfer.about.kind {
            _ if matches!(other, Account::Clearing | Account::Cash) => Self::Paid,
            Kind::Fee => Self::Fee,
            Kind::Adjustment | Kind::WriteOff | Kind::Opening => Self::Adjustment,
            kind if kind.is_bonus() => Self::Bonus,
            _ if amount > 0 => Self::Earned,
            _ => Self::ClawedBack,
        };
        Some((section, amount))
    }

    /// The one spelling, in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::ClawedBack => "clawed_back",
            Self::Bonus => "bonus",
            Self::Fee => "fee",
            Self::Adjustment => "adjustment",
            Self::Paid => "paid",
        }
    }
}

/// One transfer that changed what is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which figure it is part of.
    pub section: Section,
    /// The journal entry that owns it.
    pub entry: i64,
    /// Its place in the entry.
    pub position: i64,
    /// How it changes what is owed: above zero, more.
    pub amount: i64,
    /// What the person wrote who proposed it, where one did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The campaign that brought it, by id; empty for none. The journal does not know it: it is that of the last reconciliation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub campaign: String,
    /// What people call what it is about.
    #[serde(flatten)]
    pub label: Label,
    /// What it is about.
    #[serde(flatten)]
    pub about: Particulars,
}

impl Line {
    /// The line that a transfer makes; none for one that leaves what is owed as it is, such as a release.
    pub fn of(posted: Posted) -> Option<Self> {
        let Posted { entry, position, transfer, note } = posted;
        let (section, amount) = Section::of(&transfer)?;
        Some(Self {
            section,
            entry,
            position,
            amount,
            note,
            campaign: String::new(),
            label: Label::default(),
            about: transfer.about,
        })
    }

    /// Why it was booked, for files: what a person wrote, where one did, else the reason's code.
    pub fn why(&self) -> &str {
        if self.note.is_empty() { self.about.reason.code() } else { &self.note }
    }
}

impl Statement {
    /// The key under which its mail is known: program, creator, month.
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.program, self.creator_id, self.month)
    }

    /// The name of the campaign that brought a line; empty for none.
    pub fn campaign_of<'a>(&'a self, line: &'a Line) -> &'a str {
        self.campaigns.get(&line.campaign).unwrap_or(&line.campaign)
    }

    /// Its currency.
    pub fn money(&self) -> Result<Currency> {
        Ok(Currency::parse(&self.currency)?)
    }

    /// Refuses a statement that does not add up.
    ///
    /// # Errors
    ///
    /// When opening and changes do not come to the closing balance, the lines do not come to the changes, or the closing
    /// balance is not where the ledger says the money stands.
    pub fn check(&self) -> Result<()> {
        let key = self.key();
        let totals = &self.totals;
        ensure!(totals.sum()? == totals.closing, "the statement {key} does not add up; nothing was written: {totals:?}");
        let lines = self.corrections.iter().chain(&self.lines);
        let changed = lines.into_iter().try_fold(totals.opening, |sum, line| sum.checked_add(line.amount)).ok_or(Overflow)?;
        ensure!(changed == totals.closing, "the lines of the statement {key} come to {changed}, not {}", totals.closing);
        let held = self.held.sum()?;
        ensure!(
            held == totals.closing,
            "the statement {key} would close at {}, but the ledger's transfers come to {held}; nothing was written. Verify the ledger",
            totals.closing
        );
        self.outlook.as_ref().map_or(Ok(()), |outlook| outlook.check(&key))
    }
}
