//! What people say of themselves and of their decisions: a name and a reason. Every name and every reason that is kept is read
//! here, however it was given.
//!
//! A name is kept as it was written. Whether two names are one person's is asked of their keys ([`is_same_person`]), which
//! are made anew each time and stored nowhere: so a later version may tell fewer people apart, and no ledger changes.

use anyhow::{Result, ensure};
use caseless::default_case_fold_str;
use icu_properties::CodePointSetData;
use icu_properties::props::{DefaultIgnorableCodePoint, EnumeratedProperty, GeneralCategory, GeneralCategoryGroup};
use unicode_normalization::UnicodeNormalization;

use crate::error::Invalid;

/// Who drafts what `purser serve` pays: nobody else has this name.
pub const RUNNER: &str = "runner";

/// A name as it is kept, of a person or of who runs jobs. For what a job may do, too, when its caller has let the person in.
///
/// # Errors
///
/// As [`checked_name`], but for [`RUNNER`] itself.
pub fn checked_actor(by: &str) -> Result<&str> {
    if by == RUNNER { Ok(by) } else { checked_name(by) }
}

/// A name as it is kept: without surrounding space.
///
/// # Errors
///
/// When nothing of it can be seen, when it holds control or format characters, and when it is [`RUNNER`], however spelled.
pub fn checked_name(by: &str) -> Result<&str> {
    let name = by.trim();
    ensure!(
        name.chars().all(is_plain),
        Invalid(
            "the name after --by holds characters that nobody can see, or more than one line; nothing was changed".to_owned()
        )
    );
    let key = key(name);
    ensure!(!key.is_empty(), Invalid("--by is empty: give your own name with --by NAME; nothing was changed".to_owned()));
    ensure!(
        key != RUNNER,
        Invalid(format!("{name} is reserved for `purser serve`; give your own name with --by NAME; nothing was changed"))
    );
    Ok(name)
}

/// A reason as it is kept: one line, without surrounding space.
///
/// # Errors
///
/// When nothing of it can be seen, or it holds control or format characters.
pub fn checked_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    ensure!(
        reason.chars().all(is_plain),
        Invalid("the reason holds characters that nobody can see, or more than one line; nothing was changed".to_owned())
    );
    ensure!(
        !key(reason).is_empty(),
        Invalid("say why: a reason is needed, and this one is empty; nothing was changed".to_owned())
    );
    Ok(reason)
}

/// Whether two names are one person's: case, accents, width, ligatures and white space tell nobody apart.
pub fn is_same_person(a: &str, b: &str) -> bool {
    key(a) == key(b)
}

/// Whether two reasons read alike, by the same rules.
pub fn reads_alike(a: &str, b: &str) -> bool {
    key(a) == key(b)
}

/// What is compared of a name: decomposed (NFKD), its case folded, without marks, with single spaces.
fn key(name: &str) -> String {
    let folded = default_case_fold_str(&name.nfkd().collect::<String>());
    // What was folded may be composed again.
    let decomposed = folded.nfkd();
    // An older version kept names with characters that nobody sees.
    let is_read =
        |c: &char| c.is_whitespace() || is_plain(*c) && !GeneralCategoryGroup::Mark.contains(GeneralCategory::for_char(*c));
    let letters: String = decomposed.filter(is_read).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character is text of one line that can be seen: what no standard gives a shape looks different on each screen. Marks are, though some of them show nothing by themselves: the
/// key is without them.
fn is_plain(c: char) -> bool {
    let unseen = GeneralCategoryGroup::Control
        .union(GeneralCategoryGroup::Format)
        .union(GeneralCategoryGroup::LineSeparator)
        .union(GeneralCategoryGroup::ParagraphSeparator)
        .union(GeneralCategoryGroup::PrivateUse)
        .union(GeneralCategoryGroup::Unassigned);
    let category = GeneralCategory::for_char(c);
    // A letter or symbol that shows nothing, such as a filler or the empty braille cell, is as good as a format character.
    let is_blank = c == '\u{2800}' || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c);
    !unseen.contains(category) && (!is_blank || GeneralCategoryGroup::Mark.contains(category))
}
