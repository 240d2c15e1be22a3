//! Files stay short, and every module has its place: in `lib.rs`, in the table of layers and on the map.

use std::collections::BTreeSet;
use std::fs;

use super::layers::MAY_USE;
use super::parse::parse;
use super::texts;
use crate::support::project;

/// The most lines that a Rust file may have.
const LINES: usize = 500;

/// The page with the map.
const MAP: &str = "src/ARCHITECTURE.md";

#[test]
fn no_file_is_too_long_to_be_read() {
    for (file, text) in ["src", "tests", "benches"].into_iter().flat_map(|folder| texts(project(), folder)) {
        let lines = text.lines().count();
        assert!(!file.ends_with(".rs") || lines <= LINES, "{file} has {lines} lines, more than {LINES}");
    }
}

/// The words that a page shows as code, in a line or in a block.
fn words_in_code(page: &str) -> BTreeSet<&str> {
    let code = page.split('`').skip(1).step_by(2);
    code.flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && c != '_')).collect()
}

#[test]
fn every_module_is_on_the_map_and_in_the_table_of_layers() {
    let modules = parse(&fs::read_to_string(project().join("src/lib.rs")).expect("it can be read")).children;
    let page = fs::read_to_string(project().join(MAP)).unwrap_or_else(|error| panic!("{MAP}: {error}"));
    let on_the_map = words_in_code(&page);
    let in_the_table: BTreeSet<&str> = MAY_USE.iter().map(|(module, _)| *module).collect();
    let mut faults = Vec::new();
    let missing = |place: &str| format!("is missing in {place}");
    for module in &modules {
        faults.extend((!on_the_map.contains(module.as_str())).then(|| format!("{module} {}", missing(MAP))));
        faults.extend((!in_the_table.contains(module.as_str())).then(|| format!("{module} {}", missing("MAY_USE"))));
    }
    for module in in_the_table.into_iter().filter(|module| *module != "main" && !modules.contains(*module)) {
        faults.push(format!("{module} {}", missing("src/lib.rs")));
    }
    for entry in fs::read_dir(project().join("src")).expect("the folder can be read") {
        let entry = entry.expect("it can be listed");
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !modules.contains(&name) {
            faults.push(format!("the folder src/{name} is no module of src/lib.rs"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_code_on_a_page_names_modules() {
    let page = "The app is `src/serve`, and\n\n```text\nmoney   amounts\nfacts   tables\n```\n\nstore and `cli`.";
    let words = words_in_code(page);
    assert!(["serve", "money", "facts", "cli"].iter().all(|module| words.contains(module)), "{words:?}");
    assert!(!["app", "store"].iter().any(|module| words.contains(module)), "{words:?}");
}
