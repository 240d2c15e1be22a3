//! One thing that happened to a creator, and what its letter is called.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::code_issued::CodeIssued;
use super::details_changed::DetailsChanged;
use super::dispute_closed::DisputeClosed;
use super::dispute_opened::DisputeOpened;
use super::payout_failed::PayoutFailed;
use super::payout_sent::PayoutSent;
use super::payout_skipped::{PayoutSkipped, Skipped};
use crate::calendar::day_of;
use crate::program::Program;
use crate::statement::terms::Terms;
use crate::statement::tier::TierReached;
use crate::vocabulary::Event;

/// What of a mark is written as `%XX`: a key has no further slash, and is the name of a file.
const IN_KEYS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// One thing that happened to a creator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// To whom.
    pub creator_id: String,
    /// What tells it from others of its kind: the same however often it is found out.
    pub mark: String,
    /// What happened.
    pub about: About,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// They belong to the program now.
    Invited,
    /// They were paid.
    PayoutSent(PayoutSent),
    /// A payment failed, or came back.
    PayoutFailed(PayoutFailed),
    /// They are not in a batch.
    PayoutSkipped(PayoutSkipped),
    /// They are paid to another account.
    DetailsChanged(DetailsChanged),
    /// They reached a tier.
    TierReached(TierReached),
    /// Codes or links became theirs.
    CodeIssued(CodeIssued),
    /// Their terms change.
    TermsChanged(Box<Terms>),
    /// An order of theirs is disputed.
    DisputeOpened(DisputeOpened),
    /// That ended.
    DisputeClosed(DisputeClosed),
}

impl About {
    /// Which event it is.
    pub fn event(&self) -> Event {
        match self {
            Self::Invited => Event::Invited,
            Self::PayoutSent(_) => Event::PayoutSent,
            Self::PayoutFailed(_) => Event::PayoutFailed,
            Self::PayoutSkipped(_) => Event::PayoutSkipped,
            Self::DetailsChanged(_) => Event::DetailsChanged,
            Self::TierReached(_) => Event::TierReached,
            Self::CodeIssued(_) => Event::CodeIssued,
            Self::TermsChanged(_) => Event::TermsChanged,
            Self::DisputeOpened(_) => Event::DisputeOpened,
            Self::DisputeClosed(_) => Event::DisputeClosed,
        }
    }
}

impl Notice {
    pub(super) fn of(creator_id: &str, mark: &str, about: About) -> Self {
        let mark = utf8_percent_encode(mark, IN_KEYS).to_string();
        Self { creator_id: creator_id.to_owned(), mark, about }
    }

    /// The key of its letter: program, creator, event and mark.
    pub fn key(&self, program: &str) -> String {
        format!("{program}/{}/{}.{}", self.creator_id, self.about.event().code(), self.mark)
    }

    /// One of an event with figures that are nobody's, to try how it looks.
    pub fn sample(program: &Program, event: Event, creator_id: &str, group: &str, as_of: i64) -> Self {
        let day = day_of(program.time_zone, as_of);
        let batch = format!("{}-0001", program.id);
        let amount = 100 * 10i64.pow(program.currency.exponent());
        let about = match event {
            Event::Invited => About::Invited,
            Event::PayoutSent => About::PayoutSent(PayoutSent { amount, day, batch }),
            Event::PayoutFailed => About::PayoutFailed(PayoutFailed { amount, day, batch, came_back: false }),
            Event::PayoutSkipped => {
                let why = Skipped::Below { minimum: amount * 2, missing: amount };
                About::PayoutSkipped(PayoutSkipped { amount, batch, why })
            }
            Event::DetailsChanged => About::DetailsChanged(DetailsChanged { account: "SEPA …1234".to_owned() }),
            Event::TierReached => About::TierReached(TierReached::sample(amount)),
            Event::CodeIssued => {
                About::CodeIssued(CodeIssued { codes: vec!["SAMPLE10".to_owned()], links: vec!["sample".to_owned()] })
            }
            Event::TermsChanged => About::TermsChanged(Box::new(Terms::sample(program, creator_id, group, day))),
            Event::DisputeOpened => About::DisputeOpened(DisputeOpened { day }),
            Event::DisputeClosed => About::DisputeClosed(DisputeClosed { day, is_lost: false }),
        };
        Self::of(creator_id, "sample", about)
    }
}
