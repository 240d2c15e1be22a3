//! The house test: the sources keep the structure that `src/ARCHITECTURE.md` draws.
//!
//! - [`layers`]: which module may use which; add a new module to its table. [`circles`]: no files that use each other in a circle.
//! - [`twins`]: a rule of money has a file of the same name in both computations. [`places`]: files are short, and every module
//!   is on the map.
//! - [`planted`]: a planted bug still has its place in the code.
//! - [`bans`]: what code never holds. [`phrases`]: what English never says here; add to its list what a reader stumbled over.
//!
//! Layers and circles look at a [`graph`] of the sources, which follows imports and paths through modules and re-exports to the
//! file in which an item lives. Sources are read token by token ([`tokens`], [`parse`]) and not by `syn`: as a dependency of the
//! tests it would be built once more, for less than this needs.

mod bans;
mod circles;
mod graph;
mod layers;
mod parse;
mod phrases;
mod places;
mod planted;
mod tokens;
mod twins;

use std::fs;
use std::path::Path;

/// The text files below a folder of the package, by their paths from the package's folder.
fn texts(package: &Path, folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let entries = fs::read_dir(package.join(folder)).expect("the folder can be read");
    for entry in entries {
        let entry = entry.expect("it can be listed");
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(texts(package, &path));
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            found.push((path, text));
        }
    }
    found.sort();
    found
}
