use std::fmt;

/// What kind of effect it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A transaction of the database becomes durable.
    Commit,
    /// A file is put into its place.
    Rename,
    /// A line is added to a file.
    Append,
    /// A file is removed, or a folder with all that is in it.
    Remove,
    /// Something is handed to somebody else.
    Send,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Commit => "commit",
            Self::Rename => "rename",
            Self::Append => "append",
            Self::Remove => "remove",
            Self::Send => "send",
        })
    }
}
