//! What stands above each page of a batch: how it stands, the five questions that finance asks, and what may be done.

use axum::http::StatusCode;
use serde::Deserialize;

use super::batch_choices::{Choices, choices};
use super::batch_looked::{Looked, changed};
use super::batch_money::{Money, money_of};
use super::batches::state_tag;
use super::table::{Tag, Tone};
use super::words::{age, change, local, money};
use crate::app::{BatchState, Flag, LineState, missing_words, proposal_words, signers_words};
use crate::web::{Failure, Web, escaped};

/// A question that a finance lead asks, where the answer is, and in short.
pub(super) struct Question {
    pub words: &'static str,
    pub to: String,
    pub answer: String,
    pub tone: Tone,
}

/// What stands above each page of a batch.
pub(super) struct Head {
    pub batch_id: String,
    pub path: String,
    pub all: String,
    pub tag: Tag,
    pub amount: String,
    pub creators: i64,
    pub drafted: String,
    pub approved: String,
    pub signed: String,
    pub missing: String,
    pub seen: String,
    pub digest: String,
    pub sums: Vec<String>,
    pub waiting: Vec<String>,
    pub proposals: String,
    pub questions: Vec<Question>,
    pub choices: Choices,
    pub done: &'static str,
    pub wrong: String,
    pub tab: &'static str,
}

/// What came of something that was done about a batch, as its address says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    pub done: String,
}

impl Done {
    fn words(&self) -> &'static str {
        match self.done.as_str() {
            "sign" => "You have signed the batch. It is approved once all required approvers have signed.",
            "approve" => "The batch is approved. Export it, so that it can be paid.",
            "reject" => "The batch is rejected: its money is payable again.",
            "hold" => {
                "The line is taken out: its money is payable again, and the next payout run drafts it. To keep it back longer, put payments \
                 to the creator on hold, on their page."
            }
            "release" => "The line is back in the batch.",
            "settle" => "The batch is settled.",
            "export" => "The batch is exported: the files are below.",
            _ => "",
        }
    }
}

impl Looked {
    /// What stands above a page of it. `wrong` says what could not be done.
    pub(super) fn head(&self, web: &Web, tab: &'static str, done: &Done, wrong: String) -> Result<Head, Failure> {
        let (batch, program) = (self.batch(), &self.room.program);
        let at = |time: i64| format!("{} ({} ago)", local(program.time_zone, time), age(web.now(), time));
        let mut waiting = Vec::new();
        for proposal in &self.sheet.waiting {
            let (id, by) = (&proposal.proposal_id, &proposal.proposed_by);
            waiting.push(format!("{id}: {}, proposed by {by}", proposal_words(program, proposal)?));
        }
        Ok(Head {
            batch_id: batch.batch_id.clone(),
            path: self.path(),
            all: self.room.to("batches"),
            tag: state_tag(batch),
            amount: money(batch.amount, program),
            creators: batch.creators,
            drafted: format!("by {}, {}", batch.drafted_by, at(batch.created_at)),
            approved: batch.approved_by.clone().unwrap_or_default(),
            signed: signers_words(&batch.signatures),
            missing: self.sheet.missing.as_ref().map(missing_words).unwrap_or_default(),
            seen: self.sheet.seen.clone().unwrap_or_default(),
            digest: batch.digest.clone(),
            sums: self.sums()?,
            waiting,
            proposals: self.room.to("proposals"),
            questions: self.questions()?,
            choices: choices(&self.room, &self.sheet, &self.names),
            done: done.words(),
            wrong,
            tab,
        })
    }

    /// What became of the lines, as sums, once they do not all share the batch's fate.
    fn sums(&self) -> Result<Vec<String>, Failure> {
        let mut sums = Vec::new();
        for state in LineState::ALL {
            let of_state: Vec<i64> = self
                .sheet
                .lines
                .iter()
                .map(|line| &line.line)
                .filter(|line| line.state == *state)
                .map(|line| line.amount)
                .collect();
            if !of_state.is_empty() {
                let sum = of_state.iter().try_fold(0i64, |sum, amount| sum.checked_add(*amount));
                let sum = sum.ok_or_else(|| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "a sum is too large"))?;
                sums.push(format!("{} {} ({})", state.words(), money(sum, &self.room.program), of_state.len()));
            }
        }
        Ok(if sums.len() > 1 { sums } else { Vec::new() })
    }

    /// The five questions.
    fn questions(&self) -> Result<Vec<Question>, Failure> {
        let path = self.path();
        let lines = &self.sheet.lines;
        let new = lines.iter().filter(|line| line.flags.contains(&Flag::FirstPayout)).count();
        let most = lines.iter().max_by_key(|line| changed(line).unwrap_or(0).unsigned_abs());
        let most = most.filter(|line| changed(line).is_some_and(|change| change != 0));
        let moved = match most {
            Some(line) => format!(
                "{}: {}",
                self.names.of(&line.line.creator_id),
                change(changed(line).unwrap_or(0), self.room.program.currency)
            ),
            None => "nobody was paid before".to_owned(),
        };
        let ask = |words, to, answer, tone| Question { words, to, answer, tone };
        let first = format!("{path}?q={}", escaped(Flag::FirstPayout.words()));
        let Money { answer: funds, tone, .. } = money_of(self, "")?;
        let (bank, bank_tone) = self.bank();
        Ok(vec![
            ask("Who is new?", first, if new == 0 { "nobody".to_owned() } else { new.to_string() }, tone_of(new)),
            ask("Who moved most?", format!("{path}?sort=-change"), moved, Tone::Plain),
            ask("Who is missing, and why?", format!("{path}/absent"), self.sheet.absent.len().to_string(), Tone::Plain),
            ask("Do the funds cover it?", format!("{path}/funds"), funds, tone),
            ask("What did the bank say?", format!("{path}/bank"), bank, bank_tone),
        ])
    }

    fn bank(&self) -> (String, Tone) {
        let count = |state: LineState| self.sheet.lines.iter().filter(|line| line.line.state == state).count();
        let bad = count(LineState::Failed) + count(LineState::Returned) + count(LineState::InQuestion);
        match self.batch().state {
            BatchState::Draft | BatchState::Rejected => ("not sent to the bank".to_owned(), Tone::Plain),
            BatchState::Voided => ("nothing: it was voided".to_owned(), Tone::Plain),
            _ if bad > 0 => (format!("{bad} not paid, {} paid", count(LineState::Paid)), Tone::Bad),
            BatchState::Settled => (format!("all {} paid", count(LineState::Paid)), Tone::Good),
            _ => ("no answer yet".to_owned(), Tone::Warn),
        }
    }
}

fn tone_of(count: usize) -> Tone {
    if count == 0 { Tone::Plain } else { Tone::Warn }
}
