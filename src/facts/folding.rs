//! How text is compared: codes and emails without case and surrounding space, and what counts as empty.

use caseless::default_case_fold_str;

/// Without surrounding space and case, as codes and emails are compared: by Unicode's full case folding, which makes one of
/// `Straße` and `STRASSE`, and without normalisation, so that two forms of `é` stay two.
pub fn fold(text: &str) -> String {
    let text = text.trim();
    // Nearly every text is ASCII, whose folding is its lower case.
    if text.is_ascii() { text.to_ascii_lowercase() } else { default_case_fold_str(text) }
}

/// The addresses in a creator's `email`, which may hold several between vertical bars, as they are written.
pub(super) fn addresses(emails: &str) -> impl Iterator<Item = &str> {
    emails.split('|').map(str::trim).filter(|email| !email.is_empty())
}

/// Whether a text is already as [`fold`] would make it, as nearly every email is.
pub(super) fn is_folded(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase())
}

/// Whether a text has nothing but space.
pub(super) fn is_blank(text: &str) -> bool {
    // Nearly every text begins with something that is not space.
    !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && text.trim().is_empty()
}
