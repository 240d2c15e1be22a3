//! Arguments of `purser export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::calendar::Month;

#[derive(Args)]
pub(in crate::cli) struct Export {
    /// What to export
    #[arg(value_enum)]
    pub what: What,
    /// Sum commissions by campaign instead of listing them: orders, lines (those of the full list), base, commission, and
    /// how much of it is pending and payable; or list the liability by creator instead of summing it
    #[arg(long, value_enum)]
    pub by: Option<By>,
    /// For the liability: the day at the end of which it is shown, in the program's time zone [default: today]
    #[arg(long, value_name = "DAY", value_parser = crate::cli::parse::day)]
    pub as_of: Option<i32>,
    /// For the journal in a format of an accounting program: the month, such as 2026-03, whose books are closed
    #[arg(long, value_name = "MONTH", value_parser = crate::cli::parse::month)]
    pub month: Option<Month>,
    /// Output format [default: csv; a dump is always Parquet]
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// The file to write, or the folder for a dump; it appears only once complete [default: standard output]
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum By {
    /// One row for each campaign of the program file, and one for what came without a campaign (commissions only)
    Campaign,
    /// Rows for each creator (liability only)
    Creator,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExportFormat {
    /// Comma-separated values
    Csv,
    /// Aligned columns, for people (not available for the journal)
    Table,
    /// JSON (not available for the journal)
    Json,
    /// A journal for hledger, with balance assertions (journal only)
    Hledger,
    /// A ledger for beancount, with balance assertions (journal only)
    Beancount,
    /// Journal entries of a closed month for QuickBooks Online (journal only)
    Quickbooks,
    /// Manual journals of a closed month for Xero (journal only)
    Xero,
    /// A posting batch of a closed month in DATEV's format (journal only)
    Datev,
    /// A chart (what has cleared only)
    Svg,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum What {
    /// Each order with its outcome and reason
    Orders,
    /// Each commission, bonus and fee as calculated in the last run
    Commissions,
    /// What each creator is owed and has been paid
    Balances,
    /// What was owed at the end of a day, by account and age
    Liability,
    /// Share of orders, commission and payouts cleared, by number of days
    Cleared,
    /// Records that could not be used and need fixing
    Exceptions,
    /// Every entry and transfer ever posted, for accounting; or a closed month for an accounting program
    Journal,
    /// Every table of the database and the last run's results as Parquet, with a reading guide, in a new folder
    Dump,
}
