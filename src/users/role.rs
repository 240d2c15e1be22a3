/// What a user may do. No role includes the admin's, and the admin's includes no money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Looks.
    Viewer,
    /// Prepares what others decide: runs jobs, proposes, holds.
    Preparer,
    /// Prepares, and decides what others prepared.
    Approver,
    /// Manages users, and looks.
    Admin,
}

/// What somebody does, as far as roles tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// What somebody else has to approve, or what moves no money.
    Prepare,
    /// What moves money, or lets it move.
    Decide,
    /// Changes users.
    Manage,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Preparer, Self::Approver, Self::Admin];

    /// As it is stored and typed.
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Preparer => "preparer",
            Self::Approver => "approver",
            Self::Admin => "admin",
        }
    }

    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Viewer => "a viewer",
            Self::Preparer => "a preparer",
            Self::Approver => "an approver",
            Self::Admin => "an admin",
        }
    }

    /// Reads a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether who has the role may do it.
    pub fn may(self, act: Act) -> bool {
        match act {
            Act::Prepare => matches!(self, Self::Preparer | Self::Approver),
            Act::Decide => self == Self::Approver,
            Act::Manage => self == Self::Admin,
        }
    }
}

impl Act {
    /// Who may do it, in words.
    pub fn who(self) -> &'static str {
        match self {
            Self::Prepare => "a preparer or an approver",
            Self::Decide => "an approver",
            Self::Manage => "an admin",
        }
    }
}
