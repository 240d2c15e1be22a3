//! How text is compared: codes and emails without capitals and surrounding space, and what counts as empty.

/// Without surrounding space and capitals, as codes and emails are compared.
pub(super) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
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
