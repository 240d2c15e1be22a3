//! Arguments of the commands about users.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::format::Format;
use crate::app::Role;

/// What a user may do.
#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum RoleArg {
    /// Looks
    Viewer,
    /// Prepares what others decide: runs jobs, proposes, holds
    Preparer,
    /// Prepares, and decides what others prepared
    Approver,
    /// Manages users, and looks; decides nothing about money
    Admin,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Viewer => Self::Viewer,
            RoleArg::Preparer => Self::Preparer,
            RoleArg::Approver => Self::Approver,
            RoleArg::Admin => Self::Admin,
        }
    }
}

/// Where a password comes from.
#[derive(Args)]
pub(in crate::cli) struct Password {
    /// A file whose first line is the password [default: asked for on a terminal, else the first line of standard input]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// An admin.
#[derive(Args)]
pub(in crate::cli) struct Admin {
    /// Your name; you are an admin
    #[arg(long, value_name = "NAME")]
    pub by: String,
}

#[derive(Subcommand)]
pub(in crate::cli) enum User {
    /// Add a user. The first one is an admin, and from then on --by takes a user's name and their token or code
    Add {
        /// The name, which the ledger keeps
        name: String,
        /// What the user may do
        #[arg(long, value_enum)]
        role: RoleArg,
        /// A group that approval limits may ask for. Can be given several times
        #[arg(long, value_name = "GROUP")]
        group: Vec<String>,
        /// Your name, if there are users already; you are an admin
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        #[command(flatten)]
        password: Password,
    },
    /// List all users
    List {
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// List what was changed about users, by whom, oldest first
    Changes {
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Let a user do nothing any more, and end their sessions and their token
    Disable {
        /// The user
        name: String,
        #[command(flatten)]
        admin: Admin,
    },
    /// Let a disabled user work again
    Enable {
        /// The user
        name: String,
        #[command(flatten)]
        admin: Admin,
    },
    /// Change what a user may do
    Role {
        /// The user
        name: String,
        /// What the user may do
        #[arg(value_enum)]
        role: RoleArg,
        #[command(flatten)]
        admin: Admin,
    },
    /// Put a user into groups, instead of those before
    Groups {
        /// The user
        name: String,
        /// The groups; none for none
        groups: Vec<String>,
        #[command(flatten)]
        admin: Admin,
    },
    /// Change your own password, or set another user's as an admin
    Password {
        /// The user
        name: String,
        /// Your name, if the password is another user's; you are an admin
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        #[command(flatten)]
        password: Password,
        /// A file whose first line is the new password [default: as for the other one, after it]
        #[arg(long, value_name = "FILE")]
        new_password_file: Option<PathBuf>,
    },
    /// Make a token for yourself, which stands for you on the command line; the one before counts no longer
    Token {
        /// Your name
        name: String,
        #[command(flatten)]
        password: Password,
    },
    /// Set up a second factor for yourself, or remove a user's as an admin
    SecondFactor {
        /// The user
        name: String,
        #[command(flatten)]
        password: Password,
        /// The code that your app shows after you gave it the secret: only then it counts
        #[arg(long, value_name = "CODE", conflicts_with_all = ["remove", "password_file"])]
        confirm: Option<String>,
        /// Remove it, for example because the telephone was lost
        #[arg(long, requires = "by")]
        remove: bool,
        /// Your name, with --remove; you are an admin
        #[arg(long, value_name = "NAME", requires = "remove")]
        by: Option<String>,
    },
}
