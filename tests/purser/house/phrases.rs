//! Words that a reader stumbles over, and what stands in their place.

use std::fs;

use super::texts;
use crate::support::project;

/// What is not written, and what is written in its place.
const BANNED: &[(&str, &str)] = &[
    ("whoever", "say who: the operator, the approver, the caller"),
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("what may pass", "transient error"),
    ("may pass by itself", "transient"),
    ("told of", "notified of"),
    ("leave the house", "say what happens: exported, sent"),
    ("ways out of the house", "delivery channels"),
    ("blot", "redact"),
    ("blotted", "redacted"),
    ("1 exceptions", "1 exception"),
    ("SPEC.md", "RULES.md"),
];

/// Steps that were shipped keep every byte: databases remember their checksums.
const SHIPPED: &str = "/migrations/";

/// The words of a text in lower case, each with its line. Signs, among them those of comments, end a word.
fn words(text: &str) -> Vec<(usize, String)> {
    let of_line = |(at, line): (usize, &str)| {
        let words = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(|word| (at + 1, word.to_lowercase())).collect::<Vec<_>>()
    };
    text.lines().enumerate().flat_map(of_line).collect()
}

/// Where a text has banned phrases, as whole words, on one line or over several.
fn faults(file: &str, text: &str) -> Vec<String> {
    let text = words(text);
    let mut faults = Vec::new();
    for (banned, instead) in BANNED {
        let phrase: Vec<String> = words(banned).into_iter().map(|(_, word)| word).collect();
        let places = text.windows(phrase.len()).filter(|window| window.iter().map(|(_, word)| word).eq(&phrase));
        faults.extend(places.map(|window| format!("{file}:{}: \"{banned}\" ({instead})", window[0].0)));
    }
    faults
}

#[test]
fn texts_are_plain_english() {
    let readme = fs::read_to_string(project().join("README.md")).expect("there is one");
    let mut all = vec![("README.md".to_owned(), readme)];
    all.extend(["src", "deploy"].into_iter().flat_map(|folder| texts(project(), folder)));
    let faults: Vec<String> =
        all.iter().filter(|(file, _)| !file.contains(SHIPPED)).flat_map(|(file, text)| faults(file, text)).collect();
    assert!(faults.is_empty(), "{} places\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn banned_phrases_are_found_as_whole_words() {
    let table = [
        ("Whoever comes", 1),
        ("// what may\n    /// pass by itself", 2),
        ("fn blot_runs() {}", 1),
        ("see `SPEC.md`, Days", 1),
        ("with 1 exceptions", 1),
        ("11 exceptions, amend, commend, spectrum.md, blotting", 0),
    ];
    for (text, count) in table {
        assert_eq!(faults("a", text).len(), count, "{text}");
    }
}
