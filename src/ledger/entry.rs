use super::account::Account;
use super::form::Form;

/// What kind of event an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Targets and postings were brought together.
    Reconciled,
    /// A batch was drafted.
    Drafted,
    /// A batch was approved.
    Approved,
    /// A batch was rejected.
    Rejected,
    /// A batch was written as a payment list.
    Exported,
    /// A batch was settled.
    Settled,
    /// A payment of a batch came back: so written while one person could say so. Today two accept it.
    Returned,
    /// Somebody proposed something.
    Proposed,
    /// Somebody else approved what was proposed.
    Accepted,
    /// What was proposed was rejected, or withdrawn.
    Declined,
    /// The program's file got another name.
    Renamed,
    /// The ledger has ended.
    Retired,
}

impl EntryKind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Reconciled,
        Self::Drafted,
        Self::Approved,
        Self::Rejected,
        Self::Exported,
        Self::Settled,
        Self::Returned,
        Self::Proposed,
        Self::Accepted,
        Self::Declined,
        Self::Renamed,
        Self::Retired,
    ];

    /// The kind of this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether an entry of this kind may move money from one account to another.
    pub fn may_move(self, source: Account, target: Account) -> bool {
        use Account::{Cash, Clearing, Expense, Opening, Payable, Pending, Reserved};
        match self {
            Self::Reconciled => {
                matches!(
                    (source, target),
                    (Expense | Pending, Payable) | (Expense | Payable, Pending) | (Pending | Payable, Expense)
                )
            }
            Self::Drafted => (source, target) == (Payable, Reserved),
            Self::Approved | Self::Exported | Self::Proposed | Self::Declined | Self::Renamed | Self::Retired => false,
            Self::Rejected => (source, target) == (Reserved, Payable),
            Self::Settled => matches!((source, target), (Reserved, Payable | Clearing) | (Clearing, Cash)),
            Self::Returned => matches!((source, target), (Cash, Clearing) | (Clearing, Payable)),
            Self::Accepted => {
                matches!(
                    (source, target),
                    (Expense | Opening | Reserved | Clearing, Payable) | (Payable, Expense | Opening) | (Cash, Clearing)
                )
            }
        }
    }

    /// The one spelling, in the journal and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reconciled => "reconciled",
            Self::Drafted => "drafted",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Exported => "exported",
            Self::Settled => "settled",
            Self::Returned => "returned",
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Renamed => "renamed",
            Self::Retired => "retired",
        }
    }
}

/// A journal entry about to be posted.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What happened.
    pub kind: EntryKind,
    /// To what: a batch, a proposal, the name of a program file, or empty.
    pub subject: &'a str,
    /// When it is booked (microseconds since 1970).
    pub booked_at: i64,
    /// Who did it.
    pub actor: &'a str,
    /// Why, where somebody gave a reason; of a reconciliation also what comparing its facts with shops proved; or the digest of what is
    /// decided about.
    pub reason: &'a str,
    /// The hash of the program file's text, where it had a say.
    pub program_text: &'a str,
    /// The digest of the facts it rests on, of a proposal's content, or of a payment list's bytes; of a
    /// settlement how many lines it left open; or empty.
    pub facts: &'a str,
}

/// A journal entry as it stands in the ledger: all columns of `entries`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Whose journal.
    pub program: String,
    /// Its number in the program's journal, from 1.
    pub entry: i64,
    /// The form in which it was written and hashed.
    pub form: Form,
    /// What happened.
    pub kind: EntryKind,
    /// To what: a batch, a proposal, the name of a program file, or empty.
    pub subject: String,
    /// When it is booked (microseconds since 1970).
    pub booked_at: i64,
    /// Who did it.
    pub actor: String,
    /// Why, where somebody gave a reason; of a reconciliation also what comparing its facts with shops proved; or the digest of what is
    /// decided about.
    pub reason: String,
    /// The digest of that, from form 2 on.
    pub reason_digest: String,
    /// The hash of the program file's text, where it had a say.
    pub program_text: String,
    /// The digest of the facts it rests on, where it rests on any.
    pub facts: String,
    /// How many transfers it was posted with.
    pub transfers: i64,
    /// The hash of the entry before; 64 zeros for the first.
    pub previous: String,
    /// The hash it was posted with; [`super::EntryHash`] computes it again.
    pub hash: String,
}
