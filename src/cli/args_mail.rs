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
    /// Read which emails came back; what comes back for good suppresses its address
    Bounces {
        /// A folder (a Maildir, or one of .eml and .jsonl files) or such a file [default: PURSER_BOUNCES]
        #[arg(value_name = "PATH")]
        path: Option<PathBuf>,
        /// Who reads them
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// List the addresses to which nothing is emailed, as emails to them were refused or came back
    Suppressed {
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Let an address be emailed again
    Lift {
        /// The address
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// Why, such as that its owner says it works again
        #[arg(long, value_name = "REASON")]
        reason: String,
        /// Who decides it
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Show an email to a creator as it would be sent, that of a statement or of an event, or send it to an address as a test
    Preview {
        /// The creator's id
        #[arg(value_name = "CREATOR")]
        creator_id: String,
        /// The month, such as 2026-03 [default: as of `purser statement`]
        #[arg(long, value_name = "MONTH", value_parser = super::parse::month)]
        month: Option<crate::calendar::Month>,
        /// In place of a statement, the email about an event, with figures that are nobody's: payout_sent, details_changed, …
        #[arg(long, value_name = "EVENT", value_parser = super::parse::event, conflicts_with = "month")]
        event: Option<crate::vocabulary::Event>,
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
