use std::fmt::Write;

/// A text in which characters that are not kept stand as `%` and two digits for each of their bytes, as in addresses of the
/// web. So no two texts become one, and each can be read back.
///
/// A percent sign that is to be kept is, unless it would be read as such.
pub(super) fn percent(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if keep(c) && !(c == '%' && is_code(&text.as_bytes()[at + 1..])) {
            encoded.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

fn is_code(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
}
