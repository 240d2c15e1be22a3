//! The arguments of the command line, and the help that is shown for them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use super::args_decisions::{
    Batch, ChangeLine, Decide, Hold, Judge, Postback, PostbackUrl, Proposal, Propose, YOUR_NAME,
};
pub(super) use super::args_export::{By, Export, ExportFormat, What};
pub(super) use super::args_mail::Mail;
pub(super) use super::args_users::User;
pub(super) use super::format::Format;

const EXIT_CODES: &str = "Exit codes: 0 success; 1 failed; the failed step changed nothing, and the message says why; 2 invalid usage; 75 a transient error, such as an unreachable database or a file that has not arrived yet: the same command may succeed later.";

/// Help of `--reason` where the creator reads it.
const SHOWN_REASON: &str = "The reason, recorded in the journal and shown on the creator's statement";

/// Pays creators what they earned: attribution, commission, a double-entry ledger, payout batches, statements.
#[derive(Parser)]
#[command(name = "purser", version, after_help = EXIT_CODES, disable_help_subcommand = true, max_term_width = 110)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub places: Places,
    #[command(subcommand)]
    pub command: Command,
}

/// Where files and the database are. Each has a default that works.
#[derive(Args, Clone)]
pub(super) struct Places {
    /// The program file, or a folder of program files [env: PURSER_JOBS] [default: jobs]
    #[arg(long, global = true, help_heading = "Files and database", value_name = "FILE_OR_DIR")]
    pub jobs: Option<PathBuf>,
    /// The ledger's database: sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE; can also be read
    /// from the file named in PURSER_DATABASE_FILE [env: PURSER_DATABASE] [default: sqlite://purser-data/purser.db]
    #[arg(long, global = true, help_heading = "Files and database", value_name = "URL")]
    pub database: Option<String>,
    /// The data folder, for facts, outcomes, payment lists and emails [env: PURSER_DATA] [default: NAME-data beside the
    /// database NAME.db, or purser-data]
    #[arg(long, global = true, help_heading = "Files and database", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The program, if there are several: the name of its file without the extension
    #[arg(long, global = true, help_heading = "Files and database", value_name = "ID")]
    pub program: Option<String>,
    /// Once there are users: a file with your token, which proves who you are; can also be read from PURSER_TOKEN
    #[arg(long, global = true, help_heading = "Who you are", value_name = "FILE", conflicts_with = "code")]
    pub token_file: Option<PathBuf>,
    /// Once there are users: the newest code of your second factor, in place of a token. Each code works only once
    #[arg(long, global = true, help_heading = "Who you are", value_name = "CODE")]
    pub code: Option<String>,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Run jobs: fetch facts (orders, refunds, clicks …), post what changed, draft a payout batch, send statements
    Run(Run),
    /// Run the jobs of all programs on schedule, until stopped
    Serve(Serve),
    /// Check program files and their facts without posting anything
    Validate(Validate),
    /// Show what ran and what is due, what creators are owed, and who needs to act
    Status {
        /// How many runs to show for each program
        #[arg(long, default_value_t = 10, value_name = "N")]
        runs: u32,
        /// Output format of the runs
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Explain why an order paid what it did, or why nobody got credit
    Explain {
        /// The order: its id, or what the shop calls it, such as "#1060"
        order_id: String,
        /// Cut-off, in RFC 3339 format: only facts from before this time are used [default: the cut-off of the last
        /// nightly run]
        #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
        as_of: Option<i64>,
        /// Output format
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
    /// Check that no ledger entries or stored data have been altered, and that the ledger adds up
    Check(Check),
    /// List, show, change, approve, reject, export, settle, return or void payout batches
    #[command(subcommand)]
    Batch(Batch),
    /// Put payments to creators on hold, list the holds, and release them
    #[command(subcommand)]
    Hold(Hold),
    /// Propose a correction to a creator's balance
    #[command(mut_arg("reason", |reason| reason.help(SHOWN_REASON)))]
    Adjust {
        /// The creator's id
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        /// The amount, in the program's currency; negative to reduce what the creator is owed, e.g. -12.50
        #[arg(allow_hyphen_values = true)]
        amount: String,
        /// Confirm an amount that is far larger than usual
        #[arg(long)]
        unusual: bool,
        #[command(flatten)]
        propose: Propose,
    },
    /// Propose writing off a creator's entire negative payable balance
    #[command(mut_arg("reason", |reason| reason.help(SHOWN_REASON)))]
    WriteOff {
        /// The creator's id
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        #[command(flatten)]
        propose: Propose,
    },
    /// Propose attributing an order to a creator manually; once approved, the next nightly run pays commission on it
    #[command(mut_arg("reason", |reason| reason.help(SHOWN_REASON)))]
    Credit {
        /// The order: its id, or what the shop calls it, such as "#1060"
        order_id: String,
        /// The creator's id
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        #[command(flatten)]
        propose: Propose,
    },
    /// Propose reversing an approved manual attribution; once approved, the next nightly run calculates commission without it
    Withdraw {
        /// The proposal's id
        #[arg(value_name = "PROPOSAL_ID")]
        credit_id: String,
        #[command(flatten)]
        propose: Propose,
    },
    /// Propose the balances that were owed before this ledger began
    ///
    /// They become payable as soon as they are approved. Money that is still on hold in the old system belongs in the
    /// table `fees`, with the day its hold ends as its due date.
    #[command(mut_arg("reason", |reason| reason.help(SHOWN_REASON)))]
    Opening {
        /// A CSV file with the columns creator_id and amount, one row per creator
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// An earlier opening-balance proposal for the same creators that this one adds to. Can be repeated
        #[arg(long, value_name = "PROPOSAL_ID")]
        adds_to: Vec<String>,
        /// Confirm an amount that is far larger than usual
        #[arg(long)]
        unusual: bool,
        #[command(flatten)]
        propose: Propose,
    },
    /// Compare what each creator earned and was paid on another platform with what they earned here; `--format csv` writes
    /// a file for `purser opening`
    MoveIn {
        /// The source in the program file, if there are several of kind "goaffpro"
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// List, show, approve or reject proposals
    #[command(subcommand)]
    Proposal(Proposal),
    /// List and change who may use purser, and what proves who they are
    #[command(subcommand)]
    User(User),
    /// Record the funds available for payouts; `batch show` compares them. `batch import` records the balance on a bank statement
    Funds {
        /// How much is in the account, in the program's currency
        #[arg(allow_hyphen_values = true)]
        amount: String,
        /// On which day, in the program's time zone [default: that of the posting time]
        #[arg(long, value_name = "DAY", value_parser = super::parse::day)]
        on: Option<i32>,
        /// Your name, for the audit trail
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Posting time, in RFC 3339 format [default: now]
        #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
        as_of: Option<i64>,
    },
    /// Propose closing the books of a month; once approved, nothing more can be posted to that month or earlier
    ///
    /// Anything that belongs to the month but arrives later is posted to the first open month, as a correction showing its
    /// own date. Closed books cannot be reopened.
    Close {
        /// The month, such as 2026-03; months before it that are still open are closed with it
        #[arg(value_name = "MONTH", value_parser = super::parse::month)]
        month: crate::calendar::Month,
        #[command(flatten)]
        propose: Propose,
    },
    /// After renaming a program file, link its ledger to the new name
    #[command(mut_arg("by", |by| by.help(YOUR_NAME)))]
    Rename {
        /// The program file's old name, without the extension
        old: String,
        /// Its new name, without the extension
        new: String,
        #[command(flatten)]
        request: Propose,
    },
    /// End a program: draft its final batch and, once nothing is owed any more, close its ledger
    #[command(mut_arg("by", |by| by.help(YOUR_NAME)))]
    Retire {
        /// The name of the program's file, without the extension
        #[arg(value_name = "ID")]
        name: String,
        #[command(flatten)]
        request: Propose,
    },
    /// Show how partners' servers report clicks and conversions, and check that a test arrived
    #[command(subcommand)]
    Postback(Postback),
    /// Show a creator's statement for a month
    Statement(Statement),
    /// Show email delivery, resend unsent emails, and preview a statement
    Mail(Mail),
    /// Export orders, commissions, balances or exceptions as last posted, the liability, the journal for accounting, or all data
    Export(Export),
    /// Check everything a run needs (settings, database, disk, mail server, sources), and suggest how to fix any
    /// problems
    Doctor {
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Show the settings in force, and where each comes from
    Config {
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Generate a shell completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write manual pages
    Man {
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Delete source data, emails and run records past their retention period; never touches the ledger
    Tidy(Tidy),
    /// Erase a person's data on request (takes two people), everywhere except the ledger, which names creators by id and
    /// customers by pseudonym
    #[command(subcommand)]
    Erase(Erase),
    /// Create a commented program file and sample data to start from
    Init {
        /// The folder to write to
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// For a Shopify shop: its export of orders, a web server's log and a sheet of creators, in place of sample tables
        #[arg(long)]
        shopify: bool,
        /// For a Shopify shop that is asked by its API: its address, its access token and a sheet of creators are all it takes
        #[arg(long, conflicts_with = "shopify")]
        shopify_api: bool,
        /// For a WooCommerce store that is asked by its API: its address, its keys and a sheet of creators are all it takes
        #[arg(long, conflicts_with_all = ["shopify", "shopify_api"])]
        woocommerce: bool,
    },
    /// Simulate three months of a fictional shop: nightly runs, payouts, a refund after payment, statements
    Demo,
}

/// Run the jobs of all programs on schedule, until stopped. The database records which scheduled runs have happened, so
/// several servers can share one, and `purser run --slot` can run alongside them. After downtime, only the most recent
/// missed run of each job is carried out. Serves /healthz, /readyz and /metrics over HTTP, and the pages at an address of
/// their own.
#[derive(Args)]
pub(super) struct Serve {
    /// Address for the HTTP endpoint (health and metrics) [env: PURSER_LISTEN] [default: 127.0.0.1:9464]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Address of the pages where people sign in, look, approve and export; `off` for none [env: PURSER_PAGES] [default:
    /// 127.0.0.1:9465]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub pages: Option<String>,
    /// Address on which to take postbacks, signed reports of partners' servers; only for sources of kind "postbacks" [env:
    /// PURSER_POSTBACKS] [default: none are taken]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub postbacks: Option<String>,
    /// Maximum number of jobs to run concurrently [env: PURSER_AT_ONCE] [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub at_once: Option<usize>,
}

/// Delete data past the retention period set under [retention] in the program file: facts and outcomes that no run has
/// used since, the text of emails, and run records. The ledger stays, and so does everything the next run, `check` and
/// `explain` need.
#[derive(Args)]
pub(super) struct Tidy {
    /// Dry run: show what would be deleted, without deleting anything
    #[arg(long)]
    pub dry_run: bool,
    /// Measure age as of this time, in RFC 3339 format; only a dry run may look ahead [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
}

#[derive(Subcommand)]
pub(super) enum Erase {
    /// Erase a creator's name and email addresses. The id stays, because the ledger uses it
    Creator {
        /// The creator's id
        #[arg(value_name = "ID")]
        creator_id: String,
        #[command(flatten)]
        request: ErasingRequest,
    },
    /// Pseudonymize a customer's id and email addresses. Commissions on their orders are unaffected
    Customer {
        /// The customer's id or email address
        #[arg(value_name = "ID")]
        customer: String,
        #[command(flatten)]
        request: ErasingRequest,
    },
}

#[derive(Args)]
pub(super) struct ErasingRequest {
    /// Your name, for the audit trail
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Propose the erasure, for this reason. The reason is kept on record, so do not include the person's name
    #[arg(long, value_name = "REASON", required_unless_present = "approve", conflicts_with = "approve")]
    pub reason: Option<String>,
    /// Approve an erasure somebody else proposed, and carry it out
    #[arg(long)]
    pub approve: bool,
    /// Posting time, in RFC 3339 format [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
    /// Dry run: show which programs hold data about this person and what they are still owed, without proposing or
    /// erasing anything
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
pub(super) struct Validate {
    /// Print a reference of all program file keys, as Markdown
    #[arg(long)]
    pub keys: bool,
}

/// Run jobs in the order given, for every program or the one given by --program.
#[derive(Args)]
pub(super) struct Run {
    /// The jobs to run, such as `nightly` or `payout`
    #[arg(required = true, value_name = "JOB")]
    pub names: Vec<String>,
    /// Cut-off, in RFC 3339 format: only facts from before this time are used; only a dry run may look ahead
    /// [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
    /// Run the jobs scheduled for TIME unless already run; without TIME, the latest one due. Payout and statement jobs
    /// wait (exit code 75) until the nightly run due before them has succeeded
    #[arg(long, value_name = "TIME", value_parser = super::parse::time, num_args = 0..=1, conflicts_with = "as_of")]
    pub slot: Option<Option<i64>>,
    /// How long to keep retrying after transient errors, such as an unreachable database [default: 900 with --slot,
    /// else 0]
    #[arg(long, value_name = "SECONDS")]
    pub patience: Option<u64>,
    /// Who is running the jobs; somebody else has to approve any batch they draft. `runner` is reserved for `purser
    /// serve` [default: the user of this session]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Dry run: show what would be posted, without posting anything
    #[arg(long)]
    pub dry_run: bool,
    /// Reuse the data kept by this earlier run instead of fetching it again
    #[arg(long, value_name = "RUN_ID")]
    pub facts: Option<i64>,
    /// Continue even if rows that posted commission is based on are missing from the source data; gives the reason
    #[arg(long, value_name = "REASON", value_parser = super::parse::reason)]
    pub accept_missing: Option<String>,
    /// Drop clicks fetched earlier that are missing from the files now; gives the reason
    #[arg(long, value_name = "REASON", value_parser = super::parse::reason)]
    pub drop_clicks: Option<String>,
    /// Issue statements for up to N months at once. Without it, a run that would issue more than 3 is refused: each month
    /// sends an email to every creator
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub close_months: Option<u32>,
    /// Allow amounts that are payable or paid to change, or become payable immediately, after an edit to the program file,
    /// to the tables of creators, links, codes or exchange rates, or to a posted fee; gives the reason
    #[arg(long, value_name = "REASON", value_parser = super::parse::reason)]
    pub restate: Option<String>,
    /// Confirm that this is a new program, not a renamed one, although another ledger has no program file
    #[arg(long)]
    pub new_program: bool,
    /// Output format of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// Check that no ledger entries or stored data have been altered, and that the ledger adds up: the chain of entries,
/// balances, batches, statements, stored source data. It reads the database as of one moment, changes nothing, and
/// needs no program file.
#[derive(Args)]
pub(super) struct Check {
    /// The checks to run [default: all]
    #[arg(value_name = "NAME", value_parser = super::parse::check)]
    pub names: Vec<crate::app::Check>,
    /// List the checks and what each one covers
    #[arg(long)]
    pub list: bool,
    /// A chain head from an earlier report; fails if it is no longer in the chain, meaning recent entries were lost or
    /// changed
    #[arg(long, value_name = "ENTRY:HASH", value_parser = super::parse::head)]
    pub head: Option<crate::app::Head>,
    /// Output format
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// Show a creator's statement for a month: the one that was issued or, until then, a preview.
#[derive(Args)]
pub(super) struct Statement {
    /// The creator's id
    #[arg(value_name = "CREATOR")]
    pub creator_id: String,
    /// The month, such as 2026-03 [default: the last month with issued statements, or the
    /// current month if there is none]
    #[arg(long, value_name = "MONTH", value_parser = super::parse::month)]
    pub month: Option<crate::calendar::Month>,
    /// For a preview: the date and time to preview as of, in RFC 3339 format [default: now]
    #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
    pub as_of: Option<i64>,
    /// Output format
    #[arg(long, value_enum, default_value_t = StatementFormat::Text)]
    pub format: StatementFormat,
    /// The file to write to [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StatementFormat {
    /// Same as the email, plain text
    Text,
    /// Same as the email, HTML
    Html,
    /// Statement lines, as in the CSV attached to the email
    Csv,
    /// The whole statement; amounts in minor units
    Json,
    /// A document for your files, with the ids of every line; needs --out
    Pdf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For people
    Text,
    /// JSON
    Json,
}
