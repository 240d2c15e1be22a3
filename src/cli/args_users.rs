//! Arguments of the commands about users.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::format::Format;
use crate::app::Role;

/// What a user may do.
#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum RoleArg {
    /// Can view everything and change nothing
    Viewer,
    /// Prepares what others decide: runs jobs, proposes, holds
    Preparer,
    /// Prepares, and decides what others prepared
    Approver,
    /// Manages users and can view everything; cannot approve or move money
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
    /// Your name; admins only
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
        /// Your name, if there are users already; admins only
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
    /// Disable a user, and revoke their sessions and token
    Disable {
        /// The user
        name: String,
        #[command(flatten)]
        admin: Admin,
    },
    /// Re-enable a disabled user
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
    /// Replace a user's groups
    Groups {
        /// The user
        name: String,
        /// The groups; leave empty to remove all
        groups: Vec<String>,
        #[command(flatten)]
        admin: Admin,
    },
    /// Change your own password, or set another user's as an admin
    Password {
        /// The user
        name: String,
        /// Your name, if the password is another user's; admins only
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        #[command(flatten)]
        password: Password,
        /// A file whose first line is the new password [default: as for the other one, after it]
        #[arg(long, value_name = "FILE")]
        new_password_file: Option<PathBuf>,
    },
    /// Create your command-line token, which proves who you are; it replaces the previous one
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
        /// The code that your app shows once it has the secret; the second factor takes effect when you confirm it
        #[arg(long, value_name = "CODE", conflicts_with_all = ["remove", "password_file"])]
        confirm: Option<String>,
        /// Remove it, for example because the phone was lost
        #[arg(long, requires = "by")]
        remove: bool,
        /// Your name, with --remove; admins only
        #[arg(long, value_name = "NAME", requires = "remove")]
        by: Option<String>,
    },
}
