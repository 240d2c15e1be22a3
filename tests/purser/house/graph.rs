//! Which file uses what of which other file. Names are followed through modules and re-exports to the file
//! in which the item lives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::parse::{Import, Source, parse};
use super::texts;

/// All sources of the package, by module: `` for `lib.rs`, `ledger::books` for `ledger/books/mod.rs`.
pub struct Graph {
    files: BTreeMap<String, SourceFile>,
}

struct SourceFile {
    path: String,
    source: Source,
}

/// Where a path leads: a module, or an item in one.
#[derive(Debug, PartialEq)]
struct Place {
    module: String,
    item: Option<String>,
}

/// An item that a file uses.
pub struct Use<'a> {
    /// The file that uses it, and its module.
    pub from: &'a str,
    pub module: &'a str,
    /// The file in which it lives, and that file's module.
    pub to: &'a str,
    pub home: &'a str,
    pub name: String,
    /// The path as it is written.
    pub written: String,
}

/// An import may lead to the next one; paths that go round and round are given up after so many steps.
const STEPS: usize = 16;

/// The arrows between files, with the names that each stands for.
pub type Arrows<'a> = BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<&'a str>>>;

impl Graph {
    /// Reads all sources of the folder `src` of a package.
    pub fn read(package: &Path) -> Self {
        let files = texts(package, "src").into_iter().filter(|(file, _)| file.ends_with(".rs"));
        Self::of(files)
    }

    /// The graph of files by their paths from the package's folder, with their text.
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let file = |(path, text): (String, String)| (module_of(&path), SourceFile { source: parse(&text), path });
        Self { files: files.into_iter().map(file).collect() }
    }

    /// What the graph cannot read: files that no `mod` declares, modules without a file of their own, and paths of which no end is
    /// found.
    pub fn unread(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (module, file) in &self.files {
            let (parent, name) = module.rsplit_once("::").unwrap_or(("", module));
            let is_declared = self.files.get(parent).is_some_and(|parent| parent.source.children.contains(name));
            if !is_declared && !matches!(module.as_str(), "" | "main") {
                faults.push(format!("{}: no `mod {name};` declares it", file.path));
            }
            let inner = file.source.inner_modules.iter();
            faults.extend(inner.map(|inner| format!("{}: mod {inner} belongs into a file of its own", file.path)));
            let paths = file.source.imports.iter().map(|import| &import.path).chain(&file.source.paths);
            let ours = paths.filter(|path| matches!(path[0].as_str(), "crate" | "self" | "super" | "purser"));
            let lost = ours.filter(|path| self.find(module, path).is_none());
            faults.extend(lost.map(|path| format!("{}: {} leads nowhere", file.path, path.join("::"))));
        }
        faults
    }

    /// Everything that one file uses of another.
    pub fn uses(&self) -> Vec<Use<'_>> {
        let mut uses = Vec::new();
        for (module, file) in &self.files {
            let imports =
                file.source.imports.iter().filter_map(|import| Some((&import.path, self.imported(module, file, import)?)));
            let paths = file.source.paths.iter().filter_map(|path| Some((path, self.find(module, path)?)));
            for (written, place) in imports.chain(paths) {
                let Some((home, to)) = self.files.get_key_value(&place.module) else { continue };
                let (Some(name), true) = (place.item, home != module) else { continue };
                uses.push(Use { from: &file.path, module, to: &to.path, home, name, written: written.join("::") });
            }
        }
        uses
    }

    /// What a `use` is a use of. One that only hands on what lives below it is none, and one of a module is none: what is used are
    /// the items, by paths through the module.
    fn imported(&self, module: &str, file: &SourceFile, import: &Import) -> Option<Place> {
        let mut place = self.find(module, &import.path)?;
        let is_below = module.is_empty() || place.module.starts_with(&format!("{module}::"));
        if import.is_public && is_below && !file.source.names.contains(&import.name) {
            return None;
        }
        if import.name == "*" && place.item.is_none() {
            place.item = Some("*".to_owned());
        }
        Some(place)
    }

    /// Where a path leads that stands in a module, if it stays in the package.
    fn find(&self, module: &str, path: &[String]) -> Option<Place> {
        Search { graph: self, in_bulk: BTreeSet::new() }.follow(module, path, STEPS)
    }
}

/// The search for the end of a path.
struct Search<'a> {
    graph: &'a Graph,
    /// The modules whose imports with `*` were looked through, each with what was looked for.
    in_bulk: BTreeSet<(String, Vec<String>)>,
}

impl Search<'_> {
    fn follow(&mut self, module: &str, path: &[String], steps: usize) -> Option<Place> {
        let Some((first, rest)) = path.split_first() else {
            return Some(Place { module: module.to_owned(), item: None });
        };
        match first.as_str() {
            "crate" | "purser" => self.follow("", rest, steps),
            "self" => self.follow(module, rest, steps),
            "super" => self.follow(module.rsplit_once("::").map_or("", |(parent, _)| parent), rest, steps),
            _ => self.by_name(module, path, steps).or_else(|| self.in_bulk(module, path, steps)),
        }
    }

    /// Looks through everything of a module that has a name of its own.
    fn by_name(&mut self, module: &str, path: &[String], steps: usize) -> Option<Place> {
        let (graph, steps, (first, rest)) = (self.graph, steps.checked_sub(1)?, path.split_first()?);
        let source = &graph.files.get(module)?.source;
        let is_child = source.children.contains(first);
        let child = if module.is_empty() { first.clone() } else { format!("{module}::{first}") };
        if is_child && !rest.is_empty() {
            return self.follow(&child, rest, steps);
        }
        // What `use glob::glob` starts with is not what it brings, but a module or another package.
        let imports = source.imports.iter().filter(|import| import.name == *first && (import.path[0] != *first || is_child));
        for import in imports {
            let path = [&import.path, rest].concat();
            let place = self.relative(module, &path, steps);
            if place.is_some() {
                return place;
            }
        }
        if source.defined.contains(first) {
            return Some(Place { module: module.to_owned(), item: Some(first.clone()) });
        }
        is_child.then_some(Place { module: child, item: None })
    }

    /// Looks through what a module imports with `*`, and takes what its macros may have made.
    fn in_bulk(&mut self, module: &str, path: &[String], steps: usize) -> Option<Place> {
        if !self.in_bulk.insert((module.to_owned(), path.to_vec())) {
            return None;
        }
        let source = &self.graph.files.get(module)?.source;
        for import in source.imports.iter().filter(|import| import.name == "*") {
            if let Some(Place { module, item: None }) = self.relative(module, &import.path, steps) {
                let place = self.follow(&module, path, steps);
                if place.is_some() {
                    return place;
                }
            }
        }
        source.makes_names.then(|| Place { module: module.to_owned(), item: path.first().cloned() })
    }

    /// The path of an import. It does not start with what another import brings with `*`.
    fn relative(&mut self, module: &str, path: &[String], steps: usize) -> Option<Place> {
        let is_keyword = path.first().is_some_and(|first| matches!(first.as_str(), "crate" | "purser" | "self" | "super"));
        if is_keyword { self.follow(module, path, steps) } else { self.by_name(module, path, steps) }
    }
}

/// The module of a file of `src`.
fn module_of(file: &str) -> String {
    let module = file.trim_start_matches("src/").trim_end_matches(".rs");
    if module == "lib" { String::new() } else { module.trim_end_matches("/mod").replace('/', "::") }
}

/// The arrows that uses make.
pub fn arrows<'a>(uses: &'a [Use<'_>]) -> Arrows<'a> {
    let mut arrows = Arrows::new();
    for used in uses {
        arrows.entry(used.from).or_default().entry(used.to).or_default().insert(&used.name);
    }
    arrows
}

/// The graph of a few lines: of each file its path within `src` and its text.
pub fn sketch(files: &[(&str, &str)]) -> Graph {
    Graph::of(files.iter().map(|(file, text)| (format!("src/{file}"), (*text).to_owned())))
}

#[test]
fn names_are_followed_to_the_file_where_they_live() {
    let graph = sketch(&[
        ("lib.rs", "pub mod a; pub mod b;"),
        ("main.rs", "fn main() { purser::b::run() }"),
        (
            "a/mod.rs",
            "mod inner; mod keys; mod keep; pub use inner::*; pub use keep::{keep, Kept as Copy}; use keys::KEY; pub struct Top;",
        ),
        ("a/inner/mod.rs", "mod deep; pub use deep::Deep; pub struct Inner; use super::Top;"),
        ("a/inner/deep.rs", "pub enum Deep { X } fn f() { super::super::keep::keep(super::Inner) }"),
        ("a/keys.rs", "made! { KEY MADE }"),
        ("a/keep.rs", "use anyhow::anyhow; pub fn keep() { anyhow::bail!() } pub struct Kept;"),
        ("b.rs", "use crate::{a::{self, Copy}, a::keep}; fn run() { a::Deep::X; a::keys::MADE; keep(a::Inner, crate::a::Top) }"),
    ]);
    let uses = graph.uses();
    let mut found = Vec::new();
    for (from, to) in arrows(&uses) {
        found.extend(to.iter().map(|(to, names)| {
            let names: Vec<&str> = names.iter().copied().collect();
            format!("{} -> {}: {}", &from[4..], &to[4..], names.join(" "))
        }));
    }
    let expected = [
        "a/inner/deep.rs -> a/inner/mod.rs: Inner",
        "a/inner/deep.rs -> a/keep.rs: keep",
        "a/inner/mod.rs -> a/mod.rs: Top",
        "a/mod.rs -> a/keys.rs: KEY",
        "b.rs -> a/inner/deep.rs: Deep",
        "b.rs -> a/inner/mod.rs: Inner",
        "b.rs -> a/keep.rs: Kept keep",
        "b.rs -> a/keys.rs: MADE",
        "b.rs -> a/mod.rs: Top",
        "main.rs -> b.rs: run",
    ];
    assert_eq!(found, expected);
    assert_eq!(graph.unread(), [] as [&str; 0]);
}

#[test]
fn imports_that_lead_round_and_round_lead_nowhere() {
    let round =
        "use a::a; use b::*; use b::*; use Strange::*; use Strange::*; use super::x::*; fn f() { Strange::g(); a::b::c() }";
    let graph = sketch(&[("lib.rs", "mod x; mod y;"), ("x.rs", round), ("y.rs", &format!("{round} use crate::x::Lost;"))]);
    assert_eq!(graph.unread(), ["src/y.rs: crate::x::Lost leads nowhere"]);
}

#[test]
fn handing_on_is_no_use_but_using_what_is_handed_on_is() {
    let hands_on = "mod x; mod y; pub use x::{One, two}; pub use y::Three; pub use crate::b::Far;";
    let files = |code: &str| {
        let text = format!("{hands_on}{code}");
        let graph = sketch(&[
            ("lib.rs", "pub mod a; pub mod b;"),
            ("a/mod.rs", &text),
            ("a/x.rs", "struct One; fn two(){}"),
            ("a/y.rs", "struct Three;"),
            ("b.rs", "struct Far;"),
        ]);
        graph.uses().into_iter().map(|used| used.name).collect::<Vec<_>>()
    };
    assert_eq!(files(""), ["Far"]);
    assert_eq!(files("struct A; impl A { fn two(&self) { self.two() } }"), ["Far"]);
    assert_eq!(files("fn a(one: One) { two() }"), ["One", "two", "Far"]);
    assert_eq!(files("fn a() { y::Three; }"), ["Far", "Three"]);
}

#[test]
fn the_sources_are_all_read() {
    let graph = Graph::read(crate::support::project());
    let faults = graph.unread();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let uses = graph.uses();
    let count: usize = arrows(&uses).values().map(BTreeMap::len).sum();
    assert!(graph.files.len() > 150 && count > 3 * graph.files.len(), "only {count} arrows between {} files", graph.files.len());
}

#[test]
fn what_cannot_be_read_is_said() {
    let graph = sketch(&[
        ("lib.rs", "pub mod a; pub mod b;"),
        ("a.rs", "pub struct A; mod inner { fn f() {} }"),
        ("b.rs", "use crate::a::{A, B}; use crate::gone; fn f() { super::a::C::new(); super::a::A::new(); other::package(); }"),
        ("orphan.rs", ""),
    ]);
    let expected = [
        "src/a.rs: mod inner belongs into a file of its own",
        "src/b.rs: crate::a::B leads nowhere",
        "src/b.rs: crate::gone leads nowhere",
        "src/b.rs: super::a::C::new leads nowhere",
        "src/orphan.rs: no `mod orphan;` declares it",
    ];
    assert_eq!(graph.unread(), expected);
}
