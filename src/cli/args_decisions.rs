//! Arguments of the commands by which people decide: about batches, and about proposals.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::format::Format;
use crate::app::{FileFormat, HoldKind};

/// What a batch is exported as.
#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ExportAs {
    /// Creators and amounts
    Csv,
    /// ACH credits
    Nacha,
    /// SEPA credit transfers, ISO 20022
    Pain001,
    /// BACS Standard 18
    Bacs,
    /// PayPal payouts file
    Paypal,
    /// Wise batch payment file
    Wise,
}

impl ExportAs {
    /// The payment file; none for the list.
    pub fn file(self) -> Option<FileFormat> {
        match self {
            Self::Csv => None,
            Self::Nacha => Some(FileFormat::Nacha),
            Self::Pain001 => Some(FileFormat::Pain001),
            Self::Bacs => Some(FileFormat::Bacs),
            Self::Paypal => Some(FileFormat::Paypal),
            Self::Wise => Some(FileFormat::Wise),
        }
    }
}

#[derive(Subcommand)]
pub(in crate::cli) enum Batch {
    /// List the batches of a program, oldest first
    List {
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Show a batch as it is approved: how much each creator is paid, why, what to check, and who is not in it
    Show {
        /// The batch's id
        batch_id: String,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Approve a batch that somebody else drafted; where the program file asks for several people, sign it as one of them
    Approve {
        #[command(flatten)]
        decide: Decide,
        /// What `batch show --format json` said under `seen`; refused if lines or payment details changed since
        #[arg(long, value_name = "DIGEST")]
        seen: Option<String>,
    },
    /// Reject a draft, or an approved batch not yet exported; its amounts become payable again
    Reject(Decide),
    /// Take a creator's line out of a draft; the amount becomes payable again, and signatures that were given are void
    #[command(mut_arg("by", |by| by.help(YOUR_NAME)))]
    Hold(ChangeLine),
    /// Put a line that was taken out of a draft back into it
    #[command(mut_arg("by", |by| by.help(YOUR_NAME)))]
    Release(ChangeLine),
    /// Write the payment file of an approved batch; exporting again produces an identical file, even once it is settled
    Export {
        #[command(flatten)]
        decide: Decide,
        /// What to write: a list of all creators and amounts (csv), or a bank payment file with payee details
        #[arg(long, value_enum, default_value_t = ExportAs::Csv)]
        format: ExportAs,
        /// The file to write; if there are several, -1, -2 … is added before the extension [default for csv: payments/BATCH_ID.csv in the data folder]
        #[arg(long, value_name = "FILE", required_if_eq_any = [("format", "nacha"), ("format", "pain001"), ("format", "bacs"), ("format", "paypal"), ("format", "wise")])]
        out: Option<PathBuf>,
        /// Leave out creators who have no usable payment details
        #[arg(long)]
        allow_missing: bool,
    },
    /// Record the bank's payment results: pain.002, camt.052 to camt.054, ACH returns, or a table of results
    Import {
        /// The bank's file
        file: PathBuf,
        /// Your name, for the audit trail
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Posting time, in RFC 3339 format [default: now]
        #[arg(long, value_name = "TIME", value_parser = crate::cli::parse::time)]
        as_of: Option<i64>,
    },
    /// Record an approved or exported batch as paid
    Settle {
        #[command(flatten)]
        decide: Decide,
        /// A creator whose payment failed; the amount stays reserved, and becomes payable again once somebody else confirms
        /// the failure. Can be given several times
        #[arg(long, value_name = "CREATOR")]
        failed: Vec<String>,
        /// Why these payments failed
        #[arg(long, value_name = "REASON", requires = "failed", default_value = "the payment failed")]
        reason: String,
    },
    /// Propose recording a payment from a settled batch as returned; once approved, the amount becomes payable again
    Return {
        /// The batch's id
        batch_id: String,
        /// The creator whose payment was returned
        #[arg(long, value_name = "CREATOR")]
        creator: String,
        #[command(flatten)]
        propose: Propose,
    },
    /// Propose voiding an exported batch that was not paid; once approved, its amounts become payable again
    Void {
        /// The batch's id
        batch_id: String,
        #[command(flatten)]
        propose: Propose,
    },
}

/// A line of a draft, and why it is changed.
#[derive(Args)]
pub(in crate::cli) struct ChangeLine {
    /// The batch's id
    pub batch_id: String,
    /// The creator whose line it is
    #[arg(long, value_name = "CREATOR")]
    pub creator: String,
    #[command(flatten)]
    pub request: Propose,
}

/// What is the matter with a creator who is not paid.
#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum HoldAs {
    /// Somebody is looking into something
    Review,
    /// A tax form is missing
    #[value(name = "tax_form")]
    TaxForm,
    /// Payment details are missing or unverified
    Details,
}

impl HoldAs {
    /// The kind of hold.
    pub fn kind(self) -> HoldKind {
        match self {
            Self::Review => HoldKind::Review,
            Self::TaxForm => HoldKind::TaxForm,
            Self::Details => HoldKind::Details,
        }
    }
}

#[derive(Subcommand)]
pub(in crate::cli) enum Hold {
    /// Put payments to a creator on hold: commissions keep accruing, but the creator is left out of new batches until the hold ends
    #[command(mut_arg("by", |by| by.help(YOUR_NAME)))]
    Add {
        /// The creator's id
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        /// What is the matter
        #[arg(long, value_enum, default_value_t = HoldAs::Review)]
        kind: HoldAs,
        /// The day on which the hold ends by itself, such as 2026-03-31 [default: when it is released]
        #[arg(long, value_name = "DATE", value_parser = crate::cli::parse::day)]
        until: Option<i32>,
        #[command(flatten)]
        request: Propose,
    },
    /// End a payment hold: the next payout run drafts the creator again
    #[command(mut_arg("by", |by| by.help(YOUR_NAME)))]
    Release {
        /// The creator's id
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        /// Which hold, where there are several
        #[arg(long, value_enum)]
        kind: Option<HoldAs>,
        #[command(flatten)]
        request: Propose,
    },
    /// List the payment holds in force
    List {
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
}

/// What `--by` means where nobody else has to approve.
pub(in crate::cli) const YOUR_NAME: &str = "Your name, for the audit trail";

/// What every proposal needs, and what one person decides alone (see [`YOUR_NAME`]).
#[derive(Args)]
pub(in crate::cli) struct Propose {
    /// The reason, recorded in the journal
    #[arg(long, value_name = "REASON")]
    pub reason: String,
    /// Your name, for the audit trail; somebody else has to approve the proposal
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Posting time, in RFC 3339 format [default: now]
    #[arg(long, value_name = "TIME", value_parser = crate::cli::parse::time)]
    pub as_of: Option<i64>,
}

#[derive(Subcommand)]
pub(in crate::cli) enum Proposal {
    /// List the proposals of a program, oldest first
    List {
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Show a proposal: the creators concerned, and the amounts
    Show {
        /// The proposal's id
        proposal_id: String,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Approve somebody else's proposal; it takes effect immediately
    Approve {
        #[command(flatten)]
        judge: Judge,
        /// Confirm an amount that is far larger than usual
        #[arg(long)]
        unusual: bool,
    },
    /// Reject somebody's proposal, or cancel your own; nothing is posted
    Reject(Judge),
}

#[derive(Args)]
pub(in crate::cli) struct Judge {
    /// The proposal's id
    pub proposal_id: String,
    /// Your name, for the audit trail
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Posting time, in RFC 3339 format [default: now]
    #[arg(long, value_name = "TIME", value_parser = crate::cli::parse::time)]
    pub as_of: Option<i64>,
}

#[derive(Args)]
pub(in crate::cli) struct Decide {
    /// The batch's id
    pub batch_id: String,
    /// Your name, for the audit trail
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Posting time, in RFC 3339 format [default: now]
    #[arg(long, value_name = "TIME", value_parser = crate::cli::parse::time)]
    pub as_of: Option<i64>,
}

#[derive(Subcommand)]
pub(in crate::cli) enum Postback {
    /// Print a signed example report, dated now
    Url(Box<PostbackUrl>),
    /// Show that a test (sandbox=1) has arrived, and what it would have earned
    Verify {
        /// The partner's id of the transaction
        transaction: String,
        /// Cut-off, in RFC 3339 format: only facts from before this time are used [default: now]
        #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
        as_of: Option<i64>,
    },
}

#[derive(Args)]
pub(in crate::cli) struct PostbackUrl {
    /// The partner's id of the transaction
    pub transaction: String,
    /// The source in the program file, if there are several of kind "postbacks"
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Where partners reach the server, such as https://hooks.shop.example
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9466")]
    pub base: String,
    /// A click rather than a conversion
    #[arg(long = "event-click", requires = "link", conflicts_with_all = ["creator", "click", "amount", "currency", "sku"])]
    pub is_click: bool,
    /// The key of the link that brought it
    #[arg(long, value_name = "KEY", conflicts_with_all = ["creator", "click"])]
    pub link: Option<String>,
    /// The creator who brought it
    #[arg(long, value_name = "CREATOR", conflicts_with = "click")]
    pub creator: Option<String>,
    /// The transaction of the click that brought it
    #[arg(long, value_name = "TRANSACTION")]
    pub click: Option<String>,
    /// What was paid for goods, without tax and shipping
    #[arg(long, required_unless_present = "is_click")]
    pub amount: Option<String>,
    /// The currency [default: the program's]
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// What was sold, for rates
    #[arg(long)]
    pub sku: Option<String>,
    /// Where the link stood
    #[arg(long)]
    pub sub_id: Option<String>,
    /// A test, which becomes no fact
    #[arg(long)]
    pub sandbox: bool,
}
