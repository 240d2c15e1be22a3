//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "Exit codes: 0 done; 1 it could not be done, nothing half done stays, the message says why; 2 the command line is not understood; 75 it could not be done now, but may be done later without anybody mending anything: a database that is away, a file that is not there yet.";

/// Pays creators what they earned: attribution, commission, a double-entry ledger, payout batches, statements.
#[derive(Parser)]
#[command(name = "purser", version, after_help = EXIT_CODES, disable_help_subcommand = true, max_term_width = 110)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub places: Places,
    #[command(subcommand)]
    pub command: Command,
}

/// Where things are. Each has a default that works.
#[derive(Args, Clone)]
pub(super) struct Places {
    /// The program file, or a folder of them; PURSER_JOBS may hold it too [default: jobs]
    #[arg(long, global = true, help_heading = "Where things are", value_name = "FILE_OR_DIR")]
    pub jobs: Option<PathBuf>,
    /// The ledger's database: sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE; PURSER_DATABASE, or a file named
    /// by PURSER_DATABASE_FILE, may hold it too [default: sqlite://purser-data/purser.db]
    #[arg(long, global = true, help_heading = "Where things are", value_name = "URL")]
    pub database: Option<String>,
    /// The folder of kept facts, outcomes and mails; PURSER_DATA may hold it too [default: NAME-data beside the database
    /// NAME.db, or purser-data]
    #[arg(long, global = true, help_heading = "Where things are", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The program, where several could be meant: its file's name without ending
    #[arg(long, global = true, help_heading = "Where things are", value_name = "ID")]
    pub program: Option<String>,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Run jobs: fetch facts, reconcile them with the ledger, draft a payout, send statements
    Run(Run),
    /// Run the jobs of all programs on schedule, until it is stopped
    Serve(Serve),
    /// Check program files and their facts, and post nothing
    Validate(Validate),
    /// Show what ran and what is due, what creators are owed, and what waits for whom
    Status {
        /// How many runs of each program
        #[arg(long, default_value_t = 10, value_name = "N")]
        runs: u32,
        /// How to show the runs
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Say why an order paid what it paid, or why nobody was credited
    Explain {
        /// The order
        order_id: String,
        /// The time that decides what is visible, as RFC 3339 [default: that of the last reconciliation]
        #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
        as_of: Option<i64>,
        /// How to show it
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
    /// Check that everything that was posted and kept is as it was written, and as the rules say
    Check(Check),
    /// List, show, approve, reject, export, settle, return or void payout batches
    #[command(subcommand)]
    Batch(Batch),
    /// Propose a correction of what a creator is owed
    Adjust {
        /// The creator
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        /// In the program's currency; below zero, the creator is owed less: -12.50
        #[arg(allow_hyphen_values = true)]
        amount: String,
        #[command(flatten)]
        propose: Propose,
    },
    /// Propose to end a creator's debt: what is payable below zero, as it is now
    WriteOff {
        /// The creator
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        #[command(flatten)]
        propose: Propose,
    },
    /// Propose to give an order to a creator; once approved, the next nightly run pays by it
    Credit {
        /// The order
        order_id: String,
        /// The creator
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        #[command(flatten)]
        propose: Propose,
    },
    /// Propose the balances that were owed before this ledger began
    ///
    /// They become payable at once. Money that is still on hold elsewhere belongs into the table `fees`, due on the day
    /// its hold ends.
    Opening {
        /// CSV with the columns creator_id and amount, each creator once
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        propose: Propose,
    },
    /// List, show, approve or reject what people proposed
    #[command(subcommand)]
    Proposal(Proposal),
    /// Show a creator's statement for a month
    Statement(Statement),
    /// Write orders, commissions, balances or exceptions as they were last posted, the journal as books, or everything
    Export(Export),
    /// Look at everything that a run needs: settings, database, disk, mail server, sources; and say how to fix it
    Doctor {
        /// How to show it
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Show which settings are in force, and where each comes from
    Config {
        /// How to show them
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Write what a shell needs to complete commands
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages
    Man {
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Remove what is older than the program files' retention says: facts, mails, records of runs; never the ledger
    Tidy(Tidy),
    /// Erase a person who asks for it from everything but the ledger, which names nobody
    #[command(subcommand)]
    Erase(Erase),
    /// Write a commented program file and sample data to start from
    Init {
        /// The folder to write to
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Play three months of an invented shop: nights, payouts, a refund after payment, statements
    Demo,
}

/// Run the jobs of all programs on schedule, until it is stopped. Slots are kept in the database: several servers may share
/// one, and `purser run --slot` may run beside them. After downtime the latest slot of each job is done. Over HTTP it answers
/// /healthz, /readyz and /metrics.
#[derive(Args)]
pub(super) struct Serve {
    /// Where to answer over HTTP [default: PURSER_LISTEN, or 127.0.0.1:9464]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// How many jobs run at once [default: PURSER_AT_ONCE, or 2]
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub at_once: Option<usize>,
}

/// Remove what is older than [retention] of the program files says: kept facts and outcomes that no run used since, texts of
/// mails, records of runs. The ledger stays, and whatever the next run, `check` and `explain` rest on.
#[derive(Args)]
pub(super) struct Tidy {
    /// Show what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The time from which ages are counted, as RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
}

#[derive(Subcommand)]
pub(super) enum Erase {
    /// A creator's name and emails. The id stays: the ledger names it
    Creator {
        /// The creator
        #[arg(value_name = "ID")]
        creator_id: String,
        #[command(flatten)]
        request: ErasingRequest,
    },
    /// A customer's id and emails. Pseudonyms take their place, so that all orders stay worth what they were
    Customer {
        /// The customer's id or email
        #[arg(value_name = "ID")]
        customer: String,
        #[command(flatten)]
        request: ErasingRequest,
    },
}

#[derive(Args)]
pub(super) struct ErasingRequest {
    /// Who does it
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why. It is kept, so do not name the person in it
    #[arg(long, value_name = "REASON")]
    pub reason: String,
}

#[derive(Args)]
pub(super) struct Validate {
    /// Print the reference of all keys a program file may have, as Markdown
    #[arg(long)]
    pub keys: bool,
}

/// Run jobs, in the order given, for every program (or the one named by --program).
#[derive(Args)]
pub(super) struct Run {
    /// The jobs, such as `nightly` or `payout`
    #[arg(required = true, value_name = "JOB")]
    pub names: Vec<String>,
    /// The time that decides what is visible, as RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
    /// Do the jobs for this scheduled time, once, however many try; without TIME, for the latest that was due. A payout or
    /// statements wait (exit code 75) while the reconciliation that was due before them is not done
    #[arg(long, value_name = "TIME", value_parser = super::parse::time, num_args = 0..=1, conflicts_with = "as_of")]
    pub slot: Option<Option<i64>>,
    /// For how many seconds to try again after a transient error, such as a database that is away [default: 900 with --slot, else 0]
    #[arg(long, value_name = "SECONDS")]
    pub patience: Option<u64>,
    /// Who runs it; a batch drafted so is approved by somebody else [default: the user of this session]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Show what would be posted, and post nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Read the facts that this earlier run kept, instead of fetching
    #[arg(long, value_name = "RUN_ID")]
    pub facts: Option<i64>,
    /// Go on although orders with posted money are gone from the facts
    #[arg(long, value_name = "REASON", value_parser = super::parse::reason)]
    pub accept_missing: Option<String>,
    /// Post anew what was payable already where the program file, creators, links, codes or rates were edited
    #[arg(long, value_name = "REASON", value_parser = super::parse::reason)]
    pub restate: Option<String>,
    /// How to show the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// Check that everything that was posted and kept is as it was written, and as the rules say: the chain of entries, balances,
/// batches, statements, kept facts. It reads one moment of the database, changes nothing, and needs no program file.
#[derive(Args)]
pub(super) struct Check {
    /// What to check [default: everything]
    #[arg(value_name = "NAME", value_parser = super::parse::check)]
    pub names: Vec<crate::app::Check>,
    /// List what can be checked
    #[arg(long)]
    pub list: bool,
    /// A head of the chain noted earlier, as reports print it: the chain must still hold it, so that a cut tail shows
    #[arg(long, value_name = "ENTRY:HASH", value_parser = super::parse::head)]
    pub head: Option<crate::app::Head>,
    /// How to show what was found
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

#[derive(Subcommand)]
pub(super) enum Batch {
    /// All batches of a program, oldest first
    List {
        /// How to show them
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// One batch: who gets what, and how far each payment has come
    Show {
        /// Its id
        batch_id: String,
        /// How to show it
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Approve a draft that somebody else drafted
    Approve(Decide),
    /// Reject a draft, or an approved batch that was not exported; its money returns to payable
    Reject(Decide),
    /// Write the payment list of an approved batch as CSV; a repeat writes the same bytes
    Export {
        #[command(flatten)]
        decide: Decide,
        /// Where to write it [default: payments/BATCH_ID.csv in the data folder]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Record that the lines of an approved or exported batch were paid
    Settle {
        #[command(flatten)]
        decide: Decide,
        /// A creator whose payment failed; the money returns to payable. May be given several times
        #[arg(long, value_name = "CREATOR")]
        failed: Vec<String>,
    },
    /// Record that a payment of a settled batch came back; the money returns to payable
    Return {
        #[command(flatten)]
        decide: Decide,
        /// Whose payment
        #[arg(long, value_name = "CREATOR")]
        creator: String,
        /// Why it came back
        #[arg(long, value_name = "REASON")]
        reason: String,
    },
    /// Propose to void an exported batch that was not paid; once approved, its money returns to payable
    Void {
        /// The batch
        batch_id: String,
        #[command(flatten)]
        propose: Propose,
    },
}

/// What every proposal needs. Somebody else approves it.
#[derive(Args)]
pub(super) struct Propose {
    /// Why. It stays in the journal, and creators read it on their statements
    #[arg(long, value_name = "REASON")]
    pub reason: String,
    /// Who proposes it; somebody else approves it
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// When it is booked, as RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
}

#[derive(Subcommand)]
pub(super) enum Proposal {
    /// All proposals of a program, oldest first
    List {
        /// How to show them
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// One proposal: whom it concerns, and with how much
    Show {
        /// Its id
        proposal_id: String,
        /// How to show it
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Approve what somebody else proposed; it is done at once
    Approve(Judge),
    /// Reject what somebody proposed, or withdraw what you proposed; nothing is done
    Reject(Judge),
}

#[derive(Args)]
pub(super) struct Judge {
    /// The proposal
    pub proposal_id: String,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// When it is booked, as RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
}

#[derive(Args)]
pub(super) struct Decide {
    /// The batch
    pub batch_id: String,
    /// Who does it
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// When it is booked, as RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
}

/// Show a creator's statement for a month: the one that was built, or, while the month is not closed, a preview.
#[derive(Args)]
pub(super) struct Statement {
    /// The creator's id
    #[arg(value_name = "CREATOR")]
    pub creator_id: String,
    /// The month, such as 2026-03 [default: the latest that was built, else the current one]
    #[arg(long, value_name = "MONTH", value_parser = super::parse::month)]
    pub month: Option<crate::calendar::Month>,
    /// For a preview: the time at which it is taken, as RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = StatementFormat::Text)]
    pub format: StatementFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StatementFormat {
    /// As in the mail, for a terminal
    Text,
    /// As in the mail, for a browser
    Html,
    /// Its lines, as attached to the mail
    Csv,
    /// All of it; amounts in minor units
    Json,
}

#[derive(Args)]
pub(super) struct Export {
    /// What to write
    #[arg(value_enum)]
    pub what: What,
    /// How to write it [default: csv; a dump is Parquet]
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// The file to write, or the folder of a dump; it is there once it is whole [default: standard output]
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportFormat {
    /// Comma-separated values
    Csv,
    /// Aligned columns, for people (not the journal)
    Table,
    /// JSON (not the journal)
    Json,
    /// A journal for hledger, with balance assertions (the journal only)
    Hledger,
    /// A ledger for beancount, with balance assertions (the journal only)
    Beancount,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum What {
    /// Each order with its outcome and reason
    Orders,
    /// Each commission, bonus and fee that should have been earned
    Commissions,
    /// What each creator is owed and was paid
    Balances,
    /// What could not be used, for somebody to act on
    Exceptions,
    /// Every entry and transfer that was ever posted, for accounting
    Journal,
    /// Every table of the database and the last outcome as Parquet, with a reading guide, into a new folder
    Dump,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Aligned columns, for people
    Table,
    /// Comma-separated values
    Csv,
    /// JSON
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For people
    Text,
    /// JSON
    Json,
}
