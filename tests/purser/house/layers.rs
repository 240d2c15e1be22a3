//! The layers: who may know whom.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, Use, sketch};
use crate::support::project;

/// The modules from the bottom up, each with those that it uses. All of them stand above its own line.
pub const MAY_USE: &[(&str, &[&str])] = &[
    ("money", &[]),
    ("calendar", &[]),
    ("vocabulary", &[]),
    ("error", &[]),
    ("effect", &["error"]),
    ("store", &["vocabulary", "error", "effect"]),
    ("outbox", &["vocabulary", "error", "effect", "store"]),
    ("leases", &["error", "store"]),
    ("runs", &["money", "vocabulary", "store"]),
    ("program", &["money", "calendar", "vocabulary", "error"]),
    ("sources", &["money", "calendar", "vocabulary", "error", "effect", "store", "program"]),
    ("facts", &["money", "calendar", "vocabulary", "error", "effect", "store", "program", "sources"]),
    ("reconcile", &["money", "calendar", "vocabulary", "program", "facts"]),
    ("explain", &["money", "calendar", "vocabulary", "error", "program", "facts"]),
    ("ledger", &["money", "calendar", "vocabulary", "error", "store", "program"]),
    ("posting", &["money", "calendar", "vocabulary", "error", "effect", "store", "program", "facts", "reconcile", "ledger"]),
    ("payees", &["money", "vocabulary", "error", "program", "sources", "facts"]),
    ("users", &["vocabulary", "error", "store", "ledger", "payees"]),
    ("payout", &["money", "calendar", "vocabulary", "error", "effect", "store", "program", "facts", "ledger", "payees"]),
    ("adjustments", &["money", "calendar", "vocabulary", "error", "store", "program", "sources", "facts", "ledger", "payout"]),
    (
        "statement",
        &["money", "calendar", "vocabulary", "error", "store", "outbox", "program", "facts", "ledger", "posting", "payout"],
    ),
    ("alerts", &["money", "calendar", "vocabulary", "store", "outbox", "program"]),
    ("privacy", &["effect", "store", "outbox", "program", "facts", "ledger", "posting", "alerts"]),
    (
        "audit",
        &[
            "money",
            "calendar",
            "vocabulary",
            "error",
            "store",
            "runs",
            "program",
            "sources",
            "facts",
            "ledger",
            "posting",
            "users",
            "payout",
            "adjustments",
            "statement",
            "alerts",
            "outbox",
        ],
    ),
    ("dump", &["money", "calendar", "error", "effect", "store", "posting"]),
    (
        "app",
        &[
            "money",
            "calendar",
            "vocabulary",
            "error",
            "effect",
            "store",
            "outbox",
            "leases",
            "runs",
            "program",
            "sources",
            "facts",
            "reconcile",
            "explain",
            "ledger",
            "posting",
            "payees",
            "users",
            "payout",
            "adjustments",
            "statement",
            "alerts",
            "privacy",
            "audit",
            "dump",
        ],
    ),
    ("scheduler", &["calendar", "store", "leases", "runs", "program", "alerts", "app"]),
    ("web", &["money", "calendar", "vocabulary", "error", "program", "app"]),
    ("serve", &["calendar", "error", "program", "app", "scheduler", "web"]),
    ("cli", &["money", "calendar", "vocabulary", "error", "effect", "program", "app", "scheduler", "serve"]),
    ("main", &["cli"]),
];

/// The one door: what it hands on are the types that its functions take and return, and count as its own.
const DOOR: &str = "app";

/// Whom each module uses, with the first place where it does. A path that leads through a module to an item of another uses
/// both, but for what the door hands on.
fn known<'a>(uses: &'a [Use<'_>]) -> BTreeMap<(&'a str, &'a str), String> {
    let mut known = BTreeMap::new();
    let is_door = |used: &Use<'_>| used.written.strip_prefix("crate::").is_some_and(|written| layer(written) == DOOR);
    let handed_on: BTreeSet<(&str, &str)> = uses.iter().filter(|used| is_door(used)).map(|used| (used.from, used.to)).collect();
    for used in uses {
        let through = used.written.strip_prefix("crate::").or(used.written.strip_prefix("purser::"));
        // What was imported through the door stands under its own name further down the file.
        let is_handed_on = is_door(used) || (through.is_none() && handed_on.contains(&(used.from, used.to)));
        let home = Some(used.home).filter(|_| !is_handed_on);
        for other in [home, through].into_iter().flatten() {
            let (module, other) = (layer(used.module), layer(other));
            let place = || format!("{} uses {} of {} ({})", used.from, used.name, used.to, used.written);
            if module != other {
                known.entry((module, other)).or_insert_with(place);
            }
        }
    }
    known
}

fn layer(module: &str) -> &str {
    module.split_once("::").map_or(module, |(layer, _)| layer)
}

/// What the uses have against a table of layers, and what it allows for nothing.
fn faults(may_use: &[(&str, &[&str])], uses: &[Use]) -> Vec<String> {
    let known = known(uses);
    let allowed: BTreeSet<(&str, &str)> =
        may_use.iter().flat_map(|(module, others)| others.iter().map(|other| (*module, *other))).collect();
    let refused = known.iter().filter(|(pair, _)| !allowed.contains(*pair));
    let mut faults: Vec<String> =
        refused.map(|((module, other), place)| format!("{module} may not know {other}: {place}")).collect();
    let line = |module: &str| may_use.iter().position(|(name, _)| *name == module);
    for (module, other) in &allowed {
        if line(other) >= line(module) || line(other).is_none() {
            faults.push(format!("the table lets {module} use {other}, which does not stand above it there"));
        }
        if !known.contains_key(&(*module, *other)) {
            faults.push(format!("the table lets {module} use {other}, and no file of {module} does"));
        }
    }
    faults
}

#[test]
fn modules_use_only_what_stands_below_them() {
    let graph = Graph::read(project());
    let faults = faults(MAY_USE, &graph.uses());
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// They prove each other, whatever the table says: neither may see the other's work.
#[test]
fn the_two_computations_do_not_know_each_other() {
    let graph = Graph::read(project());
    let uses = graph.uses();
    for pair in [("reconcile", "explain"), ("explain", "reconcile")] {
        assert_eq!(known(&uses).get(&pair), None);
    }
}

#[test]
fn what_breaks_the_layers_is_refused() {
    let graph = sketch(&[
        ("lib.rs", "pub mod low; pub mod mid; pub mod top;"),
        ("low.rs", "pub struct Low; use crate::mid::Mid;"),
        ("mid/mod.rs", "mod deep; pub struct Mid; pub use crate::low::Low;"),
        ("mid/deep.rs", "use super::Mid;"),
        ("top.rs", "use crate::mid::Low;"),
    ]);
    let uses = graph.uses();
    let up = "low may not know mid: src/low.rs uses Mid of src/mid/mod.rs (crate::mid::Mid)";
    let through = "top may not know low: src/top.rs uses Low of src/low.rs (crate::mid::Low)";
    let low: (&str, &[&str]) = ("low", &[]);
    assert_eq!(faults(&[low, ("mid", &["low"]), ("top", &["low", "mid"])], &uses), [up]);
    assert_eq!(faults(&[low, ("mid", &["low"]), ("top", &["mid"])], &uses), [up, through]);
    let unused = "the table lets mid use other, and no file of mid does";
    assert_eq!(faults(&[low, ("other", &[]), ("mid", &["low", "other"]), ("top", &["low", "mid"])], &uses), [up, unused]);
    let door = sketch(&[
        ("lib.rs", "pub mod low; pub mod app; pub mod top;"),
        ("low.rs", "pub struct Low;"),
        ("app/mod.rs", "pub use crate::low::Low;"),
        ("top.rs", "use crate::app::Low;"),
    ]);
    let handed_on = faults(&[low, ("app", &["low"]), ("top", &["app"])], &door.uses());
    assert_eq!(handed_on, Vec::<String>::new());
    let upside_down = "the table lets low use mid, which does not stand above it there";
    assert_eq!(faults(&[("low", &["mid"]), ("mid", &["low"]), ("top", &["low", "mid"])], &uses), [upside_down]);
}
