//! Who asks: three people under many spellings, and what is nobody's name.

/// Each person's name as others have been seen to write it: composed and decomposed letters, capitals, letters of other
/// width, more space than one, space that is no space bar's.
pub const SPELLINGS: [&[&str]; 3] = [
    &["José García", "Jose\u{301} Garci\u{301}a", "JOSÉ GARCÍA", "josé  garcía", " José\u{a0}García ", "Jose Garcia"],
    &["Anja Weiß", "ANJA WEISS", "anja weiss", "Anja\u{2003}Weiß", "\u{ff21}nja Weiß"],
    &["İpek", "ipek", "I\u{307}PEK", "IPEK ", "\u{ff49}\u{ff50}\u{ff45}\u{ff4b}"],
];

/// What nobody is called.
pub const NOBODY: [&str; 9] =
    ["", " ", "\u{a0}", "runner", "RUNNER", "José\nGarcía", "ana\u{200b}", "\u{202e}kepi", "Wei\u{ad}ß"];

/// One of three people, or somebody who cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// Which of the three; none for a name that is refused.
    pub person: Option<usize>,
    pub name: &'static str,
}
