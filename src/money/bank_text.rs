//! Texts in the characters that banks take. What is changed is said, never silent.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What characters a payment file may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankText {
    /// The Latin set of the European Payments Council: letters, digits, space and `/-?:().,'+`.
    Sepa,
    /// ASCII that can be printed.
    Ach,
    /// Capitals, digits, space and `.-/&`.
    Bacs,
    /// Any letters of any script; nothing that a spreadsheet would take for a formula.
    Any,
}

/// A text as a payment file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    /// The text.
    pub text: String,
    /// Whether it says something else than what was given, other than by capitals.
    pub is_changed: bool,
}

/// What stands in place of a letter that has no base to fall back to.
const INSTEAD: &[(char, &str)] = &[
    ('ä', "ae"),
    ('ö', "oe"),
    ('ü', "ue"),
    ('Ä', "Ae"),
    ('Ö', "Oe"),
    ('Ü', "Ue"),
    ('ß', "ss"),
    ('ẞ', "SS"),
    ('æ', "ae"),
    ('Æ', "Ae"),
    ('ø', "o"),
    ('Ø', "O"),
    ('å', "aa"),
    ('Å', "Aa"),
    ('œ', "oe"),
    ('Œ', "Oe"),
    ('ł', "l"),
    ('Ł', "L"),
    ('đ', "d"),
    ('Đ', "D"),
    ('ð', "d"),
    ('Ð', "D"),
    ('þ', "th"),
    ('Þ', "Th"),
    ('ı', "i"),
    ('’', "'"),
    ('‘', "'"),
    ('ʼ', "'"),
    ('`', "'"),
    ('´', "'"),
    ('–', "-"),
    ('—', "-"),
    ('‐', "-"),
    ('_', "-"),
    ('"', "'"),
];

impl BankText {
    fn takes(self, c: char) -> bool {
        match self {
            Self::Sepa => c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c),
            Self::Ach => c.is_ascii_graphic() || c == ' ',
            Self::Bacs => c.is_ascii_uppercase() || c.is_ascii_digit() || ".-/& ".contains(c),
            Self::Any => {
                !c.is_control()
                    && !"\u{200b}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{feff}"
                        .contains(c)
            }
        }
    }

    /// What is written for a letter of the text; none where there is nothing.
    fn instead(self, c: char) -> Option<String> {
        let cased = |text: String| if self == Self::Bacs { text.to_uppercase() } else { text };
        let fits = |text: String| Some(cased(text)).filter(|text| !text.is_empty() && text.chars().all(|c| self.takes(c)));
        if let Some(same) = fits(c.to_string()) {
            return Some(same);
        }
        if let Some((_, instead)) = INSTEAD.iter().find(|(from, _)| *from == c) {
            // An apostrophe has no place in BACS.
            return fits((*instead).to_owned()).or_else(|| (*instead == "'").then(String::new));
        }
        match c {
            '&' => return fits("+".to_owned()),
            '\'' => return Some(String::new()),
            _ => {}
        }
        fits(c.nfkd().filter(|c| !is_combining_mark(*c)).collect())
    }

    /// The text in these characters, with single spaces, cut to `most` characters.
    ///
    /// # Errors
    ///
    /// What it holds that cannot be written, or that it is empty or would be read as something else.
    pub fn fit(self, text: &str, most: usize) -> Result<Fitted, String> {
        let plain: String = text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        let mut written = String::new();
        for c in plain.chars() {
            match self.instead(c) {
                Some(instead) => written += &instead,
                None => return Err(format!("holds \"{c}\", which this kind of payment cannot carry; write it in Latin letters")),
            }
        }
        let whole = written.chars().count();
        let cut: String = written.chars().take(most).collect();
        let cut = cut.trim().to_owned();
        if cut.is_empty() {
            return Err("is empty".to_owned());
        }
        if self == Self::Any && cut.starts_with(['=', '+', '-', '@', '\'']) {
            return Err("begins with a sign that a spreadsheet takes for a formula".to_owned());
        }
        if self == Self::Sepa && (cut.starts_with('/') || cut.contains("//")) {
            return Err("begins with a slash or holds two, which SEPA refuses".to_owned());
        }
        let same = if self == Self::Bacs { plain.to_uppercase() } else { plain };
        let is_changed = whole > most || cut != same;
        Ok(Fitted { text: cut, is_changed })
    }
}
