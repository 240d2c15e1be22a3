//! Rust source as words and signs, without comments, texts, characters and lifetimes.

/// The words and signs of a source, in order. `::` is one sign; every other sign is one character.
pub fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = skipped(rest);
        let length = skipped.unwrap_or_else(|| if rest.starts_with("::") { 2 } else { word(rest).max(first.len_utf8()) });
        if skipped.is_none() {
            found.push(&rest[..length]);
        }
        rest = &rest[length..];
    }
    found
}

/// The length of the word with which a text begins.
fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// The length of what a text begins with, if that is neither word nor sign.
fn skipped(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(block_comment(text));
    }
    let first = text.chars().next().filter(|c| c.is_whitespace());
    first.map(char::len_utf8).or_else(|| literal(text)).or_else(|| text.starts_with("r#").then_some(2))
}

/// Block comments may stand within each other.
fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of the text, character or lifetime with which a text begins.
fn literal(text: &str) -> Option<usize> {
    let (prefix, quoted) = text.split_at(text.find(|c| !matches!(c, 'b' | 'c' | 'r' | '#'))?);
    let letters = prefix.trim_end_matches('#');
    let hashes = &prefix[letters.len()..];
    let length = match (letters, hashes, quoted.chars().next()?) {
        ("" | "b" | "c", "", '"') => until_quote(quoted, '"'),
        ("r" | "br" | "cr", _, '"') => {
            let end = format!("\"{hashes}");
            quoted[1..].find(&end).map_or(quoted.len(), |at| 1 + at + end.len())
        }
        ("" | "b", "", '\'') => character(quoted),
        _ => return None,
    };
    Some(prefix.len() + length)
}

/// The length up to the closing quote. A backslash takes the next character's meaning.
fn until_quote(quoted: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in quoted.char_indices().skip(1) {
        if c == quote && !is_escaped {
            return at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    quoted.len()
}

/// A character's length, or a lifetime's with its name.
fn character(quoted: &str) -> usize {
    let mut inside = quoted.chars().skip(1);
    match (inside.next(), inside.next()) {
        (Some('\\'), _) | (_, Some('\'')) => until_quote(quoted, '\''),
        _ => 1 + word(&quoted[1..]),
    }
}

#[test]
fn comments_texts_and_lifetimes_are_no_words() {
    let table = [
        ("a // b\nc", "a c"),
        ("a /// [`super::b`]\nc", "a c"),
        ("a /* b /* c */ d */ e", "a e"),
        ("a /* é */ b", "a b"),
        (r#"f("a // b \" crate::c", d)"#, "f ( , d )"),
        (r##"f(r#"a " crate::b"#, c)"##, "f ( , c )"),
        (r#"f(r"\", a, b"\\", b'\'', c"d", br"e\")"#, "f ( , a , , , , )"),
        ("f('\"', a, '\\'', b, '\\\\', '\\u{1f600}', 'é')", "f ( , a , , b , , , )"),
        ("fn f<'a>(b: &'a str, c: char = 'a') 'outer: loop", "fn f < > ( b : & str , c : char = ) : loop"),
        ("crate::r#type::b", "crate :: type :: b"),
        ("barb(crab, r, b)", "barb ( crab , r , b )"),
        ("1..2 1.5e3 0x1f", "1 . . 2 1 . 5e3 0x1f"),
        ("äh::ö", "äh :: ö"),
        ("\"never closed", ""),
    ];
    for (text, expected) in table {
        assert_eq!(tokens(text).join(" "), expected, "{text}");
    }
}
