//! No circles of files: what a file uses never uses that file, by no way round.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Arrows, Graph, arrows, sketch};
use crate::support::project;

/// The circles: files of which each leads to all others, with the arrows between them.
fn circles(arrows: &Arrows) -> Vec<String> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = arrows.keys().map(|from| (*from, reached(arrows, from))).collect();
    let mut circles = BTreeSet::new();
    for (from, ahead) in &reached {
        let comes_back = |to: &&str| reached.get(to).is_some_and(|ahead| ahead.contains(from));
        circles.insert(ahead.iter().copied().filter(comes_back).collect::<BTreeSet<&str>>());
    }
    circles.iter().filter(|circle| !circle.is_empty()).map(|circle| described(arrows, circle)).collect()
}

/// The files to which the arrows lead from a file. It is one of them only if they come back.
fn reached<'a>(arrows: &Arrows<'a>, from: &str) -> BTreeSet<&'a str> {
    let next = |from: &str| arrows.get(from).into_iter().flat_map(|to| to.keys().copied());
    let mut reached = BTreeSet::new();
    let mut ahead: Vec<&str> = next(from).collect();
    while let Some(file) = ahead.pop() {
        if reached.insert(file) {
            ahead.extend(next(file));
        }
    }
    reached
}

fn described(arrows: &Arrows, circle: &BTreeSet<&str>) -> String {
    let mut text = format!("a circle of {} files", circle.len());
    for from in circle {
        for (to, names) in arrows[from].iter().filter(|(to, _)| circle.contains(*to)) {
            let names: Vec<&str> = names.iter().copied().collect();
            text += &format!("\n  {from} -> {to}: {}", names.join(", "));
        }
    }
    text
}

#[test]
fn no_file_comes_back_to_itself() {
    let graph = Graph::read(project());
    let uses = graph.uses();
    let circles = circles(&arrows(&uses));
    assert!(circles.is_empty(), "{} circles\n{}", circles.len(), circles.join("\n"));
}

#[test]
fn circles_are_found_with_what_ties_them() {
    let graph = sketch(&[
        ("lib.rs", "pub mod a; pub mod b;"),
        ("a/mod.rs", "mod x; mod y; mod z; mod w; pub use x::X; pub struct Top; fn f() { w::W }"),
        ("a/x.rs", "use super::y::{Y, y}; pub struct X;"),
        ("a/y.rs", "pub struct Y; pub fn y() -> super::z::Z { super::X }"),
        ("a/z.rs", "use crate::a::X; use crate::b::B; pub struct Z;"),
        ("a/w.rs", "use super::Top; use super::X; pub struct W;"),
        ("b.rs", "pub struct B;"),
    ]);
    let uses = graph.uses();
    let expected = [
        "a circle of 2 files\n  src/a/mod.rs -> src/a/w.rs: W\n  src/a/w.rs -> src/a/mod.rs: Top",
        "a circle of 3 files\n  src/a/x.rs -> src/a/y.rs: Y, y\n  src/a/y.rs -> src/a/x.rs: X\n  \
         src/a/y.rs -> src/a/z.rs: Z\n  src/a/z.rs -> src/a/x.rs: X",
    ];
    assert_eq!(circles(&arrows(&uses)), expected);
}
