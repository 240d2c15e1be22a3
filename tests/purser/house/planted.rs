//! A planted bug whose place in the code is gone proves nothing any more: `tests/planted/run` takes hours, so it is noticed here.

use super::texts;
use crate::support::project;

#[test]
fn every_planted_bug_has_its_place() {
    let package = project();
    let bugs = ["controls", "plan", "rules"].map(|suite| texts(package, &format!("tests/planted/{suite}"))).concat();
    assert!(bugs.len() >= 100, "all planted bugs are there, not {}", bugs.len());
    let lost: Vec<String> = bugs.iter().filter_map(|(path, bug)| lost(package, path, bug)).collect();
    assert!(lost.is_empty(), "cannot be planted any more:\n{}", lost.join("\n"));
}

/// Why a bug cannot be planted, if so: its text has to stand there exactly once.
fn lost(package: &std::path::Path, path: &str, bug: &str) -> Option<String> {
    let (_story, rest) = bug.split_once("\n--- ")?;
    let (file, rest) = rest.split_once('\n')?;
    let (find, _becomes) = rest.split_once("\n--- becomes\n")?;
    let text = std::fs::read_to_string(package.join(file)).unwrap_or_default();
    let count = text.matches(find).count();
    (count != 1).then(|| format!("{path}: its text stands {count} times in {file}"))
}
