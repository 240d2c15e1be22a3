//! What can be typed after `purser mail`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::format::Format;

/// Show email delivery, resend unsent emails, and preview a statement
#[derive(Args)]
pub(super) struct Mail {
    #[command(subcommand)]
    pub command: MailCommand,
}

#[derive(Subcommand)]
pub(super) enum MailCommand {
    /// Show how many messages are in each state, and list those not sent; without a mail server, `sent` means saved as a file
    Status {
        /// Output format; as a table, the counts stand above it
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Resend messages that were refused, or whose delivery is unknown
    Retry {
        /// The messages, as `purser mail status` calls them
        #[arg(value_name = "MESSAGE")]
        keys: Vec<String>,
        /// All whose delivery is unknown; some may arrive twice
        #[arg(long, conflicts_with = "keys")]
        unknown: bool,
        /// All that were refused
        #[arg(long, conflicts_with_all = ["keys", "unknown"])]
        failed: bool,
        /// Your name, for the audit trail
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Show the email of a creator's statement as it would be sent, or send it to an address as a test
    Preview {
        /// The creator's id
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        /// The month, such as 2026-03 [default: as of `purser statement`]
        #[arg(long, value_name = "MONTH", value_parser = super::parse::month)]
        month: Option<crate::calendar::Month>,
        /// For a month whose statements have not been issued: the date and time to preview as of, in RFC 3339 format [default: now]
        #[arg(long, value_name = "TIME", value_parser = super::parse::time)]
        as_of: Option<i64>,
        /// Send it to this address; nothing is recorded
        #[arg(long, value_name = "ADDRESS", conflicts_with = "out")]
        to: Option<String>,
        /// The file to write to [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}
