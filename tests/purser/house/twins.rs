//! A rule of money has one file in `reconcile` and one of the same name in `explain`.

use std::collections::BTreeSet;

use super::texts;
use crate::support::project;

const FOLDERS: [&str; 2] = ["reconcile", "explain"];

/// Files that are no rule: the folder, the name, and why the other folder has none.
const ALONE: &[(&str, &str, &str)] = &[
    ("reconcile", "frame", "reaches into frames, which explain does without"),
    ("reconcile", "order_frame", "the frame of orders and outcomes, a result that explain gives as rows"),
    ("reconcile", "target_frame", "the frame of targets, a result that explain gives as rows"),
    ("reconcile", "reconciliation", "the type of the result; explain's is in model.rs"),
    ("reconcile", "decided", "columns that the rules hand to each other; explain hands on structs"),
    ("reconcile", "lines", "lays the lines out by order once; explain asks the shop for one order's lines"),
    ("reconcile", "listed", "reads the frames as rows, to be compared and exported"),
    ("reconcile", "day_counts", "counts for alerts, which move no money"),
    ("reconcile", "first_orders", "says since when somebody brings orders, by which a new code is told from an edit"),
    (
        "reconcile",
        "version_times",
        "says by which version an order became what it is, for the days of what moves; it moves no money",
    ),
    ("reconcile", "unchanged_until", "says until when a run may be skipped; explain always computes"),
    ("explain", "credit", "the struct of a credit; reconcile has columns"),
    ("explain", "calendar", "computes days and periods a second time; reconcile takes them from crate::calendar"),
    ("explain", "model", "the type of the result; reconcile's is in reconciliation.rs"),
    ("explain", "notes", "what an explanation says; reconcile says nothing in words"),
    ("explain", "paid", "structs that the rules hand to each other; reconcile hands on columns"),
    ("explain", "render", "puts an explanation into words"),
    ("explain", "shop", "finds one order's facts; reconcile joins whole tables"),
    ("explain", "trace", "listens to the rules for one order"),
];

/// The files and folders that stand directly in a module's folder, by name.
fn names(module: &str) -> BTreeSet<String> {
    let folder = format!("src/{module}");
    let files = texts(project(), &folder).into_iter().filter(|(file, _)| file.ends_with(".rs"));
    let first = |file: &str| file[folder.len() + 1..].split('/').next().map(|name| name.trim_end_matches(".rs").to_owned());
    files.filter_map(|(file, _)| first(&file)).filter(|name| name != "mod").collect()
}

/// Names that lack a twin without being excused, and excuses of what needs none.
fn faults(alone: &[(&str, &str, &str)], names: [&BTreeSet<String>; 2]) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, folder) in FOLDERS.into_iter().enumerate() {
        let (here, there) = (names[at], names[1 - at]);
        let excused: BTreeSet<&str> = alone.iter().filter(|(of, ..)| *of == folder).map(|(_, name, _)| *name).collect();
        let single = |name: &&str| here.contains(*name) && !there.contains(*name);
        let all = here.iter().map(String::as_str);
        let lonely = all.filter(single).filter(|name| !excused.contains(name));
        faults.extend(lonely.map(|name| format!("src/{folder}/{name}.rs has no twin in src/{}", FOLDERS[1 - at])));
        let needless = excused.iter().filter(|name| !single(name));
        faults.extend(needless.map(|name| format!("{folder}/{name} is excused here, and needs no excuse")));
    }
    faults
}

#[test]
fn a_rule_has_a_file_of_the_same_name_in_both_computations() {
    let faults = faults(ALONE, [&names(FOLDERS[0]), &names(FOLDERS[1])]);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(ALONE.iter().all(|(folder, _, why)| FOLDERS.contains(folder) && !why.is_empty()), "an excuse says where and why");
}

#[test]
fn a_rule_without_a_twin_is_refused() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    let alone = [("reconcile", "frame", "why"), ("explain", "caps", "why"), ("explain", "gone", "why")];
    let found = faults(&alone, [&set(&["caps", "frame", "hold"]), &set(&["caps", "tiers"])]);
    let expected = [
        "src/reconcile/hold.rs has no twin in src/explain",
        "src/explain/tiers.rs has no twin in src/reconcile",
        "explain/caps is excused here, and needs no excuse",
        "explain/gone is excused here, and needs no excuse",
    ];
    assert_eq!(found, expected);
}
