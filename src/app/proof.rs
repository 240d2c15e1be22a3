use std::fmt;

/// What proves who asks.
#[derive(Clone, Default)]
pub enum Proof {
    /// Nothing.
    #[default]
    None,
    /// A user's token.
    Token(String),
    /// A code of a user's second factor, which counts once.
    Code(String),
    /// A session of the user of this name.
    Session(String),
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Token(_) => "Token(…)",
            Self::Code(_) => "Code(…)",
            Self::Session(_) => "Session(…)",
        })
    }
}
