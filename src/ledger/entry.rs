use super::account::Account;
use super::form::Form;

/// What kind of event an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Targets and postings were brought together.
    Reconciled,
    /// A batch was drafted.
    Drafted,
    /// A batch was signed by one of several people who have to approve it.
    Signed,
    /// A batch was approved: by the last of them.
    Approved,
    /// A line was taken out of a draft.
    Withheld,
    /// It was put back.
    Restored,
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
    /// Payments to a creator were put on hold.
    Held,
    /// A payment hold was ended.
    Released,
    /// The program's file got another name.
    Renamed,
    /// The ledger has ended.
    Retired,
    /// The books of a month, and of all before it, were closed.
    Closed,
    /// A bank took something for payments of a batch.
    Charged,
    /// What there is to pay from was entered, or a statement says it.
    Funds,
}

impl EntryKind {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Reconciled,
        Self::Drafted,
        Self::Signed,
        Self::Approved,
        Self::Withheld,
        Self::Restored,
        Self::Rejected,
        Self::Exported,
        Self::Settled,
        Self::Returned,
        Self::Proposed,
        Self::Accepted,
        Self::Declined,
        Self::Held,
        Self::Released,
        Self::Renamed,
        Self::Retired,
        Self::Closed,
        Self::Charged,
        Self::Funds,
    ];

    /// The kind of this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether an entry of this kind may move money from one account to another.
    pub fn may_move(self, source: Account, target: Account) -> bool {
        use Account::{Bank, BankFees, Cash, Clearing, Exchange, Expense, Opening, Payable, Pending, Reserved};
        match self {
            Self::Reconciled => {
                matches!(
                    (source, target),
                    (Expense | Pending, Payable) | (Expense | Payable, Pending) | (Pending | Payable, Expense)
                )
            }
            Self::Drafted | Self::Restored => (source, target) == (Payable, Reserved),
            Self::Signed | Self::Approved | Self::Exported | Self::Proposed | Self::Declined => false,
            Self::Held | Self::Released | Self::Renamed | Self::Retired | Self::Closed | Self::Funds => false,
            Self::Charged => matches!((source, target), (BankFees | Exchange, Bank) | (Bank, Exchange)),
            Self::Rejected | Self::Withheld => (source, target) == (Reserved, Payable),
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
            Self::Signed => "signed",
            Self::Approved => "approved",
            Self::Withheld => "withheld",
            Self::Restored => "restored",
            Self::Rejected => "rejected",
            Self::Exported => "exported",
            Self::Settled => "settled",
            Self::Returned => "returned",
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Held => "held",
            Self::Released => "released",
            Self::Renamed => "renamed",
            Self::Retired => "retired",
            Self::Closed => "closed",
            Self::Charged => "charged",
            Self::Funds => "funds",
        }
    }
}

/// A journal entry about to be posted.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What happened.
    pub kind: EntryKind,
    /// To what: a batch, a proposal, a creator, the name of a program file, a month, a currency, or empty.
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
    /// The digest of the facts it rests on, of a proposal's content, of a payment list's bytes, of the payment details that were
    /// signed, or of a batch whose lines were changed; of a settlement how many lines it left open; of a payment hold its kind and
    /// end; of a closing when its month ended; of funds how much and when; or empty.
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
    /// To what: a batch, a proposal, a creator, the name of a program file, a month, a currency, or empty.
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
