//! The house stays as it is drawn: who knows whom, what is never written, what the reference says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{project, purser};

/// Each module and those it may use, as `lib.rs` tells the story.
const MAY_USE: &[(&str, &[&str])] = &[
    ("money", &[]),
    ("trouble", &[]),
    ("words", &[]),
    ("vocabulary", &[]),
    ("effect", &["trouble"]),
    ("store", &["effect", "trouble"]),
    ("outbox", &["store", "effect"]),
    ("program", &["money"]),
    ("sources", &["program", "trouble"]),
    ("facts", &["money", "program", "sources", "effect", "trouble"]),
    ("reconcile", &["money", "vocabulary", "program", "facts", "effect"]),
    ("explain", &["money", "vocabulary", "program", "facts"]),
    ("ledger", &["money", "program", "facts", "reconcile", "store"]),
    ("payout", &["money", "program", "facts", "reconcile", "ledger", "store", "effect"]),
    ("proposal", &["money", "program", "sources", "facts", "reconcile", "ledger", "payout", "store"]),
    ("statement", &["money", "program", "facts", "reconcile", "ledger", "payout", "outbox", "store", "effect"]),
    ("alert", &["outbox", "store"]),
    (
        "runner",
        &[
            "money",
            "program",
            "facts",
            "reconcile",
            "ledger",
            "payout",
            "proposal",
            "statement",
            "outbox",
            "alert",
            "store",
            "effect",
            "trouble",
            "words",
            "vocabulary",
        ],
    ),
    ("dump", &["money", "reconcile", "statement", "store", "effect"]),
    ("keeping", &["program", "facts", "ledger", "runner", "statement", "outbox", "store", "effect"]),
    (
        "audit",
        &["money", "program", "sources", "facts", "reconcile", "ledger", "payout", "proposal", "statement", "store", "runner"],
    ),
    ("serve", &["program", "facts", "ledger", "payout", "proposal", "outbox", "alert", "keeping", "runner", "effect", "trouble"]),
    (
        "cli",
        &[
            "money",
            "program",
            "sources",
            "facts",
            "reconcile",
            "explain",
            "ledger",
            "payout",
            "proposal",
            "statement",
            "outbox",
            "alert",
            "runner",
            "keeping",
            "dump",
            "audit",
            "serve",
            "store",
            "effect",
            "trouble",
            "words",
        ],
    ),
    ("main", &["cli"]),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The sources, with the module each belongs to.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = project().join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let module = |path: &Path| {
        let first = path.strip_prefix(&root).ok().and_then(|p| p.components().next()).expect("a source lies in src");
        first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    paths.into_iter().map(|path| (module(&path), path.clone(), fs::read_to_string(&path).expect("it can be read"))).collect()
}

/// The modules that a text names after `crate::`.
fn used(text: &str) -> Vec<String> {
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    text.split("crate::").skip(1).map(word).collect()
}

#[test]
fn modules_only_use_those_before_them() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    for (module, path, text) in sources().into_iter().filter(|(module, ..)| module != "lib") {
        let may = allowed.get(module.as_str()).unwrap_or_else(|| panic!("{module} has no place in the house; give it one here"));
        for other in used(&text).into_iter().filter(|other| *other != module && allowed.contains_key(other.as_str())) {
            assert!(may.contains(&other.as_str()), "{} uses {other}, which {module} may not know", path.display());
        }
    }
}

#[test]
fn only_who_reads_decides_or_dumps_sees_frames() {
    for (module, path, text) in sources() {
        let sees = text.contains("polars");
        assert!(!sees || matches!(module.as_str(), "facts" | "reconcile" | "dump"), "{} sees frames", path.display());
    }
}

#[test]
fn only_the_store_sees_the_database_driver() {
    for (module, path, text) in sources() {
        assert!(module == "store" || !text.contains("sqlx"), "{} sees the database driver", path.display());
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
    for (module, path, text) in sources().into_iter().filter(|(module, ..)| module != "effect") {
        let found = WRITES.iter().find(|word| text.contains(**word));
        assert_eq!(found, None, "{} writes files; src/effect does that", path.display());
        for (word, effect) in DURABLE {
            for function in text.split("fn ").filter(|function| function.contains(word)) {
                let is_passed_on = module == "store" && function.starts_with(PASSED_ON);
                assert!(is_passed_on || function.contains(effect), "{}: {word} outside of an effect: {function}", path.display());
            }
        }
    }
}

#[test]
fn no_binary_floating_point_comes_near_money() {
    let words = ["f32", "f64", "Float32", "Float64"];
    for (_, path, text) in sources() {
        let found = text.split(|c: char| !c.is_alphanumeric() && c != '_').find(|word| words.contains(word));
        assert_eq!(found, None, "{} computes with binary floating point", path.display());
    }
}

#[test]
fn no_source_gives_up_without_saying_why() {
    let words = [".unwrap()", "todo!(", "unimplemented!(", "#[ignore", "FIXME", "XXX"];
    for (_, path, text) in sources() {
        let found = words.iter().find(|word| text.contains(**word));
        assert_eq!(found, None, "{}", path.display());
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
