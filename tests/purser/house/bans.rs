//! What is never written, or only in one place, and what the reference of keys says.

use std::fs;

use super::texts;
use crate::support::{project, purser};

/// The sources: the module each belongs to, its path and its text.
fn sources() -> Vec<(String, String, String)> {
    let files = texts(project(), "src").into_iter().filter(|(file, _)| file.ends_with(".rs"));
    let module = |file: &str| file.split('/').nth(1).map_or("", |first| first.trim_end_matches(".rs")).to_owned();
    files.map(|(file, text)| (module(&file), file, text)).collect()
}

#[test]
fn only_facts_rules_posting_and_dump_see_frames() {
    for (module, file, text) in sources() {
        let sees = text.contains("polars");
        assert!(!sees || matches!(module.as_str(), "facts" | "reconcile" | "posting" | "dump"), "{file} sees frames");
    }
}

#[test]
fn only_the_store_sees_the_database_driver() {
    for (module, file, text) in sources() {
        assert!(module == "store" || !text.contains("sqlx"), "{file} sees the database driver");
    }
}

/// What changes files.
const WRITES: &[&str] = &[
    "fs::write",
    "fs::rename",
    "fs::copy",
    "hard_link",
    "symlink",
    "File::create",
    "create_new",
    "OpenOptions",
    "remove_file",
    "remove_dir",
    "create_dir",
    "set_len",
];

/// What makes the work of others durable, and the effect of which it must be a part.
const DURABLE: &[(&str, &str)] = &[
    (".commit()", "effect(Kind::Commit"),
    (".apply(", "effect(Kind::Commit"),
    ("send_raw(", "effect(Kind::Send"),
    ("client.post(", "effect(Kind::Send"),
];

/// The driver's own commits, which the store calls.
const PASSED_ON: &str = "commit(self) -> Result<()> {\n        self.inner.commit()";

/// A crash is tried at every effect; what is durable without being one would be tried by nobody.
#[test]
fn nothing_durable_happens_but_in_effects() {
    for (module, file, text) in sources().into_iter().filter(|(module, ..)| module != "effect") {
        let found = WRITES.iter().find(|word| text.contains(**word));
        assert_eq!(found, None, "{file} writes files; src/effect does that");
        for (word, effect) in DURABLE {
            for function in text.split("fn ").filter(|function| function.contains(word)) {
                let is_passed_on = module == "store" && function.starts_with(PASSED_ON);
                assert!(is_passed_on || function.contains(effect), "{file}: {word} outside of an effect: {function}");
            }
        }
    }
}

#[test]
fn no_binary_floating_point_comes_near_money() {
    let words = ["f32", "f64", "Float32", "Float64"];
    for (_, file, text) in sources() {
        let found = text.split(|c: char| !c.is_alphanumeric() && c != '_').find(|word| words.contains(word));
        assert_eq!(found, None, "{file} computes with binary floating point");
    }
}

#[test]
fn no_source_gives_up_without_saying_why() {
    let words = [".unwrap()", "todo!(", "unimplemented!(", "#[ignore", "FIXME", "XXX"];
    for (_, file, text) in sources() {
        let found = words.iter().find(|word| text.contains(**word));
        assert_eq!(found, None, "{file}");
    }
}

#[test]
fn the_reference_of_keys_is_the_one_the_program_prints() {
    let printed = purser().args(["validate", "--keys"]).output().expect("the binary starts");
    let printed = String::from_utf8(printed.stdout).expect("it is text");
    let kept = fs::read_to_string(project().join("src/program/KEYS.md")).expect("the reference is kept");
    let tables = kept.find("### ").map_or("", |at| &kept[at..]);
    assert_eq!(tables, printed, "write it anew: purser validate --keys");
}

/// A name that somebody gives is believed in one place, `door.rs`: a use case that takes one and does not go by there would be open to
/// anybody.
#[test]
fn who_gives_a_name_is_let_in_by_the_door() {
    let mut doors = 0;
    for (_, file, text) in sources().into_iter().filter(|(module, ..)| module == "app") {
        for function in text.split("\npub async fn ").skip(1) {
            let function = function.split("\n}\n").next().unwrap_or_default();
            let (head, body) = function.split_once(" {\n").unwrap_or((function, ""));
            let takes_name =
                ["by: &str", "(by, as_of)", "by: Option<&str>", "Renaming<", "Erasing<"].iter().any(|name| head.contains(name));
            assert!(!takes_name || body.contains("admit"), "{file} lets somebody in without asking: {head}");
            doors += usize::from(takes_name);
        }
    }
    assert!(doors >= 10, "all use cases of people are looked at, not {doors}");
}
