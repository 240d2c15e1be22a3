//! The plan of `reconcile` as a picture: what each rule asks of the engine, as the engine itself prints it.

use std::fs;

use crate::support::{Shop, project};
use serde_json::Value;

/// The page with the picture.
const PAGE: &str = "src/reconcile/PLAN.md";

/// What the demo shop asks: the file of each query, and the engine's words for it. The binary is asked, as other tests in this process
/// would switch what is logged on and off.
fn asked() -> Vec<(String, String)> {
    let shop = Shop::of(&project().join("jobs/glow.toml"));
    let mut command = shop.command(&["run", "nightly", "--as-of", "2026-04-01T00:00:00Z"]);
    let done =
        command.env("PURSER_LOG", "purser::plan=trace").env("PURSER_LOG_FORMAT", "json").output().expect("the binary starts");
    let log = String::from_utf8(done.stderr).expect("a log is text");
    assert!(done.status.success(), "{log}");
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let lines = log.lines().map(|line| serde_json::from_str(line).expect("a log line is JSON"));
    lines.filter(|line: &Value| line["message"] == "asks").map(|line| (text(&line, "file"), text(&line, "query"))).collect()
}

/// A query in the engine's words, put shorter: columns by their bare names, and each line as long as a reader's eye.
fn shorter(query: &str) -> String {
    let is_said = |line: &&str| !line.trim().is_empty() && line.trim() != "FROM" && !line.trim().starts_with("END ");
    let bare = |line: &str| {
        let line = unquoted(&unquoted(&unquoted(line, "col(\"", ""), ".alias(\"", " as "), "element(\"", "");
        // How many columns are read the engine knows only later.
        let line = line.split("; PROJECT").next().unwrap_or_default().replace("DF [", "rows [");
        let most = line.chars().count() <= WIDTH;
        if most { line } else { line.chars().take(WIDTH - 1).chain(['…']).collect() }
    };
    query.lines().filter(is_said).map(|line| format!("{}\n", bare(line))).collect()
}

const WIDTH: usize = 118;

/// The text without a call around a quoted name: what opens the call becomes `instead`.
fn unquoted(text: &str, open: &str, instead: &str) -> String {
    let mut parts = text.split(open);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |done, part| {
        let (name, rest) = part.split_once("\")").unwrap_or((part, ""));
        format!("{done}{instead}{name}{rest}")
    })
}

const HEAD: &str = "\
# The plan

What each rule asks of the engine, in the order in which the demo shop asks it, as the engine prints it (shortened: long lines are cut). A
test writes this page, and fails where it is not so any more: `PURSER_WRITE=1 tests/run plan` writes it anew. Functions of the core, which
no query can say, stand here as calls without a name: `amount.([unit])`. For the plan of another shop, with how many rows each query gave,
run it with `PURSER_LOG=purser::plan=trace`.
";

#[test]
fn the_page_shows_the_plan_as_the_engine_prints_it() {
    let asked = asked();
    assert!(asked.len() > 30, "each rule asks: {}", asked.len());
    let mut page = HEAD.to_owned();
    for of_file in asked.chunk_by(|(one, _), (other, _)| one == other) {
        let name = of_file[0].0.rsplit('/').next().unwrap_or_default();
        let queries: Vec<String> = of_file.iter().map(|(_, query)| shorter(query)).collect();
        page.push_str(&format!("\n## [{name}]({name})\n\n```text\n{}```\n", queries.join("\n")));
    }
    let path = project().join(PAGE);
    if std::env::var_os("PURSER_WRITE").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "{PAGE} shows another plan; write it anew with PURSER_WRITE=1 tests/run plan");
}
