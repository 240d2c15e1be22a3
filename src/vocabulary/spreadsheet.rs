use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula, also as written in East Asia.
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text from outside as a cell of a CSV file that people open: one that a spreadsheet would calculate gets an apostrophe before
/// it, by which it stays what it says. So does one that has apostrophes before such a beginning, so that no two texts become one.
pub fn without_formula(text: &str) -> Cow<'_, str> {
    if text.trim_start_matches('\'').starts_with(FORMULAS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}
