//! What a Rust source says about names: what it declares, defines, imports and uses.

use std::collections::BTreeSet;

use super::tokens::tokens;

/// A source, as far as names go.
#[derive(Debug, Default)]
pub struct Source {
    /// The modules that have files of their own: `mod x;`.
    pub children: BTreeSet<String>,
    /// Modules written within the file: `mod x { … }`.
    pub inner_modules: Vec<String>,
    /// What the file defines outside of everything else.
    pub defined: BTreeSet<String>,
    /// It calls a macro outside of everything else, which may define more.
    pub makes_names: bool,
    /// What it imports, wherever the `use` stands.
    pub imports: Vec<Import>,
    /// The paths in its code: `a::b::c`.
    pub paths: BTreeSet<Vec<String>>,
    /// Names that stand alone in its code: types, values in capitals, and functions that are called.
    pub names: BTreeSet<String>,
}

/// One name that a `use` brings.
#[derive(Debug)]
pub struct Import {
    pub path: Vec<String>,
    /// The name in this file, `*` for all that the path holds.
    pub name: String,
    pub is_public: bool,
}

pub fn parse(text: &str) -> Source {
    let tokens = tokens(text);
    let token = |at: usize| tokens.get(at).copied().unwrap_or_default();
    let mut source = Source::default();
    let (mut at, mut depth) = (0, 0_usize);
    while at < tokens.len() {
        let before = at.checked_sub(1).map_or("", token);
        match token(at) {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            "use" if token(at + 1) != "<" => {
                let end = (at..tokens.len()).find(|at| token(*at) == ";").unwrap_or(tokens.len());
                let is_public = matches!(before, "pub" | ")");
                import(&tokens[at + 1..end], &[], is_public, &mut source.imports);
                at = end;
            }
            "mod" if token(at + 2) == ";" => drop(source.children.insert(token(at + 1).to_owned())),
            "mod" => source.inner_modules.push(token(at + 1).to_owned()),
            "fn" | "struct" | "enum" | "const" | "static" | "type" | "trait" if depth == 0 => {
                source.defined.insert(token(at + 1).to_owned());
            }
            "macro_rules" => drop(source.defined.insert(token(at + 2).to_owned())),
            _ if depth == 0 && token(at + 1) == "!" && matches!(before, "" | ";" | "}" | "]") => source.makes_names = true,
            name if is_name(name) && before != "::" => {
                let mut path = vec![name.to_owned()];
                while token(at + 1) == "::" && is_name(token(at + 2)) {
                    path.push(token(at + 2).to_owned());
                    at += 2;
                }
                let is_called = matches!(token(at + 1), "(" | "!" | "::");
                if path.len() > 1 {
                    source.paths.insert(path);
                } else if !matches!(before, "." | "fn") && (is_called || name.starts_with(char::is_uppercase)) {
                    source.names.insert(name.to_owned());
                }
            }
            _ => {}
        }
        at += 1;
    }
    source
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads one tree of a `use`: `a::b`, `a as b`, `a::*` or `a::{…}`.
fn import(tree: &[&str], prefix: &[String], is_public: bool, found: &mut Vec<Import>) {
    let mut path = prefix.to_vec();
    let mut name = None;
    for (at, token) in tree.iter().enumerate() {
        match *token {
            // Another package's, whatever is called so here.
            "::" if at == 0 && prefix.is_empty() => return,
            "{" => {
                for branch in branches(&tree[at + 1..tree.len() - 1]) {
                    import(branch, &path, is_public, found);
                }
                return;
            }
            "as" => {
                name = tree.get(at + 1).copied();
                break;
            }
            "*" => name = Some("*"),
            "self" if !path.is_empty() => {}
            word if is_name(word) => path.push(word.to_owned()),
            _ => {}
        }
    }
    let name = name.map(str::to_owned).or_else(|| path.last().cloned()).unwrap_or_default();
    found.push(Import { path, name, is_public });
}

/// The parts between commas, but for commas within braces.
fn branches<'a, 'b>(group: &'b [&'a str]) -> impl Iterator<Item = &'b [&'a str]> {
    let mut depth = 0;
    let parts = group.split(move |token| {
        depth += i32::from(*token == "{") - i32::from(*token == "}");
        depth == 0 && *token == ","
    });
    parts.filter(|part| !part.is_empty())
}

#[test]
fn every_form_of_import_is_read() {
    let table = [
        ("use crate::a::b;", "crate::a::b"),
        ("use crate::{a::{b, c as d,}, e};", "crate::a::b | crate::a::c as d | crate::e"),
        ("pub(crate) use super::x; pub use y::Z;", "pub super::x | pub y::Z"),
        ("#[cfg(unix)]\nuse super::super::x;", "super::super::x"),
        ("use self::x::{self, Y};", "self::x | self::x::Y"),
        ("pub use x::*; use a::{b::*, c};", "pub x as * | a::b as * | a::c"),
        ("use a::b as _; use ::c::d;", "a::b as _"),
        ("fn f() { use T::*; }", "T as *"),
        ("fn f() -> impl Iterator<Item = i64> + use<'_> { g() } use a;", "a"),
        ("// use a::b;\n/* use c; */ const T: &str = \"use d;\";", ""),
        ("macro_rules! m { () => { use $crate::a::b; } }", "crate::a::b"),
    ];
    for (text, expected) in table {
        let found = parse(text).imports.into_iter().map(|import| {
            let public = if import.is_public { "pub " } else { "" };
            let renamed = if import.path.last() == Some(&import.name) { String::new() } else { format!(" as {}", import.name) };
            format!("{public}{}{renamed}", import.path.join("::"))
        });
        assert_eq!(found.collect::<Vec<_>>().join(" | "), expected, "{text}");
    }
}

#[test]
fn paths_and_names_in_code_are_read() {
    let text = r#"
        #[arg(value_parser = super::context::time)]
        pub(crate) fn f(a: crate::b::C<'_>, d: Vec<super::E>) -> Result<G> { // crate::not::this
            self.g(h(), <I as crate::j::K>::l(), m.n(), format!("{} crate::nor::that", super::super::o::p!()));
            for q in crate :: r :: s::<T>() { u }
        }
        mod v; pub mod w; mod x { fn y() {} }
        const fn z() {}
        macro_rules! say { () => {} }
        make! { Thing }
        impl A { fn inner() {} const B: i64 = 1; }
    "#;
    let source = parse(text);
    let paths: Vec<String> = source.paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["crate::b::C", "crate::j::K", "crate::r::s", "super::E", "super::context::time", "super::super::o::p"]);
    let has = |names: &BTreeSet<String>, all: &[&str]| all.iter().all(|name| names.contains(*name));
    assert!(has(&source.names, &["Vec", "Result", "G", "h", "I", "T", "format"]), "{:?}", source.names);
    assert!(!["f", "g", "n", "q", "u", "inner", "l", "C"].iter().any(|name| source.names.contains(*name)), "{:?}", source.names);
    assert_eq!(source.children.iter().collect::<Vec<_>>(), ["v", "w"]);
    assert_eq!(source.inner_modules, ["x"]);
    assert!(
        has(&source.defined, &["f", "z", "say"]) && !has(&source.defined, &["inner"]) && source.makes_names,
        "{:?}",
        source.defined
    );
}
